"""Zip files of every malformed kind: one error class, and never a path, a bomb or a second meaning."""

import dataclasses
import struct
import zlib

import pytest

from dayseal.errors import FormatError
from dayseal.evidence import encode_evidence
from dayseal.evidence.stored_zip import Member, encode_zip, parse_zip
from support.bundle_checks import sound_bundle
from support.zip_surgery import RawMember, RawZip

ONE, TWO, THREE = RawMember(b"a.json", b"{}"), RawMember(b"b/c.json", b"[1]"), RawMember(b"d", b"")
GOOD = RawZip((ONE, TWO, THREE))
_DEFLATED = zlib.compress(b"{}" * 50)[2:-4]
_ZIP64 = struct.pack("<HHQQ", 1, 16, 2, 2)

NAMES = (
    b"../secret", b"/etc/passwd", b"a/../../b", b"a/./b", b"./a", b"a//b", b"a/", b"", b".", b"..", b"a\\..\\b",
    b"C:\\x", b"C:/x", b"a\0b", b"a\nb", b"a b", "\u0430.json".encode(), b"\xff", b"a" * 201, b"a" * 60_000, b"-rf",
    b"a;b", b"a\x1b[2J", b".hidden", b"~root", b"a/.git/config", b"%2e%2e/x", b"CON:", b"a?", b"*",
)  # fmt: skip


def _member(**lies: object) -> RawZip:
    return RawZip((ONE, dataclasses.replace(TWO, **lies), THREE))  # type: ignore[arg-type]  # lies of any field


def _zip(**lies: object) -> RawZip:
    return dataclasses.replace(GOOD, **lies)  # type: ignore[arg-type]  # lies of any field


def _kinds() -> dict[str, RawZip]:
    kinds = {f"name {name[:20]!r}": RawZip((dataclasses.replace(ONE, name=name),)) for name in NAMES}
    kinds |= {f"central name {name[:20]!r}": _member(central_name=name) for name in NAMES}
    for field, values in {
        "flags": (1, 8, 0x40, 0x800, 0x2000, 0xFFFF), "method": (1, 8, 9, 12, 14, 93, 95, 99),
        "crc": (0, 1, 0xFFFFFFFF), "size": (0, 2, 4, 2**32 - 1), "packed_size": (0, 2, 4, 2**32 - 1),
        "extra": (b"\0\0\0\0", _ZIP64, b"x"), "central_extra": (b"\0\0\0\0", _ZIP64, b"x"), "comment": (b"c",),
        "mode": (0, 0o120777, 0o40755, 0o100755, 0o104644), "before": (b"\0", b"PK"), "after": (b"\0", b"PK\x03\x04"),
        "offset_lie": (1, -1, 2**31, -60), "disk": (1, 0xFFFF), "made_by": (20, 0, 3 << 8 | 63), "needs": (10, 45, 51),
        "date": (0, 34, 0xFFFF), "in_directory": (False,),
    }.items():  # fmt: skip
        kinds |= {f"{field} {value!r}": _member(**{field: value}) for value in values}
    for field, values in {
        "prefix": (b"\0", b"MZ", b"#!/bin/sh\n"), "before_directory": (b"\0", b"PK"), "after_directory": (b"\0", b"PK"),
        "suffix": (b"\0", b"PK", GOOD.encode()), "comment": (b"c", b"PK\x05\x06" + b"\0" * 18),
        "count_lie": (-3, -1, 1, 65_532), "size_lie": (-1, 1, -54, 2**31), "offset_lie": (-1, 1, 2**31),
        "disk": (1, 0xFFFF),
    }.items():  # fmt: skip
        kinds |= {f"zip {field} {value!r}"[:60]: _zip(**{field: value}) for value in values}
    return kinds | {
        "twice the same": RawZip((ONE, ONE)),
        "one name, two contents": RawZip((ONE, dataclasses.replace(ONE, data=b"[]"))),
        "out of order": RawZip((TWO, ONE)),
        "names that differ in case": RawZip((ONE, dataclasses.replace(ONE, name=b"A.json"))),
        "a file that is a folder too": RawZip((ONE, dataclasses.replace(ONE, name=b"a.json/../a.json"))),
        "deflated": _member(method=8, data=_DEFLATED, size=100, crc=zlib.crc32(b"{}" * 50)),
        "encrypted": _member(flags=1, data=b"\0" * 12 + b"[1]"),
        "a bomb": _member(method=8, data=zlib.compress(b"\0" * 10_000_000)[2:-4], size=10_000_000),
        "overlapping": RawZip((ONE, dataclasses.replace(TWO, offset_lie=-(30 + 6 + 2)))),
    }


KINDS = _kinds()


def test_the_surgeon_can_write_a_sound_zip() -> None:
    """Otherwise every kind would be refused for nothing."""
    plain = [Member(m.name.decode(), m.data) for m in GOOD.members]
    assert GOOD.encode() == encode_zip(plain)
    assert parse_zip(GOOD.encode()) == tuple(plain)


@pytest.mark.parametrize("kind", KINDS)
def test_a_malformed_zip_is_refused(kind: str) -> None:
    """What one unzip reads this way and another that way is no evidence."""
    with pytest.raises(FormatError, match="zip: "):
        parse_zip(KINDS[kind].encode())


def test_a_bundle_cut_or_lengthened_anywhere_is_refused() -> None:
    """Every prefix of a real bundle, and every suffix."""
    data = encode_evidence(sound_bundle(with_events=False))
    for at in range(0, len(data), 7):
        for part in (data[:at], data[at + 1 :], data[:at] + b"\0" + data[at:]):
            with pytest.raises(FormatError):
                parse_zip(part)


def test_a_zip_that_claims_sixty_thousand_members_is_refused_at_once() -> None:
    """A count is a claim; nothing is set aside for it."""
    data = dataclasses.replace(GOOD, count_lie=65_000).encode()
    with pytest.raises(FormatError, match=r"cut short|directory"):
        parse_zip(data)
