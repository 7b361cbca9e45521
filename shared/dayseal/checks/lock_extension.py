"""Which locks in the ledger's bucket must be extended, and until when: the pure half of the yearly job.

The ledger must outlive every archive it speaks of, but a lock is set when an object is written, and later days
push the end of the covered term on. An adapter lists the versions and applies the plan; a folder has no locks.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.errors import UsageError

MARGIN: Final = dt.timedelta(days=365)
_MAX_TERM_DAYS: Final = 36_500  # as the settings allow


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class LockedVersion:
    """One stored version in the ledger's bucket; `retain_until` (UTC) is None where nothing locks it.

    A delete marker (`marker`) holds no bytes and takes no lock.
    """

    key: str
    version: str
    retain_until: dt.datetime | None
    marker: bool = False


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class LockExtension:
    """One version's lock to be set to `until`, later than `before` (None: it was not locked at all)."""

    key: str
    version: str
    before: dt.datetime | None
    until: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class LockPlan:
    """What to extend, ordered by key, then version, and how many versions are locked long enough.

    `unlocked` names, in the same order, those of the extended that had no lock: nobody promised anything of them
    so far, and the bucket's default retention should have.
    """

    extensions: tuple[LockExtension, ...]
    long_enough: int
    unlocked: tuple[LockExtension, ...]


def covered_until(newest_day: dt.date, total_days: int) -> dt.datetime:
    """Give the end of the term of the newest sealed batch day: the moment its archive may be emptied.

    Raises:
        UsageError: no such term: under 1 day, over 36,500, or beyond the year 9999.
    """
    if not 1 <= total_days <= _MAX_TERM_DAYS:
        raise UsageError(f"retention: {total_days} days, 1 to {_MAX_TERM_DAYS} promised")
    try:
        end = newest_day + dt.timedelta(days=total_days + 1)
    except OverflowError as exc:
        raise UsageError(f"retention: {total_days} days from {newest_day}, a moment before 9999 promised") from exc
    return dt.datetime.combine(end, dt.time(), tzinfo=dt.UTC)


def plan_lock_extension(
    versions: Sequence[LockedVersion], *, covered: dt.datetime, margin: dt.timedelta = MARGIN
) -> LockPlan:
    """Plan to lock every version that is not locked until `covered` (see `covered_until`) until `margin` after it.

    No lock is ever shortened, and one that reaches `covered` is left alone: so each version is written to about
    once in a margin however often the job runs, and a plan that was applied gives an empty plan.

    Raises:
        UsageError: a moment without a time zone, a margin that is not positive, one version twice, or an end
            beyond the year 9999.
    """
    until = _end(covered, margin)
    if len({(v.key, v.version) for v in versions}) != len(versions):
        raise UsageError(f"lock extension: one of {len(versions)} versions stands there twice, each once promised")
    extensions = []
    long_enough = 0
    for found in sorted(versions, key=lambda v: (v.key, v.version)):
        if found.marker:
            continue
        before = found.retain_until
        if before is not None and before.tzinfo is None:
            raise UsageError(f"lock extension: {found.key} is locked until {before} without a time zone, UTC promised")
        if before is not None and before >= covered:
            long_enough += 1
        else:
            extensions.append(LockExtension(found.key, found.version, before, until))
    return LockPlan(tuple(extensions), long_enough, tuple(e for e in extensions if e.before is None))


def _end(covered: dt.datetime, margin: dt.timedelta) -> dt.datetime:
    if covered.tzinfo is None or margin <= dt.timedelta():
        raise UsageError(f"lock extension: until {covered} and {margin} more, UTC and a positive margin promised")
    try:
        return covered + margin
    except OverflowError as exc:
        raise UsageError(f"lock extension: {margin} after {covered}, a moment before 9999 promised") from exc
