"""The provider's own count of a day beside what the archive holds of it."""

import dataclasses
import datetime as dt
import functools

import pytest

from dayseal.checks.arrival import ArrivalThresholds, EventDayView, judge_arrival
from dayseal.checks.counted import compare_counts
from dayseal.checks.due_spans import Due
from dayseal.digest.bounded import Bounded
from dayseal.digest.tally import COPIES, MINUTES, Skew, Tally
from dayseal.model import ClusterId, Finding, Verdict, Window
from dayseal.model.route import Answer, Call, HourlyCounts, Known, Missing, Reason
from dayseal.settings import Settings
from dayseal.settings.tables import LedgerSettings
from dayseal.steps.judging import ClusterBatches, judge
from support.gke_facts import gke_delivering
from unit.checks.check_tallies import DAY, MIDNIGHT, NODE, every, tally_of

ONE = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
HELD = 8_640  # records of the day: one every ten seconds
CALL = Call("monitoring", "timeSeries.list", "projects/shop")
DENIED = Missing(Reason.DENIED, CALL, "PERMISSION_DENIED", "monitoring.timeSeries.list")
PUNCTUAL = Skew(200_000, 900_000, 0)


@functools.cache
def held(*, copied: int = 0, skew: Skew | None = PUNCTUAL, span: tuple[int, int] = (-1, 3)) -> Tally:
    """Records every ten seconds, of which `copied` of a thousand sampled came twice."""
    steady = tally_of(leases={NODE: every(10, MIDNIGHT + span[0] * ONE, MIDNIGHT + span[1] * ONE)}, skew=skew)
    sample = {f"{number:064x}": 1 + (number < copied) for number in range(1_000)}
    return dataclasses.replace(steady, copies=Bounded(COPIES, sample))


def counts(day: float, days: int = 6) -> Known[HourlyCounts]:
    """Give what Monitoring counted: so many on the day, an hour like the next, over the days to the day after."""
    window = Window(MIDNIGHT + 2 * ONE - days * ONE, MIDNIGHT + 2 * ONE)
    hours = tuple((MIDNIGHT + n * HOUR, day / 24) for n in range(24))
    return Known(HourlyCounts("log_entry_count", "prod", window, hours), CALL)


def judged(counted: Answer[HourlyCounts] | None, tally: Tally, *, final: bool = True) -> Finding:
    """Judge the day with what was counted of it."""
    batches = (DAY - ONE, DAY, DAY + ONE, DAY + 2 * ONE)[: 4 if final else 3]
    due = (Due(Window(MIDNIGHT - ONE, MIDNIGHT + 3 * ONE), "enrolled"),)
    cluster = ClusterId("gke", "shop", "europe-west1", "prod", "uid-1")
    view = EventDayView(cluster, DAY, tally, batches, final, due, counted=counted)
    return judge_arrival(view, ArrivalThresholds()).finding


def test_a_day_of_which_as_much_was_counted_passes_and_shows_both_numbers() -> None:
    """The counter is another witness than the leases."""
    found = judged(counts(HELD), held())
    assert found.verdict is Verdict.PASS
    (fact,) = [fact for fact in found.facts if fact.id == "arrival.counted"]
    assert (fact.call, fact.resource) == ("monitoring:timeSeries.list", "projects/shop")
    assert fact.value.startswith("8640 counted by log_entry_count, ")


def test_steady_loss_that_no_lease_shows_is_seen_by_the_count() -> None:
    """One record of ten missing all the time leaves no silence, and without earlier days no change of pace."""
    found = judged(counts(HELD / 0.9), held())
    assert found.verdict is Verdict.UNKNOWN
    assert found.summary.startswith("at least 954 ")  # 960, less what the ends of the day leave open
    assert found.fix.startswith("dayseal show ")


def test_copies_do_not_hide_loss() -> None:
    """Delivery is at least once: a tenth lost and a tenth delivered twice look complete to who counts lines."""
    assert judged(counts(HELD), held(copied=100)).verdict is Verdict.UNKNOWN
    assert judged(counts(HELD / 1.1), held(copied=100)).verdict is Verdict.PASS


def test_records_that_nobody_counted_are_a_contradiction() -> None:
    """Whoever can write into the archive can add records; Google did not count those."""
    found = judged(counts(HELD * 0.9), held())
    assert found.verdict is Verdict.UNKNOWN
    assert "more than were counted" in found.summary


