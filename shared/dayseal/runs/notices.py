"""What systems and people are told of a run: every FAIL and every UNKNOWN."""

import datetime as dt
from collections.abc import Iterable, Sequence

from dayseal.checking import CheckedCluster
from dayseal.ledger.recorder import RecorderReport
from dayseal.model import About, FindingLine, Notice, Verdict
from dayseal.reverification import ReverifyReport
from dayseal.steps.pending import Overdue
from dayseal.workflow import AttestedDay


def notices_of_day(attested: AttestedDay, origin: str, run: str, overdue: Sequence[Overdue] = ()) -> tuple[Notice, ...]:
    """Give what steps 1 to 7 showed of a day: its clusters, its objects, and what never reached the ledger."""
    day = attested.day
    told = [
        _notice("cluster-day", one.cluster.text, day, (FindingLine(*verdict) for verdict in one.verdicts), run)
        for one in attested.clusters
    ]
    told += [
        _notice("cluster-day", one.cluster.text, day, (FindingLine("population", Verdict.UNKNOWN, one.reason),), run)
        for one in attested.nowhere
    ]
    told.append(_notice("archive", origin, day, _of_objects(attested), run))
    stopped = (*attested.blocked, *(one.text for one in overdue))
    told.append(_notice("ledger", origin, day, (FindingLine("recorded", Verdict.FAIL, text) for text in stopped), run))
    return tuple(note for note in told if note is not None)


def notices_of_clusters(checked: Sequence[CheckedCluster], checks: frozenset[str]) -> tuple[Notice, ...]:
    """Give what some checks say of clusters' routes as they are now."""
    told = (
        _notice(
            "route",
            one.cluster.text,
            None,
            (FindingLine(f.check, f.verdict, f.summary) for f in one.findings if f.check in checks),
        )
        for one in checked
    )
    return tuple(note for note in told if note is not None)


def notices_of_recorder(report: RecorderReport, origin: str) -> tuple[Notice, ...]:
    """Give the refusals of one recorder run: their number, for the reasons quote what strangers wrote."""
    count = len(report.rejected)
    said = f"{count} submissions refused; rejected/ in the ledger holds the reasons"
    lines = (FindingLine("admission", Verdict.FAIL, said),) if count else ()
    note = _notice("ledger", origin, None, lines)
    return () if note is None else (note,)


def notices_of_rereading(report: ReverifyReport) -> tuple[Notice, ...]:
    """Give what reading recorded days again showed."""
    told = (
        _notice(
            "reverification",
            r.recorded.archive.reader.uri,
            r.recorded.day,
            (FindingLine(r.finding.check, r.finding.verdict, r.finding.summary),),
        )
        for r in report.rereads
    )
    said = FindingLine("recording", Verdict.FAIL, "what was read again could not be recorded")
    blocked = None if report.blocked is None else _notice("reverification", "ledger", None, (said,))
    return tuple(note for note in (*told, blocked) if note is not None)


def _of_objects(attested: AttestedDay) -> Iterable[FindingLine]:
    if not attested.clusters:
        said = "no cluster in scope, and no record names one"
        yield FindingLine("population", Verdict.UNKNOWN, said)
    if attested.changed or attested.vanished:
        said = f"{attested.changed} recorded objects changed or hidden, {attested.vanished} vanished"
        yield FindingLine("integrity", Verdict.FAIL, said)
    if attested.unreadable:
        yield FindingLine("integrity", Verdict.UNKNOWN, f"{len(attested.unreadable)} objects could not be read")


def _notice(
    about: About, subject: str, day: dt.date | None, findings: Iterable[FindingLine], run: str = ""
) -> Notice | None:
    bad = sorted(
        (line for line in findings if line.verdict in (Verdict.FAIL, Verdict.UNKNOWN)), key=lambda f: -f.verdict.rank
    )
    return Notice(about, subject, day, bad[0].verdict, tuple(bad), run) if bad else None
