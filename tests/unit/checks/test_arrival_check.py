"""The arrival check on days of every kind."""

import dataclasses
import datetime as dt

import pytest

from dayseal.checks import ArrivalResult, ArrivalThresholds, Due, EventDayView, SilenceKind, judge_arrival
from dayseal.digest.tally import Tally
from dayseal.errors import UsageError
from dayseal.model import ClusterId, Verdict, Window, day_window
from unit.checks.check_tallies import DAY, MIDNIGHT, NODE, every, tally_of

CLUSTER = ClusterId("eks", "111122223333", "eu-west-1", "blue", "uid-1")
ONE = dt.timedelta(days=1)
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
ALL = (DAY - ONE, DAY, DAY + ONE, DAY + 2 * ONE)
WHOLE = (Due(Window(MIDNIGHT - ONE, MIDNIGHT + 3 * ONE), "enrolled"),)


def beating(*holes: tuple[dt.datetime, dt.datetime], days: tuple[int, int] = (-1, 3)) -> Tally:
    """Node leases every 10 s over several days, but for the holes."""
    start, end = MIDNIGHT + days[0] * ONE, MIDNIGHT + days[1] * ONE
    moments = every(10, start, end)
    return tally_of(leases={NODE: [m for m in moments if not any(a <= m < b for a, b in holes)]})


def judge(
    tally: Tally,
    batches: tuple[dt.date, ...] = ALL,
    *,
    due: tuple[Due, ...] = WHOLE,
    explained: tuple[Due, ...] = (),
    unread: tuple[str, ...] = (),
) -> ArrivalResult:
    """Judge the day as its four batches show it, unless told otherwise."""
    final = DAY + 2 * ONE in batches
    view = EventDayView(CLUSTER, DAY, tally, batches, final, due, explained, unread)
    return judge_arrival(view, ArrivalThresholds())


def test_a_day_with_a_steady_heartbeat_passes_and_says_what_that_leaves_open() -> None:
    """A PASS that claims completeness would be a lie: selective loss leaves no silence."""
    result = judge(beating())
    assert result.finding.verdict is Verdict.PASS
    assert result.finding.summary == ("no outage over 120 s seen; selective loss not excluded (heartbeat: node leases)")
    assert (result.state, result.events, result.gaps) == ("final", 8640, ())


def test_a_silence_over_the_threshold_fails_with_its_exact_span() -> None:
    """From the last record before to the first after it, not rounded to minutes."""
    hole = (MIDNIGHT + 3 * HOUR, MIDNIGHT + 3 * HOUR + 10 * MINUTE)
    result = judge(beating(hole))
    assert result.finding.verdict is Verdict.FAIL
    assert result.gaps[0].window == Window(hole[0] - dt.timedelta(seconds=10), hole[1])
    assert result.gaps[0].kind is SilenceKind.OUTAGE
    assert "10 min 10 s from 2026-11-22T02:59:50Z to 2026-11-22T03:10:00Z" in result.finding.summary
    assert "a record every 120 s promised" in result.finding.summary
    assert result.finding.fix == "dayseal show eks:111122223333:eu-west-1:blue:uid-1 2026-11-22"


def test_exactly_the_threshold_is_no_outage_and_a_second_more_is() -> None:
    """An empty minute alone proves nothing, and three empty minutes are not needed."""
    start = MIDNIGHT + HOUR
    assert judge(beating((start + dt.timedelta(seconds=1), start + 2 * MINUTE))).finding.verdict is Verdict.PASS
    longer = (start + dt.timedelta(seconds=1), start + 2 * MINUTE + dt.timedelta(seconds=1))
    assert judge(beating(longer)).finding.verdict is Verdict.FAIL


def test_an_hour_of_silence_is_a_blackout() -> None:
    """The two kinds are told apart because an idle cluster still writes hundreds of records an hour."""
    result = judge(beating((MIDNIGHT + 5 * HOUR, MIDNIGHT + 7 * HOUR)))
    assert result.gaps[0].kind is SilenceKind.BLACKOUT
    assert "1 silence over 120 s (1 of an hour or more)" in result.finding.summary


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [(60, 110, True), (110, 60, True), (600, 10, False), (10, 600, True), (600, 130, True)],
)
def test_a_silence_across_midnight_is_some_days(before: int, after: int, shown: bool) -> None:  # noqa: FBT001 - a column of the table
    """Cut first, a silence of three minutes would pass on both days; a few seconds of yesterday's are not today's."""
    hole = (MIDNIGHT - dt.timedelta(seconds=before), MIDNIGHT + dt.timedelta(seconds=after))
    result = judge(beating(hole))
    assert result.finding.verdict is (Verdict.FAIL if shown else Verdict.PASS)
    assert [gap.window for gap in result.gaps] == [Window(MIDNIGHT, hole[1])] * shown
    assert [gap.seconds for gap in result.gaps] == [before + after + 10] * shown


def test_a_provisional_day_does_not_fail_at_its_open_edge() -> None:
    """The day's last minutes usually arrive in the next batch."""
    result = judge(beating((MIDNIGHT + ONE - 20 * MINUTE, MIDNIGHT + 9 * ONE)), ALL[:2])
    assert result.finding.verdict is Verdict.PASS
    assert [gap.kind for gap in result.gaps] == [SilenceKind.EDGE]
    assert result.finding.summary.endswith("provisional: late records may still change this")


def test_the_same_edge_fails_once_the_next_batch_is_sealed() -> None:
    """Then the far side is known: nothing came."""
    result = judge(beating((MIDNIGHT + ONE - 20 * MINUTE, MIDNIGHT + 9 * ONE)), ALL[:3])
    assert result.finding.verdict is Verdict.FAIL


