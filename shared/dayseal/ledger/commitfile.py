"""The commit object: everything a repair needs to finish a commit that its recorder left half done.

One line of canonical JSON (number, old and new head), then the new entries as one entry bundle
(two bytes of length, big-endian, then the entry). Unsigned and deterministic: who appends the same
entries to the same head writes the same bytes.

Spec: ledger-formats section 10, step 3.
"""

import dataclasses
from typing import Final, Literal

from dayseal.codec import Wire, encode_document, open_document, parse_sha256_hex
from dayseal.errors import FormatError
from dayseal.merkle import encode_bundle, parse_bundle
from dayseal.model import TreeHead

_FORMAT: Final = "dayseal-commit/v1"


class _Head(Wire):
    root: str
    size: int


class _Header(Wire):
    format: Literal["dayseal-commit/v1"]
    g: int
    new: _Head
    old: _Head


@dataclasses.dataclass(frozen=True, slots=True)
class Commit:
    """Commit number `g`: `entries` (at least one) lead from head `old` to head `new`."""

    g: int
    old: TreeHead
    new: TreeHead
    entries: tuple[bytes, ...]


def encode_commit(commit: Commit) -> bytes:
    """Encode a commit object.

    Raises:
        FormatError: an entry has more than 65,535 bytes.
    """
    header = _Header(format=_FORMAT, g=commit.g, new=_wire(commit.new), old=_wire(commit.old))
    return encode_document(header) + b"\n" + encode_bundle(commit.entries)


def parse_commit(data: bytes, *, subject: str) -> Commit:
    """Read what `encode_commit` writes; whether the entries lead to the new head is not checked here.

    Raises:
        FormatError: another format, or other counts than the heads promise.
    """
    line, newline, bundle = data.partition(b"\n")
    if not newline:
        raise FormatError(f"{subject}: no header line, a commit object promised")
    header = open_document(line, _Header, subject=subject)
    old, new = _head(header.old, subject), _head(header.new, subject)
    if header.g < 0 or not 0 <= old.size < new.size:
        raise FormatError(f"{subject}: number {header.g} from {old.size} to {new.size}, a growing log promised")
    return Commit(header.g, old, new, parse_bundle(bundle, new.size - old.size))


def _wire(head: TreeHead) -> _Head:
    return _Head(root=head.root.hex(), size=head.size)


def _head(wire: _Head, subject: str) -> TreeHead:
    return TreeHead(wire.size, parse_sha256_hex(wire.root, subject=f"{subject} root"))
