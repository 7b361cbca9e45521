"""Google Cloud's functions: `attest`, `pulse` and `record` by the clock, `lookup` by whoever may ask.

Cloud Run checks who calls: `run.invoker` is needed, which for the first three only the scheduler's account has.
"""

import functools
from collections.abc import Callable, Mapping
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
def lookup(request: Request) -> Response:
    """Say what the ledger holds, each answer with its proof."""
    said = _answers()(request.method, request.path, request.args)
    return Response(said.encoded, said.status, said.headers, content_type=said.media_type)


def _body(request: Request) -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


@functools.cache
def _answers() -> Callable[[str, str, Mapping[str, str]], Any]:
    from dayseal.wiring.functions_gcp_lookup import open_answers  # noqa: PLC0415 - a process serves one function

    return open_answers()
