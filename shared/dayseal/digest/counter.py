"""Counting events into a tally: quickly by the batch, in bounded memory."""

import collections
import dataclasses
import itertools
import operator
from collections.abc import Sequence
from typing import Final

from dayseal.audit.event_times import HOUR_US, MINUTE_US, EventClock, event_time_us
from dayseal.digest.bounded import MinuteCell, series_hash, short
from dayseal.digest.drift import DriftCounter
from dayseal.digest.patterns import Pattern
from dayseal.digest.rows import Identity, row_of
from dayseal.digest.sightings import Sighting
from dayseal.digest.tables import Cells, Copies, Counts, minute_cells
from dayseal.digest.tally import (
    COPIES,
    KEYS,
    LABELS,
    LEASES,
    MINUTES,
    SPLITS,
    STREAMS,
    USERS,
    ClassCount,
    EventKey,
    LeaseHour,
    Skew,
    SplitPart,
    StreamHour,
    Tally,
)
from dayseal.digest.tracing import TraceCounter

Counted = Identity | Pattern[Sighting]

_EXACT_US: Final = 2**40  # up to here floats tell microseconds apart
_MAX_WAITING: Final = 32_768  # identities; then they are resolved and forgotten


@dataclasses.dataclass(slots=True)
class Batch:
    """Parsed events of one cluster, in order, at least one; the lists run in parallel.

    An identity may be given by a pattern that means it. `times` are event times as text. `renews` says
    which events renew a lease. `ingested` holds the times of ingestion in microseconds (None where a
    record has none), or is empty where the shape has none.
    """

    identities: Sequence[Counted]
    times: Sequence[bytes]
    renews: Sequence[bool]
    stream: str = ""
    ingested: Sequence[int | None] = ()


