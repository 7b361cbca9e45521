"""Which path of a look-up API asks for what: for clouds whose functions get a plain HTTP request."""

import re
from collections.abc import Mapping
from typing import Final

from dayseal.errors import DaysealError, NotFoundError, UsageError
from dayseal.lookup.answers import Answer, problem, problem_of
from dayseal.lookup.service import LookupService

MAX_LIMIT: Final = 200
MAX_CURSOR_CHARS: Final = 1_800
_CLUSTER: Final = r"(?P<cluster>[A-Za-z0-9][A-Za-z0-9._-]{0,99}-[0-9a-f]{16})"
_CLUSTERS: Final = re.compile(r"/clusters\Z")
_DAYS: Final = re.compile(rf"/clusters/{_CLUSTER}/days\Z", re.ASCII)
_DAY: Final = re.compile(rf"/clusters/{_CLUSTER}/days/(?P<day>\d{{4}}-\d{{2}}-\d{{2}})\Z", re.ASCII)
_TILE: Final = re.compile(r"/tile/(?P<path>[a-z0-9./]{1,200})\Z")
_OBJECT: Final = re.compile(r"/objects/(?P<folder>[a-z]{1,20})/(?P<name>[a-z0-9.]{1,80})\Z")


def answer_request(service: LookupService, method: str, path: str, query: Mapping[str, str]) -> Answer:
    """Answer one request, and every error of ours as a problem document. `path` is decoded, as `query` is."""
    if method != "GET":
        return problem(405, "method", "Only GET is answered here", method, more=(("Allow", "GET"),))
    try:
        return _route(service, path, query)
    except DaysealError as error:
        return problem_of(error)


def _route(service: LookupService, path: str, query: Mapping[str, str]) -> Answer:
    cursor = query.get("cursor")
    if cursor is not None and len(cursor) > MAX_CURSOR_CHARS:
        raise UsageError(f"cursor: {len(cursor)} characters, at most {MAX_CURSOR_CHARS} promised")
    if _CLUSTERS.match(path):
        return service.clusters(limit=_limit(query, 100), cursor=cursor)
    if found := _DAYS.match(path):
        bounds = {"first": query.get("from"), "last": query.get("to")}
        return service.days(found["cluster"], **bounds, limit=_limit(query, 31), cursor=cursor)
    if found := _DAY.match(path):
        return service.day(found["cluster"], found["day"])
    if path == "/checkpoint":
        return service.checkpoint()
    if found := _TILE.match(path):
        return service.tile(found["path"])
    if found := _OBJECT.match(path):
        return service.object(found["folder"], found["name"])
    raise NotFoundError(f"{path[:200]}: there is no such route")


def _limit(query: Mapping[str, str], default: int) -> int:
    text = query.get("limit", str(default))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MAX_LIMIT):
        raise UsageError(f"limit: {text[:20]!a}, 1 to {MAX_LIMIT} promised")
    return int(text)
