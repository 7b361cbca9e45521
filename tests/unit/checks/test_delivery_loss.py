"""What delivery itself shows: copies, and entries that did not come whole."""

import dataclasses
import datetime as dt

from dayseal.checks import ArrivalThresholds, Due, EventDayView, estimate_copies, find_split_loss, judge_arrival
from dayseal.digest.bounded import Bounded
from dayseal.digest.tally import COPIES, SPLITS, SplitPart, Tally
from dayseal.model import ClusterId, Verdict, Window
from unit.checks.check_tallies import DAY, MIDNIGHT, NO_RECORDS, NODE, every, tally_of

ONE = dt.timedelta(days=1)
ALL = (DAY - ONE, DAY, DAY + ONE, DAY + 2 * ONE)


def split(*parts: SplitPart, rest: int = 0) -> Tally:
    """Give a steady day with these parts of split entries."""
    steady = tally_of(leases={NODE: every(10, MIDNIGHT - ONE, MIDNIGHT + 3 * ONE)})
    return dataclasses.replace(steady, splits=Bounded(SPLITS, dict.fromkeys(parts, 1), rest))


def judged(tally: Tally, batches: tuple[dt.date, ...] = ALL, unread: tuple[str, ...] = ()) -> tuple[Verdict, str]:
    """Judge the day as these batches show it."""
    due = (Due(Window(MIDNIGHT - ONE, MIDNIGHT + 3 * ONE), "enrolled"),)
    cluster = ClusterId("gke", "p", "europe-west3", "blue", "uid-1")
    view = EventDayView(cluster, DAY, tally, batches, len(batches) == len(ALL), due, unread=unread)
    finding = judge_arrival(view, ArrivalThresholds()).finding
    return finding.verdict, finding.summary


def test_a_missing_part_is_proven_loss_once_the_day_is_final() -> None:
    """Cloud Logging numbers the parts of an entry over 512 KiB; before the day is final a part may still come."""
    tally = split(SplitPart("aa", 3, 0), SplitPart("aa", 3, 2), SplitPart("bb", 2, 0), SplitPart("bb", 2, 1))
    verdict, said = judged(tally)
    assert (verdict, "1 parts missing of 2 split entries" in said) == (Verdict.FAIL, True)
    assert judged(tally, ALL[:3])[0] is Verdict.UNKNOWN
    assert judged(tally, unread=("an object",))[0] is Verdict.UNKNOWN


def test_an_entry_that_came_whole_is_no_loss() -> None:
    """Its parts may lie in two batches."""
    assert judged(split(SplitPart("aa", 2, 0), SplitPart("aa", 2, 1)))[0] is Verdict.PASS


def test_an_entry_that_the_tally_could_not_keep_whole_proves_nothing() -> None:
    """A table that is full drops parts itself."""
    assert find_split_loss(split(SplitPart("aa", 3, 0), rest=9)).missing == 0


def test_copies_are_estimated_with_their_uncertainty() -> None:
    """Delivery is at least once, so counts that look complete may hide loss behind copies."""
    counts = {f"{n:016x}": 2 if n < 100 else 1 for n in range(1000)}
    found = estimate_copies(dataclasses.replace(NO_RECORDS, copies=Bounded(COPIES, counts)))
    assert abs(found.share - 100 / 1100) < 1e-9
    assert 0.01 < found.uncertainty < 0.03
    assert estimate_copies(NO_RECORDS).text == "no record sampled"
