"""Decimals, digests, days and times in text: one spelling each."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.codec import (
    format_day,
    format_time,
    parse_day,
    parse_decimal,
    parse_sha256_hex,
    parse_time,
    sha256_hex,
)
from dayseal.errors import FormatError

_YEARS = (dt.datetime(1000, 1, 1), dt.datetime(9999, 12, 31))  # noqa: DTZ001 - hypothesis adds the zone itself


@given(st.integers(0, 10**19 - 1))
def test_a_decimal_reads_back(number: int) -> None:
    """Up to 19 digits, which is more than a 63 bit counter needs."""
    assert parse_decimal(str(number)) == number


@pytest.mark.parametrize(
    "text",
    ["", "00", "01", "-0", "-1", "+1", " 1", "1 ", "1\n", "1_0", "1.0", "1e3", "0x1", "\u0661", "\uff11", "1" * 20],
)
def test_another_spelling_of_a_number_is_refused(text: str) -> None:
    """`int` accepts most of these, so two files could say the same size in different bytes."""
    with pytest.raises(FormatError, match="plain decimal"):
        parse_decimal(text)


@given(st.binary(max_size=50))
def test_a_digest_reads_back(data: bytes) -> None:
    """64 lower-case hex digits."""
    assert parse_sha256_hex(sha256_hex(data)).hex() == sha256_hex(data)


@pytest.mark.parametrize(
    "text", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 63 + "\n", "0" * 32 + " " + "0" * 31]
)
def test_another_spelling_of_a_digest_is_refused(text: str) -> None:
    """Digests are names of objects: a second spelling would be a second name."""
    with pytest.raises(FormatError, match="64 lower-case hex digits"):
        parse_sha256_hex(text)


@given(st.datetimes(*_YEARS, timezones=st.just(dt.UTC)))
def test_a_time_reads_back_to_the_second(moment: dt.datetime) -> None:
    """Parts of a second are dropped when it is written."""
    assert parse_time(format_time(moment)) == moment.replace(microsecond=0)


def test_a_time_is_written_in_utc() -> None:
    """Wherever the moment came from."""
    eastern = dt.timezone(dt.timedelta(hours=-5))
    assert format_time(dt.datetime(2026, 11, 22, 23, 30, tzinfo=eastern)) == "2026-11-23T04:30:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-22",
        "2026-11-22T06:00:00",
        "2026-11-22T06:00:00z",
        "2026-11-22t06:00:00Z",
        "2026-11-22 06:00:00Z",
        "2026-11-22T06:00:00+00:00",
        "2026-11-22T06:00:00.000Z",
        "2026-11-22T06:00Z",
        "20261122T060000Z",
        "2026-11-22T06:00:00Z\n",
        "2026-W47-7T06:00:00Z",
        "2026-11-22T06:00:60Z",
        "2026-11-22T24:00:00Z",
        "2026-02-29T06:00:00Z",
        "2026-11-22T06:00:0\u0660Z",
    ],
)
def test_another_spelling_of_a_time_is_refused(text: str) -> None:
    """`fromisoformat` accepts many, and newer versions accept more."""
    with pytest.raises(FormatError):
        parse_time(text)


@given(st.dates())
def test_a_day_reads_back(day: dt.date) -> None:
    """The form that file names use."""
    assert parse_day(format_day(day)) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-2",
        "20261122",
        "2026-W47-7",
        "2026-11-31",
        "2026-02-29",
        " 2026-11-22",
        "2026-11-22\n",
        "2026-1\u0661-22",
    ],
)
def test_another_spelling_of_a_day_is_refused(text: str) -> None:
    """A day is part of object names."""
    with pytest.raises(FormatError):
        parse_day(text)
