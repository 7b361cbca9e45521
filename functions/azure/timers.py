"""What Azure's functions do by the clock. An app serves one of them and imports what that one needs."""

from collections.abc import Callable
from typing import Any

import azure.functions as func


def attest(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the host gives it by this name
    """Attest the newest frozen day. Safe to repeat."""
    open_work().attest()


def reverify(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the host gives it by this name
    """Every week: read a sample of recorded objects again, within a budget of bytes, and attest the result."""
    open_work().reverify()


def pulse(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the host gives it by this name
    """Ask whether every export delivers now; writes nothing into the ledger."""
    open_work().pulse()


def record(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the host gives it by this name
    """Take the inbox into the ledger."""
    open_work().record(roll_call=False)


def roll_call(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the host gives it by this name
    """Take the inbox into the ledger, and call the roll of the newest frozen day, once."""
    open_work().record(roll_call=True)


def open_work() -> Any:  # noqa: ANN401 - imported where it is used
    """Give what does the work; an app that answers look-ups never imports it."""
    from dayseal.wiring import functions_azure  # noqa: PLC0415 - an app serves one thing

    return functions_azure


def by_the_clock(
    app: func.FunctionApp, function: Callable[[func.TimerRequest], None], schedule: str, *, again: int = 0
) -> None:
    """Run a function on a schedule, in UTC; `again`: how often one that failed is tried again, after five minutes."""
    timed = app.timer_trigger("timer", schedule=schedule, run_on_startup=False, use_monitor=True)(function)
    if again:
        timed = app.retry(strategy="fixed_delay", max_retry_count=str(again), delay_interval="00:05:00")(timed)
    app.function_name(function.__name__)(timed)