def test_an_edge_whose_batch_never_came_is_unknown_when_final() -> None:
    """The first day ever sealed may lack its first minutes, which lie in a batch nobody digested."""
    result = judge(beating((MIDNIGHT - 9 * ONE, MIDNIGHT + 5 * MINUTE)), ALL[1:])
    assert result.finding.verdict is Verdict.UNKNOWN
    assert [gap.kind for gap in result.gaps] == [SilenceKind.EDGE]


def test_no_record_of_a_due_day_fails() -> None:
    """Silence is a finding, also when the neighbours' records are there."""
    result = judge(beating((MIDNIGHT, MIDNIGHT + ONE)))
    assert result.finding.verdict is Verdict.FAIL
    assert "no record of 2026-11-22 in 4 sealed batches, records were due: enrolled" in result.finding.summary
    assert [gap.window for gap in result.gaps] == [day_window(DAY)]
    assert judge(tally_of()).finding.verdict is Verdict.FAIL


def test_without_any_heartbeat_a_silence_means_nothing() -> None:
    """Ten records a day with hours between them: a quiet log, or a broken one; we cannot tell."""
    result = judge(tally_of(every(8640, MIDNIGHT, MIDNIGHT + ONE)))
    assert result.finding.verdict is Verdict.UNKNOWN
    assert result.gaps == ()


@pytest.mark.parametrize(
    ("tally", "heartbeat"),
    [
        (beating(), "node leases"),
        (tally_of(leases={"kube-system/scheduler": every(2, MIDNIGHT, MIDNIGHT + ONE)}), "controller leases"),
        (tally_of(every(30, MIDNIGHT, MIDNIGHT + ONE)), "other steady traffic"),
    ],
    ids=["nodes", "controllers", "traffic"],
)
def test_the_heartbeat_is_named(tally: Tally, heartbeat: str) -> None:
    """What the silence rule rests on is a fact of its own."""
    facts = {fact.id: fact.value for fact in judge(tally).finding.facts}
    assert facts["arrival.heartbeat"] == heartbeat


def test_hours_that_are_not_due_are_not_judged() -> None:
    """A cluster that was stopped for the night owes nothing for the night."""
    tally = beating((MIDNIGHT, MIDNIGHT + 8 * HOUR))
    due = (
        Due(Window(MIDNIGHT - ONE, MIDNIGHT), "started"),
        Due(Window(MIDNIGHT + 8 * HOUR, MIDNIGHT + 2 * ONE), "started again"),
    )
    assert judge(tally, due=due).finding.verdict is Verdict.PASS
    assert judge(tally, due=()).finding.verdict is Verdict.NOT_APPLICABLE
    assert judge(tally).finding.verdict is Verdict.FAIL


def test_due_windows_that_touch_are_one() -> None:
    """A silence over the seam of two windows must not fall into two short halves."""
    noon = MIDNIGHT + 12 * HOUR
    hole = (noon - 90 * dt.timedelta(seconds=1), noon + 90 * dt.timedelta(seconds=1))
    due = (Due(Window(MIDNIGHT, noon), "a"), Due(Window(noon, MIDNIGHT + ONE), "b"))
    assert judge(beating(hole), due=due).finding.verdict is Verdict.FAIL


def test_what_could_not_be_read_may_hold_what_is_missing() -> None:
    """An error never becomes FAIL; and a PASS needs no more than was read."""
    unread = ("1 object of batch 2026-11-22 could not be read",)
    hole = (MIDNIGHT + 5 * HOUR, MIDNIGHT + 6 * HOUR)
    assert judge(beating(hole), unread=unread).finding.verdict is Verdict.UNKNOWN
    assert judge(tally_of(), unread=unread).finding.verdict is Verdict.UNKNOWN
    assert judge(beating(), unread=unread).finding.verdict is Verdict.PASS


def test_minutes_the_tally_dropped_may_fill_a_silence() -> None:
    """A bounded tally forgets minutes, and a forgotten minute looks empty."""
    hole = (MIDNIGHT + 5 * HOUR, MIDNIGHT + 6 * HOUR)
    full = beating(hole)
    tally = dataclasses.replace(full, minutes=dataclasses.replace(full.minutes, rest=7))
    assert judge(tally).finding.verdict is Verdict.UNKNOWN


def test_an_outage_the_provider_explains_is_neither_pass_nor_fail() -> None:
    """The explanation says why nothing came, not that nothing happened."""
    hole = (MIDNIGHT + 5 * HOUR, MIDNIGHT + 6 * HOUR)
    upgrade = Due(Window(hole[0] - MINUTE, hole[1] + MINUTE), "control plane upgrade")
    result = judge(beating(hole), explained=(upgrade,))
    assert result.finding.verdict is Verdict.UNKNOWN
    assert result.finding.summary.startswith("EXPLAINED by control plane upgrade")
    second = beating(hole, (MIDNIGHT + 9 * HOUR, MIDNIGHT + 10 * HOUR))
    assert judge(second, explained=(upgrade,)).finding.verdict is Verdict.FAIL


def test_a_day_whose_own_batch_is_not_sealed_is_unknown() -> None:
    """Neighbours alone cannot speak for it."""
    assert judge(beating(), (DAY - ONE, DAY + ONE)).finding.verdict is Verdict.UNKNOWN


def test_a_threshold_below_a_minute_is_refused() -> None:
    """The tally cannot see silences inside one minute, and must not seem to."""
    with pytest.raises(UsageError, match="at least 60"):
        ArrivalThresholds(silence_seconds=59)
