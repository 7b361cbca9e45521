"""What tasks hand to each other: everything survives the way, and nothing else is read."""

import dataclasses
import datetime as dt
import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.checks.comparison import Observed, RangeDigest, Reading
from dayseal.digest.objects import ObjectDigest, digest_object
from dayseal.digest.parallel import UnreadableObject
from dayseal.errors import FormatError
from dayseal.model import ArchiveObject
from dayseal.runs.documents import Failure, ShardResult, digest_of, encode_work, open_work, row_of
from unit.digest.object_strategies import RECORDS

_NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
_KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF), min_size=1, max_size=20)
_MOMENTS = st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2199, 1, 1)).map(lambda t: t.replace(tzinfo=dt.UTC))  # noqa: DTZ001 - the zone comes next
_OBJECTS = st.builds(
    ArchiveObject, _KEYS, _KEYS, st.integers(0, 2**40), _MOMENTS, st.just("COMPLIANCE"), _MOMENTS | st.none()
)
_OBSERVED = st.builds(
    Observed,
    _KEYS,
    _KEYS,
    st.integers(0, 2**40),
    st.lists(st.builds(RangeDigest, st.integers(0, 9), st.integers(9, 99), st.just("00" * 32)), max_size=2).map(tuple),
    st.sampled_from(Reading),
    st.booleans(),
    _NAMES,
)


def digest_lines(lines: list[bytes]) -> ObjectDigest:
    """Digest a file of these lines."""
    data = b"\n".join(lines)
    return digest_object(io.BytesIO(data), key="a.log", version="v", end=len(data))


@given(st.lists(RECORDS, max_size=12))
def test_a_digest_survives_the_way_users_included(lines: list[bytes]) -> None:
    """The details are written by another function than the one that read the users."""
    digest = digest_lines(lines)
    row = row_of(digest)
    again = digest_of(open_work(encode_work(row), type(row), subject="row"))
    assert again == digest
    assert [t.users for _, t in again.tallies] == [t.users for _, t in digest.tallies]


@given(st.lists(_OBJECTS, max_size=3), st.lists(_OBSERVED, max_size=3), _NAMES)
def test_a_shard_result_survives_the_way(objects: list[ArchiveObject], observed: list[Observed], reason: str) -> None:
    """A retry takes what the first try wrote, so both must read the same there."""
    result = ShardResult(
        digests=(),
        unreadable=tuple(UnreadableObject(found, reason) for found in objects),
        observed=tuple(observed),
        locked=tuple(objects),
        locks_missing=reason,
    )
    assert open_work(encode_work(result), ShardResult, subject="result") == result


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b'{"error":"e","cause":"c"}',
        b'{"error":"e","cause":"c","format":"dayseal-failure/2"}',
        b'{"error":"e","cause":"c","format":"dayseal-failure/1","more":1}',
        b'{"error":"e","error":"f","cause":"c","format":"dayseal-failure/1"}',
        b'{"error": "e","cause":"c","format":"dayseal-failure/1"}',
        b"[" * 100_000,
    ],
)
def test_a_document_that_this_program_did_not_write_is_refused(data: bytes) -> None:
    """Another version, an unknown field, a field twice: each would be read as something nobody said."""
    with pytest.raises(FormatError):
        open_work(data, Failure, subject="failure")


def test_a_damaged_tally_inside_a_row_is_refused() -> None:
    """A tally without its rests would count less than was there."""
    row = row_of(digest_lines([b'{"kind":"Event"}']))
    tally = row.tallies[0].tally
    damaged = msgspec.structs.replace(
        row, tallies=(msgspec.structs.replace(row.tallies[0], tally=msgspec.structs.replace(tally, rest={})),)
    )
    with pytest.raises(FormatError, match="rest"):
        digest_of(damaged)


def test_documents_cannot_be_changed() -> None:
    """What one task wrote down is what the next one reads."""
    with pytest.raises(AttributeError):
        Failure(error="e", cause="c").error = "f"  # type: ignore[misc]  # the claim is that it fails
    assert dataclasses.is_dataclass(UnreadableObject)
