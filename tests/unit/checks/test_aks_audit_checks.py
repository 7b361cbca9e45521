"""AKS's audit log: what switches it on, what only seems to, and what leaves holes."""

import dataclasses

import pytest

from dayseal.checks.audit_coverage import judge_audit_coverage
from dayseal.checks.audit_enabled import judge_audit_enabled
from dayseal.checks.monitored import judge_monitored
from dayseal.checks.route_terms import Grade, RouteThresholds
from dayseal.digest.bounded import Bounded
from dayseal.digest.tally import KEYS, EventKey, Tally
from dayseal.model import Verdict
from dayseal.model.route import Answer, Detector, LogCategory, Missing, Reason, RouteFacts, WatchedPlace
from support.aks_facts import HEALTHY_AKS, OWN, RESOURCE, aks, aks_cluster, aks_denied, aks_set, setting
from support.route_facts import PROMISED, known
from unit.checks.check_tallies import NO_RECORDS

WRITES_ACCEPTED = RouteThresholds(coverage_minimum=Grade.WRITES_ONLY)


def counted(truncated: int = 0, **verbs: int) -> Tally:
    """Give a tally of so many records by verb, and so many cut off, of which nobody knows the verb."""
    keys = {EventKey("", "secrets", verb, "human", "", ""): number for verb, number in verbs.items()}
    events = sum(verbs.values()) + truncated
    return dataclasses.replace(NO_RECORDS, events=events, truncated=truncated, keys=Bounded(KEYS, keys))


def watched(*detectors: Detector, place: str = OWN) -> RouteFacts:
    """Give the healthy route with other detectors."""
    found = known(detectors, "security:pricings", OWN)
    return dataclasses.replace(HEALTHY_AKS, watched=(WatchedPlace(place, found),))


def test_only_oms_agent_or_managed_prometheus_is_no_audit_log() -> None:
    """Both are about metrics and container output; scanners take them for logging."""
    on = aks_cluster(oms_agent=True, prometheus=True)
    facts = dataclasses.replace(on, source=dataclasses.replace(on.aks, settings=known(())))
    found = judge_audit_enabled(facts)
    assert found.verdict is Verdict.FAIL
    assert "the omsAgent add-on and managed Prometheus on, which says nothing about audit" in found.summary
    assert "az monitor diagnostic-settings create" in found.fix
    assert judge_audit_coverage(facts, PROMISED).verdict is Verdict.FAIL


def test_only_cluster_autoscaler_enabled_is_no_audit_log() -> None:
    """A diagnostic setting is there and on, for another category."""
    facts = aks_set(setting("cluster-autoscaler"))
    found = judge_audit_enabled(facts)
    assert found.verdict is Verdict.FAIL
    assert "also on: cluster-autoscaler" in found.summary
    assert "coverage none" in judge_audit_coverage(facts, PROMISED).summary


def test_a_category_that_is_listed_and_off_is_off() -> None:
    """Azure lists every category of a setting, the disabled ones with them."""
    assert judge_audit_enabled(aks_set(setting("kube-audit", off=True))).verdict is Verdict.FAIL


@pytest.mark.parametrize("group", ["audit", "allLogs", "ALLLOGS"])
def test_a_category_group_counts_for_what_the_categories_say_is_in_it(group: str) -> None:
    """A group's entry names no category at all."""
    facts = aks_set(setting(f"@{group}"))
    assert judge_audit_enabled(facts).verdict is Verdict.PASS
    assert judge_audit_coverage(facts, PROMISED).verdict is Verdict.PASS


@pytest.mark.parametrize("categories", [aks_denied("insights:diagnosticSettingsCategories"), known(())])
def test_a_category_group_that_is_not_resolved_is_unknown(categories: Answer[tuple[LogCategory, ...]]) -> None:
    """What a group holds is the provider's to say, also for groups whose name sounds right."""
    facts = aks_set(setting("@audit"), categories=categories)
    for found in (judge_audit_enabled(facts), judge_audit_coverage(facts, PROMISED)):
        assert found.verdict is Verdict.UNKNOWN
        assert "category group audit is not resolved" in found.summary


def test_a_category_group_without_audit_in_it_is_no_audit_log() -> None:
    """A group that resolves to other categories decides as they do."""
    categories = known((LogCategory("kube-audit", ("audit",)), LogCategory("guard", ("allLogs",))))
    assert judge_audit_enabled(aks_set(setting("@allLogs"), categories=categories)).verdict is Verdict.FAIL


