"""The yearly lock job, planned: the ledger stays locked longer than the last archive it speaks of."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.checks.lock_extension import MARGIN, LockedVersion, LockPlan, covered_until, plan_lock_extension
from dayseal.errors import UsageError

COVERED = covered_until(dt.date(2026, 11, 22), 365)
SECOND = dt.timedelta(seconds=1)
_MOMENTS = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001 - hypothesis adds UTC
_VERSIONS = st.lists(
    st.builds(LockedVersion, st.sampled_from("abc"), st.sampled_from("123"), st.none() | _MOMENTS, st.booleans()),
    unique_by=lambda v: (v.key, v.version),
)


def version(until: dt.datetime | None, *, key: str = "tile/0/000", marker: bool = False) -> LockedVersion:
    """Give a stored version."""
    return LockedVersion(key, "v1", until, marker)


def applied(versions: list[LockedVersion], plan: LockPlan) -> list[LockedVersion]:
    """Give the versions as they are after the plan was carried out."""
    ends = {(e.key, e.version): e.until for e in plan.extensions}
    return [dataclasses.replace(v, retain_until=ends.get((v.key, v.version), v.retain_until)) for v in versions]


def test_the_term_ends_when_the_archive_of_the_newest_day_may_be_emptied() -> None:
    """The day itself does not count: it is complete when it ends."""
    assert covered_until(dt.date(2026, 11, 22), 365) == dt.datetime(2027, 11, 23, tzinfo=dt.UTC)


def test_a_lock_that_ends_before_the_covered_term_is_extended_a_year_beyond_it() -> None:
    """So that the next job may come a year late."""
    plan = plan_lock_extension([version(COVERED - SECOND)], covered=COVERED)
    assert [(e.key, e.before, e.until) for e in plan.extensions] == [("tile/0/000", COVERED - SECOND, COVERED + MARGIN)]
    assert (plan.long_enough, plan.unlocked) == (0, ())


@pytest.mark.parametrize("more", [dt.timedelta(), SECOND, MARGIN, 50 * MARGIN])
def test_a_lock_that_reaches_the_covered_term_is_left_alone(more: dt.timedelta) -> None:
    """Never shortened, and not written to every day because the term moved on by a day."""
    assert plan_lock_extension([version(COVERED + more)], covered=COVERED) == LockPlan((), 1, ())


def test_what_has_no_lock_is_locked_and_named() -> None:
    """The bucket's default retention should have done it: somebody has to look."""
    plan = plan_lock_extension([version(None)], covered=COVERED)
    assert plan.unlocked == plan.extensions
    assert [e.before for e in plan.extensions] == [None]


def test_a_delete_marker_takes_no_lock() -> None:
    """It holds no bytes; fsck names it as tampering."""
    assert plan_lock_extension([version(None, marker=True)], covered=COVERED) == LockPlan((), 0, ())


def test_every_version_of_the_checkpoint_is_extended() -> None:
    """Each is signed history; the old ones are what shows a fork."""
    versions = [LockedVersion("checkpoint", str(number), COVERED - MARGIN) for number in range(3)]
    assert [e.version for e in plan_lock_extension(versions, covered=COVERED).extensions] == ["0", "1", "2"]


def test_a_daily_job_writes_to_each_version_once_a_year() -> None:
    """3,650 runs, each a day later: ten or eleven extensions, never a day uncovered."""
    held, written = [version(COVERED)], 0
    for day in range(3_650):
        covered = COVERED + dt.timedelta(days=day)
        plan = plan_lock_extension(held, covered=covered)
        written += len(plan.extensions)
        held = applied(held, plan)
        assert held[0].retain_until is not None
        assert held[0].retain_until >= covered
    assert written in (9, 10)


@given(_VERSIONS, _MOMENTS)
def test_an_applied_plan_leaves_nothing_to_do_and_shortens_nothing(
    versions: list[LockedVersion], covered: dt.datetime
) -> None:
    """Whatever the locks were."""
    plan = plan_lock_extension(versions, covered=covered)
    after = applied(versions, plan)
    assert plan_lock_extension(after, covered=covered).extensions == ()
    assert plan.long_enough + len(plan.extensions) == sum(not v.marker for v in versions)
    assert all(e.before is None or e.before < e.until for e in plan.extensions)


@pytest.mark.parametrize(
    ("versions", "covered", "margin"),
    [
        ([version(COVERED), version(None)], COVERED, MARGIN),
        ([version(COVERED.replace(tzinfo=None))], COVERED, MARGIN),
        ([], COVERED.replace(tzinfo=None), MARGIN),
        ([], COVERED, dt.timedelta()),
        ([], dt.datetime.max.replace(tzinfo=dt.UTC), MARGIN),
    ],
    ids=["twice", "lock without zone", "term without zone", "no margin", "beyond 9999"],
)
def test_what_makes_no_sense_is_refused(
    versions: list[LockedVersion], covered: dt.datetime, margin: dt.timedelta
) -> None:
    """A lock cannot be taken back: no guess."""
    with pytest.raises(UsageError):
        plan_lock_extension(versions, covered=covered, margin=margin)


@pytest.mark.parametrize(("day", "days"), [(dt.date(2026, 1, 1), 0), (dt.date(2026, 1, 1), 36_501), (dt.date.max, 1)])
def test_a_term_that_makes_no_sense_is_refused(day: dt.date, days: int) -> None:
    """The same bounds as the settings'."""
    with pytest.raises(UsageError):
        covered_until(day, days)
