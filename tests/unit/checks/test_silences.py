"""Silences against a naive version."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from dayseal.checks import Horizon, find_silences, hourly_events
from dayseal.checks.silence import format_seconds
from dayseal.model import Window, day_window
from unit.checks.check_tallies import DAY, MIDNIGHT, tally_of

ONE = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


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


def test_lengths_of_time_are_written_for_people() -> None:
    """Seconds below a minute, minutes below an hour, then hours."""
    assert [format_seconds(s) for s in (9.9, 60, 3599, 3600, 90_061)] == [
        "9 s",
        "1 min 0 s",
        "59 min 59 s",
        "1 h 0 min",
        "25 h 1 min",
    ]
