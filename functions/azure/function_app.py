"""Azure's functions: `attest`, `reverify`, `pulse`, `record` and `roll_call` by the clock, `lookup` by who may ask.

An app serves what DAYSEAL_SERVES names, and runs as an identity that may do that and nothing else. Who may ask `lookup`
is decided before any code runs: the app that serves it asks for a sign-in (App Service authentication).
"""

import functools
from collections.abc import Callable
from typing import Any

import azure.functions as func

from dayseal.settings import optional_environment

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


def attest(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the host gives it by this name
    """Attest the newest frozen day. Safe to repeat."""
    from dayseal.wiring import functions_azure  # noqa: PLC0415 - an app serves one thing

    functions_azure.attest()


def reverify(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the host gives it by this name
    """Every week: read a sample of recorded objects again, within a budget of bytes, and attest the result."""
    from dayseal.wiring import functions_azure  # noqa: PLC0415 - an app serves one thing

    functions_azure.reverify()


def pulse(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the host gives it by this name
    """Ask whether every export delivers now; writes nothing into the ledger."""
    from dayseal.wiring import functions_azure  # noqa: PLC0415 - an app serves one thing

    functions_azure.pulse()


def record(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the host gives it by this name
    """Take the inbox into the ledger."""
    from dayseal.wiring import functions_azure  # noqa: PLC0415 - an app serves one thing

    functions_azure.record(roll_call=False)


def roll_call(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the host gives it by this name
    """Take the inbox into the ledger, and call the roll of the newest frozen day, once."""
    from dayseal.wiring import functions_azure  # noqa: PLC0415 - an app serves one thing

    functions_azure.record(roll_call=True)


def lookup(request: func.HttpRequest) -> func.HttpResponse:
    """Say what the ledger holds, each answer with its proof."""
    kind = request.headers.get("content-type", "")
    said = open_door().answer(request.method, request.url, request.params, request.get_body(), kind)
    headers = {**said.headers, "Content-Type": said.media_type}
    return func.HttpResponse(said.encoded, status_code=said.status, headers=headers)


@functools.cache
def open_door() -> Any:  # noqa: ANN401 - imported where it is used
    """Open the ledger for look-ups, once for a process."""
    from dayseal.wiring.functions_azure_lookup import open_lookup  # noqa: PLC0415 - an app serves one thing

    return open_lookup()


def _by_the_clock(function: Callable[[func.TimerRequest], None], schedule: str, *, again: int = 0) -> None:
    """Run a function on a schedule, in UTC; `again`: how often one that failed is tried again, after five minutes."""
    timed = app.timer_trigger("timer", schedule=schedule, run_on_startup=False, use_monitor=True)(function)
    if again:
        timed = app.retry(strategy="fixed_delay", max_retry_count=str(again), delay_interval="00:05:00")(timed)
    app.function_name(function.__name__)(timed)


_SERVES = optional_environment("DAYSEAL_SERVES").split(",")
if "attest" in _SERVES:
    _by_the_clock(attest, "%DAYSEAL_DAILY_AT%", again=3)
    _by_the_clock(reverify, "%DAYSEAL_REVERIFY_AT%")
if "pulse" in _SERVES:
    _by_the_clock(pulse, "0 7 * * * *")
if "record" in _SERVES:
    _by_the_clock(record, "0 */15 * * * *")
    _by_the_clock(roll_call, "%DAYSEAL_ROLL_CALL_AT%", again=3)
if "lookup" in _SERVES:
    app.function_name("lookup")(app.route("{*path}", trigger_arg_name="request")(lookup))
