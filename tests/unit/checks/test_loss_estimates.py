"""What steady leases tell of records that are missing."""

import dataclasses
import datetime as dt

import pytest

from dayseal.checks import (
    ArrivalResult,
    ArrivalThresholds,
    Due,
    EventDayView,
    LossEstimate,
    estimate_loss,
    judge_arrival,
    lease_rates,
)
from dayseal.digest.bounded import Bounded, key_hash
from dayseal.digest.tally import KEYS, EventKey, Tally
from dayseal.model import ClusterId, Verdict, Window
from unit.checks.check_tallies import DAY, MIDNIGHT, NODE, every, tally_of

ONE, HOUR, SECOND = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(seconds=1)
OTHER = "node/0b"
WHOLE = every(10, MIDNIGHT - HOUR, MIDNIGHT + ONE + HOUR)
NODES = [f"node/{n:02x}" for n in range(8)]
BAD = MIDNIGHT + 7 * HOUR


def estimate(tally: Tally, before: Tally | None = None) -> LossEstimate:
    """Estimate the loss of the day, which must be possible."""
    loss = estimate_loss(tally, DAY, history=lease_rates([before]) if before else ())
    assert loss is not None
    return loss


def without(start: dt.datetime, end: dt.datetime, *, each: int = 1) -> list[dt.datetime]:
    """Leave out every `each`-th renewal of a span."""
    return [m for n, m in enumerate(WHOLE) if not (start <= m < end and n % each == 0)]


def test_a_healthy_day_shows_no_loss() -> None:
    """Leases every 10 s, all day and around it."""
    loss = estimate(tally_of(leases={NODE: WHOLE}))
    assert (loss.worst.share, len(loss.hours), loss.lossy, loss.from_history) == (0.0, 24, (), False)
    assert "steady loss would not show" in loss.text


def test_loss_inside_one_hour_is_estimated_for_that_hour() -> None:
    """Half of an hour's renewals missing, without a silence of two minutes, is what the estimate is for."""
    loss = estimate(tally_of(leases={NODE: without(BAD, BAD + HOUR, each=2)}))
    assert [(hour.hour, round(hour.share, 6)) for hour in loss.lossy] == [(BAD, 0.5)]
    assert "50.0 % +/-" in loss.text
    assert loss.median_share == 0.0


def test_an_hour_that_is_missing_as_a_whole_is_judged_too() -> None:
    """Hours without neighbours used to be skipped: a loss of three hours would have been judged at its edges only."""
    kept = without(BAD, BAD + 3 * HOUR)
    loss = estimate(tally_of(leases={NODE: kept, OTHER: kept}))
    assert [(hour.hour, hour.share) for hour in loss.lossy] == [(BAD + n * HOUR, 1.0) for n in range(3)]


def test_steady_loss_shows_only_beside_earlier_days() -> None:
    """A day that lost every second record all day looks healthy to itself."""
    full = tally_of(leases={NODE: every(10, MIDNIGHT - ONE, MIDNIGHT)})
    half = tally_of(leases={NODE: every(20, MIDNIGHT - HOUR, MIDNIGHT + ONE + HOUR)})
    assert estimate(half).worst.share == 0.0
    informed = estimate(half, full)
    assert (informed.median_share, informed.from_history, len(informed.lossy)) == (0.5, True, 24)


def test_a_node_nobody_saw_before_has_the_pace_of_the_others() -> None:
    """Nodes come every day; with a pace of their own, what they lost from the first hour on would be their pace."""
    full = tally_of(leases={NODE: every(10, MIDNIGHT - ONE, MIDNIGHT)})
    loss = estimate(tally_of(leases={OTHER: every(20, MIDNIGHT, MIDNIGHT + ONE)}), full)
    assert loss.median_share == 0.5


def test_a_node_that_leaves_is_no_loss() -> None:
    """Its last hour is cut short because it went."""
    leaves = every(10, MIDNIGHT - HOUR, MIDNIGHT + 9 * HOUR + 10 * SECOND)
    assert estimate(tally_of(leases={NODE: WHOLE, OTHER: leaves})).worst.share == 0.0


