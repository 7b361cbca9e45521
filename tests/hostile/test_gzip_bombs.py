"""Small objects that unpack to very much: they are cut, counted, and hashed as they lie there.

What the process needs at most is measured in a process of its own; 200 MiB is what `digest_object` promises.
"""

import hashlib
from pathlib import Path

import pytest

from dayseal.audit.formats.unpack import FREE_BYTES, MAX_RATIO
from support.hostile_objects import EVENT, MIB, bomb, envelope, log_event, member
from support.measured import Measured, measure

PEAK_MIB = 200


def digested(folder: Path, data: bytes, what: str = "digest") -> Measured:
    """Digest an object in another process; whatever it holds, memory stays small and its bytes are hashed."""
    path = folder / "object"
    path.write_bytes(data)
    found = measure(path, what)
    assert found.peak_mib < PEAK_MIB
    assert found.sha256 in ("", hashlib.sha256(data).hexdigest())
    return found


def test_gigabytes_of_zeros_are_cut_at_the_cap(tmp_path: Path) -> None:
    """One oversize line; what was read of it is a record, and the rest is named a bomb."""
    found = digested(tmp_path, bomb((b"\0" * (16 * MIB), 1_024)))
    assert (found.events, found.anomalies) == (1, ["bomb"])


@pytest.mark.parametrize("layers", [2, 3])
def test_a_bomb_in_gzip_is_cut_too(tmp_path: Path, layers: int) -> None:
    """The cap is on what comes out of every layer, measured against the stored bytes."""
    data = bomb((b"\0" * (16 * MIB), 4_096))
    for _ in range(layers - 1):
        data = member(data)
    found = digested(tmp_path, data)
    assert (found.events, found.anomalies) == (1, ["bomb"])


def test_gzip_in_gzip_in_gzip_in_gzip_is_not_undone(tmp_path: Path) -> None:
    """An archive that contains itself would never end."""
    data = EVENT
    for _ in range(4):
        data = member(data)
    assert digested(tmp_path, data).anomalies == ["too-deep"]


def test_members_of_the_greatest_ratio_are_cut_when_their_sum_is_too_much(tmp_path: Path) -> None:
    """Many small bombs one after the other are one bomb."""
    one = member(b"\0" * MIB)
    data = one * 300
    assert len(one) * MAX_RATIO < MIB
    assert FREE_BYTES < 300 * MIB
    found = digested(tmp_path, data)
    assert (found.events, found.anomalies) == (1, ["bomb"])


def test_a_real_object_of_the_same_length_is_no_bomb(tmp_path: Path) -> None:
    """The free bytes are there for logs, which compress well."""
    found = digested(tmp_path, member(EVENT * 100_000))
    assert (found.events, found.unparsable, found.anomalies) == (100_000, 0, [])


@pytest.mark.parametrize("what", ["digest", "records"])
def test_a_kilobyte_that_is_a_million_lines_is_not_held_in_memory(tmp_path: Path, what: str) -> None:
    """16 KiB of deflate is up to 17 MiB of text, and each line of it an object in memory."""
    found = digested(tmp_path, bomb((b"", 1), (b"ab\n" * 1_400_000, 1)), what)
    assert found.events == 1_400_000


@pytest.mark.parametrize("message", ["{}", r"\ud800"], ids=["plain", "half a surrogate pair"])
def test_an_envelope_of_very_many_events_is_counted_in_parts(tmp_path: Path, message: str) -> None:
    """16 MiB of the shortest log events: one list for each thing known of them would be hundreds of megabytes."""
    count = 50_000 if "u" in message else 290_000
    found = digested(tmp_path, member(envelope([log_event(message)] * count), 1))
    assert (found.events, found.anomalies) == (count, [])


@pytest.mark.parametrize(
    "head", [envelope([])[:-2] + b" " * (8 * MIB), EVENT + b"x" * 3 * MIB], ids=["envelope", "line"]
)
def test_a_million_tiny_members_do_not_make_it_read_the_same_again(tmp_path: Path, head: bytes) -> None:
    """After each member an envelope may be whole; looking at 8 MiB each time would take an hour."""
    found = digested(tmp_path, member(head, 1) + member(b"x") * 30_000)
    assert found.anomalies in ([], ["garbage"])


@pytest.mark.slow
@pytest.mark.parametrize("line", [b"ab\n", b"{}\n"])
def test_the_largest_bomb_of_lines_stays_small_in_memory(tmp_path: Path, line: bytes) -> None:
    """The worst that 64 MiB can hold: 22 million records."""
    found = digested(tmp_path, bomb((EVENT, 1), (line * 5_500_000, 64)))
    assert found.anomalies == ["bomb"]
    assert found.events > 20_000_000
