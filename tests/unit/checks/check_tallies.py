"""Tallies as a pass over a cluster's records would make them, from moments alone."""

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

from dayseal.digest.tally import EMPTY_TALLY, Bounded, MinuteCell, Skew, Tally

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
DAY = MIDNIGHT.date()
NODE = "kube-node-lease/node-a"


def every(seconds: float, start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
    """Give moments from `start` (included) to `end` (excluded)."""
    return [start + dt.timedelta(seconds=seconds * n) for n in range(int((end - start).total_seconds() / seconds))]


def tally_of(
    moments: Iterable[dt.datetime] = (),
    leases: Mapping[str, Iterable[dt.datetime]] | None = None,
    *,
    skew: Skew | None = None,
    dropped_minutes: int = 0,
) -> Tally:
    """Count records at `moments`, and lease updates, which are records too."""
    named = {name: list(times) for name, times in (leases or {}).items()}
    updates = [moment for times in named.values() for moment in times]
    micros = sorted((m - EPOCH) // dt.timedelta(microseconds=1) for m in [*moments, *updates])
    minutes: dict[int, list[int]] = {}
    for moment in micros:
        minutes.setdefault(moment // 60_000_000, []).append(moment)
    hours = Counter((name, int((m - EPOCH).total_seconds()) // 3600) for name, times in named.items() for m in times)
    beats = Counter(int((m - EPOCH).total_seconds()) // 60 for m in updates)
    return dataclasses.replace(
        EMPTY_TALLY,
        events=len(micros),
        first_us=micros[0] if micros else None,
        last_us=micros[-1] if micros else None,
        minutes=Bounded({m: MinuteCell(len(us), us[0], us[-1]) for m, us in minutes.items()}, dropped_minutes),
        heartbeats=Bounded(dict(beats), 0),
        leases=Bounded(dict(hours), 0),
        skew=skew,
    )
