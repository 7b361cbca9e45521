"""One missing fact changes one check of one cluster; a Region that is off changes them all to UNKNOWN."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from dayseal.checks.archive_central import judge_archive_central
from dayseal.checks.archive_immutable import judge_archive_immutable
from dayseal.checks.audit_coverage import judge_audit_coverage
from dayseal.checks.audit_enabled import judge_audit_enabled
from dayseal.checks.continuity import judge_continuity
from dayseal.checks.export_health import judge_export_health
from dayseal.checks.export_route import judge_export_route
from dayseal.checks.monitored import judge_monitored
from dayseal.checks.population import Population, state_population
from dayseal.checks.retention import judge_retention
from dayseal.errors import FormatError
from dayseal.model import Finding, Verdict
from dayseal.model.route import Call, Known, Missing, Reason, RouteFacts
from support.route_facts import CALL, DAY, HEALTHY, NOW, PROMISED, denied, throttled


def judge_all(facts: RouteFacts) -> Mapping[str, Finding]:
    """Run every check of a route."""
    findings = (
        judge_audit_enabled(facts),
        judge_audit_coverage(facts, PROMISED),
        judge_retention(facts, PROMISED, DAY),
        judge_export_route(facts, PROMISED),
        judge_export_health(facts, PROMISED),
        judge_archive_immutable(facts, PROMISED, DAY),
        judge_archive_central(facts),
        judge_continuity(facts, PROMISED),
        judge_monitored(facts, PROMISED),
    )
    return {finding.check: finding for finding in findings}


def replace_everywhere(value: Any, missing: Missing) -> Any:  # noqa: ANN401 - walks every kind of fact
    """Replace every answer inside a value by a miss."""
    if isinstance(value, Known | Missing):
        return missing
    if isinstance(value, tuple):
        return tuple(replace_everywhere(item, missing) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: replace_everywhere(getattr(value, f.name), missing) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


def test_the_healthy_route_passes_everything() -> None:
    """Else the tests beside this one would show nothing."""
    assert {check: f.verdict for check, f in judge_all(HEALTHY).items() if f.verdict is not Verdict.PASS} == {}


@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.DENIED])
def test_a_region_that_is_off_or_silent_makes_every_check_unknown(reason: Reason) -> None:
    """Nothing answered: no check may pass, and none may fail."""
    findings = judge_all(replace_everywhere(HEALTHY, Missing(reason, CALL)))
    assert {finding.verdict for finding in findings.values()} == {Verdict.UNKNOWN}


@pytest.mark.parametrize(
    ("section", "field", "touched"),
    [
        ("source", "cluster", {"audit-enabled", "audit-coverage"}),
        ("source", "log_group", {"retention", "export-route"}),  # its class decides whether filters work at all
        ("source", "account_policies", {"retention"}),
        ("source", "filters", {"export-route", "export-health"}),
        ("source", "log_group_key", {"retention"}),
        ("archive", "replication", set()),
        ("archive", "locking", {"archive-immutable"}),
        ("archive", "owner", {"archive-central"}),
        ("archive", "lifecycle", {"retention"}),
        ("delivery", "newest", {"export-health"}),
        ("delivery", "alarms", set()),
    ],
)
@pytest.mark.parametrize("missing", [denied("x:Y"), throttled("x:Y")], ids=["denied", "throttled"])
def test_one_missing_fact_changes_only_the_checks_that_need_it(
    section: str, field: str, touched: set[str], missing: Missing
) -> None:
    """403 and throttling leave every other verdict as it was."""
    part = dataclasses.replace(getattr(HEALTHY, section), **{field: missing})
    findings = judge_all(dataclasses.replace(HEALTHY, **{section: part}))
    assert {check for check, f in findings.items() if f.verdict is Verdict.UNKNOWN} == touched
    assert {f.verdict for check, f in findings.items() if check not in touched} == {Verdict.PASS}


def test_every_finding_but_pass_says_what_to_do() -> None:
    """A finding without a next step is a riddle."""
    findings = judge_all(replace_everywhere(HEALTHY, denied("x:Y")))
    assert all(finding.fix and finding.facts for finding in findings.values())


def test_a_denied_fact_must_name_its_permission() -> None:
    """Otherwise nobody could grant it."""
    with pytest.raises(FormatError):
        Missing(Reason.DENIED, CALL)
    with pytest.raises(FormatError):
        Call("", "Ask", "it")


def test_no_clusters_is_only_said_when_every_listing_answered() -> None:
    """A partial listing of an organisation shortens no list in silence."""
    calls = ("eks:ListClusters",)
    partial = state_population(Population(0, calls, NOW, ("account 1/me-south-1",)))
    assert partial.startswith("whether there are clusters is not known")
    assert "did not answer: account 1/me-south-1" in partial
    assert "3 clusters" in (some := state_population(Population(3, calls, NOW, ("account 1",))))
    assert "perhaps not all; scopes that did not answer: account 1" in some
    assert state_population(Population(0, calls, NOW, ())) == (
        "0 clusters returned by eks:ListClusters at 2026-11-23T12:00:00Z; every scope answered"
    )
    assert state_population(Population(0, (), NOW, ())) == "no scope was asked at 2026-11-23T12:00:00Z"
