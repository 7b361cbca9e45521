"""Records made to break a reader: each is a record, hashed byte for byte, and counted for what it is."""

import hashlib
import io
from pathlib import Path

import pytest

from dayseal.digest.objects import ObjectDigest, digest_object
from dayseal.digest.records import read_records
from dayseal.merkle import RootBuilder
from support.hostile_objects import EVENT, MIB, envelope, log_event, nested
from support.measured import measure

PEAK_MIB = 200


def digested(data: bytes) -> ObjectDigest:
    """Digest an object; the clear reader must give the very same leaves."""
    found = digest_object(io.BytesIO(data), key="key", version="")
    root = RootBuilder()
    for record in read_records(io.BytesIO(data)):
        root.append(record.leaf)
    assert (root.size, root.root().hex()) == (found.descriptor.events, found.descriptor.events_root)
    assert sum(tally.events for _, tally in found.tallies) + found.foreign == found.descriptor.events
    return found


def unparsable(found: ObjectDigest) -> int:
    """Count the records that are no event."""
    return sum(tally.unparsable for _, tally in found.tallies)


BAD_LINES = {
    "not UTF-8": b'{"kind":"\xff\xfe"}',
    "overlong UTF-8": b'{"kind":"\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"kind":"\xed\xa0\x80"}',
    "half a surrogate pair, escaped": rb'{"kind":"\ud800"}',
    "NUL bytes": b"\0\0\0\0",
    "a raw NUL in a string": b'{"kind":"a\0b"}',
    "a raw control character in a string": b'{"kind":"a\x1b[2Jb"}',
    "open arrays": b"[" * 100_000,
    "open objects": b'{"a":' * 50_000,
    "a closing bracket too many": b'{"a":' + nested(5_000) + b"]}",
    "no number": b'{"a":0x10}',
    "NaN": b'{"a":NaN}',
    "a leading zero": b'{"a":01}',
    "a comma too many": b'{"a":1,}',
    "two values": b"{}{}",
    "an array": b"[{}]",
    "a byte order mark inside": b"\xef\xbb\xbf{}",
    "UTF-16": '{"kind":"Event"}'.encode("utf-16-le").replace(b"\n", b""),
}
GOOD_LINES = {
    "very deep": b'{"a":' + nested(100_000) + b"}",
    "deep objects": b'{"a":' * 50_000 + b"{}" + b"}" * 50_000,
    "a huge integer": b'{"a":' + b"9" * 1_000_000 + b"}",
    "a huge exponent": b'{"a":1e999999999,"b":-1E-999999999}',
    "a huge level": b'{"level":' + b"1" * 100_000 + b"}",
    "duplicate keys": b'{"level":"Metadata","level":["x"],"level":"Request"}',
    "a thousand times the same key": b"{" + b'"stage":"X",' * 1_000 + b'"stage":"Y"}',
    "a NUL, escaped": rb'{"user":{"username":"a\u0000b"}}',
    "control characters, escaped": rb'{"verb":"\u001b[2J\r\n"}',
    "right-to-left text": '{"user":{"username":"\u202egpj.exe"}}'.encode(),
    "times out of this world": b'{"stageTimestamp":"99999-99-99T99:99:99Z"}',
    "every field of another type": b'{"level":1,"user":[],"objectRef":"x","stageTimestamp":{},"annotations":null}',
    "a megabyte of user name": b'{"user":{"username":"' + b"u" * MIB + b'"}}',
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_line_that_is_no_event_is_a_record_that_counts_as_unparsable(line: bytes) -> None:
    """Garbage is what an intruder writes over a log; skipping it would hide that."""
    found = digested(EVENT + line + b"\n" + EVENT)
    assert (found.descriptor.events, unparsable(found)) == (3, 1)


@pytest.mark.parametrize("line", GOOD_LINES.values(), ids=GOOD_LINES.keys())
def test_strange_json_is_still_a_record(line: bytes) -> None:
    """What JSON allows is parsed, whatever it costs a careless reader."""
    found = digested(EVENT + line + b"\n" + EVENT)
    assert (found.descriptor.events, unparsable(found)) == (3, 0)


@pytest.mark.parametrize("message", [r"\ud800", r"\u0000", "x" * MIB, r"{\"level\":\"\\ud800\"}", "[" * 100_000])
def test_a_message_in_an_envelope_is_a_record_whatever_it_says(message: str) -> None:
    """Half a surrogate pair has no UTF-8 form: then the log event's own text is the record."""
    found = digested(envelope([log_event("{}"), log_event(message), log_event("{}")]) + b"\n")
    assert (found.descriptor.events, unparsable(found), found.anomalies) == (3, 1, ())


@pytest.mark.parametrize(
    "broken",
    [
        envelope([log_event("{}")])[:-1],
        envelope([log_event("{}"), "7"]),
        envelope([log_event("{}").replace("1714557600000", "9" * 5_000)]),
        envelope([log_event("{}")]).replace(b'"owner":"111122223333"', b'"owner":null'),
        envelope([log_event("{}")], messageType="OTHER"),
        envelope([log_event("{}")], logGroup="\x00").replace(b"\\u0000", b"\xff"),
        b'{"messageType":"DATA_MESSAGE","owner":' + nested(100_000) + b"}",
    ],
    ids=["cut", "no log event", "huge time", "no owner", "other type", "not UTF-8", "deep"],
)
def test_what_only_looks_like_an_envelope_is_garbage_and_a_record(broken: bytes) -> None:
    """Its neighbours are read all the same."""
    whole = envelope([log_event("{}")])
    found = digested(whole + b"\n" + broken + b"\n" + whole)
    assert (found.descriptor.events, unparsable(found)) == (3, 1)
    assert [anomaly.kind.value for anomaly in found.anomalies] == ["garbage"]


def test_lines_are_given_back_byte_for_byte() -> None:
    """Nothing is normalised: what a proof shows is what lay there."""
    text = b"\n".join([EVENT.strip(), *BAD_LINES.values(), *GOOD_LINES.values(), b" \t", b"cr\r"])
    assert b"\n".join(record.data for record in read_records(io.BytesIO(text))) == text


@pytest.mark.parametrize("what", ["digest", "records"])
def test_a_line_of_a_hundred_megabytes_is_hashed_and_not_held(tmp_path: Path, what: str) -> None:
    """It counts as one unparsable record; the ones around it are read."""
    path = tmp_path / "object"
    line = b'{"kind":"Event","level":"' + b"x" * (100 * MIB) + b'"}'
    path.write_bytes(EVENT + line + b"\n" + EVENT)
    found = measure(path, what)
    assert found.events == 3
    assert found.peak_mib < PEAK_MIB // 2
    if what == "digest":
        assert found.unparsable == 1
        leaves = [record.leaf for record in read_records(io.BytesIO(path.read_bytes()))]
        assert leaves[1] == hashlib.sha256(b"\x00\x00\x00\x00\x00" + line).digest()


@pytest.mark.parametrize("shape", ["line", "envelope"])
def test_megabytes_of_brackets_do_not_become_gigabytes_of_lists(tmp_path: Path, shape: str) -> None:
    """Only what is looked at is kept; the rest is checked with one byte for each open bracket."""
    path = tmp_path / "object"
    deep = nested(MIB)
    path.write_bytes(
        EVENT + b'{"a":' + deep + b"}\n"
        if shape == "line"
        else b'{"messageType":"DATA_MESSAGE","owner":"o","logGroup":"g","logStream":"s","logEvents":' + deep + b"}"
    )
    found = measure(path)
    assert found.peak_mib < PEAK_MIB
    assert (found.events, found.unparsable) == ((2, 0) if shape == "line" else (1, 1))


@pytest.mark.slow
@pytest.mark.parametrize("inner", [b"[]", b"{},", b'{"a":1},', b'"x",'], ids=["deep", "objects", "members", "strings"])
def test_the_largest_envelope_that_is_none_stays_small_in_memory(tmp_path: Path, inner: bytes) -> None:
    """16 MiB of brackets or elements where log events should be."""
    size = 16 * MIB - 200
    body = nested(size // 2) if inner == b"[]" else b"[" + inner * (size // len(inner)) + b"0]"
    path = tmp_path / "object"
    path.write_bytes(
        b'{"messageType":"DATA_MESSAGE","owner":"o","logGroup":"g","logStream":"s","logEvents":' + body + b"}"
    )
    found = measure(path)
    assert (found.events, found.unparsable) == (1, 1)
    assert found.peak_mib < PEAK_MIB
