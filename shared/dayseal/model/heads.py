"""The head of a log, and the head guard's register."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class TreeHead:
    """A tree of `size` leaves headed by `root` (32 bytes)."""

    size: int
    root: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class GuardState:
    """What the head guard holds: commit number `g`, the head it made, and the commit object's key.

    Format: ledger-formats section 10.
    """

    g: int
    head: TreeHead
    commit: str
