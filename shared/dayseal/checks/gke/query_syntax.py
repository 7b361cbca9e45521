"""The Logging query language, as far as sinks and exclusions commonly use it, read into an expression.

`NOT` binds tightest, then `OR`, then `AND`, which may be left out. What this reader does not know is refused, and
the filter is then undecided.

Source: Cloud Logging, "Logging query language".
"""

import dataclasses
import re
from typing import Final

from dayseal.errors import FormatError

_MAX_LENGTH: Final = 20_000  # Cloud Logging's own bound
_MAX_DEPTH: Final = 24
_TOKEN: Final = re.compile(
    r"(?P<comment>--[^\n]*)|(?P<space>\s+)|(?P<mark>!=|!~|=~|>=|<=|[=<>:(),])|"
    r"(?P<quoted>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|(?P<minus>-(?=[\"'(A-Za-z@_]))|"
    r"(?P<word>(?:\.\"(?:[^\"\\]|\\.)*\"|[A-Za-z0-9_@*/%+~.-])+)",
    re.DOTALL,
)
_OPERATORS: Final = frozenset({"=", "!=", ":", "=~", "!~", ">", "<", ">=", "<="})
_WORDS: Final = frozenset({"AND", "OR", "NOT"})
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """`path operator value`; an empty path asks every field (`"some text"`)."""

    path: str
    operator: str
    value: str


@dataclasses.dataclass(frozen=True, slots=True)
class Function:
    """A function's call: its name in lower case and its arguments."""

    name: str
    arguments: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a part."""

    part: "Expression"


@dataclasses.dataclass(frozen=True, slots=True)
class Joined:
    """Parts joined by AND (`every`) or OR; no parts at all hold for everything."""

    every: bool
    parts: tuple["Expression", ...]


Expression = Comparison | Function | Not | Joined


def parse_query(text: str) -> Expression:
    """Read a filter; an empty one holds for every entry.

    Raises:
        FormatError: it is longer or deeper than allowed, or holds what this reader does not know.
    """
    if len(text) > _MAX_LENGTH:
        raise FormatError(f"filter: {len(text)} characters, at most {_MAX_LENGTH} promised")
    reader = _Reader(_tokens(text))
    expression = reader.every(0)
    reader.finish()
    return expression


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise FormatError(f"filter: cannot read {text[position : position + 40]!r}")
        if found.lastgroup not in {"space", "comment"}:
            tokens.append((found.lastgroup, found[0]))
        position = found.end()
    return tokens


class _Reader:
    """A recursive descent over the tokens."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._next = 0

    def finish(self) -> None:
        if self._next != len(self._tokens):
            raise FormatError(f"filter: {self._tokens[self._next][1]!r} after the end")

    def every(self, depth: int) -> Expression:
        parts: list[Expression] = []
        while self._peek()[0] != "end" and self._peek() != ("mark", ")"):
            if self._peek() == ("word", "AND"):
                if not parts:
                    raise FormatError("filter: AND without anything before it")
                self._next += 1
            parts.append(self._either(depth))
        return parts[0] if len(parts) == 1 else Joined(every=True, parts=tuple(parts))

    def _either(self, depth: int) -> Expression:
        parts = [self._part(depth)]
        while self._peek() == ("word", "OR"):
            self._next += 1
            parts.append(self._part(depth))
        return parts[0] if len(parts) == 1 else Joined(every=False, parts=tuple(parts))

    def _part(self, depth: int) -> Expression:
        if depth > _MAX_DEPTH:
            raise FormatError(f"filter: more than {_MAX_DEPTH} levels deep")
        kind, text = self._peek()
        if (kind, text) == ("word", "NOT") or kind == "minus":
            self._next += 1
            return Not(self._part(depth + 1))
        if (kind, text) == ("mark", "("):
            return self._parentheses(depth)
        if kind not in {"word", "quoted"} or text in _WORDS:
            raise FormatError(f"filter: {text or 'the end'!r}, a comparison promised")
        self._next += 1
        if kind == "word" and self._peek() == ("mark", "("):
            return self._call(text)
        if self._peek()[0] == "mark" and self._peek()[1] in _OPERATORS:
            operator = self._peek()[1]
            self._next += 1
            return self._values(_path(text), operator, depth)
        return Comparison("", ":", _plain(text))

    def _parentheses(self, depth: int) -> Expression:
        self._next += 1
        inner = self.every(depth + 1)
        self._take(")")
        if inner == Joined(every=True, parts=()):
            raise FormatError("filter: () holds nothing, a comparison promised")
        return inner

    def _values(self, path: str, operator: str, depth: int) -> Expression:
        """Read one value, or several in parentheses: `path = ("a" OR "b")`."""
        kind, text = self._peek()
        if (kind, text) == ("mark", "("):
            return _spread(self._parentheses(depth), path, operator)
        if kind not in {"word", "quoted"} or text in _WORDS:
            raise FormatError(f"filter: {text or 'the end'!r}, a value promised")
        self._next += 1
        return Comparison(path, operator, _plain(text))

    def _call(self, name: str) -> Expression:
        self._next += 1
        arguments: list[str] = []
        while self._peek() != ("mark", ")"):
            kind, text = self._peek()
            if kind not in {"word", "quoted"}:
                raise FormatError(f"filter: {text or 'the end'!r} in {name}(), a text promised")
            self._next += 1
            arguments.append(_plain(text))
            if self._peek() == ("mark", ","):
                self._next += 1
        self._take(")")
        return Function(name.lower(), tuple(arguments))

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._next] if self._next < len(self._tokens) else ("end", "")

    def _take(self, mark: str) -> None:
        if self._peek() != ("mark", mark):
            raise FormatError(f"filter: {self._peek()[1]!r}, {mark} promised")
        self._next += 1


def _spread(values: Expression, path: str, operator: str) -> Expression:
    """Give each value of a list the list's path and operator."""
    if isinstance(values, Joined):
        return Joined(values.every, tuple(_spread(part, path, operator) for part in values.parts))
    if isinstance(values, Not):
        return Not(_spread(values.part, path, operator))
    if isinstance(values, Comparison) and not values.path:
        return Comparison(path, operator, values.value)
    raise FormatError(f"filter: {path} {operator} (...) holds more than values")


def _plain(token: str) -> str:
    return _ESCAPE.sub(r"\1", token[1:-1]) if token[:1] in {'"', "'"} else token


def _path(token: str) -> str:
    return _plain(token) if token[:1] in {'"', "'"} else token.replace('"', "")
