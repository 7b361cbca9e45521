"""Answers from the wire, each altered at one place: is a verdict ever a guess about what an answer does not say?

`Tape` keeps what a cloud of the tests answered, so that a check runs again and again without asking anybody; one
answer at a time is played back otherwise. `alterations` are the ways to alter one, in an order that never changes.
"""

import copy
import dataclasses
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from dayseal.model import Verdict
from dayseal.model.route import Call

Path = tuple[str | int, ...]
Found = Mapping[str, Verdict]
LOST: Final = frozenset({"drop", "null", "none"})  # says nothing, as the provider's defaults are said
_BLANKS: Final[tuple[Any, ...]] = ("", [], {}, 0, False)
_OTHERS: Final[tuple[Any, ...]] = ("dayseal", 7, True, ["dayseal"], [7], {"dayseal": 7})
_WORD: Final = re.compile(r"[A-Z][A-Za-z_]{2,60}\Z|enforced\Z|inherited\Z")
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}\Z")
_IDS: Final = ("/subscriptions/", "/providers/")  # Azure's: their case varies from service to service
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T")


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the tape: the request's key, the call it belongs to, its status and body."""

    key: str
    call: str
    status: int
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The body's value; None where it is no JSON object."""
        found = json.loads(self.body) if self.status == 200 and self.body[:1] == b"{" else None
        return found if isinstance(found, dict) else None


@dataclasses.dataclass(frozen=True, slots=True)
class Alteration:
    """One answer, altered at one place in one way. `place` names the place without numbers: `sinks[].filter`."""

    answer: Answer
    place: str
    kind: str
    body: bytes

    @property
    def words(self) -> str:
        """What was altered, in words."""
        return f"{self.answer.call} {self.place or '(all)'}: {self.kind}"


class Tape:
    """Plays answers back by request; what is not on it is asked for, and kept unless an answer is altered."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}
        self._here = threading.local()
        self._altered: Alteration | None = None
        self.after: tuple[int, bytes] | None = None  # the answer to every request that is not on the tape

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What was answered, in the order of the requests' names."""
        return tuple(self._answers[key] for key in sorted(self._answers))

    def hear(self, call: Call) -> None:
        """Note which call the next request of this thread belongs to."""
        self._here.call = call.text

    def play(self, key: str, ask: Callable[[], tuple[int, bytes]]) -> tuple[int, bytes]:
        """Give the answer to a request."""
        altered, known = self._altered, self._answers.get(key)
        if altered is not None and altered.answer.key == key:
            return altered.answer.status, altered.body
        if known is not None:
            return known.status, known.body
        if altered is not None and self.after is not None:
            return self.after
        status, body = ask()
        if altered is None:
            self._answers[key] = Answer(key, getattr(self._here, "call", ""), status, body)
        return status, body

    def judge(self, check: Callable[[], Found], altered: Alteration | None = None) -> Found:
        """Check with one answer altered."""
        self._altered = altered
        try:
            return check()
        finally:
            self._altered = None


def alterations(answers: Iterable[Answer]) -> Iterator[Alteration]:
    """Give each answer with one member lost, blank, of another type, or a word nobody knows."""
    for answer in answers:
        for path, value in _places(answer.json):
            for kind, other in _ways(value, member=isinstance(path[-1], str)):
                yield _altered(answer, path, kind, other)


def shufflings(answers: Iterable[Answer]) -> Iterator[Alteration]:
    """Give each answer with unknown members more, with its lists the other way round, or with entries twice."""
    for answer in answers:
        if answer.json is not None:
            yield Alteration(answer, "", "more members", _dump(_more(answer.json)))
            yield Alteration(answer, "", "reversed", _dump(_reversed(answer.json)))
            for path, value in _places(answer.json):
                if isinstance(value, list) and value:
                    yield _altered(answer, path, "twice", [*value, *value])


