"""The one zip file for a set of named members, and the strict reader that accepts nothing else.

Members are stored (not compressed), sorted by name, dated 1980-01-01, mode 0644. There are no
comments, extra fields, flags, data descriptors, zip64 records or bytes between members, so equal
members give equal files and a file is accepted only if writing its members again gives its bytes.
Nothing here touches a file system: names are labels, never paths to extract to.

Format: docs/formats/evidence-bundle.md, container.
"""

import dataclasses
import re
import struct
import zlib
from collections.abc import Sequence
from typing import Final

from dayseal.errors import FormatError, UsageError

MAX_MEMBERS: Final = 65_534
MAX_BYTES: Final = 0xFFFF_FFFE
_MAX_NAME: Final = 200
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*\Z", re.ASCII)

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_LOCAL_MARK: Final = b"PK\x03\x04"
_CENTRAL_MARK: Final = b"PK\x01\x02"
_END_MARK: Final = b"PK\x05\x06"
_VERSION: Final = 20
_MADE_BY: Final = 3 << 8 | _VERSION  # Unix, so that the mode counts
_DATE: Final = 1 << 5 | 1  # 1980-01-01, time 00:00:00
_MODE: Final = 0o100644 << 16


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """One named file of a zip."""

    name: str
    data: bytes


def encode_zip(members: Sequence[Member]) -> bytes:
    """Write the zip of `members`, in any order; every name once.

    Raises:
        UsageError: more or larger members than a zip without zip64 holds.
        FormatError: a name that is not plain ASCII segments joined by `/`, or twice the same.
    """
    ordered = sorted(members, key=lambda member: member.name)
    size = sum(len(m.data) + 2 * len(m.name) + _LOCAL.size + _CENTRAL.size for m in ordered) + _END.size
    if len(ordered) > MAX_MEMBERS or size > MAX_BYTES:
        raise UsageError(
            f"zip: {len(ordered)} members and {size} bytes, at most {MAX_MEMBERS} and {MAX_BYTES} promised",
            hint="choose a shorter range of days",
        )
    parts, central, offset, before = [], [], 0, ""
    for member in ordered:
        _check_name(member.name, before)
        crc = zlib.crc32(member.data)
        header = _local_header(member.name, crc, len(member.data))
        parts += [header, member.data]
        central.append(_central_header(member.name, crc, len(member.data), offset))
        offset += len(header) + len(member.data)
        before = member.name
    directory = b"".join(central)
    return b"".join([*parts, directory, _end(len(ordered), len(directory), offset)])


def parse_zip(data: bytes) -> tuple[Member, ...]:
    """Read the members of a zip that `encode_zip` could have written, by name; refuse every other.

    Raises:
        FormatError: one byte differs from what `encode_zip` writes for these members.
    """
    if not _END.size <= len(data) <= MAX_BYTES:
        raise FormatError(f"zip: {len(data)} bytes, {_END.size} to {MAX_BYTES} promised")
    mark, _, _, _, count, directory_size, directory_at, _ = _END.unpack_from(data, len(data) - _END.size)
    if mark != _END_MARK or data[-_END.size :] != _end(count, directory_size, directory_at):
        raise FormatError("zip: the last 22 bytes are no plain end record, one without comment or zip64 promised")
    if directory_at + directory_size + _END.size != len(data) or count > MAX_MEMBERS:
        raise FormatError("zip: the directory does not end where the end record starts")
    members, offset, at, before = [], 0, directory_at, ""
    for _ in range(count):
        member, at, offset = _parse_member(data, at, offset, directory_at)
        _check_name(member.name, before)
        before = member.name
        members.append(member)
    if offset != directory_at or at != directory_at + directory_size:
        raise FormatError("zip: bytes that belong to no member, none promised")
    return tuple(members)


def _parse_member(data: bytes, at: int, offset: int, directory_at: int) -> tuple[Member, int, int]:
    # The central record only tells us the name's length and the size; everything is then compared with
    # the bytes we would have written ourselves.
    if at + _CENTRAL.size > len(data) - _END.size:
        raise FormatError("zip: the directory is cut short")
    fields = _CENTRAL.unpack_from(data, at)
    size, name_length = fields[9], fields[10]
    raw_name = data[at + _CENTRAL.size : at + _CENTRAL.size + name_length]
    if not raw_name.isascii():
        raise FormatError("zip: a name that is not ASCII")
    name = raw_name.decode("ascii")
    start = offset + _LOCAL.size + name_length
    if start + size > directory_at:
        raise FormatError(f"zip: {name[:_MAX_NAME]!r} reaches into the directory")
    content = data[start : start + size]
    crc = zlib.crc32(content)
    central = _central_header(name, crc, size, offset)
    if data[offset:start] != _local_header(name, crc, size) or data[at : at + len(central)] != central:
        raise FormatError(f"zip: {name[:_MAX_NAME]!r} is not stored as promised, or its checksum is wrong")
    return Member(name, content), at + len(central), start + size


def _check_name(name: str, before: str) -> None:
    if len(name) > _MAX_NAME or not _NAME.match(name):
        raise FormatError(f"zip: member {name[:_MAX_NAME]!r}, plain ASCII segments joined by / promised")
    if name <= before:
        raise FormatError(f"zip: member {name!r} after {before!r}, each name once and in order promised")


def _local_header(name: str, crc: int, size: int) -> bytes:
    raw = name.encode("ascii")
    return _LOCAL.pack(_LOCAL_MARK, _VERSION, 0, 0, 0, _DATE, crc, size, size, len(raw), 0) + raw


def _central_header(name: str, crc: int, size: int, offset: int) -> bytes:
    raw = name.encode("ascii")
    head = _CENTRAL.pack(
        _CENTRAL_MARK, _MADE_BY, _VERSION, 0, 0, 0, _DATE, crc, size, size, len(raw), 0, 0, 0, 0, _MODE, offset
    )
    return head + raw


def _end(count: int, directory_size: int, directory_at: int) -> bytes:
    return _END.pack(_END_MARK, 0, 0, count, count, directory_size, directory_at, 0)
