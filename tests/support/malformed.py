"""Every way in which one JSON document can be malformed, generated field by field."""

import json
import math
from collections.abc import Iterator
from typing import Any

Json = Any
Path = tuple[str | int, ...]

_LOOK_ALIKES = str.maketrans({"a": "\u0430", "e": "\u0435", "o": "\u043e", "1": "\u0661", "s": "\u017f", "-": "\u2010"})
_OTHERS: tuple[tuple[str, Json], ...] = (
    ("null", None),
    ("true", True),
    ("a float", 1.5),
    ("infinity", math.inf),
    ("a huge integer", 10**400),
    ("a negative number", -1),
    ("2**63", 2**63),
    ("a list", []),
    ("an object", {}),
    ("an empty string", ""),
    ("a string", "x"),
    ("half a surrogate pair", "\ud800"),
    ("a NUL", "\0"),
    ("a megabyte", "A" * 1_000_000),
)


def malformed_json(data: bytes, *, rows: int = 1) -> Iterator[tuple[str, bytes]]:
    """Give each malformed kind of a canonical document: what was done, and the bytes, which differ from `data`.

    Of the elements of an array only the first `rows` are gone into.
    """
    yield from ((kind, changed) for kind, changed in _changed(data, rows) if changed != data)


def _changed(data: bytes, rows: int) -> Iterator[tuple[str, bytes]]:
    document = json.loads(data)
    for path, value in _walk(document, (), rows):
        where = "/".join(map(str, path)) or "top"
        for name, other in _retyped(value):
            yield f"{where} is {name}", _dumped(_with(document, path, other))
        if path:
            parent = _at(document, path[:-1])
            changes = _in_object if isinstance(parent, dict) else _in_array
            for name, changed in changes(parent, path[-1]):
                yield f"{where} {name}", _dumped(_with(document, path[:-1], changed))
    yield from _spelled_otherwise(data, document)


def _retyped(value: Json) -> Iterator[tuple[str, Json]]:
    for name, other in _OTHERS:
        if type(other) is not type(value) or other != value:
            yield name, other
    if isinstance(value, str) and value:
        yield (
            "look-alikes",
            value.translate(_LOOK_ALIKES) if value.translate(_LOOK_ALIKES) != value else value + "\u200b",
        )
        yield "one character short", value[:-1]
        yield "one character long", value + "0"
        yield "upper case", value.upper() if value.upper() != value else value.lower() + " "
        yield "with a newline", value + "\n"
    if isinstance(value, int) and not isinstance(value, bool):
        yield "one more", value + 1
        yield "text", str(value)


def _in_object(parent: dict[str, Json], name: str | int) -> Iterator[tuple[str, Json]]:
    key = str(name)
    yield "is left out", {k: v for k, v in parent.items() if k != key}
    yield "is renamed", {(k.upper() if k == key else k): v for k, v in parent.items()}
    yield "has a sibling nobody knows", parent | {key + "x": parent[key]}


def _in_array(parent: list[Json], at: str | int) -> Iterator[tuple[str, Json]]:
    number = int(at)
    yield "is left out", parent[:number] + parent[number + 1 :]
    yield "is there twice", [*parent[: number + 1], *parent[number:]]
    yield "is there a thousand times", parent + parent[number : number + 1] * 1_000
    if len(parent) > 1:
        yield "is in the wrong order", parent[::-1]


def _spelled_otherwise(data: bytes, document: Json) -> Iterator[tuple[str, bytes]]:
    text = data.decode()
    yield "spaces", json.dumps(document, sort_keys=True, ensure_ascii=False).encode()
    yield (
        "other order",
        json.dumps(dict(reversed(document.items())), separators=(",", ":"), ensure_ascii=False).encode(),
    )
    yield "a final newline", data + b"\n"
    yield "a byte order mark", b"\xef\xbb\xbf" + data
    yield "UTF-16", text.encode("utf-16")
    yield "escaped", text.replace("k", "\\u006b", 1).encode()
    yield "a name twice", b"{" + data[1:-1] + b"," + data[1:-1] + b"}"
    yield "twice", data + data
    yield "nothing", b""
    yield "in an array", b"[" + data + b"]"
    yield "nested deeply", b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    yield "brackets", b"[" * 1_000_000
    yield "not UTF-8", data.replace(b'":"', b'":"\xff', 1)
    yield "a NUL at the end", data + b"\0"


def _walk(value: Json, path: Path, rows: int) -> Iterator[tuple[Path, Json]]:
    yield path, value
    children = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))[:rows]
        if isinstance(value, list)
        else []
    )
    for name, child in children:
        yield from _walk(child, (*path, name), rows)


def _at(value: Json, path: Path) -> Json:
    for name in path:
        value = value[name]
    return value


def _with(value: Json, path: Path, new: Json) -> Json:
    """Give a copy of `value` with something else at `path`."""
    if not path:
        return new
    name, *rest = path
    child = _with(value[name], tuple(rest), new)
    if isinstance(value, dict):
        return value | {name: child}
    return [child if at == name else other for at, other in enumerate(value)]


def _dumped(document: Json) -> bytes:
    """Write a document as canonically as it can be."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")
