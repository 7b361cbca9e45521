"""What runs by the clock: Cloud Scheduler calls, and again what did not answer with 2xx where that helps."""

from typing import Any

import functions_framework
from flask import Request

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
    """Every month: a longer retention for the ledger's bucket, where it needs one."""
    from dayseal.wiring import functions_gcp, functions_gcp_care  # noqa: PLC0415 - a process serves one function

    return functions_gcp.answer("extended", functions_gcp_care.extend)


def _body(request: Request) -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}
