import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.audit.event_times import EventClock, event_time_us

MOMENTS = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2255, 6, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001 - hypothesis wants the bounds so
TEXTS = MOMENTS.map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}") | st.sampled_from(
    ["2026-11-22T06:00:61.000000Z", "2026-13-22T06:00:00.000000Z", "x", "", "2026-11-22T06:00:00.0000000Z"]
)


@given(MOMENTS, st.integers(0, 999))
def test_a_time_is_read_to_the_microsecond(moment: dt.datetime, nanoseconds: int) -> None:
    """Order within a second is what tells events apart; digits beyond are cut off, not rounded."""
    text = f"{moment:%Y-%m-%dT%H:%M:%S.%f}"
    us = (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
    assert event_time_us(f"{text}Z") == event_time_us(f"{text}{nanoseconds:03}Z") == us
    assert event_time_us(f"{text[:19]}Z") == us - moment.microsecond


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "2026-11-22",
            "2026-11-22T06:00:00",
            "2026-11-22 06:00:00Z",
            "2026-11-22t06:00:00z",
            " 2026-11-22T06:00:00Z",
        ),
        *("2026-11-22T06:00:60Z", "2026-11-22T24:00:00Z", "2026-02-30T06:00:00Z", "0000-01-01T00:00:00Z"),
        *("1969-12-31T23:59:59.999999Z", "2255-06-05T23:47:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59"),
        *(
            "2026-11-22T06:00:00.Z",
            "2026-11-22T06:00:00.1234567890Z",
            "2026-11-22T06:00:00Z\n",
            "\u0662026-11-22T06:00:00Z",
        ),
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    """An event without a time is counted as undated, not filed under a guess."""
    assert event_time_us(text) is None


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_reading_many_times_is_reading_each(texts: list[str]) -> None:
    """The bulk reader may give up, but never differ."""
    each, clock = [event_time_us(text) for text in texts], EventClock()
    together = clock.read_all([text.encode() for text in texts])
    assert together is None or together == each
    span = clock.read_span([text.encode() for text in texts])
    assert span is None or (
        span == (min(together or []), max(together or [])) and len({us // 60_000_000 for us in span}) == 1
    )
