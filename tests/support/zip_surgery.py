"""Zip files written by hand, record by record, so that each record can lie."""

import dataclasses
import struct
import zlib
from collections.abc import Sequence

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")


@dataclasses.dataclass(frozen=True, slots=True)
class RawMember:
    """One member and what its two headers say; None means the truth."""

    name: bytes
    data: bytes
    flags: int = 0
    method: int = 0
    crc: int | None = None
    size: int | None = None
    packed_size: int | None = None
    central_name: bytes | None = None
    extra: bytes = b""
    central_extra: bytes = b""
    comment: bytes = b""
    mode: int = 0o100644
    before: bytes = b""
    after: bytes = b""
    offset_lie: int = 0
    disk: int = 0
    made_by: int = 3 << 8 | 20
    needs: int = 20
    date: int = 33
    in_directory: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class RawZip:
    """A whole file: what stands before, between and after the records, and what the end record says."""

    members: Sequence[RawMember]
    prefix: bytes = b""
    before_directory: bytes = b""
    after_directory: bytes = b""
    suffix: bytes = b""
    comment: bytes = b""
    count_lie: int = 0
    size_lie: int = 0
    offset_lie: int = 0
    disk: int = 0

    def encode(self) -> bytes:
        """Write it."""
        out, directory, count = bytearray(self.prefix), bytearray(), 0
        for member in self.members:
            out += member.before
            offset = len(out) + member.offset_lie
            out += _local(member) + member.data + member.after
            if member.in_directory:
                directory += _central(member, offset)
                count += 1
        out += self.before_directory
        at = len(out)
        out += directory + self.after_directory
        numbers = (count + self.count_lie, len(directory) + self.size_lie, at + self.offset_lie)
        size, offset = (value % 2**32 for value in numbers[1:])
        total = numbers[0] % 2**16
        out += _END.pack(b"PK\x05\x06", self.disk, self.disk, total, total, size, offset, len(self.comment))
        return bytes(out) + self.comment + self.suffix


def _sizes(member: RawMember) -> tuple[int, int, int]:
    crc = zlib.crc32(member.data) if member.crc is None else member.crc
    size = len(member.data) if member.size is None else member.size
    return crc, len(member.data) if member.packed_size is None else member.packed_size, size


def _local(member: RawMember) -> bytes:
    crc, packed, size = _sizes(member)
    head = _LOCAL.pack(
        b"PK\x03\x04", member.needs, member.flags, member.method, 0, member.date,
        crc, packed, size, len(member.name), len(member.extra),
    )  # fmt: skip
    return head + member.name + member.extra


def _central(member: RawMember, offset: int) -> bytes:
    crc, packed, size = _sizes(member)
    name = member.name if member.central_name is None else member.central_name
    head = _CENTRAL.pack(
        b"PK\x01\x02", member.made_by, member.needs, member.flags, member.method, 0, member.date, crc, packed, size,
        len(name), len(member.central_extra), len(member.comment), member.disk, 0, member.mode << 16, offset % 2**32,
    )  # fmt: skip
    return head + name + member.central_extra + member.comment
