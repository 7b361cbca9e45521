"""The way of an AKS cluster's audit log to the archive, and whether anything still arrives there."""

import dataclasses
import datetime as dt

import pytest

from dayseal.checks.export_health import judge_export_health
from dayseal.checks.export_route import judge_export_route
from dayseal.checks.route_terms import Declared, Grade, RouteThresholds
from dayseal.model import Verdict
from dayseal.model.route import AccountAnswer, NewestObject, Reading
from support.aks_facts import (
    ACCOUNT_ID,
    HEALTHY_AKS,
    KEY,
    OWN,
    WORKSPACE,
    account,
    aks,
    aks_archived,
    aks_cluster,
    aks_delivering,
    aks_denied,
    aks_set,
    setting,
)
from support.route_facts import HOUR, NOW, PROMISED, known

NAMESPACE = f"/{OWN}/resourceGroups/shop/providers/Microsoft.EventHub/namespaces/siem"
RULE = f"{NAMESPACE}/authorizationrules/RootManageSharedAccessKey"


def test_a_cross_subscription_account_is_the_archive_all_the_same() -> None:
    """Account names are unique in the world; the archive belongs into another subscription."""
    found = judge_export_route(HEALTHY_AKS, PROMISED)
    assert found.verdict is Verdict.PASS
    assert "another than the cluster's" in found.summary
    shouted = aks_set(setting("kube-audit", to=ACCOUNT_ID.upper()))
    assert judge_export_route(shouted, PROMISED).verdict is Verdict.PASS


def test_another_storage_account_is_not_the_archive() -> None:
    """It may be as good, and nobody looked at it."""
    found = judge_export_route(aks_set(setting("kube-audit", to=ACCOUNT_ID.replace("central", "other"))), PROMISED)
    assert found.verdict is Verdict.FAIL
    assert "which is not the archive" in found.summary
    assert f"--storage-account {ACCOUNT_ID}" in found.fix


def test_a_log_analytics_workspace_is_no_archive() -> None:
    """Whoever owns the workspace can purge it."""
    found = judge_export_route(aks_set(setting("kube-audit", to="", workspace=WORKSPACE)), PROMISED)
    assert found.verdict is Verdict.FAIL
    assert "which is no archive" in found.summary


@pytest.mark.parametrize("names", [RULE, NAMESPACE, f"{NAMESPACE}/eventhubs/audit", NAMESPACE.upper()])
def test_an_event_hub_counts_only_when_declared(names: str) -> None:
    """Nobody can look through a hub; the settings may say what stands behind it, and are shown as saying so."""
    facts = aks_set(setting("kube-audit", to="", event_hub_rule=RULE, event_hub="audit"))
    assert judge_export_route(facts, PROMISED).verdict is Verdict.UNKNOWN
    told = RouteThresholds(destinations=(Declared(names, "the SIEM's archive"),))
    found = judge_export_route(facts, told)
    assert found.verdict is Verdict.PASS
    assert "the SIEM's archive (declared in the settings, not proven)" in found.summary


def test_kube_audit_elsewhere_and_kube_audit_admin_to_the_archive_is_not_complete() -> None:
    """The archive would then hold writes only, whatever the workspace has."""
    facts = aks_set(setting("kube-audit-admin"), setting("kube-audit", name="ops", to="", workspace=WORKSPACE))
    assert judge_export_route(facts, PROMISED).verdict is Verdict.FAIL
    archived = dataclasses.replace(
        facts, archive=aks_archived(name="centralaudit/insights-logs-kube-audit-admin").archive
    )
    assert judge_export_route(archived, PROMISED).verdict is Verdict.FAIL
    accepted = RouteThresholds(coverage_minimum=Grade.WRITES_ONLY)
    assert judge_export_route(archived, accepted).verdict is Verdict.PASS


def test_kube_audit_admin_alone_goes_to_a_container_of_its_own() -> None:
    """Azure Monitor makes one container for each category: the archive is the one that is named."""
    facts = aks_set(setting("kube-audit-admin"))
    found = judge_export_route(facts, PROMISED)
    assert found.verdict is Verdict.FAIL
    assert "insights-logs-kube-audit-admin" in found.summary
    named = aks_archived(name="centralaudit/insights-logs-kube-audit-admin").archive
    assert judge_export_route(dataclasses.replace(facts, archive=named), PROMISED).verdict is Verdict.PASS


