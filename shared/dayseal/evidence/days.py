"""A cluster's days as its statements tell them: one row a day, missing days named."""

import dataclasses
import datetime as dt
import enum
from collections.abc import Sequence
from typing import Final

import msgspec

from dayseal.attest.predicates import ClusterDay, Enrolment, FindingRow, Reverification
from dayseal.codec import parse_day
from dayseal.evidence.entries import StatedEntry
from dayseal.model import ClusterId, Verdict

_GRAVITY: Final = {"high": 0, "medium": 1, "low": 2}


class DayStatus(enum.StrEnum):
    """What the log holds for one day: the statement's own status, or why there is none."""

    SEALED = "SEALED"
    NO_DATA = "NO_DATA"
    UNREADABLE = "UNREADABLE"
    MISSING = "MISSING"
    NOT_ENROLLED = "NOT_ENROLLED"


class Reread(enum.StrEnum):
    """What the newest re-reading of a day's archive found, if there was one."""

    NONE = "NONE"
    SAME = "SAME"
    CHANGED = "CHANGED"
    UNKNOWN = "UNKNOWN"


@dataclasses.dataclass(frozen=True, slots=True)
class DayRow:
    """One day: its newest revision, or why there is none.

    `index` is the log entry, None without a statement. `findings` are the statement's own, in its order; `signs` are
    its signs of unauthorised access in words.
    """

    day: dt.date
    status: DayStatus
    index: int | None = None
    revision: int = 0
    events: int = 0
    findings: tuple[FindingRow, ...] = ()
    reread: Reread = Reread.NONE
    signs: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of its findings; a missing day fails, a changed archive fails."""
        if self.status is DayStatus.NOT_ENROLLED:
            return Verdict.NOT_APPLICABLE
        if self.status is DayStatus.MISSING or self.reread is Reread.CHANGED:
            return Verdict.FAIL
        verdicts = [Verdict(f.verdict) for f in self.findings]
        if self.status is DayStatus.UNREADABLE or self.reread is Reread.UNKNOWN:
            verdicts.append(Verdict.UNKNOWN)
        return max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.UNKNOWN)


def signs_text(said: ClusterDay) -> tuple[str, ...]:
    """Give the signs of unauthorised access in a statement in words, gravest first, then secrets in the archive."""
    if isinstance(said.signs, msgspec.UnsetType):
        return ()
    seen = [(*key.partition("/")[::2], number) for key, number in said.signs.seen.items()]
    ordered = sorted(seen, key=lambda row: (_GRAVITY.get(row[1], len(_GRAVITY)), row[0]))
    signs = [f"sign {name} ({severity}): {number}" for name, severity, number in ordered]
    return (*signs, *(f"secret in the archive ({kind}): {n} records" for kind, n in said.signs.secrets.items()))


def days_between(first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    """Give every day from `first` to `last`, both included."""
    return tuple(first + dt.timedelta(days=n) for n in range((last - first).days + 1))


def is_enrolled(enrolments: Sequence[Enrolment], day: dt.date) -> bool:
    """Say whether a statement is due for `day`: the newest enrolment that reaches it says `enter`.

    `enrolments` in log order.
    """
    reaching = [e.action for e in enrolments if parse_day(e.day, subject="enrolment day") <= day]
    return bool(reaching) and reaching[-1] == "enter"


def day_rows(entries: Sequence[StatedEntry], cluster: ClusterId, first: dt.date, last: dt.date) -> tuple[DayRow, ...]:
    """Tell each day from `first` to `last` by the statements about `cluster` in `entries` (in log order).

    Raises:
        FormatError: a statement names a day that is none.
    """
    enrolments = [s.statement.predicate for s in entries if isinstance(s.statement.predicate, Enrolment)]
    own_enrolments = [e for e in enrolments if e.cluster.id == cluster]
    sealed: dict[dt.date, list[tuple[int, ClusterDay]]] = {}
    for stated in entries:
        found = stated.statement.predicate
        if isinstance(found, ClusterDay) and found.cluster.id == cluster:
            sealed.setdefault(parse_day(found.day, subject="statement day"), []).append((stated.index, found))
    rereads = _rereads(entries)
    rows = []
    for day in days_between(first, last):
        if day in sealed:
            rows.append(_row(day, sealed[day], rereads))
        else:
            due = is_enrolled(own_enrolments, day)
            rows.append(DayRow(day, DayStatus.MISSING if due else DayStatus.NOT_ENROLLED))
    return tuple(rows)


def _row(day: dt.date, revisions: Sequence[tuple[int, ClusterDay]], rereads: dict[str, Reread]) -> DayRow:
    index, newest = revisions[-1]
    found = [rereads[r.archive.manifest.sha256] for _, r in revisions if r.archive.manifest.sha256 in rereads]
    return DayRow(
        day=day,
        status=DayStatus(newest.status),
        index=index,
        revision=newest.revision,
        events=newest.events.count,
        findings=newest.findings,
        reread=Reread.CHANGED if Reread.CHANGED in found else found[-1] if found else Reread.NONE,
        signs=signs_text(newest),
    )


def _rereads(entries: Sequence[StatedEntry]) -> dict[str, Reread]:
    """Give the newest re-reading of each manifest, by its digest; once changed, it stays changed."""
    found: dict[str, Reread] = {}
    for stated in entries:
        report = stated.statement.predicate
        if not isinstance(report, Reverification):
            continue
        for day in report.days:
            if day.changed or day.vanished or day.left_off:
                found[day.manifest] = Reread.CHANGED
            elif found.get(day.manifest) is not Reread.CHANGED:
                found[day.manifest] = Reread.UNKNOWN if day.unreadable else Reread.SAME
    return found


def exception_of(finding: FindingRow) -> str:
    """Give an accepted exception in words, `""` without one. It is shown beside the verdict."""
    if isinstance(finding.exception, msgspec.UnsetType):
        return ""
    accepted = finding.exception
    return f"accepted by {accepted.owner} until {accepted.expires}: {accepted.reason}"
