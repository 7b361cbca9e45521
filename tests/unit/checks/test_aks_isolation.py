"""One missing fact of an AKS route changes only the checks that need it; and facts survive being written down."""

import dataclasses

import pytest

from dayseal.codec import encode_value, open_value
from dayseal.errors import FormatError
from dayseal.model import Verdict
from dayseal.model.route import Missing, Reason, RouteFacts
from dayseal.runs.unasked import unasked_route
from support.aks_facts import CLUSTER, HEALTHY_AKS, RESOURCE, aks_denied
from support.gke_facts import HEALTHY_GKE
from support.route_facts import CALL, HEALTHY, NOW
from unit.checks.test_route_isolation import judge_all, replace_everywhere


def test_the_healthy_aks_route_passes_everything() -> None:
    """Else the tests beside this one would show nothing."""
    assert {check: f.summary for check, f in judge_all(HEALTHY_AKS).items() if f.verdict is not Verdict.PASS} == {}


@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.DENIED])
def test_an_aks_route_that_says_nothing_makes_every_check_unknown(reason: Reason) -> None:
    """Nothing answered: no check may pass, and none may fail."""
    findings = judge_all(replace_everywhere(HEALTHY_AKS, Missing(reason, CALL)))
    assert {f.check: f.summary for f in findings.values() if f.verdict is not Verdict.UNKNOWN} == {}


@pytest.mark.parametrize(
    ("section", "field", "touched"),
    [
        ("source", "cluster", {"audit-enabled", "audit-coverage", "archive-central"}),
        (
            "source",
            "settings",
            {"audit-enabled", "audit-coverage", "retention", "export-route", "export-health"},
        ),
        ("source", "categories", set()),
        ("source", "cluster_rights", {"archive-central"}),
        ("source", "archive_rights", {"archive-central"}),
        ("source", "operations", set()),
        ("archive", "locking", {"archive-immutable"}),
        ("archive", "owner", {"archive-central"}),
        ("archive", "public_access", {"archive-central"}),
        ("archive", "lifecycle", {"retention"}),
        ("archive", "versioned", set()),
        ("archive", "undelete_days", set()),
        ("delivery", "newest", {"export-health"}),
        ("delivery", "incoming", set()),
        ("delivery", "alarms", set()),
    ],
)
def test_one_missing_aks_fact_changes_only_the_checks_that_need_it(section: str, field: str, touched: set[str]) -> None:
    """A refused call leaves every other verdict as it was."""
    part = dataclasses.replace(getattr(HEALTHY_AKS, section), **{field: aks_denied("x:y")})
    findings = judge_all(dataclasses.replace(HEALTHY_AKS, **{section: part}))
    assert {check for check, f in findings.items() if f.verdict is Verdict.UNKNOWN} == touched
    assert {f.verdict for check, f in findings.items() if check not in touched} == {Verdict.PASS}


def test_every_aks_finding_but_pass_says_what_to_do() -> None:
    """A finding without a next step is a riddle."""
    findings = judge_all(replace_everywhere(HEALTHY_AKS, aks_denied("x:y")))
    assert all(finding.fix and finding.facts for finding in findings.values())


def test_aks_facts_survive_the_way_between_tasks() -> None:
    """The judge must see what the prober saw, of any provider."""
    routes = (HEALTHY_AKS, HEALTHY_GKE, HEALTHY, unasked_route(CLUSTER, NOW, "nobody was there"))
    assert open_value(encode_value(routes), tuple[RouteFacts, ...], subject="routes") == routes


def test_an_aks_cluster_nobody_asked_about_passes_no_check() -> None:
    """And is not judged by another provider's rules."""
    findings = judge_all(unasked_route(CLUSTER, NOW, "the task that asks gave no result"))
    assert {finding.verdict for finding in findings.values()} == {Verdict.UNKNOWN}


def test_an_aks_route_is_read_as_its_own_providers_only() -> None:
    """A rule for EKS that meets an AKS route is a fault of ours, and says so."""
    with pytest.raises(FormatError, match="AksSource, an EKS route promised"):
        _ = HEALTHY_AKS.eks
    with pytest.raises(FormatError, match="EksSource, an AKS route promised"):
        _ = HEALTHY.aks
    assert HEALTHY_AKS.aks.resource_id == RESOURCE
