"""Tallies as a pass over a cluster's records would make them, from moments alone."""

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

from dayseal.digest.bounded import Bounded, MinuteCell
from dayseal.digest.tally import LEASES, MINUTES, LeaseHour, Skew, Tally, merge_all

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
DAY = MIDNIGHT.date()
NODE = "node/0a"
NO_RECORDS = merge_all(())


def every(seconds: float, start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
    """Give moments from `start` (included) to `end` (excluded)."""
    return [start + dt.timedelta(seconds=seconds * n) for n in range(int((end - start).total_seconds() / seconds))]


def tally_of(
    moments: Iterable[dt.datetime] = (),
    leases: Mapping[str, Iterable[dt.datetime]] | None = None,
    *,
    skew: Skew | None = None,
) -> Tally:
    """Count records at `moments`, and lease updates, which are records too."""
    named = {name: list(times) for name, times in (leases or {}).items()}
    updates = [moment for times in named.values() for moment in times]
    micros = sorted((m - EPOCH) // dt.timedelta(microseconds=1) for m in [*moments, *updates])
    minutes: dict[int, list[int]] = {}
    for moment in micros:
        minutes.setdefault(moment // 60_000_000, []).append(moment)
    hours = Counter(LeaseHour(name, int((m - EPOCH).total_seconds()) // 3600) for name, ms in named.items() for m in ms)
    beats = Counter(int((m - EPOCH).total_seconds()) // 60 for m in updates)
    cells = {minute: MinuteCell(len(us), us[0], us[-1]) for minute, us in minutes.items()}
    return dataclasses.replace(
        NO_RECORDS,
        events=len(micros),
        first_us=micros[0] if micros else None,
        last_us=micros[-1] if micros else None,
        minutes=Bounded(MINUTES, cells),
        heartbeats=Bounded(MINUTES, dict(beats)),
        leases=Bounded(LEASES, dict(hours)),
        skew=skew,
    )
