"""Counting how events compare with their provider's policy."""

import collections
from collections.abc import Sequence
from typing import Final

from dayseal.audit.event_times import EventClock, event_time_us
from dayseal.digest.bounded import Bounded, MinuteCell
from dayseal.digest.rows import Identity, row_of
from dayseal.digest.tables import Cells, Counts
from dayseal.digest.tally_keys import DRIFT, LABELS, DriftKey, PolicyClass


class DriftCounter:
    """Counts events by class, and keeps when those came that differ; `policy` is the name of what they differ from."""

    def __init__(self, clock: EventClock, policy: str) -> None:
        self._clock: Final = clock
        self._policy: Final = policy
        self._classes: Counts[PolicyClass] = Counts(LABELS)
        self._cells: Cells[DriftKey] = Cells(DRIFT)

    def classify(self, comparison: str, events: int) -> None:
        """Count events of one class."""
        if comparison:
            self._classes.add(PolicyClass(self._policy, comparison), events)

    def add(self, identities: Sequence[Identity], times: Sequence[bytes]) -> None:
        """Note when events that differ happened; those without a time are left out."""
        moments: Sequence[int | None] | None = self._clock.read_all(times)
        if moments is None:
            moments = [event_time_us(text.decode("utf-8")) for text in times]
        found: dict[Identity, list[int]] = collections.defaultdict(list)
        for identity, at in zip(identities, moments, strict=True):
            if at is not None:
                found[identity].append(at)
        for identity, times_us in found.items():
            key = DriftKey(self._policy, identity.comparison, *row_of(identity).key, identity.expected)
            self._cells.add({key: MinuteCell(len(times_us), min(times_us), max(times_us))})

    def freeze(self) -> tuple[Bounded[PolicyClass, int], Bounded[DriftKey, MinuteCell]]:
        """Give the counts by class, and what differs."""
        return self._classes.freeze(), self._cells.freeze()
