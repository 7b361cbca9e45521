import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.checks.term_extension import LONGEST, BucketTerm, plan_term
from dayseal.errors import UsageError

MADE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
YEAR = dt.timedelta(days=365)
DAY = dt.timedelta(days=1)


def bucket(days: int | None) -> BucketTerm:
    """Give a bucket with a term of so many days."""
    return BucketTerm(None if days is None else days * DAY, locked=True, created=MADE)


@given(st.integers(1, 20_000), st.one_of(st.none(), st.integers(0, 20_000)), st.integers(0, 86_399))
def test_a_term_is_long_enough_and_never_shorter(covered_days: int, term: int | None, seconds: int) -> None:
    """And once it was set, there is nothing to do."""
    covered = MADE + covered_days * DAY + dt.timedelta(seconds=seconds)
    wanted = plan_term(bucket(term), covered=covered)
    if wanted is None:
        assert term is not None
        assert MADE + term * DAY >= covered
        return
    assert wanted % DAY == dt.timedelta()
    assert wanted > (term or 0) * DAY
    assert covered + YEAR <= MADE + wanted < covered + YEAR + DAY
    assert plan_term(BucketTerm(wanted, locked=True, created=MADE), covered=covered) is None


def test_more_than_a_bucket_can_hold_is_refused() -> None:
    """Cloud Storage would refuse it too, without saying what is wrong."""
    with pytest.raises(UsageError, match="at most 36500 promised"):
        plan_term(bucket(1), covered=MADE + LONGEST)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    """It could be off by a day."""
    with pytest.raises(UsageError, match="UTC promised"):
        plan_term(bucket(1), covered=dt.datetime(2027, 1, 1))  # noqa: DTZ001 - that is the point
