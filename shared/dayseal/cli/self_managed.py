"""`dayseal check --apiserver-manifest`: the audit flags of a kube-apiserver of your own."""

import datetime as dt
from pathlib import Path
from typing import NoReturn

import typer

from dayseal.audit.apiserver import ApiServer, parse_manifest
from dayseal.audit.policy.yaml_text import MAX_BYTES
from dayseal.checks.apiserver import PolicyFile, judge_apiserver
from dayseal.checks.route_terms import RouteThresholds
from dayseal.cli.explaining import print_finding
from dayseal.cli.output import exit_code, print_json, print_table, say
from dayseal.codec import format_time
from dayseal.errors import AccessError, UsageError
from dayseal.model import Finding, Verdict
from dayseal.settings import CONFIG_NAME, find_settings, optional_environment, read_settings
from dayseal.steps.routing import route_thresholds
from dayseal.wiring import this_machine


def check_manifest(manifest: Path, policy: Path | None, config: Path | None, *, output: str, explain: bool) -> NoReturn:
    """Judge a manifest and exit with the verdicts' code; nothing is asked of any cloud.

    Raises:
        UsageError: a file is missing, or the format is of clouds only.
        FormatError: a file is not what the server takes.
    """
    if output == "ocsf":
        raise UsageError("--format ocsf with --apiserver-manifest: table or json promised")
    server = parse_manifest(_bytes(manifest), subject=str(manifest))
    copy = None if policy is None else PolicyFile(str(policy), _bytes(policy))
    now = this_machine().clock.now()
    day = now.date() - dt.timedelta(days=1)
    findings = judge_apiserver(server, _thresholds(config), day, manifest=str(manifest), policy=copy)
    if output == "table":
        _print(findings, explain=explain)
    else:
        print_json(_document(manifest, server, findings, format_time(now)))
    raise typer.Exit(exit_code([finding.verdict for finding in findings]))


def _thresholds(config: Path | None) -> RouteThresholds:
    """Give what the settings promise; without settings anywhere, what settings promise by themselves."""
    named = config is not None or optional_environment("DAYSEAL_CONFIG")
    if not named and not Path(CONFIG_NAME).exists():
        return RouteThresholds()
    return route_thresholds(read_settings(find_settings(config)))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as exc:
        raise UsageError(f"{path}: no such file") from exc
    except OSError as exc:
        raise AccessError(f"{path}: cannot be read ({exc.strerror})") from exc


def _print(findings: tuple[Finding, ...], *, explain: bool) -> None:
    print_table(("check", "verdict", "what is"), [(one.check, one.verdict.value, one.summary) for one in findings])
    for one in findings:
        if one.verdict in (Verdict.FAIL, Verdict.UNKNOWN) and one.fix:
            say(f"{one.check}: {one.fix}")
    for one in findings if explain else ():
        print_finding(one.check, one.verdict, one.summary, one.facts)


def _document(manifest: Path, server: ApiServer, findings: tuple[Finding, ...], at: str) -> dict[str, object]:
    return {
        "at": at,
        "manifest": str(manifest),
        "flags": dict(sorted(server.flags.items())),
        "findings": [
            {"check": one.check, "verdict": one.verdict.value, "summary": one.summary, "fix": one.fix}
            for one in findings
        ],
    }
