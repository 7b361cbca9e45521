"""The functions around a day's run on AWS: the recorder, the hourly pulse, reading again, and longer locks."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from dayseal.checks.lock_extension import covered_until, plan_lock_extension
from dayseal.clouds.aws.extend import PageStart
from dayseal.codec import parse_day
from dayseal.ledger.reader import LedgerReader
from dayseal.model import FindingLine, Notice, Verdict
from dayseal.model.outcomes import Count, Outcome
from dayseal.runs.deadline import Deadline
from dayseal.runs.notices import notices_of_recorder
from dayseal.runs.outcomes import call_roll, roll_call_age
from dayseal.wiring.functions import Station
from dayseal.wiring.functions_again import read_again
from dayseal.wiring.functions_aws import ask_for_pulse, open_inbox, open_locks, open_notifier, open_station
from dayseal.wiring.functions_pulse import ask_pulse

RemainingMs = Callable[[], int]


def record(roll_call: str | None) -> Outcome:
    """Take what lies in the inbox into the ledger; with a day, call the roll of it unless that was done."""
    station = open_station()
    recorder = station.recorder()
    report = recorder.run()
    called = roll_call is not None and call_roll(recorder, station.reader(), parse_day(roll_call))
    origin = station.settings.ledger.origin
    open_notifier(station).tell(f"dayseal: recorder of {origin}", notices_of_recorder(report, origin))
    counts = [
        Count("Admitted", len(report.admitted)),
        Count("Rejected", len(report.rejected)),
        Count("Held", len(report.held)),
        Count("InboxAge", _age(station, open_inbox(station).oldest([one.key for one in report.held])), "Seconds"),
        *([Count("RollCalls", 1)] if called else []),
        *roll_call_age(station.reader(), station.surroundings.clock.now()),
    ]
    answer = {
        "admitted": len(report.admitted),
        "rejected": len(report.rejected),
        "held": len(report.held),
        "size": report.head.size,
        "rollCall": called,
    }
    return Outcome(answer, tuple(counts))


def pulse() -> Outcome:
    """Ask every cluster's provider whether its export delivers now; nothing is written down."""
    station = open_station()
    return ask_pulse(station, ask_for_pulse(station), open_notifier(station))


def reverify(remaining_ms: RemainingMs) -> Outcome:
    """Read a sample of recorded objects again, at most `DAYSEAL_REVERIFY_BYTES` of them, and attest the result.

    Raises:
        OutOfTimeError: the budget is too large for the time there is.
    """
    station = open_station()
    return read_again(station, station.attestor(Deadline("reading again", remaining_ms)), open_notifier(station))


def extend(after: dict[str, str] | None, remaining_ms: RemainingMs) -> Outcome:
    """Set longer locks, page after page, while there is time; `after` in the answer says where to go on, None: done."""
    station = open_station()
    newest = _newest_day(station.reader())
    counted = {"extended": 0, "unlocked": 0}
    start = None if after is None else PageStart(after["key"], after["version"])
    if newest is not None:
        covered = covered_until(newest, station.settings.retention.total_days)
        start = _extend_pages(station, covered, start, Deadline("longer locks", remaining_ms), counted)
    answer: dict[str, Any] = {
        **counted,
        "after": None if start is None else {"key": start.key, "version": start.version},
        "more": start is not None,
    }
    counts = (Count("LocksExtended", counted["extended"]), Count("LocksMissing", counted["unlocked"]))
    return Outcome(answer, counts)


def _extend_pages(
    station: Station,
    covered: dt.datetime,
    start: PageStart | None,
    deadline: Deadline,
    counted: dict[str, int],
) -> PageStart | None:
    locks, origin = open_locks(station), station.settings.ledger.origin
    while True:
        page = locks.page(start)
        plan = plan_lock_extension(page.versions, covered=covered)
        locks.extend(plan.extensions)
        counted["extended"] += len(plan.extensions)
        counted["unlocked"] += len(plan.unlocked)
        if page.following is None or deadline.near:
            break
        start = page.following
    if counted["unlocked"]:
        said = f"{counted['unlocked']} versions in the ledger's bucket had no COMPLIANCE lock, they have one now"
        note = Notice("ledger", origin, None, Verdict.FAIL, (FindingLine("lock", Verdict.FAIL, said),))
        open_notifier(station).tell(f"dayseal: locks of {origin}", (note,))
    return page.following


def _age(station: Station, since: dt.datetime | None) -> float:
    return 0 if since is None else max(0.0, (station.surroundings.clock.now() - since).total_seconds())


def _newest_day(ledger: LedgerReader) -> dt.date | None:
    days = [known.newest.day for known in ledger.state().clusters() if known.newest is not None]
    return parse_day(max(days)) if days else None
