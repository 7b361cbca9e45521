import gzip
import hashlib
import io
import struct
import zlib

import pytest

from dayseal.audit.formats.anomalies import MAX_KEPT, AnomalyKind
from dayseal.digest.book import MAX_HINTS
from dayseal.digest.objects import READ_BYTES, ObjectDigest, digest_object
from dayseal.digest.records import read_records
from dayseal.errors import AccessError
from dayseal.merkle.tree import root_of

MIB = 1 << 20
EVENT = b'{"kind":"Event","stageTimestamp":"2026-11-22T06:00:00.000000Z"}'


def _digest(stored: bytes) -> ObjectDigest:
    return digest_object(io.BytesIO(stored), key="k", version="", end=len(stored))


def _counts(digest: ObjectDigest) -> tuple[int, int]:
    return digest.descriptor.events, sum(tally.unparsable for _, tally in digest.tallies)


def test_a_record_over_4_mib_is_hashed_and_counted_but_not_kept() -> None:
    """A line without an end must not fill the memory, and must not vanish either."""
    big = b"x" * (9 * MIB)
    stored = EVENT + b"\n" + big + b"\n" + EVENT
    assert _counts(_digest(stored)) == (3, 1)
    _, record, _ = read_records(io.BytesIO(stored))
    assert (record.oversize, record.data) == (True, b"")
    assert record.leaf == hashlib.sha256(b"\0" + struct.pack(">I", 0) + big).digest()


@pytest.mark.parametrize("size", [4 * MIB - 1, 4 * MIB, 4 * MIB + 1])
@pytest.mark.parametrize("packed", [False, True])
def test_the_4_mib_limit_is_exact(size: int, packed: bool) -> None:  # noqa: FBT001 - drawn
    """Two implementations must agree which records are parsed."""
    record = b'{"kind":"' + b"x" * (size - 11) + b'"}'
    stored = EVENT + b"\n" + record + b"\n"
    assert _counts(_digest(gzip.compress(stored) if packed else stored)) == (2, int(size > 4 * MIB))


def test_a_long_envelope_is_garbage_and_the_next_one_is_not() -> None:
    """An envelope over 16 MiB must not fill the memory, nor hide what follows."""
    small = b'{"messageType":"CONTROL_MESSAGE","owner":"o","logGroup":"g","logStream":"","logEvents":[]}'
    long = small.replace(b'"o"', b'"' + b"o" * (17 * MIB) + b'"')
    digest = _digest(small + long + small)
    assert (digest.control, _counts(digest)) == (2, (1, 1))
    assert [anomaly.kind for anomaly in digest.anomalies] == [AnomalyKind.GARBAGE]


def test_many_starts_of_envelopes_take_linear_time() -> None:
    """Each start could make a reader look through all the rest."""
    assert _counts(_digest(b'{"owner":' * 200_000)) == (200_000, 200_000)


def test_deep_and_huge_json_is_only_json() -> None:
    """Any depth and any number is JSON; nothing may recurse, and nothing may take quadratic time."""
    deep = b'{"kind":' + b"[" * 500_000 + b"]" * 500_000 + b"}"
    number = b'{"kind":' + b"9" * 2_000_000 + b"}"
    names = b"{" + b",".join(b'"kind":1' for _ in range(100_000)) + b"}"
    stored = b"\n".join([EVENT, deep, number, names, deep[:-1], b"\0" * 1000])
    assert _counts(_digest(stored)) == (6, 2)


def test_a_bomb_stops() -> None:
    """A megabyte must not become a terabyte of work; the stored bytes are hashed all the same."""
    stored = gzip.compress(bytes(100 * MIB), 9)
    digest = _digest(stored)
    assert [anomaly.kind for anomaly in digest.anomalies] == [AnomalyKind.BOMB]
    assert digest.descriptor.sha256 == hashlib.sha256(stored).hexdigest()
    assert digest.descriptor.events == 1


def test_a_bomb_inside_gzip_stops() -> None:
    """Two layers multiply: the cap is against what is stored, not against the layer outside."""
    stored = gzip.compress(gzip.compress(bytes(100 * MIB), 9), 9)
    assert AnomalyKind.BOMB in {anomaly.kind for anomaly in _digest(stored).anomalies}