def recased(answers: Iterable[Answer]) -> Iterator[Alteration]:
    """Give each answer with one resource id in upper or lower case."""
    for answer in answers:
        for path, value in _places(answer.json):
            if isinstance(value, str) and value.startswith(_IDS):
                yield _altered(answer, path, "upper", value.upper())
                yield _altered(answer, path, "lower", value.lower())


def cut_pages(answers: Iterable[Answer], lists: Sequence[str], link: Callable[[Answer], tuple[str, str]]) -> Iterator[
    Alteration
]:  # fmt: skip
    """Give each listing with its first entries alone, and a link to a page that is still to come."""
    for answer in answers:
        found = answer.json
        for name in lists:
            if found is not None and isinstance(found.get(name), list):
                key, value = link(answer)
                for left in range(len(found[name]) + 1):
                    yield Alteration(
                        answer, name, f"{left} and a page", _dump(found | {name: found[name][:left], key: value})
                    )


def sampled(many: Iterable[Alteration], count: int) -> list[Alteration]:
    """Give about so many, evenly spread; the same ones every time."""
    every = list(many)
    step = max(1, -(-len(every) // count))
    step += step % 2 == 0  # ways to alter repeat in even numbers: an odd step meets all of them
    return every[::step]


def excused(altered: Alteration, table: Mapping[tuple[str, str], str]) -> bool:
    """Say whether a table of calls and places holds that a provider says something by leaving just that out."""
    return altered.kind in LOST and (altered.answer.call, altered.place) in table


def _places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:  # noqa: ANN401 - JSON
    rows: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        rows = value.items()
    elif isinstance(value, list):
        rows = enumerate(value)
    for name, inner in rows:
        yield (*path, name), inner
        yield from _places(inner, (*path, name))


def _ways(value: Any, *, member: bool) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON
    if member:
        yield "drop", None
    yield "null", None
    for blank in _BLANKS:
        if not _same(blank, value):
            yield f"blank {blank!r}", blank
        elif blank != value and type(blank) is type(value) and not isinstance(value, int):
            yield "none", blank
    for other in _OTHERS:
        if not _same(other, value):
            yield f"other {other!r}", other
    if isinstance(value, bool):
        yield "spelled", json.dumps(value)
    elif isinstance(value, int | float):
        yield from (("odd -1", -1), ("odd 0.5", 0.5))
    elif isinstance(value, str):
        yield from _odd_texts(value)


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401 - JSON
    """Say whether two values are of one kind; a number may be written as a text."""
    counted = type(one) is int and isinstance(other, str) and _NUMBER.match(other) is not None
    return type(one) is type(other) or counted


def _odd_texts(value: str) -> Iterator[tuple[str, str]]:
    if _NUMBER.match(value):
        yield from ((f"odd {text}", text) for text in ("nan", "inf", "-1", "1_0", f"{value}x"))
    elif _TIME.match(value):
        yield from ((f"odd {text}", text) for text in ("yesterday", "2026-11-23T06:00:00"))
    elif _WORD.match(value):
        yield "unknown", "DAYSEAL_UNKNOWN"
        yield "case", value.swapcase()


def _altered(answer: Answer, path: Path, kind: str, value: Any) -> Alteration:  # noqa: ANN401 - JSON
    whole = copy.deepcopy(answer.json)
    at = whole
    for name in path[:-1]:
        at = at[name]
    if kind == "drop":
        del at[path[-1]]
    else:
        at[path[-1]] = value
    place = "".join("[]" if isinstance(name, int) else f".{name}" for name in path).lstrip(".")
    return Alteration(answer, place, kind, _dump(whole))


def _more(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {"daysealUnknown": {"a": [1]}, **{name: _more(inner) for name, inner in value.items()}}
    return [_more(inner) for inner in value] if isinstance(value, list) else value


def _reversed(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {name: _reversed(value[name]) for name in reversed(list(value))}
    return [_reversed(inner) for inner in reversed(value)] if isinstance(value, list) else value


def _dump(value: Any) -> bytes:  # noqa: ANN401 - JSON
    return json.dumps(value).encode()
