"""Values out of Azure's JSON, each of the kind promised: what is of another kind is a fault, never taken for absent."""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from dayseal.errors import FormatError

Json = Mapping[str, Any]
NOTHING: Final[Json] = MappingProxyType({})


def text(item: Json, name: str) -> str:
    """Give a text, `""` where it is absent or null.

    Raises:
        FormatError: it is no text.
    """
    value = item.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise FormatError(f"{name}: {type(value).__name__}, a text promised")
    return value


def flag(item: Json, name: str) -> bool | None:
    """Give a switch, None where it is absent or null.

    Raises:
        FormatError: it is neither on nor off.
    """
    value = item.get(name)
    if value is not None and not isinstance(value, bool):
        raise FormatError(f"{name}: {str(value)[:40]!r}, true or false promised")
    return value


def whole(item: Json, name: str) -> int | None:
    """Give a whole number, also one written as 30.0, None where it is absent or null.

    Raises:
        FormatError: it is none.
    """
    value = item.get(name)
    if value is None:
        return None
    odd = isinstance(value, float) and not value.is_integer()
    if isinstance(value, bool) or not isinstance(value, int | float) or odd:
        raise FormatError(f"{name}: {str(value)[:40]!r}, a whole number promised")
    return int(value)


def part(item: Json, name: str) -> Json:
    """Give an inner object, an empty one where it is absent or null.

    Raises:
        FormatError: it is no object.
    """
    value = item.get(name)
    if value is None:
        return NOTHING
    if not isinstance(value, Mapping):
        raise FormatError(f"{name}: {type(value).__name__}, an object promised")
    return value


def promised(item: Json, name: str) -> Json:
    """Give an inner object that every such answer has.

    Raises:
        FormatError: it is absent or empty, or is no object.
    """
    found = part(item, name)
    if not found:
        raise FormatError(f"{name}: absent, an object promised")
    return found


def parts(item: Json, name: str) -> tuple[Json, ...]:
    """Give a list of objects, none where it is absent or null.

    Raises:
        FormatError: it is no list, or holds something else.
    """
    value = item.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise FormatError(f"{name}: {type(value).__name__}, a list of objects promised")
    return tuple(value)


def texts(item: Json, name: str) -> tuple[str, ...]:
    """Give a list of texts, none where it is absent or null.

    Raises:
        FormatError: it is no list, or holds something else.
    """
    value = item.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise FormatError(f"{name}: {type(value).__name__}, a list of texts promised")
    return tuple(value)


def word(item: Json, name: str, known: Sequence[str], absent: str | None = None) -> str:
    """Give one of the words that the API documents, in its spelling; `absent` is what its absence stands for.

    Raises:
        FormatError: it is none of them, or absent with nothing to stand for it.
    """
    value = text(item, name) or absent
    if value is None:
        raise FormatError(f"{name}: absent, one of {', '.join(known)} promised")
    found = next((one for one in known if one.casefold() == value.casefold()), None)
    if found is None:
        raise FormatError(f"{name}: {value[:40]!r}, one of {', '.join(known)} promised")
    return found


def read_moment(said: str) -> dt.datetime:
    """Read a moment; what is finer than a microsecond is dropped.

    Raises:
        FormatError: it is none, or has no time zone.
    """
    try:
        moment = dt.datetime.fromisoformat(said)
    except ValueError as exc:
        raise FormatError(f"time: {said[:40]!r}, ISO 8601 promised") from exc
    if moment.tzinfo is None:
        raise FormatError(f"time: {said[:40]!r} without a time zone")
    return moment.astimezone(dt.UTC)


def maybe_moment(item: Json, name: str) -> dt.datetime | None:
    """Read a moment that may be absent; raises as `read_moment` does."""
    said = text(item, name)
    return read_moment(said) if said else None


def write_moment(moment: dt.datetime) -> str:
    """Write a moment as filters take it."""
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
