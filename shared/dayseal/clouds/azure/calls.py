"""Calling Azure Resource Manager so that an answer is an answer, and everything else a named miss."""

import dataclasses
import urllib.parse
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

import msgspec
from azure.core.exceptions import AzureError

from dayseal.clouds.azure.refusals import RefusedError, missing_of, missing_of_status, says_gone, word_of_body
from dayseal.clouds.azure.session import Sessions
from dayseal.model.route import Answer, Call, Known, Missing, Reason, read_answer

T = TypeVar("T")
Json = Mapping[str, Any]
NOTHING: Final[Json] = MappingProxyType({})
_MAX_PAGES: Final = 1_000
_OK: Final = 200
_GET, _POST = "GET", "POST"


@dataclasses.dataclass(frozen=True, slots=True)
class Ask:
    """One request to Resource Manager: the call as facts name it, path and API version, parameters, a body to post.

    `path` begins with `/` as resource ids do, and is written as it is read: quoting is done here.
    """

    call: Call
    path: str
    version: str
    params: Json = dataclasses.field(default_factory=lambda: NOTHING)
    body: Json | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Listed:
    """The pages a listing gave before it ended, and why it ended early (None: it is complete)."""

    pages: tuple[Json, ...]
    call: Call
    ended: Missing | None

    def items(self) -> tuple[Json, ...]:
        """Give the objects of all pages, in Azure's order."""
        return tuple(item for page in self.pages for item in page["value"])

    def answer(self, read: Callable[["Listed"], T]) -> Answer[T]:
        """Give a complete listing as a value; one that ended early is no value."""
        return self.ended or read_answer(lambda: read(self), self.call)


class Calls:
    """Makes API calls through `sessions`; `heard` is told of each request before it is made.

    Nothing here raises for what Azure says: a refusal becomes `Missing`, under the call it belongs to.
    """

    def __init__(self, sessions: Sessions, heard: Callable[[Call], None] = lambda _: None) -> None:
        self.sessions = sessions
        self.heard = heard

    def ask(self, ask: Ask, read: Callable[[Json], T], *, absent: Callable[[], T] | None = None) -> Answer[T]:
        """Make one call and read its answer; `absent` gives what it stands for that there is no such resource.

        A 404 that does not say so in Azure's words, or that only says that the subscription is not known here, is
        no answer.
        """
        found = self._request(ask, self._address(ask))
        if isinstance(found, Missing):
            if absent is not None and says_gone(found):
                return Known(absent(), ask.call)
            return found
        return read_answer(lambda: read(found), ask.call)

    def list(self, ask: Ask, *, max_pages: int = _MAX_PAGES) -> Listed:
        """Make one call page after page (nextLink); it must not lead to another host, nor to a page twice.

        A page without its list (`value`) is no empty one.
        """
        pages: list[Json] = []
        url, seen = self._address(ask), set[str]()
        while len(pages) < max_pages:
            page = self._request(ask, url)
            if isinstance(page, Missing):
                return Listed(tuple(pages), ask.call, page)
            if not _holds_list(page):
                told = "value: a list of objects promised"
                return Listed(tuple(pages), ask.call, Missing(Reason.CONTRADICTORY, ask.call, told))
            pages.append(page)
            url = str(page.get("nextLink") or "")
            if not url:
                return Listed(tuple(pages), ask.call, None)
            if url in seen:
                return Listed(tuple(pages), ask.call, Missing(Reason.CONTRADICTORY, ask.call, "a page follows itself"))
            if not _same_host(url, self.sessions.access.management):
                told = "nextLink leads to another host"  # the token would go along
                return Listed(tuple(pages), ask.call, Missing(Reason.CONTRADICTORY, ask.call, told))
            seen.add(url)
        return Listed(tuple(pages), ask.call, Missing(Reason.CONTRADICTORY, ask.call, f"more than {max_pages} pages"))

    def _address(self, ask: Ask) -> str:
        query = urllib.parse.urlencode({"api-version": ask.version, **ask.params}, quote_via=urllib.parse.quote)
        return f"{self.sessions.access.management}{quoted(ask.path)}?{query}"

    def _request(self, ask: Ask, url: str) -> Json | Missing:
        body = None if ask.body is None else msgspec.json.encode(dict(ask.body))
        self.heard(ask.call)
        try:
            reply = self.sessions.send(_GET if body is None else _POST, url, body=body)
        except RefusedError as exc:
            return exc.missing
        except AzureError as exc:
            return missing_of(exc, ask.call)
        if reply.status != _OK:
            return missing_of_status(reply.status, word_of_body(reply.body), ask.call)
        try:
            found = msgspec.json.decode(reply.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            found = None
        if not isinstance(found, dict):
            return Missing(Reason.CONTRADICTORY, ask.call, "the answer is no JSON object")
        return found


def quoted(path: str) -> str:
    """Write a resource id into an address, whatever characters it has; `/` stays."""
    return urllib.parse.quote(path, safe="/-_.~()")


def _holds_list(page: Json) -> bool:
    value = page.get("value")
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _same_host(url: str, ours: str) -> bool:
    try:
        there, here = urllib.parse.urlsplit(url), urllib.parse.urlsplit(ours)
        places = [(place.scheme, place.hostname, place.port or 443, place.username) for place in (there, here)]
    except ValueError:
        return False
    return places[0] == places[1]
