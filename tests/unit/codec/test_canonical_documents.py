"""JSON documents of ours: canonical, typed, and equal to the bytes they came from."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from dayseal.codec import Wire, canonical_json, encode_document, open_document, parse_foreign
from dayseal.errors import FormatError


class _Sample(Wire):
    """A document with one field of each sort."""

    some_count: int
    label: str
    counts: dict[str, int]
    start: int = msgspec.field(name="from")
    parts: tuple[str, ...] = ()
    note: str | UnsetType = UNSET
    ratio: float | None = None


_GOOD = b'{"counts":{},"from":0,"label":"x","parts":[],"ratio":null,"someCount":1}'
_SAFE = st.integers(-(2**53) + 1, 2**53 - 1)
_WORDS = st.text(st.characters(codec="utf-8"), max_size=10)
_SAMPLES = st.builds(
    _Sample,
    some_count=_SAFE,
    label=_WORDS,
    counts=st.dictionaries(_WORDS, _SAFE, max_size=4),
    start=_SAFE,
    parts=st.lists(_WORDS, max_size=3).map(tuple),
    note=st.just(UNSET) | _WORDS,
    ratio=st.none() | st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: not value.is_integer()),
)
_VALUES = st.recursive(
    st.none() | st.booleans() | _SAFE | _WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=4),
)


@given(_SAMPLES)
def test_a_document_reads_back_as_it_was_written(sample: _Sample) -> None:
    """Absent fields stay absent, and every number keeps its spelling."""
    assert open_document(encode_document(sample), _Sample, subject="sample") == sample


@given(_VALUES)
def test_canonical_json_is_json_with_sorted_keys(value: object) -> None:
    """RFC 8785 sorts by UTF-16 code units, and writes no space."""
    data = canonical_json(value)
    assert json.loads(data) == value
    assert canonical_json(json.loads(data)) == data


def test_keys_are_sorted_by_utf16_code_units() -> None:
    """Sorting by code points would put the emoji last (RFC 8785 section 3.2.3)."""
    assert canonical_json({"\ufb33": 1, "\U0001f600": 2, "1": 3}) == '{"1":3,"\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        _GOOD + b"\n",
        b" " + _GOOD,
        b"\xef\xbb\xbf" + _GOOD,
        _GOOD.replace(b":0", b": 0"),
        _GOOD.replace(b'"from":0', b'"from":0,"from":0'),
        _GOOD.replace(b'{"counts"', b'{"from":0,"counts"'),
        _GOOD.replace(b"{}", b'{"k":1,"k":1}'),
        _GOOD.replace(b"{}", b'{"b":1,"a":1}'),
        _GOOD.replace(b'"x"', b'"\\u0078"'),
        _GOOD.replace(b'"x"', b'"\\/"'),
        _GOOD.replace(b'"x"', b'"\\ud800"'),
        _GOOD.replace(b'"x"', b'"\xff"'),
        _GOOD.replace(b'"x"', b'"\xed\xa0\x80"'),
        _GOOD.replace(b'"x"', b'"\x01"'),
        _GOOD.replace(b'"x"', b"1"),
        _GOOD.replace(b'"from":0', b'"from":-0'),
        _GOOD.replace(b'"from":0', b'"from":0.0'),
        _GOOD.replace(b'"from":0', b'"from":1e2'),
        _GOOD.replace(b'"from":0', b'"from":00'),
        _GOOD.replace(b'"from":0', b'"from":9007199254740992'),
        _GOOD.replace(b'"from":0', b'"from":true'),
        _GOOD.replace(b'"from":0', b'"from":"0"'),
        _GOOD.replace(b'"from":0', b'"start":0'),
        _GOOD.replace(b'"from":0,', b""),
        _GOOD.replace(b'"from":0', b'"from":0,"guest":0'),
        _GOOD.replace(b"null", b"1.50"),
        _GOOD.replace(b"null", b"1E400"),
        _GOOD.replace(b"null", b"NaN"),
        _GOOD.replace(b',"ratio":null', b""),
        _GOOD.replace(b',"ratio":null', b',"note":null,"ratio":null'),
        _GOOD[:-1],
        _GOOD + _GOOD,
    ],
)
def test_a_document_in_other_bytes_is_refused(data: bytes) -> None:
    """What was signed must be all there is: no second value hidden behind a second key or a space."""
    assert data != _GOOD
    with pytest.raises(FormatError):
        open_document(data, _Sample, subject="sample")


def test_the_document_above_is_good() -> None:
    """Else all the refusals would prove nothing."""
    assert encode_document(open_document(_GOOD, _Sample, subject="sample")) == _GOOD


@pytest.mark.parametrize("depth", [5_000, 1_000_000])
def test_deep_nesting_is_a_parse_error(depth: int) -> None:
    """A stranger's file must not crash the reader."""
    data = b"[" * depth + b"]" * depth
    with pytest.raises(FormatError):
        open_document(data, list, subject="nest")
    with pytest.raises(FormatError):
        parse_foreign(data, list, subject="nest")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, -(2**53), "\ud800", {"\ud800": 1}, {1: 2}, b"x"])
def test_a_value_without_canonical_form_is_refused(value: object) -> None:
    """Two programs would write it differently, or not at all."""
    with pytest.raises(FormatError, match="RFC 8785"):
        canonical_json(value)


def test_nesting_without_end_has_no_canonical_form() -> None:
    """A recursion error is a refusal, not a crash."""
    value: list[object] = []
    value.append(value)
    with pytest.raises(FormatError, match="RFC 8785"):
        canonical_json(value)


class _Foreign(msgspec.Struct):
    wanted: int


def test_of_a_foreign_document_only_the_fields_we_read_matter() -> None:
    """Others may add fields and spaces, but not change a type."""
    assert parse_foreign(b'{"other": [1, 2.5], "wanted": 3 }', _Foreign, subject="theirs").wanted == 3
    for data in (b"{}", b'{"wanted":"3"}', b"[3]", b'{"wanted":3', b'{"wanted":3}\xff'):
        with pytest.raises(FormatError, match="theirs"):
            parse_foreign(data, _Foreign, subject="theirs")
