"""How long a bucket's own retention must be, where one term holds for all its objects: the pure half of a yearly job.

Elsewhere each version has a lock of its own (`lock_extension`). Here the term counts from each object's making, and the
oldest object is the one that runs out first; the bucket itself is older than all of them.
"""

import dataclasses
import datetime as dt
from typing import Final

from dayseal.checks.lock_extension import MARGIN
from dayseal.errors import UsageError

LONGEST: Final = dt.timedelta(days=36_500)  # Cloud Storage's: 3,155,760,000 seconds, rounded down to days
_DAY: Final = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class BucketTerm:
    """A bucket's retention: its term (None: there is none), whether it can be shortened no more, the bucket's age."""

    term: dt.timedelta | None
    locked: bool
    created: dt.datetime


def plan_term(found: BucketTerm, *, covered: dt.datetime, margin: dt.timedelta = MARGIN) -> dt.timedelta | None:
    """Give the term to set, in whole days; None where the one there is reaches `covered` (see `covered_until`).

    A term is only ever made longer, to `margin` after `covered`, so that a job which runs each year writes once a year.

    Raises:
        UsageError: a moment without a time zone, or more than 100 years.
    """
    if covered.tzinfo is None or found.created.tzinfo is None:
        raise UsageError(f"retention: until {covered} of a bucket made {found.created}, UTC promised")
    if found.term is not None and found.created + found.term >= covered:
        return None
    wanted = -(-(covered + margin - found.created) // _DAY) * _DAY
    if wanted > LONGEST:
        raise UsageError(f"retention: {wanted.days} days, at most {LONGEST.days} promised")
    return wanted
