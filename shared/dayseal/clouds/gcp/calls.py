"""Calling Google's REST APIs so that an answer is an answer, and everything else a named miss."""

import dataclasses
import urllib.parse
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec
from google.auth.exceptions import GoogleAuthError
from requests import RequestException

from dayseal.clouds.gcp.refusals import RefusedError, missing_of, missing_of_status, word_of_body
from dayseal.clouds.gcp.session import Sessions
from dayseal.clouds.gcp.values import NOTHING, Json, parts, text, texts
from dayseal.model.route import Answer, Call, Known, Missing, Reason, read_answer

T = TypeVar("T")
_MAX_PAGES: Final = 1_000
_OK: Final = 200
_GET, _POST = "GET", "POST"


@dataclasses.dataclass(frozen=True, slots=True)
class Ask:
    """One request: the call as facts name it, the path after the service's address, parameters, a body to post."""

    call: Call
    path: str
    params: Json = dataclasses.field(default_factory=lambda: NOTHING)
    body: Json | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Listed:
    """The pages a listing gave before it ended, and why it ended early (None: it is complete)."""

    pages: tuple[Json, ...]
    call: Call
    ended: Missing | None

    def items(self, key: str) -> tuple[Json, ...]:
        """Give the objects under a key of all pages, in Google's order.

        Raises:
            FormatError: there is something else than a list of objects.
        """
        return tuple(item for page in self.pages for item in parts(page, key))

    def names(self, key: str) -> tuple[str, ...]:
        """Give the texts under a key of all pages; raises as `items` does."""
        return tuple(name for page in self.pages for name in texts(page, key))

    def answer(self, read: Callable[["Listed"], T]) -> Answer[T]:
        """Give a complete listing as a value; one that ended early is no value."""
        return self.ended or read_answer(lambda: read(self), self.call)


class Calls:
    """Makes API calls through `sessions`; `heard` is told of each request before it is made.

    Nothing here raises for what Google says: a refusal becomes `Missing`, under the call it belongs to.
    """

    def __init__(self, sessions: Sessions, heard: Callable[[Call], None] = lambda _: None) -> None:
        self.sessions = sessions
        self.heard = heard

    def ask(self, ask: Ask, read: Callable[[Json], T], *, absent: Callable[[], T] | None = None) -> Answer[T]:
        """Make one call and read its answer; `absent` gives what 404 stands for."""
        found = self._request(ask)
        if isinstance(found, Missing):
            gone = found.reason is Reason.NOT_FOUND and absent is not None
            return Known(absent(), ask.call) if gone and absent is not None else found
        return read_answer(lambda: read(found), ask.call)

    def list(self, ask: Ask, *, max_pages: int = _MAX_PAGES) -> Listed:
        """Make one call page after page; one that has more than `max_pages`, or a page twice, ended early."""
        pages: list[Json] = []
        tokens: set[str] = set()
        while len(pages) < max_pages:
            page = self._request(ask)
            if isinstance(page, Missing):
                return Listed(tuple(pages), ask.call, page)
            pages.append(page)
            following = read_answer(lambda page=page: text(page, "nextPageToken"), ask.call)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            if isinstance(following, Missing):
                return Listed(tuple(pages), ask.call, following)
            token = following.value
            if not token:
                return Listed(tuple(pages), ask.call, None)
            if token in tokens:
                return Listed(tuple(pages), ask.call, Missing(Reason.CONTRADICTORY, ask.call, "a page follows itself"))
            tokens.add(token)
            ask = dataclasses.replace(ask, params={**ask.params, "pageToken": token})
        return Listed(tuple(pages), ask.call, Missing(Reason.CONTRADICTORY, ask.call, f"more than {max_pages} pages"))

    def _request(self, ask: Ask) -> Json | Missing:
        url = f"{self.sessions.access.address(ask.call.service)}/{ask.path}"
        body = None if ask.body is None else msgspec.json.encode(dict(ask.body))
        self.heard(ask.call)
        try:
            reply = self.sessions.send(_GET if body is None else _POST, url, params=ask.params, body=body)
        except RefusedError as exc:
            return exc.missing
        except (RequestException, GoogleAuthError) as exc:
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


def quoted(name: str) -> str:
    """Write a resource name into a path, whatever characters it has; `/` stays."""
    return urllib.parse.quote(name, safe="/-_.~")
