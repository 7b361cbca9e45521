"""YAML and JSON text as plain nodes that keep duplicate names, read without recursion and within bounds.

YAML is read by the rules of version 1.1, as kube-apiserver does: `on`, `yes` and `y` are booleans there.
"""

import dataclasses
import enum
import json
import re
from collections.abc import Iterator
from typing import Final

import yaml

from dayseal.errors import FormatError

MAX_BYTES: Final = 256 * 1024  # twenty times the largest policy a provider published
_MAX_DEPTH: Final = 32
_MAX_NODES: Final = 100_000  # aliases count as often as they are used

_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), "null"),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), "true"),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), "false"),
}
_NUMBER: Final = re.compile(
    r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[0-9][0-9_]*|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)\Z"
    r"|[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z",
    re.ASCII,
)


class Kind(enum.StrEnum):
    """What a scalar is."""

    TEXT = "text"
    BOOLEAN = "a boolean"
    NUMBER = "a number"
    NULL = "null"


@dataclasses.dataclass(frozen=True, slots=True)
class Scalar:
    """One value; booleans are spelled `true` and `false`."""

    kind: Kind
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    nodes: tuple["Node", ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Members:
    """An object with its names in the order of the text, duplicates included."""

    pairs: tuple[tuple[str, "Node"], ...]


Node = Scalar | Items | Members


def parse_text(data: bytes, *, subject: str) -> tuple[Node, bool]:
    """Read the first document of `data`, and say whether there are more: kube-apiserver reads only the first.

    Text that starts with `{` is JSON, anything else YAML.

    Raises:
        FormatError: more than 256 KiB, not UTF-8, deeper than 32, more than 100,000 values, or no such text.
    """
    if len(data) > MAX_BYTES:
        raise FormatError(f"{subject}: {len(data)} bytes, at most {MAX_BYTES} promised")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise FormatError(f"{subject}: byte {exc.start} is not UTF-8") from exc
    if text.lstrip().startswith("{"):
        return _read_json(text, subject), False
    try:
        return _YamlReader(subject).read(text)
    except yaml.YAMLError as exc:
        raise FormatError(f"{subject}: not YAML ({_first_line(exc)})") from exc
    except (ValueError, OverflowError) as exc:  # how the parser answers an escape outside of Unicode
        raise FormatError(f"{subject}: not YAML ({exc})") from exc


class _YamlReader:
    """Builds nodes from parser events; open containers are kept on a list instead of the call stack."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._count = 0
        self._anchors: dict[str, tuple[Node, int]] = {}

    def read(self, text: str) -> tuple[Node, bool]:
        events = yaml.parse(text, Loader=yaml.SafeLoader)
        node: Node = Scalar(Kind.NULL, "")
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    break
                node = self._value(next(events), events)
        return node, documents > 1

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event]) -> Node:
        open_: list[tuple[bool, str | None, int, list[Node]]] = []
        while True:
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._check_tag(event.tag, ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"))
                open_.append((isinstance(event, yaml.MappingStartEvent), event.anchor, self._count, []))
                if len(open_) > _MAX_DEPTH:
                    raise FormatError(f"{self._subject}: more than {_MAX_DEPTH} levels deep")
                event = next(events)
                continue
            if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                is_mapping, anchor, before, nodes = open_.pop()
                node: Node = self._members(nodes) if is_mapping else Items(tuple(nodes))
            else:
                node, anchor, before = self._leaf(event)
            self._add(1)
            if anchor is not None:
                self._anchors[anchor] = (node, self._count - before)
            if not open_:
                return node
            open_[-1][3].append(node)
            event = next(events)

    def _leaf(self, event: yaml.Event) -> tuple[Node, str | None, int]:
        before = self._count
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise FormatError(f"{self._subject}: alias *{event.anchor} is of nothing complete")
            node, weight = self._anchors[event.anchor]
            self._add(weight)
            return node, None, before
        if not isinstance(event, yaml.ScalarEvent):
            raise FormatError(f"{self._subject}: {type(event).__name__} where a value was promised")
        if event.tag == "tag:yaml.org,2002:str" or (event.tag in (None, "!") and not event.implicit[0]):
            return Scalar(Kind.TEXT, event.value), event.anchor, before
        self._check_tag(event.tag, ())
        return _plain(event.value), event.anchor, before

    def _members(self, nodes: list[Node]) -> Members:
        pairs: list[tuple[str, Node]] = []
        merged: list[tuple[str, Node]] = []
        for key, value in zip(nodes[::2], nodes[1::2], strict=True):
            if not isinstance(key, Scalar) or key.kind is Kind.NULL:
                raise FormatError(f"{self._subject}: a name that is no text")
            if key.text == "<<":
                merged += self._merged(value)
            else:
                pairs.append((key.text, value))
        names = {name for name, _ in pairs}
        for name, node in merged:  # of merged objects the first wins, and what is written out wins over all
            if name not in names:
                names.add(name)
                pairs.append((name, node))
        return Members(tuple(pairs))

    def _merged(self, value: Node) -> list[tuple[str, Node]]:
        found: list[tuple[str, Node]] = []
        for node in value.nodes if isinstance(value, Items) else (value,):
            if not isinstance(node, Members):
                raise FormatError(f"{self._subject}: << merges what is no object")
            self._add(len(node.pairs))
            found += node.pairs
        return found

    def _add(self, count: int) -> None:
        self._count += count
        if self._count > _MAX_NODES:
            raise FormatError(f"{self._subject}: more than {_MAX_NODES} values, aliases counted as often as used")

    def _check_tag(self, tag: str | None, known: tuple[str, ...]) -> None:
        if tag is not None and tag != "!" and tag not in known:
            raise FormatError(f"{self._subject}: tag {tag}, plain values promised")


def _plain(text: str) -> Scalar:
    word = _WORDS.get(text)
    if word is not None:
        return Scalar(Kind.NULL, "") if word == "null" else Scalar(Kind.BOOLEAN, word)
    return Scalar(Kind.NUMBER if _NUMBER.match(text) else Kind.TEXT, text)


def _read_json(text: str, subject: str) -> Node:
    def members(pairs: list[tuple[str, object]]) -> Members:
        return Members(tuple((_whole(name), _json_node(value)) for name, value in pairs))

    def number(digits: str) -> Scalar:
        return Scalar(Kind.NUMBER, digits)

    def refuse(word: str) -> Scalar:
        raise ValueError(f"{word} is no JSON")

    try:
        value = json.loads(text, object_pairs_hook=members, parse_int=number, parse_float=number, parse_constant=refuse)
        return _json_node(value)
    except RecursionError as exc:
        raise FormatError(f"{subject}: nested too deeply") from exc
    except ValueError as exc:
        raise FormatError(f"{subject}: not JSON ({exc})") from exc


def _json_node(value: object) -> Node:
    match value:
        case Scalar() | Members():
            return value
        case list():
            return Items(tuple(_json_node(one) for one in value))
        case bool():
            return Scalar(Kind.BOOLEAN, "true" if value else "false")
        case str():
            return Scalar(Kind.TEXT, _whole(value))
        case _:
            return Scalar(Kind.NULL, "")


def _whole(text: str) -> str:
    """Refuse half a surrogate pair: it cannot be written out again (UnicodeEncodeError is a ValueError)."""
    text.encode("utf-8")
    return text


def _first_line(exc: yaml.YAMLError) -> str:
    return " ".join(str(exc).split())
