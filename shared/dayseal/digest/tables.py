"""Tables that grow while a tally is built, pruned before they get large."""

import collections
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Generic, TypeVar

from dayseal.audit.event_times import MINUTE_US
from dayseal.digest.bounded import (
    Bounded,
    Key,
    MinuteCell,
    Order,
    add_cells,
    bound_cells,
    bound_counts,
    bound_sample,
    key_hash,
)

K = TypeVar("K", bound=Key)

SAMPLED: Final = bytes([32])  # leaf hashes below this: one in eight

_HASH_BYTES: Final = 8
_SLACK: Final = 4  # a table grows to this many times its bound between two prunings


class Counts(Generic[K]):
    """Counts by key; pruning loses nothing that the bounded result would keep."""

    def __init__(self, bound: int, order: Order = key_hash) -> None:
        self._bound = bound
        self._order = order
        self._counts: collections.Counter[K] = collections.Counter()
        self._rest = 0

    def add(self, key: K, events: int) -> None:
        """Count `events` more under `key`."""
        self._counts[key] += events
        if len(self._counts) > _SLACK * self._bound:
            self._prune()

    def add_all(self, keys: Iterable[K]) -> None:
        """Count one more under each of `keys`."""
        self._counts.update(keys)
        if len(self._counts) > _SLACK * self._bound:
            self._prune()

    def freeze(self) -> Bounded[K, int]:
        """Give the bounded counts."""
        return bound_counts(self._counts.items(), bound=self._bound, rest=self._rest, order=self._order)

    def _prune(self) -> None:
        pruned = self.freeze()
        self._counts, self._rest = collections.Counter(pruned.kept), pruned.rest


class Cells(Generic[K]):
    """Cells (how many events, the first and the last) by key."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._cells: dict[K, MinuteCell] = {}
        self._rest = 0

    def add(self, cells: Mapping[K, MinuteCell]) -> None:
        """Add what was seen under some keys."""
        for key, cell in cells.items():
            known = self._cells.get(key)
            self._cells[key] = cell if known is None else add_cells(known, cell)
        if len(self._cells) > _SLACK * self._bound:
            pruned = self.freeze()
            self._cells, self._rest = dict(pruned.kept), pruned.rest

    def freeze(self) -> Bounded[K, MinuteCell]:
        """Give the bounded cells."""
        return bound_cells(self._cells.items(), bound=self._bound, rest=self._rest)


class Copies:
    """How often the records with the smallest hashes came; records from `limit` on are not looked at."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._counts: collections.Counter[str] = collections.Counter()
        self.limit = SAMPLED

    def add(self, leaves: Iterable[bytes]) -> None:
        """Count records by their leaf hashes, all of them below `SAMPLED`."""
        self._counts.update([leaf[:_HASH_BYTES].hex() for leaf in leaves])
        if len(self._counts) > _SLACK * self._bound:
            self._counts = collections.Counter(self.freeze().kept)
            self.limit = bytes.fromhex(max(self._counts)) + b"\xff" * _HASH_BYTES

    def freeze(self) -> Bounded[str, int]:
        """Give the bounded counts; what is left out is not summed, for nobody counted it."""
        return bound_sample(self._counts.items(), bound=self._bound)


def minute_cells(times: Sequence[int]) -> dict[int, MinuteCell]:
    """Sort event times (microseconds since 1970) into their minutes."""
    ordered = sorted(times)
    minutes = [time // MINUTE_US for time in ordered]
    if minutes[0] == minutes[-1]:
        return {minutes[0]: MinuteCell(len(ordered), ordered[0], ordered[-1])}
    last = dict(zip(minutes, ordered, strict=True))  # of equal minutes the last pair stays
    first = dict(zip(reversed(minutes), reversed(ordered), strict=True))
    return {
        minute: MinuteCell(events, first[minute], last[minute])
        for minute, events in collections.Counter(minutes).items()
    }
