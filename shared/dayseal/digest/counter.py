"""Counting events into a tally: quickly by the batch, in bounded memory."""

import collections
import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Generic, TypeVar

from dayseal.audit.event_times import HOUR_US, MINUTE_US, MINUTES_PER_HOUR, EventClock, event_time_us
from dayseal.digest.bounded import Bounded, Key, MinuteCell, add_cells, bound_cells, bound_counts, short
from dayseal.digest.rows import EntryIdentity, EventIdentity, Row
from dayseal.digest.tally import (
    KEYS,
    LABELS,
    LEASES,
    MINUTES,
    STREAMS,
    USERS,
    ClassCount,
    LeaseHour,
    Skew,
    StreamHour,
    Tally,
)

Identity = EventIdentity | EntryIdentity
K = TypeVar("K", bound=Key)

_MAX_IDENTITIES: Final = 65_536  # then they are resolved and forgotten
_SLACK: Final = 4  # tables grow to this many times their bound between two prunings


@dataclasses.dataclass(slots=True)
class Batch:
    """Parsed events of one cluster, in order; the lists run in parallel.

    `times` are event times in text. `renews` says which events renew a lease. `ingested` holds the
    times of ingestion in microseconds, or is empty where the shape has none.
    """

    identities: Sequence[Identity]
    times: Sequence[str]
    renews: Sequence[bool]
    stream: str = ""
    ingested: Sequence[int | None] = ()


class TallyCounter:
    """Builds one tally. `resolve` says where an identity's events are counted."""

    def __init__(self, resolve: Callable[[Identity], Row], clock: EventClock) -> None:
        self._resolve = resolve
        self._clock = clock
        self.unparsable = 0
        self.cut = 0  # cut off by the provider, and so not parsed
        self.marked = 0  # parsed, and marked as truncated
        self.skipped_bodies = 0
        self._parsed = 0
        self._undated = 0
        self._waiting: dict[int | None, collections.Counter[Identity]] = {}  # by hour, not yet resolved
        self._minutes: dict[int, MinuteCell] = {}
        self._minutes_rest = 0
        self._beats = _Counts[int](MINUTES)
        self._levels = _Counts[str](LABELS)
        self._stages = _Counts[str](LABELS)
        self._keys = _Counts[Key](KEYS)
        self._leases = _Counts[Key](LEASES)
        self._streams = _Counts[Key](STREAMS)
        self._users = _Counts[str](USERS)
        self._classes: dict[str, ClassCount] = {}
        self._span: tuple[int, int] | None = None
        self._skew: Skew | None = None
