"""Silences against a naive version, and estimates of what is missing."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from dayseal.checks import Horizon, LeaseRate, estimate_loss, find_silences, hourly_events, lease_rates
from dayseal.checks.silence import format_seconds
from dayseal.model import Window, day_window
from unit.checks.check_tallies import DAY, MIDNIGHT, NODE, every, tally_of

ONE, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)
OTHER = "kube-node-lease/node-b"


@given(st.sets(st.integers(-7200, 93_600), max_size=40), st.integers(60, 20_000))
def test_silences_are_those_of_the_sorted_records(seconds: set[int], threshold: int) -> None:
    """Minute cells must lose nothing against the full list of times."""
    moments = [MIDNIGHT + s * SECOND for s in seconds]
    due = [Window(MIDNIGHT - ONE, MIDNIGHT + 2 * ONE)]
    found = find_silences(tally_of(moments), due, Horizon(DAY, before=True, after=True), longer_than_s=threshold)
    day = day_window(DAY)
    edges = sorted(moments)
    naive = []
    for start, end in zip([None, *edges], [*edges, None], strict=True):
        whole = Window(start or min(day.start, end or day.start), end or max(day.end, start or day.end))
        cut = (max(whole.start, day.start), min(whole.end, day.end))
        if cut[0] < cut[1] and whole.seconds > threshold:
            seen = Window(*cut)
            naive += [seen] if seen.seconds > threshold or whole.seconds - seen.seconds <= threshold else []
    assert [silence.window for silence in found] == naive


def test_a_record_at_midnight_belongs_to_the_day_it_starts() -> None:
    """Days are half-open."""
    hours = hourly_events(tally_of([MIDNIGHT, MIDNIGHT + ONE, MIDNIGHT + ONE - SECOND, MIDNIGHT - SECOND]), DAY)
    assert (hours[0], hours[23], sum(hours)) == (1, 1, 2)


def test_a_healthy_day_shows_no_loss() -> None:
    """Leases every 10 s, all day and around it."""
    tally = tally_of(leases={NODE: every(10, MIDNIGHT - HOUR, MIDNIGHT + ONE + HOUR)})
    loss = estimate_loss(tally, DAY)
    assert loss is not None
    assert (loss.worst_percent, loss.hours, loss.from_history) == (0.0, 24, False)
    assert "steady loss would not show" in loss.text


def test_loss_inside_one_hour_is_estimated_for_that_hour() -> None:
    """Half of an hour's updates missing, without a silence of two minutes, is what the estimate is for."""
    times = every(10, MIDNIGHT - HOUR, MIDNIGHT + ONE + HOUR)
    bad = MIDNIGHT + 7 * HOUR
    kept = [m for n, m in enumerate(times) if not (bad <= m < bad + HOUR and n % 2)]
    loss = estimate_loss(tally_of(leases={NODE: kept}), DAY)
    assert loss is not None
    assert (loss.worst_hour, loss.worst_percent) == (bad, 50.0)
    assert loss.median_percent == 0.0


def test_steady_loss_shows_only_beside_earlier_days() -> None:
    """A day that lost every second record all day looks healthy to itself."""
    full = tally_of(leases={NODE: every(10, MIDNIGHT - ONE, MIDNIGHT)})
    half = tally_of(leases={NODE: every(20, MIDNIGHT - HOUR, MIDNIGHT + ONE + HOUR)})
    alone = estimate_loss(half, DAY)
    informed = estimate_loss(half, DAY, history=lease_rates([full]))
    assert alone is not None
    assert informed is not None
    assert (alone.worst_percent, informed.median_percent, informed.from_history) == (0.0, 50.0, True)


def test_a_node_that_leaves_is_no_loss() -> None:
    """Its last hour is cut short because it went, so hours count only with neighbours on both sides."""
    tally = tally_of(
        leases={
            NODE: every(10, MIDNIGHT - HOUR, MIDNIGHT + ONE + HOUR),
            OTHER: every(10, MIDNIGHT - HOUR, MIDNIGHT + 9 * HOUR + 10 * SECOND),
        }
    )
    loss = estimate_loss(tally, DAY)
    assert loss is not None
    assert loss.worst_percent == 0.0


def test_rates_are_the_median_of_full_hours() -> None:
    """One hour with a short outage must not pull the pace down."""
    times = every(10, MIDNIGHT, MIDNIGHT + 6 * HOUR)
    kept = [m for m in times if not MIDNIGHT + 2 * HOUR <= m < MIDNIGHT + 2 * HOUR + 30 * 60 * SECOND]
    assert lease_rates([tally_of(leases={NODE: kept})]) == (LeaseRate(NODE, 360.0),)


def test_without_leases_nothing_is_estimated() -> None:
    """An estimate from nothing would be a number that looks like knowledge."""
    assert estimate_loss(tally_of(every(10, MIDNIGHT, MIDNIGHT + ONE)), DAY) is None


def test_lengths_of_time_are_written_for_people() -> None:
    """Seconds below a minute, minutes below an hour, then hours."""
    assert [format_seconds(s) for s in (9.9, 60, 3599, 3600, 90_061)] == [
        "9 s",
        "1 min 0 s",
        "59 min 59 s",
        "1 h 0 min",
        "25 h 1 min",
    ]