def test_kube_audit_admin_alone_is_graded_writes_only() -> None:
    """It omits get and list: reads of Secrets, and exec since it became a GET, leave no trace."""
    facts = aks_set(setting("kube-audit-admin"))
    assert judge_audit_enabled(facts).verdict is Verdict.PASS
    found = judge_audit_coverage(facts, PROMISED)
    assert found.verdict is Verdict.FAIL
    assert "coverage writes-only" in found.summary
    assert "kube-audit-admin omits get and list" in found.summary
    accepted = judge_audit_coverage(facts, WRITES_ACCEPTED)
    assert accepted.verdict is Verdict.PASS
    assert "accepted by the settings" in accepted.summary


def test_kube_audit_admin_beside_a_group_that_is_not_resolved_leaves_the_grade_open() -> None:
    """The group may hold kube-audit."""
    facts = aks_set(setting("kube-audit-admin", "@audit"), categories=aks_denied("insights:categories"))
    assert judge_audit_coverage(facts, PROMISED).verdict is Verdict.UNKNOWN
    assert judge_audit_coverage(facts, WRITES_ACCEPTED).verdict is Verdict.PASS


def test_two_settings_duplicating_are_named_as_a_cost_and_no_fault() -> None:
    """Each record is delivered, stored and paid for twice."""
    twice = judge_audit_coverage(aks_set(setting("kube-audit"), setting("kube-audit", name="old")), PROMISED)
    assert twice.verdict is Verdict.PASS
    assert "settings audit and old both send kube-audit to centralaudit" in twice.summary
    both = judge_audit_coverage(aks_set(setting("kube-audit", "kube-audit-admin")), PROMISED)
    assert both.verdict is Verdict.PASS
    assert "each write is stored and paid for twice" in both.summary
    assert "twice" not in judge_audit_coverage(HEALTHY_AKS, PROMISED).summary


def test_guard_is_advised_and_decides_nothing() -> None:
    """It holds Entra's own decisions."""
    found = judge_audit_coverage(aks_set(setting("kube-audit")), PROMISED)
    assert found.verdict is Verdict.PASS
    assert "advised: guard" in found.summary


def test_a_partial_resource_graph_is_unknown_not_gone() -> None:
    """Resource Graph shows only what the identity can read: absence from it says nothing."""
    call = known(0, "resourcegraph:resources", OWN).source
    facts = aks(cluster=Missing(Reason.INCOMPLETE, call, "3 of 5 records"))
    for found in (judge_audit_enabled(facts), judge_audit_coverage(facts, PROMISED)):
        assert found.verdict is Verdict.UNKNOWN
        assert "3 of 5 records" in found.summary


def test_an_aks_cluster_that_is_no_more_is_not_applicable() -> None:
    """Azure Resource Manager itself says so."""
    facts = aks(cluster=known(None, "containerservice:managedClusters", RESOURCE))
    assert judge_audit_enabled(facts).verdict is Verdict.NOT_APPLICABLE


def test_truncated_16_kib_records_are_no_contradiction() -> None:
    """AKS cuts `properties.log` at 16 KiB: such a record has no verb, and is counted without one."""
    assert judge_audit_coverage(HEALTHY_AKS, PROMISED, counted(truncated=9)).verdict is Verdict.PASS
    mixed = judge_audit_coverage(HEALTHY_AKS, PROMISED, counted(truncated=9, get=1, create=1))
    assert mixed.verdict is Verdict.PASS
    assert judge_audit_coverage(HEALTHY_AKS, PROMISED, counted(create=5)).verdict is Verdict.UNKNOWN


def test_defender_on_the_subscription_or_on_the_cluster_watches_it() -> None:
    """Either the plan or the cluster's own profile will do; a plan of another subscription will not."""
    off = Detector("Defender for Containers", "Containers", enabled=False, reads_audit=True)
    assert "Defender for Containers" in judge_monitored(HEALTHY_AKS, PROMISED).summary
    missed = judge_monitored(watched(off), PROMISED)
    assert missed.verdict is Verdict.FAIL
    assert missed.fix.startswith("az security pricing create --name Containers --tier Standard")
    own = dataclasses.replace(aks_cluster(defender=True), watched=watched(off).watched)
    assert "own Defender profile" in judge_monitored(own, PROMISED).summary
    on = Detector("Defender for Containers", "Containers", enabled=True, reads_audit=True)
    assert judge_monitored(watched(on, place="subscriptions/other"), PROMISED).verdict is Verdict.UNKNOWN
    hidden = aks(cluster=aks_denied("containerservice:managedClusters"))
    unseen = dataclasses.replace(hidden, watched=watched(off).watched)
    assert judge_monitored(unseen, PROMISED).verdict is Verdict.UNKNOWN
    assert judge_monitored(hidden, PROMISED).verdict is Verdict.PASS
    refused = WatchedPlace(OWN, aks_denied("security:pricings"))
    assert judge_monitored(dataclasses.replace(HEALTHY_AKS, watched=(refused,)), PROMISED).verdict is Verdict.UNKNOWN
