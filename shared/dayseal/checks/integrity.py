"""Check 11, `integrity`: past days still read the same."""

import dataclasses
import datetime as dt
from typing import Final

from dayseal.checks.comparison import BatchComparison, ObjectChange
from dayseal.checks.wording import FactWriter, count, reverify_command
from dayseal.codec import format_day, format_time
from dayseal.model import Fact, Finding, Verdict

CHECK: Final = "integrity"
_MAX_FACTS: Final = 20


@dataclasses.dataclass(frozen=True, slots=True)
class IntegrityView:
    """One batch day of one archive, compared with what the ledger says of it.

    `index` is the ledger entry that recorded it and `recorded_at` its time; both None while nothing is.
    `unlisted` says why the store could not be asked for delete markers; empty when it was.
    """

    archive: str
    day: dt.date
    comparison: BatchComparison
    index: int | None = None
    recorded_at: dt.datetime | None = None
    unlisted: str = ""


def judge_integrity(view: IntegrityView) -> Finding:
    """Judge whether every recorded object still reads as it was recorded.

    FAIL: one changed, vanished or is hidden by a delete marker while it is due. UNKNOWN: one could not be
    read, or the store could not be asked for delete markers. NOT_APPLICABLE: nothing was recorded yet, or
    everything has lawfully expired. Late and grown objects are no fault: they become a revision.
    """
    found = view.comparison
    broken = (*found.changed, *found.vanished, *found.hidden)
    facts = _facts_of(view)
    if broken:
        said = f"{_counts(found)}; {_worst(view)}; every recorded byte unchanged promised"
        return Finding(CHECK, Verdict.FAIL, said, facts, f"{reverify_command(view.day)}; {_fix(found)}")
    if found.unreadable:
        first = found.unreadable[0]
        said = f"{count(len(found.unreadable), 'recorded range')} could not be read, first {first.key}: {first.note}"
        return Finding(CHECK, Verdict.UNKNOWN, said, facts, reverify_command(view.day))
    if not found.recorded:
        return Finding(CHECK, Verdict.NOT_APPLICABLE, f"nothing of batch {format_day(view.day)} was recorded before")
    if not found.unchanged:
        said = f"{count(len(found.expired), 'recorded range')} EXPIRED: lock and term have passed, none is left to read"
        return Finding(CHECK, Verdict.NOT_APPLICABLE, said, facts)
    if view.unlisted:
        said = f"{_counts(found)}; whether a delete marker hides one is not known: {view.unlisted}"
        return Finding(CHECK, Verdict.UNKNOWN, said, facts, reverify_command(view.day))
    return Finding(CHECK, Verdict.PASS, f"{_counts(found)}{_additions(found)}", facts)


def _counts(found: BatchComparison) -> str:
    parts = [f"{len(found.unchanged)} of {count(found.recorded, 'recorded range')} read the same"]
    parts += [
        f"{len(changes)} {name}"
        for name, changes in (
            ("changed", found.changed),
            ("vanished", found.vanished),
            ("hidden by a delete marker", found.hidden),
            ("unreadable", found.unreadable),
            ("EXPIRED", found.expired),
        )
        if changes
    ]
    return ", ".join(parts)


def _additions(found: BatchComparison) -> str:
    second = sum(1 for change in found.late if change.note)
    said = ""
    if found.late or found.grown:
        said += f"; {len(found.late)} late and {len(found.grown)} grown, to be recorded as a revision"
    if second:
        said += f"; {count(second, 'recorded key')} got another version"
    return said


def _worst(view: IntegrityView) -> str:
    found = view.comparison
    since = f" of {format_time(view.recorded_at)}" if view.recorded_at else ""
    entry = f"ledger entry {view.index}{since}" if view.index is not None else "the ledger"
    if found.changed:
        change = found.changed[0]
        now = change.now or "nothing"
        more = f" ({change.note})" if change.note else ""
        return f"{_name(change)} is {now}{more}, {entry} says {change.recorded}"
    if found.vanished:
        change = found.vanished[0]
        return f"{_name(change)} is gone, {entry} says {change.recorded or 'that it was there and could not be read'}"
    return f"{_name(found.hidden[0])} lies under a delete marker, {entry} says it is due"


def _fix(found: BatchComparison) -> str:
    if found.changed or found.vanished:
        return "then find out who could write there, and restore the recorded bytes from a copy"
    return "then remove the delete marker; the version below it is untouched"


def _name(change: ObjectChange) -> str:
    version = f" version {change.version}" if change.version else ""
    return f"{change.key}{version} bytes {change.start} to {change.end}"


def _facts_of(view: IntegrityView) -> tuple[Fact, ...]:
    write = FactWriter(CHECK, call=f"read of batch {format_day(view.day)}", resource=view.archive)
    found = view.comparison
    facts = [
        write.fact("ledgerEntry", "none" if view.index is None else str(view.index)),
        write.fact("compared", _counts(found)),
    ]
    broken = [("changed", c) for c in found.changed]
    broken += [("vanished", c) for c in found.vanished]
    broken += [("hidden", c) for c in found.hidden]
    broken += [("unreadable", c) for c in found.unreadable]
    for number, (kind, change) in enumerate(broken[:_MAX_FACTS]):
        value = f"{_name(change)}: recorded {change.recorded}, now {change.now or 'nothing'}"
        facts.append(write.fact(f"{kind}.{number}", f"{value}; {change.note}" if change.note else value))
    if len(broken) > _MAX_FACTS:
        facts.append(write.fact("leftOff", str(len(broken) - _MAX_FACTS)))
    return tuple(facts)
