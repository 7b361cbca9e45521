"""The canonical list of a batch day's object digests, and the day tree over it."""

import dataclasses
import itertools
from collections.abc import Iterable, Sequence
from typing import Final

from dayseal.codec import encode_document, open_document, parse_sha256_hex, sha256_hex
from dayseal.errors import FormatError
from dayseal.merkle.tree import leaf_hash, root_of
from dayseal.model import ObjectDescriptor


@dataclasses.dataclass(frozen=True, slots=True)
class Manifest:
    """A day's descriptors in tree order: each revision's by key, version, from, after those of the revisions before.

    Byte ranges of one stored version never overlap.

    Raises:
        FormatError: a descriptor that cannot be, or one that overlaps another.
    """

    descriptors: tuple[ObjectDescriptor, ...]

    def __post_init__(self) -> None:
        ranges: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for descriptor in self.descriptors:
            _check(descriptor)
            ranges.setdefault((descriptor.key, descriptor.version), []).append((descriptor.start, descriptor.end))
        for (key, _), spans in ranges.items():
            spans.sort()
            for (start, end), (other, _) in itertools.pairwise(spans):
                if other < end or start == other:
                    raise FormatError(f"{key}: bytes {start}-{end} and from {other} described, each once promised")

    def encode(self) -> bytes:
        """Give the manifest file: each descriptor's canonical JSON and LF, in tree order.

        Format: ledger-formats section 9.
        """
        return b"".join(descriptor_leaf(descriptor) + b"\n" for descriptor in self.descriptors)

    @property
    def sha256(self) -> str:
        """The hex SHA-256 of the manifest file: its name."""
        return sha256_hex(self.encode())

    def day_root(self) -> bytes:
        """Give the RFC 6962 root over the descriptors (32 bytes)."""
        return root_of(leaf_hash(descriptor_leaf(descriptor)) for descriptor in self.descriptors)


EMPTY_MANIFEST: Final = Manifest(())


def descriptor_leaf(descriptor: ObjectDescriptor) -> bytes:
    """Give the leaf data of one descriptor: its canonical JSON.

    Format: ledger-formats section 9, day tree.
    """
    return encode_document(descriptor)


def first_manifest(descriptors: Iterable[ObjectDescriptor]) -> Manifest:
    """Order a day's first descriptors by key, version, from.

    Raises:
        FormatError: a descriptor that cannot be, or one that overlaps another.
    """
    return extend_manifest(EMPTY_MANIFEST, descriptors)


def extend_manifest(old: Manifest, added: Iterable[ObjectDescriptor]) -> Manifest:
    """Append a revision's descriptors, ordered among themselves by key, version, from.

    The old day root and the new one then have a consistency proof.

    Raises:
        FormatError: a descriptor that cannot be, or one that overlaps another.
    """
    return Manifest((*old.descriptors, *_ordered(added)))


def open_manifest(data: bytes) -> Manifest:
    """Read a manifest file.

    Raises:
        FormatError: a line that is not a canonical descriptor, a missing last LF, or bytes described twice.
    """
    if data and not data.endswith(b"\n"):
        raise FormatError("manifest: no LF at the end, one after each descriptor promised")
    lines = data.split(b"\n")[:-1]
    return Manifest(
        tuple(open_document(line, ObjectDescriptor, subject=f"manifest line {n}") for n, line in enumerate(lines, 1))
    )


def _ordered(descriptors: Iterable[ObjectDescriptor]) -> Sequence[ObjectDescriptor]:
    return sorted(descriptors, key=lambda d: (d.key, d.version, d.start))


def _check(descriptor: ObjectDescriptor) -> None:
    parse_sha256_hex(descriptor.sha256, subject=f"{descriptor.key}: sha256")
    parse_sha256_hex(descriptor.events_root, subject=f"{descriptor.key}: eventsRoot")
    if not 0 <= descriptor.start <= descriptor.end:
        raise FormatError(f"{descriptor.key}: bytes {descriptor.start} to {descriptor.end}, a range promised")
    if descriptor.events < 0:
        raise FormatError(f"{descriptor.key}: {descriptor.events} records, none or more promised")
