import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.audit.json_text import KEPT_LEVELS, array_spans, member_spans, parse_json
from dayseal.errors import FormatError

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1, "\t\r\n "]))
def test_json_is_read_as_the_standard_library_does(value: object, ascii_only: bool, indent: str | int | None) -> None:  # noqa: FBT001 - drawn
    """Whatever anybody's writer makes of a value, it is the same value."""
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()) == value


@pytest.mark.parametrize(
    "text",
    [
        *(
            b"",
            b"{",
            b"]",
            b"[}",
            b'{"a"}',
            b'{"a":}',
            b'{"a":1,}',
            b"{,}",
            b"[1,]",
            b"[,]",
            b"[1 2]",
            b"1 2",
            b"nul",
            b"truex",
        ),
        *(b"01", b"+1", b".5", b"1.", b"1e", b"-", b"NaN", b"Infinity", b"0x1", b"{a:1}", b"'a'", b"/**/1", b"\x0b1"),
        *(
            b'"',
            b'"\x01"',
            b'"\n"',
            b'"\\x"',
            b'"\\u12"',
            b'"\\ud800"',
            b'"\\udc00\\ud800"',
            b'"\xff"',
            b'"\xed\xa0\x80"',
        ),
        *(b"\xef\xbb\xbf1", b'{"\\ud800":1}', b"1\x00", b"1\xc2\xa0"),
    ],
)
def test_what_is_not_json_is_refused(text: bytes) -> None:
    """This reader is the authority on what counts as unparsable."""
    with pytest.raises(FormatError):
        parse_json(text)


def test_depth_and_digits_have_no_bound() -> None:
    """A record is not unparsable because it is unusual; it must cost no stack and no quadratic time."""
    deep = parse_json(b"[" * 100_000 + b"]" * 100_000)
    for _ in range(KEPT_LEVELS):
        assert isinstance(deep, list)
        deep = deep[0]
    assert parse_json(b"9" * 100_000) == math.inf


def test_the_last_of_equal_names_counts() -> None:
    """As in the fast reader, and in nearly every other."""
    assert parse_json(b'{"a":1,"\\u0061":2}') == {"a": 2}


def test_spans_show_where_values_stand() -> None:
    """A record without a UTF-8 form is the text of its log event, byte for byte."""
    text = '[1, {"a": [2]} ,"x"]'
    assert [text[a:b] for a, b in array_spans(text, 0)] == ["1", '{"a": [2]}', '"x"']
    members = '{"a": 1 , "b":[2], "a":3}'
    assert {name: members[a:b] for name, (a, b) in member_spans(members, {"a", "b"}).items()} == {"a": "3", "b": "[2]"}
