"""Frozen values of ours as JSON, driven by their types: for what the program tells itself, never for the ledger.

msgspec reads structs; it cannot tell two dataclasses of a union apart. Here a union's members are told apart by
their fields, which must differ.
"""

import dataclasses
import datetime as dt
import enum
import functools
import types
import typing
from typing import Any, Final, TypeVar

import msgspec

from dayseal.errors import FormatError

T = TypeVar("T")
_SCALARS: Final = (str, bool, int, float, type(None))


def encode_value(value: object) -> bytes:
    """Encode a frozen value: dataclasses, structs, tuples, enums, days, moments, text, numbers and None.

    Raises:
        FormatError: it holds something else.
    """
    return msgspec.json.encode(_plain(value))


def open_value(data: bytes, kind: type[T], *, subject: str) -> T:
    """Read what `encode_value` wrote of a `kind`; it must encode back to the same bytes.

    Raises:
        FormatError: not JSON, not of that type, or other bytes than `encode_value` writes.
    """
    try:
        value = _read(kind, msgspec.json.decode(data), subject)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError, TypeError) as exc:
        raise FormatError(f"{subject}: {exc}, a value of ours promised") from exc
    if encode_value(value) != data:
        raise FormatError(f"{subject}: other bytes than this program writes")
    return typing.cast("T", value)


def _plain(value: object) -> Any:  # noqa: ANN401 - any JSON value is what this gives
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, _SCALARS):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise FormatError(f"value: {type(value).__name__} has no form here")


def _read(kind: Any, plain: Any, where: str) -> object:  # noqa: ANN401 - a type, and any JSON
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _read(_member(arguments, plain, where), plain, where)
    if origin is tuple:
        return _read_tuple(arguments, plain, where)
    struct = origin or kind
    if struct in _SCALARS:
        return _scalar(struct, plain, where)
    if issubclass(struct, enum.Enum):
        return struct(plain)
    if issubclass(struct, dt.datetime | dt.date):
        return struct.fromisoformat(_scalar(str, plain, where))
    if issubclass(struct, msgspec.Struct):
        return msgspec.convert(plain, struct)
    if not isinstance(plain, dict) or plain.keys() != _fields(struct).keys():
        raise FormatError(f"{where}: the fields of {struct.__name__} promised")
    told = dict(zip(getattr(struct, "__parameters__", ()), arguments, strict=False))
    return struct(
        **{name: _read(_told(said, told), plain[name], f"{where}.{name}") for name, said in _fields(struct).items()}
    )


def _read_tuple(arguments: tuple[Any, ...], plain: Any, where: str) -> tuple[object, ...]:  # noqa: ANN401 - any JSON
    if not isinstance(plain, list):
        raise FormatError(f"{where}: an array promised")
    if arguments[-1] is Ellipsis:
        return tuple(_read(arguments[0], item, where) for item in plain)
    return tuple(_read(kind, item, where) for kind, item in zip(arguments, plain, strict=True))


def _scalar(kind: type, plain: Any, where: str) -> Any:  # noqa: ANN401 - any JSON
    whole = kind is float and type(plain) is int  # as Python's own types have it
    if type(plain) is not kind and not whole:
        raise FormatError(f"{where}: {type(plain).__name__}, {kind.__name__} promised")
    return plain


def _member(kinds: tuple[Any, ...], plain: Any, where: str) -> Any:  # noqa: ANN401 - any JSON; gives a type
    """Choose the one member of a union that the plain value can be."""
    if plain is None and type(None) in kinds:
        return type(None)
    others = [kind for kind in kinds if kind is not type(None)]
    if len(others) == 1:
        return others[0]
    if isinstance(plain, dict):
        for kind in others:
            if _fields(typing.get_origin(kind) or kind).keys() == plain.keys():
                return kind
    raise FormatError(f"{where}: fits none of {len(kinds)} types")


def _told(kind: Any, told: dict[Any, Any]) -> Any:  # noqa: ANN401 - types
    """Put what a generic was told in the place of its type variable."""
    return told.get(kind, kind) if isinstance(kind, TypeVar) else kind


@functools.cache
def _fields(struct: type) -> dict[str, Any]:
    hints = typing.get_type_hints(struct)
    return {field.name: hints[field.name] for field in dataclasses.fields(struct)}
