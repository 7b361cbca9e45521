"""JSON of any depth, read without recursion: the authority on what a parsable record is.

The fast readers (`audit.wire`) accept less than this one and never more; what they refuse is
asked here again. So a record is parsable exactly when `parse_json` gives an object.
"""

import json
import math
import re
from collections.abc import Collection, Iterator
from typing import Final

from dayseal.errors import FormatError

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]

_DECODER: Final = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_LITERALS: tuple[tuple[str, JsonValue], ...] = (("true", True), ("false", False), ("null", None))
KEPT_LEVELS: Final = 16  # twice as deep as anything we look at
_BRACE: Final = ord("}")
_MAX_NUMBER_CHARS = 18  # nothing reads longer numbers, and converting 4 MiB of digits takes long


def parse_json(data: bytes) -> JsonValue:
    """Read one JSON text: UTF-8, no byte order mark, any depth, numbers of any size.

    Of equal names in one object the last one counts; a number of more than 18 characters is given as
    infinity; what lies deeper than `KEPT_LEVELS` containers is checked, but left out of the result. A string
    with half a surrogate pair is refused: it has no UTF-8 form. Time grows linearly with `data`.

    Spec: RFC 8259.

    Raises:
        FormatError: anything else.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise FormatError(f"record: byte {exc.start} is not UTF-8, JSON promised") from exc
    value, end = _read_value(text, _skip_space(text, 0), KEPT_LEVELS)
    _require_end(text, end)
    return value


def array_spans(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Give where each element of the JSON array at `start` begins and ends, in characters, one by one.

    Raises:
        FormatError: no JSON array starts there, or it does not end.
    """
    pos = _skip_space(text, _expect(text, start, "["))
    first = True
    while text[pos : pos + 1] != "]":
        if not first:
            pos = _skip_space(text, _expect(text, pos, ","))
        first = False
        end = _read_value(text, pos, 0)[1]
        yield pos, end
        pos = _skip_space(text, end)


def member_spans(text: str, names: Collection[str]) -> dict[str, tuple[int, int]]:
    """Give where the values of the members `names` of the JSON object `text` begin and end, in characters.

    Of equal names the last one counts.

    Raises:
        FormatError: `text` is not exactly one JSON object.
    """
    spans: dict[str, tuple[int, int]] = {}
    pos = _skip_space(text, _expect(text, 0, "{"))
    first = True
    while text[pos : pos + 1] != "}":
        if not first:
            pos = _skip_space(text, _expect(text, pos, ","))
        first = False
        name, pos = _read_name(text, pos)
        end = _read_value(text, pos, 0)[1]
        if name in names:
            spans[name] = (pos, end)
        pos = _skip_space(text, end)
    _require_end(text, pos + 1)
    return spans


def _read_value(text: str, pos: int, levels: int) -> tuple[JsonValue, int]:
    """Read the value at `pos`, keeping the open containers on a list instead of the call stack.

    Only the outermost `levels` of them are filled; those further in are given empty.
    """
    open_: list[tuple[list[JsonValue] | dict[str, JsonValue], str]] = []
    while True:
        value, pos = _read_start(text, pos)
        if isinstance(value, list | dict):
            pos = _skip_space(text, pos)
            closer = "]" if isinstance(value, list) else "}"
            if text[pos : pos + 1] == closer:
                pos += 1
            elif len(open_) < levels:
                name, pos = _read_name(text, pos) if isinstance(value, dict) else ("", pos)
                open_.append((value, name))
                continue
            else:
                pos = _pass_members(text, pos, closer)
        while True:  # a value is complete: put it into its container, which may complete that one too
            if not open_:
                return value, pos
            container, name = open_[-1]
            _put(container, name, value)
            pos = _skip_space(text, pos)
            if text[pos : pos + 1] == ",":
                pos = _skip_space(text, pos + 1)
                if isinstance(container, dict):
                    name, pos = _read_name(text, pos)
                    open_[-1] = (container, name)
                break
            pos = _expect(text, pos, "]" if isinstance(container, list) else "}")
            value = container
            open_.pop()


def _pass_members(text: str, pos: int, closer: str) -> int:
    """Check the members at `pos` of a container that `closer` ends, and give where it ends.

    Keeps one byte for each open container: 4 MiB of brackets must not become gigabytes of lists.
    """
    closers = bytearray(closer, "ascii")
    while closers:
        if closers[-1] == _BRACE:
            pos = _read_name(text, pos)[1]
        value, pos = _read_start(text, pos)
        if isinstance(value, list | dict):
            pos = _skip_space(text, pos)
            inner = "]" if isinstance(value, list) else "}"
            if text[pos : pos + 1] != inner:
                closers.append(ord(inner))
                continue
            pos += 1
        while closers:
            pos = _skip_space(text, pos)
            if text[pos : pos + 1] == ",":
                pos = _skip_space(text, pos + 1)
                break
            pos = _expect(text, pos, chr(closers.pop()))
    return pos


def _put(container: list[JsonValue] | dict[str, JsonValue], name: str, value: JsonValue) -> None:
    if isinstance(container, list):
        container.append(value)
    else:
        container[name] = value


def _read_start(text: str, pos: int) -> tuple[JsonValue, int]:
    """Read a scalar, or the opening bracket of a container (which is given empty)."""
    char = text[pos : pos + 1]
    if char == "{":
        return {}, pos + 1
    if char == "[":
        return [], pos + 1
    if char == '"':
        return _read_string(text, pos + 1)
    for word, value in _LITERALS:
        if text.startswith(word, pos):
            return value, pos + len(word)
    match = _NUMBER.match(text, pos)
    if not match:
        raise FormatError(f"record: no JSON value at character {pos}")
    digits = match[0]
    if len(digits) > _MAX_NUMBER_CHARS:
        return math.inf, match.end()
    whole = match[1] is None and match[2] is None
    return int(digits) if whole else float(digits), match.end()


def _read_name(text: str, pos: int) -> tuple[str, int]:
    name, pos = _read_string(text, _expect(text, pos, '"'))
    return name, _skip_space(text, _expect(text, _skip_space(text, pos), ":"))


def _read_string(text: str, pos: int) -> tuple[str, int]:
    try:
        value, end = _DECODER.raw_decode(text, pos - 1)
        text_of_value = str(value)  # a quote is at pos - 1, so it is a string already
        if not text_of_value.isascii():
            text_of_value.encode("utf-8")
    except (json.JSONDecodeError, UnicodeEncodeError) as exc:
        raise FormatError(f"record: no JSON string at character {pos}") from exc
    return text_of_value, end


def _skip_space(text: str, pos: int) -> int:
    match = _SPACE.match(text, pos)
    return match.end() if match else pos


def _expect(text: str, pos: int, char: str) -> int:
    if text[pos : pos + 1] != char:
        raise FormatError(f"record: {text[pos : pos + 1]!r} at character {pos}, {char!r} promised")
    return pos + 1


def _require_end(text: str, pos: int) -> None:
    end = _skip_space(text, pos)
    if end != len(text):
        raise FormatError(f"record: more text at character {end}, one JSON value promised")
