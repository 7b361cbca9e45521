"""The `{ $.field = value }` patterns of CloudWatch Logs, read and evaluated in three values.

Three values, because a pattern is also judged on records of which only some fields are known: True, False,
and None for "depends". What this reader does not know is refused, and the pattern is then undecided.

Source: CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters".
"""

import dataclasses
import fnmatch
import re
from collections.abc import Callable
from typing import Final

from dayseal.errors import FormatError

# What a record says at a path: its value as text, or None where that is not known or not there.
Lookup = Callable[[str], str | None]

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<mark>&&|\|\||[()]|!=|=)|(?P<path>\$(?:\.[A-Za-z0-9_-]+)+)|\"(?P<quoted>[^\"\\]*)\"|(?P<word>[A-Za-z0-9_.:/*@-]+))"
)
_MAX_DEPTH: Final = 16
_MAX_LENGTH: Final = 1024  # CloudWatch Logs' own bound


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """`$.path = value` or `$.path != value`; `*` in the value stands for any text."""

    path: str
    equal: bool
    value: str


@dataclasses.dataclass(frozen=True, slots=True)
class Junction:
    """Parts joined by `&&` (`every`) or `||`."""

    every: bool
    parts: tuple["Expression", ...]


Expression = Comparison | Junction


def parse_expression(pattern: str) -> Expression:
    """Read `{ ... }`; only `=`, `!=`, `&&`, `||` and parentheses over text are known.

    Raises:
        FormatError: anything else: numbers, NULL, EXISTS, arrays, or no pattern of this kind at all.
    """
    inner = pattern.strip()
    if len(inner) > _MAX_LENGTH or not (inner.startswith("{") and inner.endswith("}")):
        raise FormatError(f"filter pattern: {pattern[:80]!r}, a pattern in braces promised")
    reader = _Reader(_tokens(inner[1:-1].strip()))
    expression = reader.junction(0)
    reader.finish()
    return expression


def evaluate(expression: Expression, lookup: Lookup) -> bool | None:
    """Say whether a record fits; None when that depends on what `lookup` does not know."""
    if isinstance(expression, Comparison):
        found = lookup(expression.path)
        if found is None:
            return None
        return fnmatch.fnmatchcase(found, _glob(expression.value)) is expression.equal
    results = [evaluate(part, lookup) for part in expression.parts]
    decisive = not expression.every
    if decisive in results:
        return decisive
    return None if None in results else not decisive


def _glob(value: str) -> str:
    return value.replace("[", "[[]").replace("?", "[?]")  # only the star is special


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise FormatError(f"filter pattern: cannot read {text[position : position + 40]!r}")
        tokens.append((found.lastgroup, found[found.lastgroup]))
        position = found.end()
    return tokens


class _Reader:
    """A recursive descent over the tokens; `||` binds weaker than `&&`."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._next = 0

    def junction(self, depth: int) -> Expression:
        return self._joined("||", lambda: self._joined("&&", lambda: self._part(depth)))

    def finish(self) -> None:
        if self._next != len(self._tokens):
            raise FormatError(f"filter pattern: {self._tokens[self._next][1]!r} after the end")

    def _joined(self, mark: str, read: Callable[[], Expression]) -> Expression:
        parts = [read()]
        while self._peek() == ("mark", mark):
            self._next += 1
            parts.append(read())
        return parts[0] if len(parts) == 1 else Junction(mark == "&&", tuple(parts))

    def _part(self, depth: int) -> Expression:
        if depth > _MAX_DEPTH:
            raise FormatError(f"filter pattern: more than {_MAX_DEPTH} parentheses deep")
        if self._peek() == ("mark", "("):
            self._next += 1
            inner = self.junction(depth + 1)
            self._take("mark", ")")
            return inner
        path = self._take("path")
        operator = self._take("mark", "=", "!=")
        kind, value = self._peek()
        if kind not in {"quoted", "word"} or (kind == "word" and value.upper() in {"IS", "NOT", "EXISTS"}):
            raise FormatError(f"filter pattern: {value!r}, a text promised")
        self._next += 1
        if kind == "word" and re.fullmatch(r"-?[0-9.]+", value):
            raise FormatError(f"filter pattern: number {value}, a text promised")
        return Comparison(path, operator == "=", value)

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._next] if self._next < len(self._tokens) else ("end", "")

    def _take(self, kind: str, *values: str) -> str:
        found, value = self._peek()
        if found != kind or (values and value not in values):
            raise FormatError(f"filter pattern: {value!r}, {' or '.join(values) or kind} promised")
        self._next += 1
        return value
