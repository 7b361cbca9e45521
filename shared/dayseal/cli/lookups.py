"""`dayseal show`, `gaps` and `explain`: what the ledger says."""

import datetime as dt
import json
from typing import Annotated

import msgspec
import typer

from dayseal.accounting import judge_ledger
from dayseal.cli.explaining import print_finding
from dayseal.cli.options import (
    AsOfOption,
    ClusterText,
    ConfigOption,
    DayText,
    FormatOption,
    day_of,
    moment_of,
    settings_of,
)
from dayseal.cli.output import EXIT_OK, Format, exit_code, print_json, print_line, print_table
from dayseal.cli.sources import ApiOption, TrustOption, reader_of
from dayseal.codec import format_day
from dayseal.errors import UsageError
from dayseal.evidence import signs_text
from dayseal.lookup import DayView, Lookup, find_cluster, list_clusters
from dayseal.model import Fact, Finding, Verdict
from dayseal.settings import SealSettings
from dayseal.steps.parts import newest_frozen_day
from dayseal.wiring import open_workspace


def show(
    cluster: ClusterText,
    day: DayText,
    api: ApiOption = None,
    trust: TrustOption = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show what is attested of one cluster's day."""
    ledger = reader_of(config, api, trust)
    view = Lookup(ledger).day(find_cluster(ledger, cluster), day_of(day))
    if output is Format.JSON:
        print_json({**_row(view), "statement": view.predicate})
    else:
        _print_day(view)
    raise typer.Exit(exit_code([view.verdict]))


def gaps(
    cluster: Annotated[
        str | None, typer.Argument(metavar="[CLUSTER]", help="A cluster; all of them without it.")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day. [default: enrolment]")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day. [default: newest frozen]")] = None,
    as_of: AsOfOption = None,
    api: ApiOption = None,
    trust: TrustOption = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """List what is missing, empty, unreadable or deviates, and faults of chains and roll-calls; nothing means none.

    Days are due from a cluster's enrolment until it leaves, each once it is frozen.
    """
    ledger = reader_of(config, api, trust)
    moment = moment_of(as_of)
    chosen = [find_cluster(ledger, cluster)] if cluster else [c.cluster for c in list_clusters(ledger)]
    # An API does not say when days are frozen; six hours after they end is what verifiers hold everybody to.
    due = newest_frozen_day(moment, SealSettings() if api else settings_of(config).seal)
    end = min(day_of(last), due) if last else due
    lookup = Lookup(ledger)
    views = [view for one in chosen for view in lookup.days(one, day_of(first) if first else None, end)]
    bad = [v for v in views if v.verdict in (Verdict.FAIL, Verdict.UNKNOWN)]
    names = {one.name for one in chosen} if cluster else None
    judged = judge_ledger(ledger, newest_due=end, as_of=moment)
    faults = [
        (where, found)
        for where, found in judged
        if found.verdict in (Verdict.FAIL, Verdict.UNKNOWN) and (names is None or where in names)
    ]
    _print_gaps(bad, faults, f"none: {len(views)} days of {len(chosen)} clusters met expectation", output)
    raise typer.Exit(exit_code([*(v.verdict for v in bad), *(found.verdict for _, found in faults)]))


def _print_gaps(bad: list[DayView], faults: list[tuple[str, Finding]], none: str, output: Format) -> None:
    if output is Format.JSON:
        ledger = [{"where": w, "check": f.check, "verdict": f.verdict.value, "summary": f.summary} for w, f in faults]
        print_json({"days": [_row(v) for v in bad], "ledger": ledger})
        return
    rows = [(v.cluster.name, format_day(v.day), v.status, v.verdict.value, text) for v in bad for text in v.problems]
    rows += [(where, "-", found.check, found.verdict.value, found.summary) for where, found in faults]
    if rows:
        print_table(("where", "day", "status", "verdict", "what is wrong"), rows)
    else:
        print_line(none)


def explain(
    cluster: ClusterText,
    day: Annotated[str | None, typer.Option("--day", help="A day. [default: newest sealed]")] = None,
    check: Annotated[str | None, typer.Option("--check", help="One check. [default: all]")] = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show the findings of a cluster's newest day with the facts and calls they stand on."""
    ledger = open_workspace(settings_of(config)).reader()
    found = find_cluster(ledger, cluster)
    newest = next(c.newest for c in list_clusters(ledger) if c.cluster == found)
    lookup = Lookup(ledger)
    chosen = day_of(day) if day else newest
    view = lookup.day(found, chosen or dt.date.min)
    if view.predicate is None:
        print_line(view.problems[0])
        raise typer.Exit(exit_code([view.verdict]))
    known = [finding.check for finding in view.predicate.findings]
    if check is not None and check not in known:
        raise UsageError(f"--check {check}: no finding of that day, it has {', '.join(known)}")
    facts = json.loads(lookup.facts(view.predicate))["facts"]
    if output is Format.JSON:
        print_json({**_row(view), "findings": msgspec.to_builtins(view.predicate.findings), "facts": facts})
    else:
        _print_findings(view, msgspec.convert(facts, tuple[Fact, ...]), check)
    raise typer.Exit(EXIT_OK)


def _print_findings(view: DayView, facts: tuple[Fact, ...], only: str | None) -> None:
    print_line(f"{view.cluster.text}, batch {format_day(view.day)}, entry {view.index}")
    for finding in view.predicate.findings if view.predicate else ():
        if only in (None, finding.check):
            # Two streams of one route give two facts of one id.
            behind = (fact for one in dict.fromkeys(finding.fact_ids) for fact in facts if fact.id == one)
            print_finding(finding.check, finding.verdict, finding.summary, behind)


def _print_day(view: DayView) -> None:
    said = view.predicate
    print_line(f"{view.cluster.text}")
    print_line(f"batch {format_day(view.day)}: {view.status}, {view.verdict.value}")
    if said is not None:
        print_line(f"  entry {view.index}, revision {view.revision}, checked at {said.checked_at}")
        splitters = ", ".join(said.archive.splitter) or "-"
        print_line(f"  {view.objects} objects, {view.events} records of this cluster, read as {splitters}")
        print_line(f"  first {said.events.first or '-'}, last {said.events.last or '-'}")
        print_line(f"  manifest {said.archive.manifest.sha256}")
        print_line(f"  day root {said.archive.day_root}")
        for finding in said.findings:
            print_line(f"  {finding.check}: {finding.verdict}. {finding.summary}")
        for text in signs_text(said):
            print_line(f"  {text}")
        for row in said.event_days:
            print_line(f"  event day {row.day} ({row.state}): {row.verdict}. {row.summary}")
    if view.reverified:
        print_line(f"  re-verified: {view.reverified}")
    for problem in view.problems:
        print_line(f"  problem: {problem}")


def _row(view: DayView) -> dict[str, object]:
    return {
        "cluster": view.cluster.text,
        "day": format_day(view.day),
        "status": view.status,
        "verdict": view.verdict.value,
        "problems": list(view.problems),
        "revision": view.revision,
        "entry": view.index,
        "objects": view.objects,
        "events": view.events,
        "eventState": view.event_state,
        "reverified": view.reverified,
    }
