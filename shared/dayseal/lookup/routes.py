"""Which path of a look-up API asks for what: for clouds whose functions get a plain HTTP request.

The paths, what they take and what they answer are those of docs/reference/openapi.json; one suite of tests asks every
cloud's function the same.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from dayseal.errors import DaysealError, NotFoundError
from dayseal.lookup.answers import JSON, Answer, bad_request, problem, problem_of, refused_fields
from dayseal.lookup.evidence_api import EvidenceApi
from dayseal.lookup.jobs import Kind
from dayseal.lookup.parameters import RefusedParameterError, page_of, read_body, read_query
from dayseal.lookup.service import LookupService

_PATTERNS: Final = {
    "cluster": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}-[0-9a-f]{16}\Z", re.ASCII),
    "day": re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII),
    "level": re.compile(r"(entries|[0-9]{1,2})\Z", re.ASCII),
    "group": re.compile(r"x?[0-9]{3}\Z", re.ASCII),
    "next": re.compile(r"(x?[0-9]{3}|[0-9]{3}\.p)\Z", re.ASCII),
    "last": re.compile(r"([0-9]{3}|[0-9]{3}\.p|[1-9][0-9]{0,2})\Z", re.ASCII),
    "folder": re.compile(r"(facts|manifests|rollcalls|summaries)\Z", re.ASCII),
    "name": re.compile(r"[0-9a-f]{64}\.jsonl?\Z", re.ASCII),
    "job": re.compile(r"[0-9a-f]{32}\Z", re.ASCII),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """One request: `path` and `query` are decoded, a parameter sent twice holds both values with a comma between."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes = b""
    media_type: str = ""

    @classmethod
    def of(cls, method: str, path: str, pairs: Iterable[tuple[str, str]], body: bytes, media_type: str) -> "Asked":
        """Build one from the query's parameters in their order, some of them maybe twice."""
        query: dict[str, str] = {}
        for name, value in pairs:
            query[name] = f"{query[name]},{value}" if name in query else value
        return cls(method, path, query, body, media_type)


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """Which kind of evidence may be asked for here; the other kind's routes are not there.

    Where a cloud grants functions and not paths, each kind has a function of its own.
    """

    api: EvidenceApi
    kind: Kind


def answer_request(service: LookupService, asked: Asked, evidence: Evidence | None = None) -> Answer:
    """Answer one request, and every error of ours as a problem document; without `evidence` it makes none."""
    parts = tuple(asked.path.split("/")[1:])
    doors = _DOORS if evidence is None else _DOORS + _EVIDENCE_DOORS[evidence.kind]
    here = [(door, found) for door in doors if (found := _fit(door, parts)) is not None]
    if not here:
        return problem(404, "no-route", "There is no such route", asked.path)
    chosen = next(((door, found) for door, found in here if door.method == asked.method), None)
    if chosen is None:
        allowed = ", ".join(sorted({door.method for door, _ in here}))
        return problem(405, "method", "This route takes another method", asked.method, more=(("Allow", allowed),))
    door, found = chosen
    refused = [(f"path.{name}", "pattern") for name, value in found.items() if not _PATTERNS[name].match(value)]
    if refused:
        return refused_fields(refused)
    try:
        return door.answer(service, evidence, asked, found)
    except RefusedParameterError as error:
        return refused_fields(error.fields)
    except DaysealError as error:
        return problem_of(error)


_Answering = Callable[[LookupService, Evidence | None, Asked, Mapping[str, str]], Answer]


@dataclasses.dataclass(frozen=True, slots=True)
class _Door:
    method: str
    parts: tuple[str, ...]  # `{name}` stands for anything, which must then match the name's pattern
    answer: _Answering


def _fit(door: _Door, parts: tuple[str, ...]) -> dict[str, str] | None:
    """Give what a path's parts are called, None when it is another path."""
    if len(parts) != len(door.parts):
        return None
    found = {}
    for wanted, part in zip(door.parts, parts, strict=True):
        if wanted.startswith("{"):
            found[wanted[1:-1]] = part
        elif wanted != part:
            return None
    return found if all(found.values()) else None


def _clusters(service: LookupService, _: Evidence | None, asked: Asked, __: Mapping[str, str]) -> Answer:
    limit, cursor = page_of(asked.query, 100)
    return service.clusters(limit=limit, cursor=cursor)


def _days(service: LookupService, _: Evidence | None, asked: Asked, found: Mapping[str, str]) -> Answer:
    limit, cursor = page_of(asked.query, 31)
    first, last = (read_query(asked.query, name, _PATTERNS["day"]) for name in ("from", "to"))
    return service.days(found["cluster"], first=first, last=last, limit=limit, cursor=cursor)


def _day(service: LookupService, _: Evidence | None, __: Asked, found: Mapping[str, str]) -> Answer:
    return service.day(found["cluster"], found["day"])


def _checkpoint(service: LookupService, _: Evidence | None, __: Asked, ___: Mapping[str, str]) -> Answer:
    return service.checkpoint()


def _tile(service: LookupService, _: Evidence | None, __: Asked, found: Mapping[str, str]) -> Answer:
    return service.tile("/".join(found.values()))


def _object(service: LookupService, _: Evidence | None, __: Asked, found: Mapping[str, str]) -> Answer:
    return service.object(found["folder"], found["name"])


def _start(_: LookupService, evidence: Evidence | None, asked: Asked, __: Mapping[str, str]) -> Answer:
    if evidence is None:
        raise NotFoundError("evidence: not made here")
    if asked.media_type.partition(";")[0].strip().lower() != JSON:
        return problem(415, "media-type", "The body is of another kind", f"{JSON} promised")
    if not asked.body:
        return bad_request("an empty body, a JSON object promised")
    wanted = read_body(asked.body, _PATTERNS["cluster"], _PATTERNS["day"])
    return evidence.api.begin(evidence.kind, wanted.cluster, wanted.first, wanted.last, wanted.since)


def _look(_: LookupService, evidence: Evidence | None, __: Asked, found: Mapping[str, str]) -> Answer:
    if evidence is None:
        raise NotFoundError("evidence: not made here")
    return evidence.api.look(evidence.kind, found["job"])


_DOORS: Final = (
    _Door("GET", ("clusters",), _clusters),
    _Door("GET", ("clusters", "{cluster}", "days"), _days),
    _Door("GET", ("clusters", "{cluster}", "days", "{day}"), _day),
    _Door("GET", ("checkpoint",), _checkpoint),
    _Door("GET", ("tile", "{level}", "{group}"), _tile),
    _Door("GET", ("tile", "{level}", "{next}", "{last}"), _tile),
    _Door("GET", ("tile", "{level}", "{group}", "{next}", "{last}"), _tile),
    _Door("GET", ("objects", "{folder}", "{name}"), _object),
)
_EVIDENCE_DOORS: Final = {
    Kind.PLAIN: (_Door("POST", ("evidence",), _start), _Door("GET", ("evidence", "{job}"), _look)),
    Kind.EVENTS: (
        _Door("POST", ("evidence", "events"), _start),
        _Door("GET", ("evidence", "events", "{job}"), _look),
    ),
}
