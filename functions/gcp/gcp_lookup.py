"""What is asked: `lookup`, `events` for evidence that holds audit events, and `evidence`, which their queue calls."""

import functools
from typing import Any

import functions_framework
from flask import Request, Response


@functions_framework.http
def lookup(request: Request) -> Response:
    """Say what the ledger holds, each answer with its proof; start evidence of statements."""
    return _answered("plain", request)


@functions_framework.http
def events(request: Request) -> Response:
    """As `lookup`, but its evidence holds the archived events, which are personal data."""
    return _answered("events", request)


@functions_framework.http
def evidence(request: Request) -> tuple[dict[str, Any], int]:
    """Make the bundle that `{"kind", "job"}` names, or find it made; 500 where trying again may help."""
    from dayseal.wiring import functions_gcp  # noqa: PLC0415 - a process serves one function

    return functions_gcp.make_evidence(open_work, request.get_json(silent=True))


@functools.cache
def open_door(kind: str) -> Any:  # noqa: ANN401 - imported where it is used
    """Open the ledger for look-ups, once for a process."""
    from dayseal.wiring.functions_gcp_lookup import open_lookup  # noqa: PLC0415 - a process serves one function

    return open_lookup(kind)


@functools.cache
def open_work() -> Any:  # noqa: ANN401 - imported where it is used
    """Open the working end of evidence jobs, once for a process."""
    from dayseal.wiring.functions_gcp_lookup import open_evidence_work  # noqa: PLC0415 - a process serves one function

    return open_evidence_work()


def _answered(kind: str, request: Request) -> Response:
    from dayseal.lookup.routes import Asked  # noqa: PLC0415 - a process serves one function

    pairs, sent = request.args.items(multi=True), request.get_data()
    said = open_door(kind).answer(Asked.of(request.method, request.path, pairs, sent, request.content_type or ""))
    return Response(said.encoded, said.status, said.headers, content_type=said.media_type)