def test_one_silent_lease_is_a_node_and_not_a_loss() -> None:
    """A node that restarts renews nothing for minutes, and everybody else goes on."""
    leases = dict.fromkeys(NODES, WHOLE) | {NODES[3]: without(BAD, BAD + HOUR / 2)}
    loss = estimate(tally_of(leases=leases))
    (hour,) = [hour for hour in loss.hours if hour.silent]
    assert (hour.hour, hour.silent, hour.leases, hour.share, hour.together) == (BAD, 1, 8, 0.0, False)
    assert loss.lossy == ()


def test_leases_that_are_silent_together_are_one_lost_stream() -> None:
    """Kubelets keep to one API server: when its stream is lost, its nodes fall silent and come back together."""
    gone = without(BAD, BAD + HOUR / 2)
    tally = tally_of(leases=dict.fromkeys(NODES, WHOLE) | dict.fromkeys(NODES[:3], gone))
    hour = estimate(tally).worst
    assert (hour.hour, hour.silent, hour.together) == (BAD, 3, True)
    assert abs(hour.share - 3 / 8 / 2) < hour.uncertainty
    result = judged(tally)
    assert result.finding.verdict is Verdict.UNKNOWN
    assert "suspected loss of one API server's stream: 3 of 8 leases silent together at 07:00" in result.finding.summary
    verbs = ("create", "delete")
    events = {EventKey("", "nodes", verb, "control-plane", "Request", "ResponseComplete"): 2 for verb in verbs}
    replaced = dataclasses.replace(tally, keys=Bounded(KEYS, events))
    assert not estimate(replaced).worst.together


def test_loss_of_all_alike_is_no_lost_stream() -> None:
    """Whatever thins out every lease is behind the API servers."""
    tally = tally_of(leases=dict.fromkeys(NODES, without(BAD, BAD + HOUR, each=5)))
    hour = estimate(tally).worst
    assert (round(hour.share, 6), hour.silent, hour.together) == (0.2, 0, False)
    assert "probably lost in 1 hour" in judged(tally).finding.summary


def test_loss_in_hours_that_were_not_due_or_are_explained_is_no_finding() -> None:
    """A provider that restarts an API server says so."""
    tally = tally_of(leases=dict.fromkeys(NODES, without(BAD, BAD + HOUR, each=5)))
    assert judged(tally, explained=Window(BAD, BAD + HOUR)).finding.verdict is Verdict.PASS


def test_rates_are_the_median_of_full_hours() -> None:
    """One hour with a short outage must not pull the pace down."""
    times = every(10, MIDNIGHT, MIDNIGHT + 6 * HOUR)
    kept = [m for m in times if not MIDNIGHT + 2 * HOUR <= m < MIDNIGHT + 2 * HOUR + 30 * 60 * SECOND]
    ((name, pace),) = [(rate.name, rate.per_hour) for rate in lease_rates([tally_of(leases={NODE: kept})])]
    assert (name, pace) == (NODE, 360.0)


def test_without_leases_nothing_is_estimated() -> None:
    """An estimate from nothing would be a number that looks like knowledge."""
    assert estimate_loss(tally_of(every(10, MIDNIGHT, MIDNIGHT + ONE)), DAY) is None


def test_more_leases_than_a_tally_keeps_still_give_an_estimate() -> None:
    """A cluster of a thousand nodes must not lose its estimate: the leases that were kept whole are a sample."""
    tally = tally_of(leases=dict.fromkeys(NODES, without(BAD, BAD + HOUR, each=2)))
    last = max(NODES, key=key_hash)
    kept = {key: n for key, n in tally.leases.kept.items() if key.lease != last or key.hour % 2}
    hour = estimate(dataclasses.replace(tally, leases=Bounded(8192, kept, rest=5_000))).worst
    assert (hour.hour, hour.leases) == (BAD, 7)
    assert hour.share == pytest.approx(0.5)


def judged(tally: Tally, explained: Window | None = None) -> ArrivalResult:
    """Judge the day, which is final and due all through."""
    view = EventDayView(
        ClusterId("eks", "111122223333", "eu-west-1", "blue", "uid-1"),
        DAY,
        tally,
        (DAY - ONE, DAY, DAY + ONE, DAY + 2 * ONE),
        final=True,
        due=(Due(Window(MIDNIGHT - HOUR, MIDNIGHT + ONE + HOUR), "enrolled"),),
        explained=(Due(explained, "an upgrade"),) if explained else (),
    )
    return judge_arrival(view, ArrivalThresholds())
