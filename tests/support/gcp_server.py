"""Serves the Google Cloud of the tests on a loopback address, and sees whether it says what Google would say."""

import contextlib
import json
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any, Final

from support.gcp_entries import serving_entries
from support.gcp_gate import Fault, Rule
from support.gcp_routes import NotHereError, Page, find_route
from support.gcp_specs import faults_of
from support.gcp_storage import Media
from support.gcp_world import World
from support.http_switch import QuietHandler, serving

_PAGE: Final = 1_000
_JSON: Final = {"Content-Type": "application/json; charset=UTF-8"}


@contextlib.contextmanager
def google_world(*, honest: bool = True) -> Iterator[World]:
    """Serve an empty Google Cloud until the block ends; with `honest` each answer is compared with descriptions."""
    world = World()

    class Handler(_Handler):
        owner = world
        compared = honest

    with serving(Handler) as world.address, serving_entries(world.entries) as world.entries_address:
        yield world
    assert world.faults == []


class _Handler(QuietHandler):
    owner: World
    compared: bool

    def serve(self, body: bytes) -> None:
        split = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(split.query, keep_blank_values=True)
        path = urllib.parse.unquote(split.path)
        route = find_route(self.command, path)
        if route is None:
            self.owner.faults.append(f"{self.command} {path} is nothing that is served here")
            self._error(404, "notFound")
            return
        call, answer_of, found = route
        rule = self.owner.gate.enter(call, self.path)
        if self._struck(rule):
            return
        try:
            answer = answer_of(self.owner, found, query, json.loads(body) if body else {})
        except NotHereError:
            self._error(404, "NOT_FOUND")
            return
        cut = 1 if rule is not None and rule.fault is Fault.CUT else 0
        if isinstance(answer, Media):
            self._media(answer, cut)
            return
        shown = self._page(call, answer, query) if isinstance(answer, Page) else answer
        if self.compared:
            self.owner.faults += faults_of(call, self.command, split.path, shown)
        self.answer(200, json.dumps(shown).encode(), _JSON, left_off=cut)
        self.close_connection = self.close_connection or bool(cut)

    def _struck(self, rule: Rule | None) -> bool:
        """Say whether the request got its answer, or none, already."""
        if rule is None or rule.fault is Fault.CUT:
            return False
        if rule.fault is Fault.DELAYED:
            time.sleep(rule.seconds)
            return False
        if rule.fault is Fault.LOST:
            self.close_connection = True
        elif rule.fault is Fault.GARBLED:
            self.answer(200, b"<html>a portal", _JSON)
        else:
            self._error(rule.status, rule.reason)
        return True

    def _error(self, status: int, reason: str) -> None:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        details = [{"@type": kind, "reason": reason, "domain": "googleapis.com"}]
        error = {"code": status, "message": "somebody@example.com may not", "status": reason, "details": details}
        plain = [{"message": "somebody@example.com may not", "domain": "global", "reason": reason}]
        self.answer(status, json.dumps({"error": error | {"errors": plain}}).encode(), _JSON)

    def _page(self, call: str, page: Page, query: dict[str, list[str]]) -> dict[str, Any]:
        asked = int(query.get("pageSize", query.get("maxResults", [str(_PAGE)]))[0])
        size = min(asked, self.owner.gate.pages.get(call, _PAGE))
        start = int(query.get("pageToken", ["0"])[0])
        shown: dict[str, Any] = {page.key: page.items[start : start + size], **page.more}
        if start + size < len(page.items):
            shown["nextPageToken"] = str(start + size)
        return {key: value for key, value in shown.items() if value != []}

    def _media(self, media: Media, cut: int) -> None:
        asked = self.headers.get("Range", "")
        headers = media.headers
        if not asked:
            self.answer(200, media.data, headers, left_off=cut)
            return
        first, last = asked.removeprefix("bytes=").split("-")
        start, stop = int(first), min(int(last) + 1, len(media.data))
        if start >= len(media.data):
            self._error(416, "requestedRangeNotSatisfiable")
            return
        headers = headers | {"Content-Range": f"bytes {start}-{stop - 1}/{len(media.data)}"}
        self.answer(206, media.data[start:stop], headers, left_off=cut)
        self.close_connection = self.close_connection or bool(cut)