class TallyCounter:
    """Builds one tally; `policy` is the name of what its events were compared with."""

    def __init__(self, clock: EventClock, policy: str = "") -> None:
        self._clock = clock
        self.copies = Copies(COPIES)
        self.drift = DriftCounter(clock, policy)
        self.traces = TraceCounter()
        self.splits: Counts[SplitPart] = Counts(SPLITS, series_hash)
        self.unparsable = 0
        self.cut = 0  # cut off by the provider, and so not parsed
        self.marked = 0  # parsed, and marked as truncated
        self.skipped_bodies = 0
        self._parsed = 0
        self._undated = 0
        self._span: tuple[int, int] | None = None
        self._waiting: dict[int | None, collections.Counter[Counted]] = {}  # by hour, not yet resolved
        self._waiting_size = 0
        self._skew: Skew | None = None
        self._minutes: Cells[int] = Cells(MINUTES)
        self._beats: Counts[int] = Counts(MINUTES)
        self._levels: Counts[str] = Counts(LABELS)
        self._stages: Counts[str] = Counts(LABELS)
        self._keys: Counts[EventKey] = Counts(KEYS)
        self._leases: Counts[LeaseHour] = Counts(LEASES, series_hash)
        self._streams: Counts[StreamHour] = Counts(STREAMS)
        self._users: Counts[str] = Counts(USERS)
        self._classes: collections.Counter[str] = collections.Counter()
        self._named: collections.Counter[str] = collections.Counter()  # of them, those that name a credential

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        self._parsed += len(batch.times)
        span = self._clock.read_span(batch.times)
        if span:
            self._add_minute(batch, *span)
            return
        times = self._clock.read_all(batch.times)
        if times is None:
            batch, times = self._only_dated(batch)
        if times:
            self._add_dated(batch, times)

    def freeze(self) -> Tally:
        """Give the tally of everything counted so far."""
        self._resolve_waiting()
        first, last = self._span or (None, None)
        policy, drift = self.drift.freeze()
        return Tally(
            events=self._parsed + self.unparsable + self.cut,
            unparsable=self.unparsable,
            truncated=self.cut + self.marked,
            skipped_bodies=self.skipped_bodies,
            undated=self._undated,
            first_us=first,
            last_us=last,
            minutes=self._minutes.freeze(),
            heartbeats=self._beats.freeze(),
            levels=self._levels.freeze(),
            stages=self._stages.freeze(),
            keys=self._keys.freeze(),
            classes={name: ClassCount(events, self._named[name]) for name, events in sorted(self._classes.items())},
            leases=self._leases.freeze(),
            streams=self._streams.freeze(),
            policy=policy,
            drift=drift,
            copies=self.copies.freeze(),
            splits=self.splits.freeze(),
            signs=self.traces.signs.freeze(),
            secrets=self.traces.secrets.freeze(),
            versions=self.traces.versions(),
            credentials=self.traces.credentials(),
            users=self._users.freeze(),
            traces=self.traces.traces(),
            skew=self._skew,
        )

    def _only_dated(self, batch: Batch) -> tuple[Batch, list[int]]:
        """Count the events without a time; give the others."""
        times = [event_time_us(text.decode("utf-8")) for text in batch.times]
        at = [i for i, time in enumerate(times) if time is not None]
        undated = [identity for identity, time in zip(batch.identities, times, strict=True) if time is None]
        self._undated += len(undated)
        self._wait(None, undated)
        dated = Batch(
            [batch.identities[i] for i in at],
            [batch.times[i] for i in at],
            [batch.renews[i] for i in at],
            batch.stream,
            [batch.ingested[i] for i in at] if batch.ingested else (),
        )
        return dated, [time for time in times if time is not None]

    def _add_minute(self, batch: Batch, first: int, last: int) -> None:
        """Count events that lie in one minute."""
        minute, hour, events = first // MINUTE_US, first // HOUR_US, len(batch.times)
        self._widen(first, last)
        self._wait(hour, batch.identities)
        if batch.stream:
            self._streams.add(StreamHour(short(batch.stream), hour), events)
        self._minutes.add({minute: MinuteCell(events, first, last)})
        if beats := sum(batch.renews):
            self._beats.add(minute, beats)
        if batch.ingested:
            self._add_skew(self._lags(batch, minute * MINUTE_US))

    def _lags(self, batch: Batch, minute_us: int) -> list[int]:
        """Give the times of ingestion minus the event times, or only their extremes when no event is late."""
        us = map(operator.mul, self._clock.read_seconds(batch.times), itertools.repeat(1e6))
        if None in batch.ingested:
            late = [i - of for i, of in zip(batch.ingested, us, strict=True) if i is not None]
        else:
            late = list(map(operator.sub, batch.ingested, us))
        if not late:
            return []
        low, high = min(late) - minute_us, max(late) - minute_us
        if low < -_EXACT_US or high > _EXACT_US:
            times = self._clock.read_all(batch.times) or ()
            return [i - time for i, time in zip(batch.ingested, times, strict=True) if i is not None]
        return [round(low), round(high)] if high <= HOUR_US - 1 else [round(lag - minute_us) for lag in late]

    def _widen(self, first: int, last: int) -> None:
        span = self._span
        self._span = (first, last) if span is None else (min(first, span[0]), max(last, span[1]))

    def _add_dated(self, batch: Batch, times: list[int]) -> None:
        first, last = min(times), max(times)
        self._widen(first, last)
        hours = {first // HOUR_US: len(times)}
        if first // HOUR_US == last // HOUR_US:
            self._wait(first // HOUR_US, batch.identities)
        else:
            by_hour: dict[int, list[Counted]] = {}
            for identity, time in zip(batch.identities, times, strict=True):
                by_hour.setdefault(time // HOUR_US, []).append(identity)
            for hour, identities in by_hour.items():
                self._wait(hour, identities)
            hours = {hour: len(identities) for hour, identities in by_hour.items()}
        if batch.stream:
            for hour, events in hours.items():
                self._streams.add(StreamHour(short(batch.stream), hour), events)
        self._minutes.add(minute_cells(times))
        if True in batch.renews:
            self._beats.add_all([t // MINUTE_US for t, renews in zip(times, batch.renews, strict=True) if renews])
        if batch.ingested:
            self._add_skew([i - t for i, t in zip(batch.ingested, times, strict=True) if i is not None])

    def _wait(self, hour: int | None, identities: Sequence[Counted]) -> None:
        waiting = self._waiting.get(hour)
        if waiting is None:
            waiting = self._waiting[hour] = collections.Counter()
        before = len(waiting)
        waiting.update(identities)
        self._waiting_size += len(waiting) - before
        if self._waiting_size > _MAX_WAITING:
            self._resolve_waiting()

    def _add_skew(self, lags: list[int]) -> None:
        if lags:
            low, high = min(lags), max(lags)
            late = sum(lag > HOUR_US for lag in lags) if high > HOUR_US else 0
            known = self._skew or Skew(low, high, 0)
            self._skew = Skew(min(low, known.min_us), max(high, known.max_us), late + known.late_over_1h)

    def _resolve_waiting(self) -> None:
        keys: collections.Counter[EventKey] = collections.Counter()
        users: collections.Counter[str] = collections.Counter()
        for hour, identities in self._waiting.items():
            for identity, events in identities.items():
                known = identity.meaning.identity if isinstance(identity, Pattern) else identity
                row = row_of(known)
                keys[row.key] += events
                users[row.user] += events
                if row.lease and hour is not None:
                    self._leases.add(LeaseHour(row.lease, hour), events)
                if row.used.use:
                    self._named[row.key.user_class] += events
                self.traces.use(row.used, hour, events)
                self.drift.classify(known.comparison, events)
        self._waiting, self._waiting_size = {}, 0
        for user, events in users.items():
            if user:
                self._users.add(user, events)
        for key, events in keys.items():
            self._keys.add(key, events)
            self._classes[key.user_class] += events
            if key.level:
                self._levels.add(key.level, events)
            if key.stage:
                self._stages.add(key.stage, events)
