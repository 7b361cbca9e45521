"""Functions in Azure by the clock: settings that lie beside the source, the environment, and Azure's own parts."""

import logging
from collections.abc import Callable
from typing import Any

from dayseal.clouds.azure.log_lines import LogLines
from dayseal.errors import DaysealError
from dayseal.model.outcomes import Outcome
from dayseal.wiring.asked_azure import AskedAzure
from dayseal.wiring.functions_clock import Clockwork


def attest() -> dict[str, Any]:
    """Attest the newest frozen day; raises as `Clockwork.attest`."""
    return _done("attested", lambda clockwork: clockwork.attest(None))


def pulse() -> dict[str, Any]:
    """Ask whether exports deliver now."""
    return _done("asked", lambda clockwork: clockwork.pulse())


def record(*, roll_call: bool) -> dict[str, Any]:
    """Take the inbox into the ledger; with `roll_call` call the roll of the newest frozen day, once."""
    return _done("recorded", lambda clockwork: clockwork.record(roll_call=roll_call))


def reverify() -> dict[str, Any]:
    """Read a sample of recorded objects again; raises as `Clockwork.reverify`."""
    return _done("read again", lambda clockwork: clockwork.reverify())


def _done(what: str, work: Callable[[Clockwork], Outcome]) -> dict[str, Any]:
    """Do the work and say what it did, or why it broke off; the host tries again what raises."""
    lines = LogLines(logging.getLogger("dayseal"))
    try:
        return lines.publish(what, work(Clockwork(AskedAzure, lines)))
    except DaysealError as error:
        lines.fail(what, error)
        raise
