"""The words that reports and verification share: what was met, what evidence shows, what it cannot show."""

from typing import Final

from dayseal.evidence.days import DayRow, DayStatus, Reread
from dayseal.model import Verdict

NOT_SHOWN: Final = (
    "that the provider emitted every event: outages are made visible and loss is estimated, silence is not disproved",
    "that the attestor read the archive honestly on the first day: who can read the archive can digest it again",
    "that the times are right: every time is the operator's word until a witness cosigns",
    "that nothing newer exists: see FRESHNESS in the output of `dayseal verify`",
    "that no re-reading with another result was left out: re-readings are not counted by roll-calls",
)
EVENTS_WARNING: Final = (
    "This bundle carries archived audit events. They may hold personal data and secrets; handle it as you "
    "handle the archive."
)
SIGNS_NOTE: Final = (
    "Counted in the archived records, after the fact. None of them is proof of an intrusion, and nothing here replaces "
    "a detector that watches the records as they come."
)
_EXPECTATION: Final = {
    Verdict.PASS: "met expectation",
    Verdict.FAIL: "deviates",
    Verdict.UNKNOWN: "not determined",
    Verdict.NOT_APPLICABLE: "not applicable",
}
_STATUS: Final = {
    DayStatus.SEALED: "sealed",
    DayStatus.NO_DATA: "sealed: no data",
    DayStatus.UNREADABLE: "sealed: not all objects could be read",
    DayStatus.MISSING: "no statement",
    DayStatus.NOT_ENROLLED: "not enrolled",
}
_REREAD: Final = {
    Reread.NONE: "not read again",
    Reread.SAME: "unchanged",
    Reread.CHANGED: "CHANGED",
    Reread.UNKNOWN: "read again, not determined",
}


def expectation(verdict: Verdict) -> str:
    """Say a verdict in an auditor's words."""
    return _EXPECTATION[verdict]


def archived(row: DayRow) -> str:
    """Say what became of a day in the archive, e.g. `sealed, unchanged`."""
    if row.index is None:
        return _STATUS[row.status]
    return f"{_STATUS[row.status]}, {_REREAD[row.reread]}"
