"""`dayseal check`: every cluster's configuration, now; no archive is read and no ledger is needed."""

import collections
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from dayseal.checking import CheckedCluster, CheckReport, check_clusters
from dayseal.checks.population import state_population
from dayseal.cli.explaining import print_finding
from dayseal.cli.options import ConfigOption, day_of, settings_of
from dayseal.cli.output import exit_code, print_json, print_line, print_table, say
from dayseal.cli.progress import call_progress
from dayseal.cli.self_managed import check_manifest
from dayseal.codec import format_time
from dayseal.errors import UsageError
from dayseal.evidence.ocsf import ocsf_finding
from dayseal.model import Verdict, day_window
from dayseal.model.route import Call
from dayseal.wiring import Asking, JudgedUntil, asked_of, this_machine

# What a person asks, and the checks that answer it.
COLUMNS = (
    ("on", ("audit-enabled",)),
    ("covered", ("audit-coverage",)),
    ("kept", ("retention",)),
    ("shipped", ("export-route",)),
    ("locked", ("archive-immutable", "archive-central")),
    ("arrived", ("export-health",)),
    ("watched", ("monitored",)),
)
_SIGNS = {Verdict.PASS: "yes", Verdict.FAIL: "NO", Verdict.UNKNOWN: "?", Verdict.NOT_APPLICABLE: "-"}
FORMATS = ("table", "json", "ocsf")


def check(
    cluster: Annotated[
        str | None, typer.Argument(metavar="[CLUSTER]", help="Any unambiguous part of its name; all without it.")
    ] = None,
    *,
    provider: Annotated[
        str | None,
        typer.Option("--provider", help="aws, gcp or azure. [default: all that the settings have a table for]"),
    ] = None,
    output: Annotated[str, typer.Option("--format", help="table, json or ocsf.")] = "table",
    changes: Annotated[
        bool, typer.Option("--changes", help="Look for configuration changes too; takes a minute a Region.")
    ] = False,
    since: Annotated[
        str | None, typer.Option("--since", help="With --changes: from this day on. [default: all there is]")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show each finding with the facts and calls it stands on.")
    ] = False,
    calls: Annotated[bool, typer.Option("--calls", help="Show how often each API call was made.")] = False,
    manifest: Annotated[
        Path | None,
        typer.Option("--apiserver-manifest", help="Instead of a cloud: the manifest of a kube-apiserver of your own."),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option("--audit-policy", help="With --apiserver-manifest: the policy file it names.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Check that audit logs are on, kept, shipped, locked and watched, cluster by cluster."""
    if output not in FORMATS:
        raise UsageError(f"--format {output}: one of {', '.join(FORMATS)} promised")
    if manifest is not None:
        if cluster is not None or changes or calls:
            raise UsageError("--apiserver-manifest goes with neither a cluster nor --changes nor --calls")
        check_manifest(manifest, policy, config, output=output, explain=explain)
    if policy is not None:
        raise UsageError("--audit-policy goes with --apiserver-manifest")
    if since is not None and not changes:
        raise UsageError("--since goes with --changes: nothing else looks back")
    settings = settings_of(config)
    clock = this_machine().clock
    made: list[str] = []
    with call_progress(f"asking {provider or 'everyone'}") as progress:

        def heard(call: Call) -> None:
            made.append(call.text)
            progress(call)

        asking = Asking(changes=changes, checking=True, judged_until=_from(since), heard=heard)
        asked = asked_of(settings, provider or "", clock, asking)
        report = check_clusters(asked, asked, settings, clock, changes=changes, only=cluster or "")
    counted = collections.Counter(made)
    if output == "table":
        _print_report(report, explain=explain)
        _print_calls(counted if calls else {}, report.population.clusters)
    else:
        print_json(_ocsf(report) if output == "ocsf" else {**_document(report), "calls": counted})
    raise typer.Exit(exit_code(report.verdicts))


def _from(since: str | None) -> JudgedUntil:
    start = None if since is None else day_window(day_of(since)).start
    return lambda clusters: {} if start is None else dict.fromkeys(clusters, start)


def _print_calls(counted: Mapping[str, int], clusters: int) -> None:
    if counted:
        print_line("")
        rows = [(name, str(count), f"{count / max(clusters, 1):.2f}") for name, count in sorted(counted.items())]
        print_table(("call", "made", "a cluster"), [*rows, _total(counted, clusters)])


def _total(counted: Mapping[str, int], clusters: int) -> tuple[str, str, str]:
    total = sum(counted.values())
    return "all", str(total), f"{total / max(clusters, 1):.2f}"


def _print_report(report: CheckReport, *, explain: bool) -> None:
    rows = [
        (f"{c.cluster.name} {c.cluster.location}", *(_SIGNS[c.verdict_of(*ids)] for _, ids in COLUMNS), _worst(c))
        for c in report.clusters
    ]
    print_table(("cluster", *(name for name, _ in COLUMNS), "worst"), rows)
    print_line(state_population(report.population))
    for one in report.clusters:
        worst = one.worst
        if worst.verdict in (Verdict.FAIL, Verdict.UNKNOWN) and worst.fix:
            say(f"{one.cluster.name}: {worst.fix}")
    for one in report.clusters if explain else ():
        print_line("")
        print_line(one.cluster.text)
        for finding in one.findings:
            print_finding(finding.check, finding.verdict, finding.summary, finding.facts)


def _worst(checked: CheckedCluster) -> str:
    worst = checked.worst
    return "" if worst.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE) else f"{worst.check}: {worst.summary}"


def _document(report: CheckReport) -> dict[str, object]:
    return {
        "at": format_time(report.population.at),
        "population": state_population(report.population),
        "complete": report.population.complete,
        "silentScopes": list(report.population.silent),
        "clusters": [
            {
                "cluster": c.cluster.text,
                "findings": [
                    {
                        "check": f.check,
                        "verdict": f.verdict.value,
                        "summary": f.summary,
                        "fix": f.fix,
                        "facts": list(f.facts),
                    }
                    for f in c.findings
                ],
            }
            for c in report.clusters
        ],
    }


def _ocsf(report: CheckReport) -> list[dict[str, object]]:
    return [ocsf_finding(c.cluster, f, report.population.at) for c in report.clusters for f in c.findings]
