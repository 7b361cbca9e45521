"""Log entries and old heads as evidence carries them: with the paths that prove them."""

import dataclasses
from collections.abc import Sequence
from typing import Final

from dayseal.attest.statement import Statement
from dayseal.codec import Wire, parse_sha256_hex
from dayseal.errors import FormatError
from dayseal.model import TreeHead

MAX_PATH: Final = 64


@dataclasses.dataclass(frozen=True, slots=True)
class LoggedEntry:
    """An envelope, the index it is said to have, and its inclusion path, sibling of the leaf first."""

    index: int
    envelope: bytes
    path: tuple[bytes, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class OldHead:
    """An older head of the same log, and the consistency path from it to the checkpoint shown."""

    head: TreeHead
    path: tuple[bytes, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class StatedEntry:
    """What one entry states: its index, the hex SHA-256 of its envelope, and the statement."""

    index: int
    envelope_sha256: str
    statement: Statement


class OldHeadDocument(Wire):
    """An old head in a file of ours: size, hex root, hex path."""

    path: tuple[str, ...]
    root: str
    size: int

    @classmethod
    def of(cls, old: OldHead) -> "OldHeadDocument":
        """Write `old`."""
        return cls(path=hex_path(old.path), root=old.head.root.hex(), size=old.head.size)

    @property
    def value(self) -> OldHead:
        """Read it back.

        Raises:
            FormatError: a hash is not 64 hex digits, the size is not positive, or the path is too long.
        """
        subject = f"old head of size {self.size}"
        if self.size < 1:
            raise FormatError(f"{subject}: a size of at least 1 promised")
        root = parse_sha256_hex(self.root, subject=subject)
        return OldHead(TreeHead(self.size, root), parse_path(self.path, subject=subject))


def hex_path(path: Sequence[bytes]) -> tuple[str, ...]:
    """Write a path's hashes as lower-case hex."""
    return tuple(value.hex() for value in path)


def parse_path(path: Sequence[str], *, subject: str) -> tuple[bytes, ...]:
    """Read a path of at most 64 hashes in lower-case hex.

    Raises:
        FormatError: longer, or a hash is not 64 hex digits.
    """
    if len(path) > MAX_PATH:
        raise FormatError(f"{subject}: a path of {len(path)} hashes, at most {MAX_PATH} promised")
    return tuple(parse_sha256_hex(value, subject=subject) for value in path)
