"""What runs by the clock where there is no machine of tasks: a run is one process, so a day fits into its time."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any, Final, Protocol

from dayseal.codec import format_time
from dayseal.model.outcomes import Count, Outcome
from dayseal.ports import Clock, Notifier
from dayseal.runs.deadline import Deadline
from dayseal.runs.notices import notices_of_day, notices_of_recorder
from dayseal.runs.outcomes import call_roll, chosen_day, outcome_of_day, roll_call_age
from dayseal.runs.rereading import reread_age
from dayseal.settings import Settings, optional_environment
from dayseal.steps.pending import find_overdue
from dayseal.steps.recorded import JudgedUntil
from dayseal.wiring.asking import Asking, Provider
from dayseal.wiring.functions_again import read_again
from dayseal.wiring.functions_pulse import ask_pulse
from dayseal.wiring.functions_source import open_station
from dayseal.workflow import attest_day

_TIMEOUT_S: Final = "540"


class Lines(Notifier, Protocol):
    """Where a function says what it did."""

    def publish(self, what: str, outcome: Outcome) -> dict[str, Any]:
        """Write what a function did and counted, and give its answer."""
        ...

    def fail(self, what: str, error: Exception) -> None:
        """Write why a function broke off."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class Clockwork:
    """One cloud's functions by the clock: how it is asked, and where they say what they did.

    Settings and trust policy lie beside the source; `DAYSEAL_TIMEOUT_SECONDS` says how long one invocation may take.
    """

    ask: Callable[[Settings, Clock, Asking], Provider]
    lines: Lines

    def attest(self, day: str | None) -> Outcome:
        """Run steps 1 to 7 for a day (without one: the newest frozen day), submit, and tell what did not pass.

        Raises:
            UsageError: that day is not frozen yet.
            OutOfTimeError: there is more to read than the function has time for; nothing was attested.
        """
        station = open_station()
        clock, settings = station.surroundings.clock, station.settings
        chosen = chosen_day(day, clock.now(), settings.seal)
        asked = self.ask(settings, clock, Asking(changes=True, judged_until=JudgedUntil(station.reader)))
        parts = dataclasses.replace(
            station.attestor(deadline_of(clock, f"sealing {chosen}")),
            discovery=station.discovery(asked),
            probe=asked,
            workers=max(1, settings.seal.workers),
        )
        run = format_time(clock.now())
        attested = attest_day(parts, chosen)
        overdue = find_overdue(parts.open_reader(), parts.submitter, parts.attestor.spki, clock.now())
        self.lines.tell(f"dayseal: {chosen}", notices_of_day(attested, settings.ledger.origin, run, overdue))
        return outcome_of_day(run, attested, len(overdue))

    def pulse(self) -> Outcome:
        """Ask whether exports deliver now, and how old roll-call and re-verification are; nothing is written down."""
        station = open_station()
        clock = station.surroundings.clock
        asked = self.ask(station.settings, clock, Asking(changes=False, checking=True))
        outcome = ask_pulse(station, asked, self.lines)
        ledger, now = station.reader(), clock.now()
        return dataclasses.replace(
            outcome, counts=(*outcome.counts, *roll_call_age(ledger, now), *reread_age(ledger, now))
        )

    def record(self, *, roll_call: bool) -> Outcome:
        """Take the inbox into the ledger; with `roll_call` call the roll of the newest frozen day, once."""
        station = open_station()
        origin, now = station.settings.ledger.origin, station.surroundings.clock.now()
        recorder = station.recorder()
        report = recorder.run()
        called = roll_call and call_roll(recorder, station.reader(), chosen_day(None, now, station.settings.seal))
        self.lines.tell(f"dayseal: recorder of {origin}", notices_of_recorder(report, origin))
        said = {"Admitted": len(report.admitted), "Rejected": len(report.rejected), "Held": len(report.held)}
        counts = (*(Count(name, number) for name, number in said.items()), *roll_call_age(station.reader(), now))
        answer = {name.lower(): number for name, number in said.items()}
        return Outcome({**answer, "size": report.head.size, "rollCall": called}, counts)

    def reverify(self) -> Outcome:
        """Read a sample of recorded objects again, at most `DAYSEAL_REVERIFY_BYTES` of them, and attest the result.

        Raises:
            OutOfTimeError: the budget is too large for the time there is.
        """
        station = open_station()
        parts = station.attestor(deadline_of(station.surroundings.clock, "reading again"))
        workers = max(1, station.settings.seal.workers)
        return read_again(station, dataclasses.replace(parts, workers=workers), self.lines)


def deadline_of(clock: Clock, task: str) -> Deadline:
    """Say by when this invocation ends: `DAYSEAL_TIMEOUT_SECONDS` from now."""
    seconds = int(optional_environment("DAYSEAL_TIMEOUT_SECONDS", _TIMEOUT_S))
    end = clock.now() + dt.timedelta(seconds=seconds)
    return Deadline(task, lambda: int((end - clock.now()).total_seconds() * 1_000))
