import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.clouds.aws.firehose_prefix import error_prefixes, fixed_part, prefix_at, prefix_of_day, whole_prefix
from dayseal.clouds.aws.lifecycle import read_lifecycle
from dayseal.model import batch_day_of_key
from dayseal.model.route import LifecycleRule

NOON = dt.datetime(2026, 11, 22, 12, 34, 56, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("prefix", "at_noon", "of_day"),
    [
        ("", "2026/11/22/12/", "2026/11/22/"),
        ("eks/", "eks/2026/11/22/12/", "eks/2026/11/22/"),
        ("eks/!{timestamp:yyyy/MM/dd}/", "eks/2026/11/22/", "eks/2026/11/22/"),
        ("y=!{timestamp:yyyy}/m=!{timestamp:MM}/d=!{timestamp:dd}/", "y=2026/m=11/d=22/", "y=2026/m=11/d=22/"),
        ("dt=!{timestamp:yyyy'-'MM'-'dd}/h=!{timestamp:HH}/", "dt=2026-11-22/h=12/", "dt=2026-11-22/h="),
        ("!{timestamp:yyyy''MM}/", "2026'11/", "2026'11/"),
        ("eks/!{firehose:random-string}/!{timestamp:yyyy}/", "eks/", "eks/"),
        ("eks/!{partitionKeyFromQuery:c}/!{timestamp:yyyy}/", "eks/", "eks/"),
        ("eks/!{timestamp:yyyy/MMM/dd}/", "eks/2026/", "eks/2026/"),
        ("eks/!{timestamp:EEE}/", "eks/", "eks/"),
    ],
)
def test_prefixes_are_told_as_far_as_they_can_be(prefix: str, at_noon: str, of_day: str) -> None:
    """A prefix that is cut early lists more keys; one that is told wrong lists none, and the archive looks dead."""
    assert prefix_at(prefix, NOON) == at_noon
    assert prefix_of_day(prefix, NOON.date()) == of_day


@given(st.dates(dt.date(2015, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(["", "eks/", "a-"]))
def test_a_default_folder_is_of_the_day_its_keys_name(day: dt.date, prefix: str) -> None:
    """What the folder holds and what the batch day asks for are the same objects."""
    assert batch_day_of_key(prefix_of_day(prefix, day).removeprefix(prefix)) == day


@given(st.text(max_size=40), st.datetimes(dt.datetime(2015, 1, 1), dt.datetime(2099, 1, 1)))  # noqa: DTZ001 - made UTC below
def test_no_prefix_breaks_the_reader(prefix: str, moment: dt.datetime) -> None:
    """Prefixes are written by whoever made the stream."""
    told = prefix_at(prefix, moment.replace(tzinfo=dt.UTC))
    assert told.startswith(fixed_part(whole_prefix(prefix)))


@pytest.mark.parametrize(
    ("prefix", "error_prefix", "expected"),
    [
        (
            "eks/",
            "",
            ("eks/decompression-failed/", "eks/format-conversion-failed/", "eks/processing-failed/"),
        ),
        ("eks/", "errors/", ("errors/",)),
        ("eks/", "errors/!{timestamp:yyyy}/!{firehose:error-output-type}/", ("errors/",)),
        (
            "eks/",
            "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
            ("errors/decompression-failed/", "errors/format-conversion-failed/", "errors/processing-failed/"),
        ),
        ("eks/", "eks/!{timestamp:yyyy}/", None),
        ("eks/", "!{timestamp:yyyy}/", None),
        ("eks/", "eks/errors-", ("eks/errors-",)),
    ],
)
def test_error_prefixes_are_told_from_the_data(
    prefix: str, error_prefix: str, expected: tuple[str, ...] | None
) -> None:
    """Objects of both under one prefix cannot be told apart: that is unknown, not zero."""
    assert error_prefixes(prefix, error_prefix) == expected


def test_lifecycle_rules_in_every_spelling() -> None:
    """S3 has had three ways to write a prefix, and dates beside days."""
    rules = [
        {"Status": "Enabled", "Prefix": "old/", "Expiration": {"Days": 1}},
        {"ID": "and", "Status": "Enabled", "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}}},
        {"ID": "size", "Status": "Disabled", "Filter": {"ObjectSizeGreaterThan": 5}, "Expiration": {"Days": 9}},
        {"ID": "date", "Status": "Enabled", "Filter": {}, "Expiration": {"Date": NOON}},
        {"ID": "old", "Status": "Enabled", "Filter": {}, "NoncurrentVersionExpiration": {"NoncurrentDays": 3}},
        {"ID": "tidy", "Status": "Enabled", "Filter": {}, "Expiration": {"ExpiredObjectDeleteMarker": True}},
    ]
    assert read_lifecycle({"Rules": rules}) == (
        LifecycleRule("rule 1", prefix="old/", delete_days=1),
        LifecycleRule("and", prefix="a/", narrowed=True),
        LifecycleRule("size", enabled=False, narrowed=True, delete_days=9),
        LifecycleRule("date", delete_on=NOON.date()),
        LifecycleRule("old", delete_old_days=3),
        LifecycleRule("tidy"),
    )
