"""`dayseal seal`: digest a day, attest it, record it."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from dayseal.cli.alarms import overdue_rows, say_overdue
from dayseal.cli.options import ConfigOption, FormatOption, day_of, settings_of
from dayseal.cli.output import EXIT_FAILED, EXIT_OK, Format, exit_code, print_json, print_table, say
from dayseal.cli.progress import byte_progress
from dayseal.codec import format_day
from dayseal.errors import UsageError
from dayseal.model import Verdict
from dayseal.steps.parts import Parts, newest_frozen_day
from dayseal.wiring import assemble, this_machine
from dayseal.workflow import DayReport, seal_day


def seal(
    day: Annotated[str | None, typer.Option("--day", help="The day to seal. [default: the newest frozen one]")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Seal every frozen day from this one on.")] = None,
    archive: Annotated[
        Path | None, typer.Option("--archive", help="A folder of logs. [default: the settings' archives]")
    ] = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Digest archived logs, attest what is there, and record it in the ledger."""
    if day and since:
        raise UsageError("seal: --day and --since were both given, one promised")
    with byte_progress("digesting") as progress:
        parts = assemble(
            settings_of(config),
            surroundings=this_machine(),
            progress=progress,
            archive=archive,
        )
        reports = [seal_day(parts, one) for one in _days(parts, day, since)]
    if output is Format.JSON:
        print_json([_document(r) for r in reports])
    else:
        _print_reports(reports)
    say_overdue(reports[-1].overdue)
    raise typer.Exit(_code(reports))


def _days(parts: Parts, day: str | None, since: str | None) -> list[dt.date]:
    newest = newest_frozen_day(parts.clock.now(), parts.settings.seal)
    if since is None:
        return [day_of(day) if day else newest]
    first = day_of(since)
    if first > newest:
        raise UsageError(f"--since {since}: the newest frozen day is {format_day(newest)}")
    return [first + dt.timedelta(days=n) for n in range((newest - first).days + 1)]


def _print_reports(reports: list[DayReport]) -> None:
    rows = [
        (
            c.cluster.name,
            format_day(r.day),
            f"{c.outcome}, {c.status}",
            str(c.events),
            _counted([verdict for _, verdict, _ in c.verdicts]),
        )
        for r in reports
        for c in r.clusters
    ]
    print_table(("cluster", "day", "outcome", "records", "checks"), rows)
    for report in reports:
        _say_problems(report)


def _counted(verdicts: list[Verdict]) -> str:
    """Say how many checks came to which verdict, gravest first; which failed is said below the table."""
    ordered = sorted(set(verdicts), key=lambda verdict: -verdict.rank)
    return ", ".join(f"{verdicts.count(verdict)} {verdict.value}" for verdict in ordered)


def _say_problems(report: DayReport) -> None:
    day = format_day(report.day)
    if not report.clusters:
        say(f"{day}: no cluster in scope, and no record names one")
    for one in report.clusters:
        for check, verdict, summary in one.verdicts:
            if verdict in (Verdict.FAIL, Verdict.UNKNOWN):
                say(f"{day} {one.cluster.name} {check} {verdict}: {summary}")
    for lost in report.nowhere:
        say(f"{day}: no statement of {lost.cluster.text}: {lost.reason}")
    for unclaimed in report.unclaimed:
        whose = unclaimed.hint or "no named cluster"
        say(f"{day}: {unclaimed.events} records of {whose} are nobody's: {unclaimed.reason}")
    if report.changed or report.vanished:
        say(f"{day}: {report.changed} recorded objects changed or hidden, {report.vanished} vanished")
        say(f"  fix: dayseal reverify --day {day} says which, and what they were")
    for refused in report.refused:
        say(f"{day}: {refused} is no readable object (a link, a pipe, or a name that is not UTF-8); it was left alone")
    for unreadable in report.unreadable:
        say(f"{day}: could not read {unreadable}")
    _say_recording(report)


def _say_recording(report: DayReport) -> None:
    day = format_day(report.day)
    for pending in report.pending:
        say(f"{day}: not recorded: {pending}")
    for rejected in report.recorded.rejected:
        say(f"{day}: the recorder refused {rejected.key}: {rejected.reason}")
    for held in report.recorded.held:
        say(f"{day}: the recorder waits with {held.key}: {held.reason}")


def _code(reports: list[DayReport]) -> int:
    verdicts = [verdict for r in reports for c in r.clusters for _, verdict, _ in c.verdicts]
    if any(r.changed or r.vanished or r.recorded.rejected or r.pending for r in reports) or reports[-1].overdue:
        return EXIT_FAILED
    if any(r.unreadable or r.nowhere or not r.clusters for r in reports):
        verdicts.append(Verdict.UNKNOWN)
    return exit_code(verdicts) or EXIT_OK


def _document(report: DayReport) -> dict[str, object]:
    return {
        "day": format_day(report.day),
        "clusters": [
            {
                "cluster": c.cluster.text,
                "outcome": c.outcome,
                "status": c.status,
                "revision": c.revision,
                "events": c.events,
                "findings": [{"check": k, "verdict": v.value, "summary": s} for k, v, s in c.verdicts],
            }
            for c in report.clusters
        ],
        "unclaimed": [{"hint": u.hint, "events": u.events, "reason": u.reason} for u in report.unclaimed],
        "nowhere": [{"cluster": n.cluster.text, "reason": n.reason} for n in report.nowhere],
        "refused": list(report.refused),
        "pending": list(report.pending),
        "overdue": overdue_rows(report.overdue),
        "unreadable": list(report.unreadable),
        "changed": report.changed,
        "vanished": report.vanished,
        "rejected": [{"key": r.key, "reason": r.reason} for r in report.recorded.rejected],
    }
