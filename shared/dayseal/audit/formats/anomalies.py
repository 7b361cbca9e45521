"""What is wrong with an object as a container; its records say what is wrong with themselves."""

import dataclasses
import enum
from typing import Final

MAX_KEPT: Final = 32


class AnomalyKind(enum.StrEnum):
    """The kinds of damage. After one of the first six the layer it is in yields nothing more."""

    TRAILING_BYTES = "trailing-bytes"  # no gzip member where the next one could start
    CUT_MEMBER = "cut-member"  # the object ends inside a gzip member
    BAD_CHECKSUM = "bad-checksum"  # a member's CRC-32 or length is wrong
    BAD_DEFLATE = "bad-deflate"  # a member's header or compressed data is wrong
    BOMB = "bomb"  # it unpacks to more than the cap
    TOO_DEEP = "too-deep"  # gzip in gzip in gzip in gzip
    GARBAGE = "garbage"  # bytes between CloudWatch envelopes that are none; they are records all the same


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Anomaly:
    """One damage: `offset` counts bytes in the input of gzip layer `layer` (0 = the stored bytes).

    For garbage it counts bytes of the unpacked text, after any byte order mark, up to about where the
    first of it was met.
    """

    kind: AnomalyKind
    layer: int
    offset: int


class AnomalyLog:
    """Collects anomalies, at most `MAX_KEPT`; the rest are counted."""

    def __init__(self) -> None:
        self._kept: list[Anomaly] = []
        self.left_off = 0

    @property
    def kept(self) -> tuple[Anomaly, ...]:
        """The anomalies kept, in the order they were met."""
        return tuple(self._kept)

    def add(self, kind: AnomalyKind, layer: int, offset: int) -> None:
        """Note one anomaly."""
        if len(self._kept) < MAX_KEPT:
            self._kept.append(Anomaly(kind, layer, offset))
        else:
            self.left_off += 1

    def add_once(self, kind: AnomalyKind, offset: int) -> None:
        """Note an anomaly of the text unless one of its kind was noted."""
        if all(known.kind != kind for known in self._kept):
            self.add(kind, 0, offset)
