"""Functions on Google Cloud: settings that lie beside the source, the environment, and Google's own parts around them.

A run is one process: there is no machine of tasks here, so a day has to fit into a function's time.
"""

import dataclasses
import datetime as dt
import sys
from collections.abc import Callable
from typing import Any, Final

from dayseal.clouds.gcp.log_lines import LogLines
from dayseal.codec import format_time
from dayseal.errors import DaysealError
from dayseal.model.outcomes import Count, Outcome
from dayseal.ports import Clock
from dayseal.runs.deadline import Deadline
from dayseal.runs.notices import notices_of_day, notices_of_recorder
from dayseal.runs.outcomes import call_roll, chosen_day, outcome_of_day, roll_call_age
from dayseal.runs.rereading import reread_age
from dayseal.settings import optional_environment
from dayseal.steps.pending import find_overdue
from dayseal.steps.recorded import JudgedUntil
from dayseal.wiring.asked_gcp import AskedGcp
from dayseal.wiring.asking import Asking
from dayseal.wiring.functions_pulse import ask_pulse
from dayseal.wiring.functions_source import open_station
from dayseal.workflow import attest_day

_TIMEOUT_S: Final = "540"


def open_lines() -> LogLines:
    """Give where a function says what it did: its standard output, which Cloud Logging reads."""
    return LogLines(sys.stdout)


def attest(day: str | None) -> Outcome:
    """Run steps 1 to 7 for a day (without one: the newest frozen day), submit, and tell what did not pass.

    Raises:
        UsageError: that day is not frozen yet.
        OutOfTimeError: there is more to read than the function has time for; nothing was attested.
    """
    station = open_station()
    clock, settings = station.surroundings.clock, station.settings
    chosen = chosen_day(day, clock.now(), settings.seal)
    asked = AskedGcp(settings, clock, Asking(changes=True, judged_until=JudgedUntil(station.reader)))
    parts = dataclasses.replace(
        station.attestor(deadline_of(clock, f"sealing {chosen}")),
        discovery=station.discovery(asked),
        probe=asked,
        workers=max(1, settings.seal.workers),
    )
    run = format_time(clock.now())
    attested = attest_day(parts, chosen)
    overdue = find_overdue(parts.open_reader(), parts.submitter, parts.attestor.spki, clock.now())
    open_lines().tell(f"dayseal: {chosen}", notices_of_day(attested, settings.ledger.origin, run, overdue))
    return outcome_of_day(run, attested, len(overdue))


def pulse() -> Outcome:
    """Ask whether exports deliver now, and how old roll-call and re-verification are; nothing is written down."""
    station = open_station()
    clock = station.surroundings.clock
    outcome = ask_pulse(station, AskedGcp(station.settings, clock, Asking(changes=False, checking=True)), open_lines())
    ledger, now = station.reader(), clock.now()
    ages = (*roll_call_age(ledger, now), *reread_age(ledger, now))
    return dataclasses.replace(outcome, counts=(*outcome.counts, *ages))


def record(*, roll_call: bool) -> Outcome:
    """Take what lies in the inbox into the ledger; with `roll_call` call the roll of the newest frozen day, once."""
    station = open_station()
    origin, now = station.settings.ledger.origin, station.surroundings.clock.now()
    recorder = station.recorder()
    report = recorder.run()
    called = roll_call and call_roll(recorder, station.reader(), chosen_day(None, now, station.settings.seal))
    open_lines().tell(f"dayseal: recorder of {origin}", notices_of_recorder(report, origin))
    said = {"Admitted": len(report.admitted), "Rejected": len(report.rejected), "Held": len(report.held)}
    counts = (*(Count(name, number) for name, number in said.items()), *roll_call_age(station.reader(), now))
    answer = {name.lower(): number for name, number in said.items()}
    return Outcome({**answer, "size": report.head.size, "rollCall": called}, counts)


def made(job: str, state: str) -> Outcome:
    """Say what became of an evidence job."""
    return Outcome({"job": job, "state": state}, ())


def answer(what: str, work: Callable[[], Outcome]) -> tuple[dict[str, Any], int]:
    """Do the work and write what it did into the log; 500 and the error's name where it broke off."""
    lines = open_lines()
    try:
        return lines.publish(what, work()), 200
    except DaysealError as error:
        lines.fail(what, error)
        return {"error": type(error).__name__}, 500


def deadline_of(clock: Clock, task: str) -> Deadline:
    """Say by when this invocation ends: `DAYSEAL_TIMEOUT_SECONDS` from now."""
    seconds = int(optional_environment("DAYSEAL_TIMEOUT_SECONDS", _TIMEOUT_S))
    end = clock.now() + dt.timedelta(seconds=seconds)
    return Deadline(task, lambda: int((end - clock.now()).total_seconds() * 1_000))
