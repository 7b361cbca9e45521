"""Values out of Google's JSON, each of the kind promised: what is of another kind is a fault, never taken for absent.

Absent and null are the default of their kind (false, 0, "", none): Google's servers leave defaults out.

Source: Protocol Buffers, "ProtoJSON Format"; whole numbers of 64 bits are written as texts.
"""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

from dayseal.errors import FormatError

Json = Mapping[str, Any]
NOTHING: Final[Json] = MappingProxyType({})
_WHOLE: Final = re.compile(r"-?[0-9]{1,19}\Z", re.ASCII)


def text(item: Json, name: str) -> str:
    """Give a text, `""` where it is absent.

    Raises:
        FormatError: it is no text.
    """
    value = item.get(name)
    return "" if value is None else _of(str, value, name, "a text")


def named(item: Json, name: str) -> str:
    """Give a text that must not be absent.

    Raises:
        FormatError: it is, or is no text.
    """
    found = text(item, name)
    if not found:
        raise FormatError(f"{name}: absent, a text promised")
    return found


def flag(item: Json, name: str, *, absent: bool = False) -> bool:
    """Give a switch.

    Raises:
        FormatError: it is neither on nor off.
    """
    value = item.get(name)
    return absent if value is None else _of(bool, value, name, "true or false")


def whole(item: Json, name: str) -> int | None:
    """Give a whole number of at least 0, also one written as a text, None where it is absent.

    Raises:
        FormatError: it is none.
    """
    value = item.get(name)
    if value is None:
        return None
    if isinstance(value, str) and _WHOLE.match(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise FormatError(f"{name}: {str(value)[:40]!r}, a whole number promised")
    return value


def part(item: Json, name: str) -> Json:
    """Give an inner object, an empty one where it is absent.

    Raises:
        FormatError: it is no object.
    """
    value = item.get(name)
    return NOTHING if value is None else _of(dict, value, name, "an object")


def parts(item: Json, name: str) -> tuple[Json, ...]:
    """Give a list of objects, none where it is absent.

    Raises:
        FormatError: it is no list, or holds something else.
    """
    return tuple(_of(dict, one, name, "a list of objects") for one in _listed(item, name, "a list of objects"))


def texts(item: Json, name: str) -> tuple[str, ...]:
    """Give a list of texts, none where it is absent.

    Raises:
        FormatError: it is no list, or holds something else, or an empty text.
    """
    found = tuple(_of(str, one, name, "a list of texts") for one in _listed(item, name, "a list of texts"))
    if not all(found):
        raise FormatError(f"{name}: an empty text, a list of names promised")
    return found


def word(item: Json, name: str, known: Collection[str], absent: str = "") -> str:
    """Give one of the words that the API documents; `absent` is what its absence stands for.

    Raises:
        FormatError: it is none of them.
    """
    value = text(item, name) or absent
    if value not in known:
        raise FormatError(f"{name}: {value[:40]!r}, one of {', '.join(sorted(known))} promised")
    return value


def _listed(item: Json, name: str, promised: str) -> list[Any]:
    value = item.get(name)
    return [] if value is None else _of(list, value, name, promised)


def _of(kind: type, value: Any, name: str, promised: str) -> Any:  # noqa: ANN401 - of the kind asked for
    if not isinstance(value, kind):
        raise FormatError(f"{name}: {type(value).__name__}, {promised} promised")
    return value
