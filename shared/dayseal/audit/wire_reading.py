"""Reading a record into a wire type: fast where msgspec takes it, else as `parse_json` reads it; both give the same."""

import types
from collections.abc import Callable
from typing import Final, Generic, TypeVar, get_origin

import msgspec

from dayseal.audit.json_text import JsonValue, parse_json
from dayseal.errors import FormatError

NULL: Final = msgspec.Raw(b"null")  # also what an absent member counts as

_MAX_DIGITS: Final = 9

T = TypeVar("T", bound=msgspec.Struct)


class WireReader(Generic[T]):
    """Reads records into one wire type; None stands for a record that is unparsable."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self.decode: Final[Callable[[bytes | str], T]] = msgspec.json.Decoder(kind).decode

    def read(self, record: bytes | str) -> T | None:
        """Read one record: fast if it can be, else as `parse_json` reads it."""
        try:
            if record.isascii() or isinstance(record, str) or is_utf8(record):
                return self.decode(record)
        except (msgspec.DecodeError, RecursionError):
            pass  # it has something unusual
        return self.read_slowly(record)

    def read_slowly(self, record: bytes | str) -> T | None:
        """Read one record the slow way: the reference for `read`, which must never differ."""
        try:
            value = parse_json(record if isinstance(record, bytes) else record.encode("utf-8"))
        except FormatError:
            return None
        return _pick(self._kind, value) if isinstance(value, dict) else None


def is_there(member: msgspec.Raw) -> bool:
    """Say whether a member is there and not null."""
    return member is not NULL and memoryview(member)[:4].tobytes() != b"null"


def whole_number(member: msgspec.Raw) -> int | None:
    """Give a member that is a whole number from 0 to 999,999,999; None stands for everything else."""
    text = bytes(member) if len(memoryview(member)) <= _MAX_DIGITS else b""
    return int(text) if text.isdigit() else None


def is_utf8(data: bytes) -> bool:
    """Say whether `data` is UTF-8."""
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _pick(kind: type[T], value: dict[str, JsonValue]) -> T:
    """Build `kind` from the members of `value` that have the type it wants; others count as absent."""
    found: dict[str, object] = {}
    for field in msgspec.structs.fields(kind):
        member = value.get(field.encode_name)
        wanted = field.type.__args__ if isinstance(field.type, types.UnionType) else (field.type,)
        for one in wanted:
            if one is str and isinstance(member, str):
                found[field.name] = member
            elif one is msgspec.Raw and member is not None:
                found[field.name] = msgspec.Raw(_raw(member))
            elif isinstance(member, dict) and isinstance(one, type) and issubclass(one, msgspec.Struct):
                found[field.name] = _pick(one, member)
            elif isinstance(member, list) and get_origin(one) is tuple and all(isinstance(m, str) for m in member):
                found[field.name] = tuple(member)
    return kind(**found)


def _raw(member: JsonValue) -> bytes:
    """Give of a member what is looked at: text, a whole number, or that there is something else."""
    if isinstance(member, str):
        return msgspec.json.encode(member)
    return b"%d" % member if isinstance(member, int) and not isinstance(member, bool) else b"{}"
