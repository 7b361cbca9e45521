import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dayseal.audit.wire import AKS_EVENTS, DIAGNOSTICS, ENTRIES, EVENTS, WireReader
from unit.digest.object_strategies import RECORDS

READERS = (EVENTS, ENTRIES, DIAGNOSTICS, AKS_EVENTS)


@pytest.mark.parametrize("reader", READERS, ids=["event", "entry", "diagnostic", "aks"])
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


def _plain(wire: object) -> str:
    return repr(wire) if "Raw" not in repr(wire) else repr([repr(wire)[:0], wire.level, wire.user])  # type: ignore[attr-defined]  # an event
