"""One missing fact of a GKE route changes only the checks that need it; and facts survive being written down."""

import dataclasses

import pytest

from dayseal.codec import encode_value, open_value
from dayseal.errors import FormatError
from dayseal.model import Verdict
from dayseal.model.route import Missing, Reason, RouteFacts
from dayseal.runs.unasked import unasked_route
from support.gke_facts import CLUSTER, DETECTOR, HEALTHY_GKE, ORG, gke_denied
from support.route_facts import CALL, HEALTHY, NOW
from unit.checks.test_route_isolation import judge_all, replace_everywhere


def test_the_healthy_gke_route_passes_everything() -> None:
    """Else the tests beside this one would show nothing."""
    assert {check: f.summary for check, f in judge_all(HEALTHY_GKE).items() if f.verdict is not Verdict.PASS} == {}


@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.DENIED])
def test_a_gke_route_that_says_nothing_makes_every_check_unknown(reason: Reason) -> None:
    """Nothing answered: no check may pass, and none may fail."""
    findings = judge_all(replace_everywhere(HEALTHY_GKE, Missing(reason, CALL)))
    assert {
        finding.check: finding.verdict for finding in findings.values() if finding.verdict is not Verdict.UNKNOWN
    } == {}


@pytest.mark.parametrize(
    ("section", "field", "touched"),
    [
        ("source", "cluster", {"audit-enabled", "audit-coverage"}),
        ("source", "ancestry", {"audit-coverage"}),
        ("source", "project_number", {"archive-central"}),
        ("source", "log_buckets", set()),
        ("source", "operations", set()),
        ("source", "sink_errors", {"export-health"}),
        ("archive", "locking", {"archive-immutable"}),
        ("archive", "owner", {"archive-central", "continuity"}),
        ("archive", "lifecycle", {"retention"}),
        ("archive", "inherited", {"archive-central"}),
        ("archive", "object_acls", {"archive-central"}),
        ("archive", "versioned", set()),
        ("archive", "undelete_days", set()),
        ("delivery", "newest", {"export-health"}),
        ("delivery", "incoming", {"export-health"}),
        ("delivery", "alarms", set()),
    ],
)
def test_one_missing_gke_fact_changes_only_the_checks_that_need_it(section: str, field: str, touched: set[str]) -> None:
    """A refused call leaves every other verdict as it was."""
    part = dataclasses.replace(getattr(HEALTHY_GKE, section), **{field: gke_denied("x:y")})
    findings = judge_all(dataclasses.replace(HEALTHY_GKE, **{section: part}))
    assert {check for check, f in findings.items() if f.verdict is Verdict.UNKNOWN} == touched
    assert {f.verdict for check, f in findings.items() if check not in touched} == {Verdict.PASS}


def test_every_gke_finding_but_pass_says_what_to_do() -> None:
    """A finding without a next step is a riddle."""
    findings = judge_all(replace_everywhere(HEALTHY_GKE, gke_denied("x:y")))
    assert all(finding.fix and finding.facts for finding in findings.values())


def test_gke_facts_survive_the_way_between_tasks() -> None:
    """The judge must see what the prober saw, of either provider."""
    routes = (HEALTHY_GKE, HEALTHY, unasked_route(CLUSTER, NOW, "nobody was there"))
    assert open_value(encode_value(routes), tuple[RouteFacts, ...], subject="routes") == routes


def test_a_gke_cluster_nobody_asked_about_passes_no_check() -> None:
    """And is not judged by another provider's rules."""
    findings = judge_all(unasked_route(CLUSTER, NOW, "the task that asks gave no result"))
    assert {finding.verdict for finding in findings.values()} == {Verdict.UNKNOWN}


def test_a_route_is_read_as_its_own_providers_only() -> None:
    """A rule for EKS that meets a GKE route is a fault of ours, and says so."""
    with pytest.raises(FormatError, match="GkeSource, an EKS route promised"):
        _ = HEALTHY_GKE.eks
    with pytest.raises(FormatError, match="EksSource, a GKE route promised"):
        _ = HEALTHY.gke
    assert HEALTHY_GKE.gke.levels[-1].name == ORG
    assert DETECTOR.reads_audit
