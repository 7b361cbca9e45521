"""Serves the Azure of the tests over TLS on a loopback address, and sees whether it says what Azure would say."""

import contextlib
import json
import re
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from support.azure_gate import Fault, Rule
from support.azure_routes import NotHereError, Page, Raw, Request, Route
from support.azure_specs import faults_of
from support.azure_tls import make_tls
from support.azure_world import World
from support.http_switch import QuietHandler, serving

_PAGE: Final = 1_000
_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}


@contextlib.contextmanager
def azure_world(*, honest: bool = True) -> Iterator[World]:
    """Serve an empty Azure until the block ends; with `honest` each answer is compared with what is known of Azure's.

    Clients trust it through REQUESTS_CA_BUNDLE: `world.environment()`.
    """
    world = World()

    class Handler(_Handler):
        owner = world
        compared = honest

    with tempfile.TemporaryDirectory() as folder:
        tls = make_tls(Path(folder))
        with serving(Handler, tls.context()) as address:
            world.open_at(address, tls)
            yield world
    assert world.faults == []


class _Handler(QuietHandler):
    owner: World
    compared: bool

    def serve(self, body: bytes) -> None:
        split = urllib.parse.urlsplit(self.path)
        path = urllib.parse.unquote(split.path)
        route, found = self._route(path)
        if route is None or found is None:
            self.owner.faults.append(f"{self.command} {path} is nothing that is served here")
            self._error(404, "InvalidResourceType")
            return
        query = dict(urllib.parse.parse_qsl(split.query, keep_blank_values=True))
        rule = self.owner.gate.enter(route.call, urllib.parse.unquote(self.path))
        refused = (
            self.owner.entra.refusal(self.headers["Authorization"] or "", route.audience) if route.audience else ""
        )
        if refused:
            self._error(401, refused, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        elif not self._struck(rule):
            self._answer(
                route, Request(found, query, self._read(body), self.headers, self._size(route)), split.path, rule
            )

    def _route(self, path: str) -> tuple[Route | None, re.Match[str] | None]:
        for route in self.owner.routes():
            found = re.fullmatch(route.pattern, path, re.IGNORECASE)
            if found is not None and route.verb == self.command:
                return route, found
        return None, None

    def _answer(self, route: Route, request: Request, path: str, rule: Rule | None) -> None:
        cut = 1 if rule is not None and rule.fault is Fault.CUT else 0
        try:
            answer = route.answer(request)
        except NotHereError as exc:
            self._error(404, exc.code)
            return
        if isinstance(answer, Raw):
            self.answer(answer.status, answer.data, dict(answer.headers), left_off=cut)
        else:
            shown = self._page(answer, request, path) if isinstance(answer, Page) else answer
            if self.compared:
                self.owner.faults += faults_of(route.call, shown)
            self.answer(200, json.dumps(shown).encode(), _JSON, left_off=cut)
        self.close_connection = self.close_connection or bool(cut)

    def _read(self, body: bytes) -> Any:  # noqa: ANN401 - JSON
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            return dict(urllib.parse.parse_qsl(body.decode()))
        return json.loads(body) if body[:1] in {b"{", b"["} else body

    def _size(self, route: Route) -> int:
        return self.owner.gate.pages.get(route.call, _PAGE)

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
            self._error(rule.status, rule.code, {"Retry-After": rule.retry_after} if rule.retry_after else {})
        return True

    def _error(self, status: int, code: str, headers: dict[str, str] | None = None) -> None:
        error = {"code": code, "message": "The client 'somebody@example.com' has no authorization"}
        self.answer(status, json.dumps({"error": error}).encode(), _JSON | (headers or {}))

    def _page(self, page: Page, request: Request, path: str) -> dict[str, Any]:
        start = int(request.query.get("$skiptoken", "0"))
        shown: dict[str, Any] = {page.key: page.items[start : start + request.page], **page.more}
        if start + request.page < len(page.items):
            query = urllib.parse.urlencode({**request.query, "$skiptoken": str(start + request.page)})
            shown["nextLink"] = f"{self.owner.address}{path}?{query}"
        return shown
