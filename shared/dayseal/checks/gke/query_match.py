"""Does an entry fit a filter? In three values: yes, no, and None for "depends" on what is not known.

Source: Cloud Logging, "Logging query language": texts are compared without regard to case, except by regular
expressions; comparisons with a field that is missing fail.
"""

import re
from collections.abc import Callable
from typing import Final

from dayseal.checks.gke.entries import Entry, Field, StartsWith, Unknown, severity_place
from dayseal.checks.gke.query_syntax import Comparison, Expression, Function, Joined, Not

_NEGATIVE: Final = frozenset({"!=", "!~"})
_POSITIVE: Final = {"!=": "=", "!~": "=~"}
# No group is repeated and few things are, so that a match costs little whatever the text.
_SIMPLE: Final = re.compile(r"(?:\(\?:|[A-Za-z0-9_/%:@#, ^$|()-]|\\[./-]|\.[*+?]?)*\Z")
_MAX_STARS: Final = 4
_MAX_COMPARED: Final = 2_000  # characters of a value that a regular expression is tried on


def fits(expression: Expression, entry: Entry, *, chance: bool) -> bool | None:
    """Say whether the entry fits; `chance` is what every `sample()` in the filter comes to."""
    if isinstance(expression, Not):
        inner = fits(expression.part, entry, chance=chance)
        return None if inner is None else not inner
    if isinstance(expression, Function):
        return _call(expression, entry, chance=chance)
    if isinstance(expression, Joined):
        return _joined(expression, entry, chance=chance)
    return _compare(expression, entry)


def _joined(expression: Joined, entry: Entry, *, chance: bool) -> bool | None:
    results = [fits(part, entry, chance=chance) for part in expression.parts]
    decisive = not expression.every
    if decisive in results:
        return decisive
    return None if None in results else not decisive


def _call(function: Function, entry: Entry, *, chance: bool) -> bool | None:
    match function.name, function.arguments:
        case "log_id", (name,):
            return entry.log_id == name
        case "sample", (_, share):
            return True if share in {"1", "1.0"} else chance
        case "source", (place,):
            own = entry.get("resource.labels.project_id")
            return True if isinstance(own, str) and place == f"projects/{own}" else None
    return None


def _compare(comparison: Comparison, entry: Entry) -> bool | None:
    path, operator, value = comparison.path, comparison.operator, comparison.value
    if not path:
        return _anywhere(entry, value)
    if path == "severity":
        return _severity(operator, value, entry.severity)
    field = entry.get(path)
    if value == "*" and operator == ":":
        return _exists(entry, path, field)
    if field is Unknown.ABSENT and not entry.has_below(path):
        # A comparison with a missing field fails; whether its opposite does too is nothing to rely on.
        return None if operator in _NEGATIVE else False
    result = _test(_POSITIVE.get(operator, operator), field, value)
    return not result if result is not None and operator in _NEGATIVE else result


def _exists(entry: Entry, path: str, field: Field) -> bool | None:
    if isinstance(field, str | StartsWith) or entry.has_below(path):
        return True
    return False if field is Unknown.ABSENT else None


def _test(operator: str, field: Field, value: str) -> bool | None:
    """Compare a field's value by an operator that is no negation."""
    if operator == "=~":
        return _matches(value, field) if isinstance(field, str) else None
    small = value.casefold()
    if isinstance(field, StartsWith):
        start = field.text.casefold()
        if operator == ":":
            return True if small in start else None
        either = small.startswith(start) or start.startswith(small)
        return None if operator != "=" or either else False
    if not isinstance(field, str):
        return None
    tests: dict[str, Callable[[], bool]] = {
        "=": lambda: field.casefold() == small,
        ":": lambda: small in field.casefold(),
    }
    return tests[operator]() if operator in tests else None


def _matches(pattern: str, text: str) -> bool | None:
    """Try a regular expression of the simplest kind; Cloud Logging's own dialect knows more."""
    if not _SIMPLE.match(pattern) or sum(map(pattern.count, "*+?")) > _MAX_STARS or len(text) > _MAX_COMPARED:
        return None
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return None


def _anywhere(entry: Entry, value: str) -> bool | None:
    small = value.casefold()
    texts = [f if isinstance(f, str) else f.text for f in entry.fields.values() if isinstance(f, str | StartsWith)]
    if any(small in text.casefold() for text in texts):
        return True
    open_fields = not entry.whole or any(not isinstance(field, str) for field in entry.fields.values())
    return None if open_fields else False


def _severity(operator: str, value: str, bounds: tuple[int, int]) -> bool | None:
    place = severity_place(value)
    low, high = bounds
    if place is None:
        return None
    results = {
        "=": (low == high == place, place < low or place > high),
        "!=": (place < low or place > high, low == high == place),
        ">=": (low >= place, high < place),
        ">": (low > place, high <= place),
        "<=": (high <= place, low > place),
        "<": (high < place, low >= place),
    }
    surely, never = results.get(operator, (False, False))
    return True if surely else False if never else None