def test_four_layers_of_gzip_are_one_too_many() -> None:
    """Each layer costs time; nobody's writer makes four."""
    stored = EVENT
    for _ in range(4):
        stored = gzip.compress(stored)
    assert [anomaly.kind for anomaly in _digest(stored).anomalies] == [AnomalyKind.TOO_DEEP]
    assert _counts(_digest(gzip.decompress(stored))) == (1, 0)


@pytest.mark.parametrize(
    ("stored", "kind", "events"),
    [
        (gzip.compress(EVENT) + b"\0\0\0", AnomalyKind.TRAILING_BYTES, 1),
        (gzip.compress(EVENT) + b"\x1f", AnomalyKind.TRAILING_BYTES, 1),
        (gzip.compress(EVENT) + b"\x1f\x8b", AnomalyKind.CUT_MEMBER, 1),
        (gzip.compress(EVENT)[:-1], AnomalyKind.CUT_MEMBER, 1),
        (gzip.compress(EVENT)[:-5] + b"\xff" + gzip.compress(EVENT)[-4:], AnomalyKind.BAD_CHECKSUM, 1),
        (gzip.compress(EVENT)[:-1] + b"\xff", AnomalyKind.BAD_CHECKSUM, 1),
        (b"\x1f\x8b\x07" + bytes(20), AnomalyKind.BAD_DEFLATE, 0),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff", AnomalyKind.BAD_DEFLATE, 0),
    ],
)
def test_damage_is_named_and_the_stored_bytes_are_hashed(stored: bytes, kind: AnomalyKind, events: int) -> None:
    """Damage is a finding about an object, never a crash and never a shorter object."""
    digest = _digest(stored)
    assert [anomaly.kind for anomaly in digest.anomalies] == [kind]
    assert (digest.descriptor.events, digest.size) == (events, len(stored))
    assert digest.descriptor.sha256 == hashlib.sha256(stored).hexdigest()


def test_an_object_that_names_a_million_clusters_stays_small() -> None:
    """Cluster names in a record are the writer's word."""
    lines = [
        b'{"logName":"cloudaudit.googleapis.com","resource":{"type":"k8s_cluster","labels":{"cluster_name":"c%d"}}}' % n
        for n in range(2 * MAX_HINTS)
    ]
    digest = _digest(b"\n".join(lines))
    assert len(digest.tallies) == MAX_HINTS + 1
    assert sum(tally.events for _, tally in digest.tallies) == 2 * MAX_HINTS


def test_anomalies_are_capped() -> None:
    """They go into reports."""
    assert len(_digest(gzip.compress(EVENT) + b"\0").anomalies) <= MAX_KEPT


class _Dribble(io.BytesIO):
    """A source that gives a few bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Give at most 1,000 bytes."""
        return super().read(min(1_000, size if size is not None and size >= 0 else 1_000))


def test_how_a_source_hands_out_bytes_does_not_show() -> None:
    """A network gives what it has: the digest must not depend on it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    stored = packer.compress((EVENT + b"\n") * 20_000) + packer.flush() + EVENT * 5
    stored *= 1 + READ_BYTES // len(stored)
    assert digest_object(_Dribble(stored), key="k", version="") == _digest(stored)


def test_a_source_that_ends_early_is_not_the_object() -> None:
    """Fewer bytes than the range has: we could not find out, which is not the same as damage."""
    with pytest.raises(AccessError):
        digest_object(io.BytesIO(EVENT), key="k", version="", start=5, end=len(EVENT) + 6)


def test_records_of_a_grown_object_add_up() -> None:
    """A grown blob is digested in ranges that start on a record; its records are those of the whole."""
    first, second = (EVENT + b"\n") * 3, EVENT + b"\n"
    whole = list(read_records(io.BytesIO(first + second)))
    grown = digest_object(io.BytesIO(second), key="k", version="", start=len(first), end=len(first + second))
    assert (grown.descriptor.start, grown.descriptor.end) == (len(first), len(first + second))
    assert grown.descriptor.events_root == root_of([whole[-1].leaf]).hex()
