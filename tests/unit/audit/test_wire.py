import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dayseal.audit.wire import DIAGNOSTICS, ENTRIES, EVENTS, WireReader, is_there, whole_number
from unit.digest.object_strategies import RECORDS

READERS = (EVENTS, ENTRIES, DIAGNOSTICS)


@pytest.mark.parametrize("reader", READERS, ids=["event", "entry", "diagnostic"])
@given(record=RECORDS)
@example(record=b'{"level":1,"level":"a"}')
@example(record=b'{"level":"a","level":1}')
@example(record=b'{"user":{"username":"a"},"user":{}}')
@example(record=b'{"x":"\xff"}')
@example(record=b'{"x":"\\ud800"}')
@example(record=b'{"x":"\\ud83d\\ude00"}')
@example(record=b'{"x":1e999,"y":-0,"z":' + b"9" * 5000 + b"}")
@example(record=b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}")
@example(record=b'{"x":' + b'{"":' * 300 + b"1" + b"}" * 300 + b"}")
@example(record=b'\xef\xbb\xbf{"level":"a"}')
@example(record=b'{"lev\\u0065l":"a"}')
@example(record=b'{"requestObject":{"a":[1]},"responseObject":null,"responseStatus":{"code":200}}')
@example(
    record=b'{"responseStatus":{"code":-1},"user":{"groups":["a"]},"split":{"uid":"x","index":1,"totalSplits":2.0}}'
)
@example(record=b'{"responseStatus":{"code":true},"requestObject":1,"responseObject":' + b"9" * 30 + b"}")
@example(record=b'{"requestObject":"skipped-too-big-size-objec\\u0074"}')
def test_the_fast_reader_never_differs_from_the_slow_one(reader: WireReader, record: bytes) -> None:  # type: ignore[type-arg]  # any of them
    """What counts as parsable must not depend on which reader met the record."""
    fast, slow = reader.read(record), reader.read_slowly(record)
    assert (fast is None) == (slow is None)
    assert fast is None or _plain(fast) == _plain(slow)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_text_is_read_like_its_bytes(text: str) -> None:
    """Messages arrive as text, lines as bytes."""
    for inner in (text, '{"level":"' + text + '"}'):
        assert EVENTS.read(inner) == EVENTS.read(inner.encode())


def _plain(wire: object) -> object:
    """Give what is looked at: of a raw member whether it is there, and the number it is."""
    if isinstance(wire, msgspec.Raw):
        return is_there(wire), whole_number(wire), bytes(wire)[:1] == b'"'
    if isinstance(wire, msgspec.Struct):
        return {name: _plain(getattr(wire, name)) for name in wire.__struct_fields__}
    return wire
