"""Functions on Google Cloud: settings that lie beside the source, and Google's own parts around what clouds share."""

import sys
from collections.abc import Callable
from typing import Any

from dayseal.clouds.gcp.log_lines import LogLines
from dayseal.errors import DaysealError
from dayseal.lookup.evidence_api import EvidenceWork
from dayseal.lookup.jobs import Kind
from dayseal.model.outcomes import Outcome
from dayseal.wiring.asked_gcp import AskedGcp
from dayseal.wiring.functions_clock import Clockwork


def open_lines() -> LogLines:
    """Give where a function says what it did: its standard output, which Cloud Logging reads."""
    return LogLines(sys.stdout)


def attest(day: str | None) -> Outcome:
    """Attest a day, without one the newest frozen day; raises as `Clockwork.attest` does."""
    return _clockwork().attest(day)


def pulse() -> Outcome:
    """Ask whether exports deliver now, and how old roll-call and re-verification are; nothing is written down."""
    return _clockwork().pulse()


def record(*, roll_call: bool) -> Outcome:
    """Take what lies in the inbox into the ledger; with `roll_call` call the roll of the newest frozen day, once."""
    return _clockwork().record(roll_call=roll_call)


def make_evidence(work: Callable[[], EvidenceWork], said: object) -> tuple[dict[str, Any], int]:
    """Make the bundle that a task, `{"kind", "job"}`, names; 400 where it names none, else as `answer`."""
    task = said if isinstance(said, dict) else {}
    if task.get("kind") not in tuple(Kind):
        return {"error": "kind: plain or events promised"}, 400
    kind, job = Kind(task["kind"]), str(task.get("job"))
    return answer("made", lambda: Outcome({"job": job, "state": work().run(kind, job)}, ()))


def answer(what: str, work: Callable[[], Outcome]) -> tuple[dict[str, Any], int]:
    """Do the work and write what it did into the log; 500 and the error's name where it broke off."""
    lines = open_lines()
    try:
        return lines.publish(what, work()), 200
    except DaysealError as error:
        lines.fail(what, error)
        return {"error": type(error).__name__}, 500


def _clockwork() -> Clockwork:
    return Clockwork(AskedGcp, open_lines())
