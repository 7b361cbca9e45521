"""Tables that grow while a tally is built, pruned before they get large."""

import collections
from collections.abc import Iterable, Mapping
from typing import Final, Generic, TypeVar

from dayseal.digest.bounded import Bounded, Key, MinuteCell, add_cells, bound_cells, bound_counts

K = TypeVar("K", bound=Key)

_SLACK: Final = 4  # a table grows to this many times its bound between two prunings


class Counts(Generic[K]):
    """Counts by key; pruning loses nothing that the bounded result would keep."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
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
        return bound_counts(self._counts.items(), bound=self._bound, rest=self._rest)

    def _prune(self) -> None:
        pruned = self.freeze()
        self._counts, self._rest = collections.Counter(pruned.kept), pruned.rest


class Minutes:
    """Minute cells by minute (since 1970)."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._cells: dict[int, MinuteCell] = {}
        self._rest = 0

    def add(self, cells: Mapping[int, MinuteCell]) -> None:
        """Add what was seen of some minutes."""
        for minute, cell in cells.items():
            known = self._cells.get(minute)
            self._cells[minute] = cell if known is None else add_cells(known, cell)
        if len(self._cells) > _SLACK * self._bound:
            pruned = self.freeze()
            self._cells, self._rest = dict(pruned.kept), pruned.rest

    def freeze(self) -> Bounded[int, MinuteCell]:
        """Give the bounded cells."""
        return bound_cells(self._cells.items(), bound=self._bound, rest=self._rest)