@pytest.mark.parametrize("lag_s", [0, 1_800])
def test_a_counter_by_either_clock_agrees_with_records_that_come_late(lag_s: int) -> None:
    """Which clock the counter goes by is not documented: half an hour's lag moves a burst across midnight."""
    steady = every(10, MIDNIGHT - ONE, MIDNIGHT + 3 * ONE)
    burst = every(1, MIDNIGHT + ONE - HOUR / 4, MIDNIGHT + ONE)
    in_day = sum(MIDNIGHT <= m + dt.timedelta(seconds=lag_s) < MIDNIGHT + ONE for m in (*steady, *burst))
    tally = dataclasses.replace(tally_of(burst, {NODE: steady}, skew=Skew(0, 1_800_000_000, 0)), copies=held().copies)
    assert compare_counts(counts(in_day), tally, DAY).doubt == ""


def test_a_refused_count_leaves_the_day_unknown_and_names_the_permission() -> None:
    """An answer that was refused is no agreement."""
    found = judged(DENIED, held())
    assert found.verdict is Verdict.UNKNOWN
    assert "monitoring.timeSeries.list" in found.summary


@pytest.mark.parametrize(
    ("counted", "tally", "why"),
    [
        (Known(HourlyCounts("m", "prod", Window(MIDNIGHT - ONE, MIDNIGHT + ONE), ()), CALL), held(), "no data points"),
        (counts(HELD), held(skew=None), "no time of arrival"),
        (counts(HELD), held(skew=Skew(-3_700_000_000, 0, 0)), "an hour before they happened"),
        (counts(HELD), dataclasses.replace(held(), copies=Bounded(COPIES, {})), "no record was sampled"),
        (counts(HELD), dataclasses.replace(held(), minutes=Bounded(MINUTES, held().minutes.kept, 5)), "drop minutes"),
    ],
)
def test_counts_that_cannot_be_compared_leave_the_day_unknown(
    counted: Answer[HourlyCounts], tally: Tally, why: str
) -> None:
    """Two numbers of different things agree by chance alone."""
    found = judged(counted, tally)
    assert found.verdict is Verdict.UNKNOWN
    assert why in found.summary


def test_what_nobody_asked_for_changes_nothing() -> None:
    """A folder has no counter, and an old day's was not asked for."""
    assert judged(None, held()).verdict is Verdict.PASS
    assert judged(Missing(Reason.NOT_ASKED, CALL), held()).verdict is Verdict.PASS
    assert judged(counts(HELD * 2, days=1), held()).verdict is Verdict.PASS


def test_a_day_that_is_not_final_is_not_compared() -> None:
    """Late records may still come."""
    found = judged(counts(HELD * 2), held(), final=False)
    assert found.verdict is Verdict.PASS
    assert "arrival.counted" not in {fact.id for fact in found.facts}


def test_records_without_a_time_may_belong_to_the_day() -> None:
    """A record that was cut was counted all the same: it is no loss."""
    cut = dataclasses.replace(held(), events=held().events + 960)
    assert judged(counts(HELD + 960), cut).verdict is Verdict.PASS


def test_a_counter_that_goes_by_the_records_own_time_needs_no_time_of_arrival() -> None:
    """AKS's records carry none, and a query counts by the moment in which they were written."""
    told = counts(HELD)
    own = Known(dataclasses.replace(told.value, own_time=True), CALL)
    assert judged(told, held(skew=None)).verdict is Verdict.UNKNOWN
    assert judged(own, held(skew=None)).verdict is Verdict.PASS
    short = Known(dataclasses.replace(counts(HELD / 0.9).value, own_time=True), CALL)
    assert judged(short, held(skew=None)).verdict is Verdict.UNKNOWN


def test_a_seal_hands_the_routes_counts_to_the_day_that_is_final_now() -> None:
    """The batch of two days later makes a day final; its own day is provisional and not compared."""
    days = [DAY + n * ONE for n in range(-1, 3)]
    tallies = {day: held(span=(n, n + 1)) for n, day in enumerate(days, -1)}
    route = gke_delivering(counted=counts(HELD / 0.9))
    batches = ClusterBatches(route.cluster, days[-1], tallies, days[0], (), ("gke-sink-json/1",), route)
    settings = Settings(ledger=LedgerSettings(origin="example.com/log"))
    final, own = judge(batches, (), settings, today=days[-1]).event_days
    assert (final.day, final.state, final.verdict) == ("2026-11-22", "final", "UNKNOWN")
    assert "are missing" in final.summary
    assert (own.state, own.verdict) == ("provisional", "PASS")