def test_a_category_group_leads_where_its_setting_does_or_is_unknown() -> None:
    """Unresolved it may send the fuller category elsewhere."""
    assert judge_export_route(aks_set(setting("@audit")), PROMISED).verdict is Verdict.PASS
    refused = aks_denied("insights:categories")
    for settings in ((setting("@audit"),), (setting("@audit"), setting("kube-audit-admin", name="b"))):
        assert judge_export_route(aks_set(*settings, categories=refused), PROMISED).verdict is Verdict.UNKNOWN
    beside = aks_set(setting("kube-audit"), setting("@allLogs", name="ops", to=""), categories=refused)
    assert judge_export_route(beside, PROMISED).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"default_action": "Deny"}, Verdict.FAIL),
        ({"default_action": "Deny", "bypass": ("Logging", "Metrics")}, Verdict.FAIL),
        ({"default_action": "Deny", "bypass": ("Logging", "AzureServices")}, Verdict.PASS),
        ({"open_network": False}, Verdict.FAIL),
        ({"bypass": ("AzureServices",)}, Verdict.PASS),
    ],
)
def test_a_firewall_that_shuts_out_azure_services_stops_the_delivery(
    fields: dict[str, object], verdict: Verdict
) -> None:
    """Diagnostic settings write as a trusted service; `Logging` in the bypass is about the account's own logs."""
    found = judge_export_route(aks(accounts=account(**fields)), PROMISED)
    assert found.verdict is verdict
    assert verdict is Verdict.PASS or "--bypass AzureServices" in found.fix


def test_an_account_that_did_not_answer_or_is_gone() -> None:
    """Refused is UNKNOWN with the permission, absent is FAIL."""
    refused = judge_export_route(aks(accounts=(AccountAnswer(ACCOUNT_ID, aks_denied("storage:accounts")),)), PROMISED)
    assert refused.verdict is Verdict.UNKNOWN
    assert "accounts/read" in refused.summary
    gone = judge_export_route(aks(accounts=(AccountAnswer(ACCOUNT_ID, known(None)),)), PROMISED)
    assert gone.verdict is Verdict.FAIL
    assert judge_export_route(aks(accounts=()), PROMISED).verdict is Verdict.UNKNOWN


def test_without_a_setting_or_an_archive() -> None:
    """No setting at all is FAIL; a way to some account without a named archive is UNKNOWN."""
    assert judge_export_route(aks_set(), PROMISED).verdict is Verdict.FAIL
    assert judge_export_route(dataclasses.replace(HEALTHY_AKS, archive=None), PROMISED).verdict is Verdict.UNKNOWN


def test_an_old_newest_blob_fails_only_while_records_are_known_to_come() -> None:
    """Without a count from a workspace a dead export and a silent cluster look alike."""
    old = known(NewestObject(KEY, NOW - dt.timedelta(hours=5)), "storage:blobs")
    assert judge_export_health(aks_delivering(newest=old), PROMISED).verdict is Verdict.UNKNOWN
    came = known(Reading("AKSAudit", WORKSPACE, HOUR, 700), "loganalytics:query")
    found = judge_export_health(aks_delivering(newest=old, incoming=came), PROMISED)
    assert found.verdict is Verdict.FAIL
    assert "700 records came in" in found.summary


def test_another_clusters_blob_is_no_sign_of_life() -> None:
    """All clusters that write into an account share its containers."""
    other = known(NewestObject(KEY.replace("/PROD/", "/PROD2/"), NOW - dt.timedelta(minutes=5)), "storage:blobs")
    found = judge_export_health(aks_delivering(newest=other), PROMISED)
    assert found.verdict is Verdict.UNKNOWN
    assert "not under this cluster's resource id" in found.summary


def test_a_fresh_blob_without_a_setting_that_leads_there_is_unknown() -> None:
    """It may be the last one."""
    assert judge_export_health(aks_set(setting("guard")), PROMISED).verdict is Verdict.UNKNOWN


def test_a_stopped_cluster_has_nothing_to_deliver() -> None:
    """Its API server does not run; an old newest blob is as it should be."""
    old = known(NewestObject(KEY, NOW - dt.timedelta(days=9)), "storage:blobs")
    facts = dataclasses.replace(aks_cluster(power="Stopped"), delivery=aks_delivering(newest=old).delivery)
    assert judge_export_health(facts, PROMISED).verdict is Verdict.NOT_APPLICABLE
    assert judge_export_route(facts, PROMISED).verdict is Verdict.PASS
