"""Google Cloud's functions, each an entry point.

By the clock: `attest`, `pulse`, `record`, `reverify`, `extend`. For whoever may ask: `lookup`, and `events` for
evidence that holds audit events. By a queue of theirs: `evidence`. Cloud Run checks who calls: `run.invoker` is needed.
"""

import functools
from typing import Any

import functions_framework
from flask import Request, Response

Answer = tuple[dict[str, Any], int]


@functions_framework.http
def attest(request: Request) -> Answer:
    """Attest a day: `{"day": "YYYY-MM-DD"}`, or `{}` for the newest frozen one. Safe to repeat."""
    from dayseal.wiring import functions_gcp  # noqa: PLC0415 - a process serves one function

    day = _body(request).get("day")
    return functions_gcp.answer("attested", lambda: functions_gcp.attest(None if day is None else str(day)))


@functions_framework.http
def pulse(_: Request) -> Answer:
    """Ask whether every export delivers now; writes nothing into the ledger."""
    from dayseal.wiring import functions_gcp  # noqa: PLC0415 - a process serves one function

    return functions_gcp.answer("asked", functions_gcp.pulse)


@functions_framework.http
def record(request: Request) -> Answer:
    """Take the inbox into the ledger; `{"rollCall": true}` calls the roll of the newest frozen day, once."""
    from dayseal.wiring import functions_gcp  # noqa: PLC0415 - a process serves one function

    roll_call = _body(request).get("rollCall") is True
    return functions_gcp.answer("recorded", lambda: functions_gcp.record(roll_call=roll_call))


@functions_framework.http
def reverify(_: Request) -> Answer:
    """Every week: read a sample of recorded objects again, within a budget of bytes, and attest the result."""
    from dayseal.wiring import functions_gcp, functions_gcp_care  # noqa: PLC0415 - a process serves one function

    return functions_gcp.answer("read again", functions_gcp_care.reverify)


@functions_framework.http
def extend(_: Request) -> Answer:
    """Every year, or oftener: a longer retention for the ledger's bucket, where it needs one."""
    from dayseal.wiring import functions_gcp, functions_gcp_care  # noqa: PLC0415 - a process serves one function

    return functions_gcp.answer("extended", functions_gcp_care.extend)


@functions_framework.http
def lookup(request: Request) -> Response:
    """Say what the ledger holds, each answer with its proof; start evidence of statements."""
    return _answered("plain", request)


@functions_framework.http
def events(request: Request) -> Response:
    """As `lookup`, but its evidence holds the archived events, which are personal data."""
    return _answered("events", request)


@functions_framework.http
def evidence(request: Request) -> Answer:
    """Make the bundle that `{"kind", "job"}` names, or find it made; 500 where trying again may help."""
    from dayseal.lookup.jobs import Kind  # noqa: PLC0415 - a process serves one function
    from dayseal.wiring import functions_gcp  # noqa: PLC0415 - as above

    said = _body(request)
    if said.get("kind") not in tuple(Kind):
        return {"error": "kind: plain or events promised"}, 400
    kind, job = Kind(said["kind"]), str(said.get("job"))
    return functions_gcp.answer("made", lambda: functions_gcp.made(job, open_work().run(kind, job)))


@functools.cache
def open_door(kind: str) -> Any:  # noqa: ANN401 - imported where it is used
    """Open the ledger for look-ups, once for a process."""
    from dayseal.lookup.jobs import Kind  # noqa: PLC0415 - a process serves one function
    from dayseal.wiring.functions_gcp_lookup import open_lookup  # noqa: PLC0415 - as above

    return open_lookup(Kind(kind))


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


def _body(request: Request) -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}
