"""`dayseal check`: every cluster's configuration, now; no archive is read and no ledger is needed."""

from typing import Annotated

import typer

from dayseal.checking import CheckedCluster, CheckReport, check_clusters
from dayseal.checks.population import state_population
from dayseal.cli.options import ConfigOption, settings_of
from dayseal.cli.output import exit_code, print_json, print_line, print_table, say
from dayseal.codec import format_time
from dayseal.errors import UsageError
from dayseal.evidence.ocsf import ocsf_finding
from dayseal.model import Verdict
from dayseal.wiring import provider_of, this_machine

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
    *,
    provider: Annotated[str, typer.Option("--provider", help="aws; gcp and azure come later.")] = "aws",
    output: Annotated[str, typer.Option("--format", help="table, json or ocsf.")] = "table",
    changes: Annotated[
        bool, typer.Option("--changes", help="Look for configuration changes too; takes a minute a Region.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Check that audit logs are on, kept, shipped, locked and watched, cluster by cluster."""
    if output not in FORMATS:
        raise UsageError(f"--format {output}: one of {', '.join(FORMATS)} promised")
    settings = settings_of(config)
    clock = this_machine().clock
    asked = provider_of(settings, provider, clock, changes=changes, checking=True)
    report = check_clusters(asked, asked, settings, clock, changes=changes)
    if output == "table":
        _print_report(report)
    else:
        print_json(_ocsf(report) if output == "ocsf" else _document(report))
    raise typer.Exit(exit_code(report.verdicts))


def _print_report(report: CheckReport) -> None:
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
