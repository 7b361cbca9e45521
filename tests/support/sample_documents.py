"""Makes one small valid example of any document type, from its field types alone."""

from typing import TypeVar

import msgspec
from msgspec import inspect

from dayseal.codec import Wire

_Document = TypeVar("_Document", bound=msgspec.Struct)


def sample_of(kind: type[_Document]) -> _Document:
    """Give a document with every field set; of alternatives the first that is a value."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return kind(**{field.name: _value(field.type) for field in info.fields})


def _value(info: inspect.Type) -> object:
    if isinstance(info, inspect.StructType):
        return sample_of(info.cls)
    if isinstance(info, inspect.UnionType):
        return next(_value(part) for part in info.types if not isinstance(part, inspect.NoneType))
    if isinstance(info, inspect.VarTupleType):
        return (_value(info.item_type),)
    if isinstance(info, inspect.DictType):
        return {"k": _value(info.value_type)}
    if isinstance(info, inspect.LiteralType):
        return info.values[0]
    simple: dict[type[inspect.Type], object] = {inspect.StrType: "x", inspect.IntType: 1, inspect.BoolType: True}
    return simple[type(info)]


def same_fields(first: Wire, second: Wire) -> bool:
    """Say whether two documents have the same fields with the same values."""
    return bool(msgspec.to_builtins(first) == msgspec.to_builtins(second))
