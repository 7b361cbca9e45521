"""Days, windows, verdicts, descriptors: values that cannot be built wrong or changed."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.codec import encode_document, open_document
from dayseal.errors import FormatError
from dayseal.model import ObjectDescriptor, TreeHead, Verdict, Window, day_window

_NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@given(st.dates(max_value=dt.date(9999, 12, 30)))
def test_a_day_is_24_hours_of_utc(day: dt.date) -> None:
    """From midnight, included, to midnight, excluded."""
    window = day_window(day)
    assert window.seconds == 86_400
    assert window.start.isoformat() == f"{day.isoformat()}T00:00:00+00:00"
    assert window.end == day_window(day + dt.timedelta(days=1)).start


def test_a_window_has_a_time_zone_and_a_direction() -> None:
    """A naive time is somebody's guess."""
    assert Window(_NOON, _NOON).seconds == 0
    with pytest.raises(FormatError, match="before it starts"):
        Window(_NOON, _NOON - dt.timedelta(seconds=1))
    for start, end in ((_NOON.replace(tzinfo=None), _NOON), (_NOON, _NOON.replace(tzinfo=None))):
        with pytest.raises(FormatError, match="without a time zone"):
            Window(start, end)


def test_verdicts_rank_from_failed_to_not_applicable() -> None:
    """The worst one is what a report shows first; not knowing is worse than passing."""
    ranked = sorted(Verdict, key=lambda verdict: verdict.rank, reverse=True)
    assert ranked == [Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS, Verdict.NOT_APPLICABLE]


def test_values_do_not_change() -> None:
    """What was checked on construction must still hold when it is used."""
    head = TreeHead(1, bytes(32))
    with pytest.raises(dataclasses.FrozenInstanceError):
        head.size = 2  # type: ignore[misc]  # writing to it is the claim
    assert TreeHead(1, bytes(32)) == head < TreeHead(2, bytes(32))


def test_a_descriptor_is_the_object_of_the_format() -> None:
    """Section 9 names its keys; it is a leaf of the day tree, so every byte counts."""
    descriptor = ObjectDescriptor(
        events=3,
        events_root="a" * 64,
        start=0,
        key="logs/1.gz",
        sha256="b" * 64,
        splitter="eks-firehose/1",
        end=120,
        version="",
    )
    data = encode_document(descriptor)
    assert data == (
        b'{"events":3,"eventsRoot":"%b","from":0,"key":"logs/1.gz","sha256":"%b",'
        b'"splitter":"eks-firehose/1","to":120,"version":""}' % (b"a" * 64, b"b" * 64)
    )
    assert open_document(data, ObjectDescriptor, subject="descriptor") == descriptor
    with pytest.raises(AttributeError):
        descriptor.events = 4  # type: ignore[misc]  # writing to it is the claim
