"""What a function that attested a day answers and counts, and which day it takes; whichever cloud it runs in."""

import datetime as dt
from typing import Any

from dayseal.codec import format_day, parse_day
from dayseal.errors import UsageError
from dayseal.ledger.reader import LedgerReader
from dayseal.ledger.recorder import Recorder
from dayseal.model import Verdict
from dayseal.model.outcomes import Count, Outcome
from dayseal.settings import SealSettings
from dayseal.steps.attesting import Attested
from dayseal.steps.parts import newest_frozen_day
from dayseal.workflow import AttestedDay


def chosen_day(day: str | None, now: dt.datetime, seal: SealSettings) -> dt.date:
    """Give the day that was asked for, without one the newest frozen day.

    Raises:
        UsageError: that day is not frozen yet.
    """
    newest = newest_frozen_day(now, seal)
    chosen = newest if day is None else parse_day(day)
    if chosen > newest:
        raise UsageError(f"batch {format_day(chosen)}: the newest frozen day is {format_day(newest)}")
    return chosen


def outcome_of_day(run: str, attested: AttestedDay, overdue: int) -> Outcome:
    """Give what a run says of a day; `overdue` counts submissions that are in no checkpoint after a day."""
    return Outcome(_summary(run, attested), (*_counts(attested), Count("Pending24h", overdue)))


def call_roll(recorder: Recorder, ledger: LedgerReader, day: dt.date) -> bool:
    """Call the roll of a day unless it was called of this or a later one; say whether it was called now."""
    newest = ledger.state().roll_call
    if newest is not None and newest.day >= format_day(day):
        return False
    recorder.roll_call(day)
    return True


def roll_call_age(ledger: LedgerReader, now: dt.datetime) -> tuple[Count, ...]:
    """Count the seconds since the end of the day of the newest roll-call; nothing before the first."""
    newest = ledger.state().roll_call
    if newest is None:
        return ()
    ended = dt.datetime.combine(parse_day(newest.day) + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
    return (Count("RollCallAge", max(0.0, (now - ended).total_seconds()), "Seconds"),)


def _summary(run: str, attested: AttestedDay) -> dict[str, Any]:
    worst = [_worst(one) for one in attested.clusters]
    return {
        "run": run,
        "day": format_day(attested.day),
        "clusters": len(attested.clusters),
        "verdicts": {verdict.text: worst.count(verdict) for verdict in Verdict},
        "unclaimed": sum(one.events for one in attested.unclaimed),
        "unreadable": len(attested.unreadable),
        "nowhere": len(attested.nowhere),
        "changed": attested.changed,
        "vanished": attested.vanished,
        "blocked": len(attested.blocked),
    }


def _counts(attested: AttestedDay) -> tuple[Count, ...]:
    worst = [_worst(one) for one in attested.clusters]
    said = [one for one in attested.clusters if one.outcome in ("sealed", "revised")]
    return (
        Count("SealedDays", len(said)),
        Count("FailedDays", worst.count(Verdict.FAIL)),
        Count("UnknownDays", worst.count(Verdict.UNKNOWN)),
        Count("UnreadableObjects", len(attested.unreadable)),
        Count("ChangedObjects", attested.changed),
        Count("VanishedObjects", attested.vanished),
    )


def _worst(one: Attested) -> Verdict:
    return max((verdict for _, verdict, _ in one.verdicts), key=lambda v: v.rank, default=Verdict.UNKNOWN)
