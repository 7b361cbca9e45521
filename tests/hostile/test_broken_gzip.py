"""Damaged gzip: whatever is cut or changed, the stored bytes are hashed and the damage is named."""

import hashlib
import io
import random

from dayseal.digest.objects import ObjectDigest, digest_object
from dayseal.digest.records import read_records
from support.hostile_objects import EVENT, member

MEMBERS = [member(EVENT * 3), member(b"garbage\n" + EVENT), member(EVENT)]
OBJECT = b"".join(MEMBERS)
ENDS = {sum(map(len, MEMBERS[:count])) for count in range(4)}
STARTS = ENDS - {len(OBJECT)}


def digested(data: bytes) -> ObjectDigest:
    """Digest an object; its stored bytes count and are hashed, and both readers see the same records."""
    found = digest_object(io.BytesIO(data), key="key", version="")
    assert found.size == len(data)
    assert found.descriptor.sha256 == hashlib.sha256(data).hexdigest()
    assert found.descriptor.events == sum(1 for _ in read_records(io.BytesIO(data)))
    return found


def test_an_object_cut_anywhere_says_so() -> None:
    """Firehose may have died, or somebody took the end away: never fewer records without a word."""
    for end in range(len(OBJECT) + 1):
        found = digested(OBJECT[:end])
        cut = [anomaly.kind.value for anomaly in found.anomalies]
        if end in ENDS:
            assert cut == []
        elif min(end - known for known in ENDS if known <= end) == 1:
            assert cut == ([] if end == 1 else ["trailing-bytes"])  # one byte does not look like gzip
        else:
            assert cut == ["cut-member"]


def test_whatever_bit_is_changed_nothing_escapes() -> None:
    """Every bit: an anomaly, or it says nothing of the content (the header, the bits that fill the last byte)."""
    empty = {start + at for start in STARTS for at in range(10)} | {end - 9 for end in ENDS}
    silent = set()
    for bit in range(len(OBJECT) * 8):
        data = bytearray(OBJECT)
        data[bit // 8] ^= 1 << bit % 8
        found = digested(bytes(data))
        if not found.anomalies:
            silent.add(bit // 8)
            assert found.descriptor.events == 6 or bit < 16  # without its magic it is no gzip, but lines
    assert silent <= empty


def test_bytes_after_the_last_member_are_named_and_hashed() -> None:
    """A good place to hide something that an unpacker leaves out."""
    for tail in (b"\0", b"hidden", b"\x1f", EVENT):
        found = digested(OBJECT + tail)
        assert [(a.kind.value, a.offset) for a in found.anomalies] == [("trailing-bytes", len(OBJECT))]
        assert found.descriptor.events == 6


def test_a_wrong_checksum_or_length_is_named_and_the_records_stay() -> None:
    """The records were there; that the checksum is wrong is a finding, not a reason to lose them."""
    for at in range(len(MEMBERS[0]) - 8, len(MEMBERS[0])):
        data = bytearray(OBJECT)
        data[at] ^= 0xFF
        found = digested(bytes(data))
        assert [(a.kind.value, a.offset) for a in found.anomalies] == [("bad-checksum", 0)]
        assert found.descriptor.events == 3


def test_noise_that_starts_like_gzip_is_damage_and_no_crash() -> None:
    """Seeded: 2,000 objects of random bytes behind a gzip header."""
    dice = random.Random(3)  # noqa: S311 - a seeded choice
    for _ in range(2_000):
        data = b"\x1f\x8b\x08" + dice.randbytes(dice.randrange(60))
        assert digested(data).anomalies != ()
