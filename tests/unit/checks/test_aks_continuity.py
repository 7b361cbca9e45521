"""What the Activity Log's changes meant for an AKS route, also where it leaves out what was set."""

import dataclasses

import pytest

from dayseal.checks.aks.changes import AKS_OPERATIONS
from dayseal.checks.continuity import judge_continuity
from dayseal.model import Verdict
from dayseal.model.route import ConfigChange, RouteFacts
from support.aks_facts import (
    ACCOUNT_ID,
    HEALTHY_AKS,
    RESOURCE,
    WORKSPACE,
    aks_change,
    aks_denied,
    aks_set,
    aks_trail,
    setting,
)
from support.route_facts import PROMISED

SETTINGS = "Microsoft.Insights/diagnosticSettings"
SETTING = f"{RESOURCE}/providers/microsoft.insights/diagnosticSettings/audit"
OLD = f"{RESOURCE}/providers/microsoft.insights/diagnosticSettings/old"
CONTAINERS = f"{ACCOUNT_ID}/blobServices/default/containers"
POLICY = f"{CONTAINERS}/insights-logs-kube-audit/immutabilityPolicies/default"
POLICIES = "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies"
LIFECYCLE = "Microsoft.Storage/storageAccounts/managementPolicies"


def verdict(*changes: ConfigChange, of: RouteFacts = HEALTHY_AKS) -> Verdict:
    """Judge a trail."""
    return judge_continuity(dataclasses.replace(of, changes=aks_trail(*changes).changes), PROMISED).verdict


def sends(*categories: str, to: str = ACCOUNT_ID) -> dict[str, object]:
    """Write the request of a setting."""
    logs = [{"category": name, "enabled": True} for name in categories]
    return {"properties": {"storageAccountId": to, "logs": logs}}


def test_a_deleted_setting_that_came_back_is_an_interval_without_audit() -> None:
    """The state at both checks is the same, and what happened between left no record."""
    gone = aks_change(f"{SETTINGS}/delete", SETTING)
    back = aks_change(f"{SETTINGS}/write", SETTING, 30, sends("kube-audit"))
    found = judge_continuity(aks_trail(gone, back), PROMISED)
    assert found.verdict is Verdict.FAIL
    assert "diagnostic setting audit deleted" in found.summary
    assert "az monitor activity-log list" in found.fix
    assert "alice" not in str(found)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (sends("kube-audit"), Verdict.PASS),
        (sends("cluster-autoscaler"), Verdict.FAIL),
        (sends("kube-audit", to=ACCOUNT_ID.replace("central", "other")), Verdict.FAIL),
        ({"properties": {"storageAccountId": ACCOUNT_ID, "logs": [{"categoryGroup": "x", "enabled": True}]}}, None),
    ],
)
def test_a_written_setting_is_judged_by_its_request(body: dict[str, object], expected: Verdict | None) -> None:
    """Where the log holds it; a group that is not resolved is UNKNOWN."""
    assert verdict(aks_change(f"{SETTINGS}/write", SETTING, 0, body)) is (expected or Verdict.UNKNOWN)


def test_a_setting_cut_down_to_kube_audit_admin_loses_the_reads() -> None:
    """Undone before the check it is an interval; lasting, the log does not tell whether it ever sent more."""
    less = aks_change(f"{SETTINGS}/write", SETTING, 0, sends("kube-audit-admin"))
    again = aks_change(f"{SETTINGS}/write", SETTING, 9, sends("kube-audit"))
    assert verdict(less, again) is Verdict.FAIL
    assert verdict(less, of=aks_set(setting("kube-audit-admin"))) is Verdict.UNKNOWN


def test_a_write_the_log_does_not_tell_is_judged_by_the_state_it_left() -> None:
    """One write: it left what is there now. Two: nobody knows what was in between."""
    once = aks_change(f"{SETTINGS}/write", SETTING)
    assert verdict(once) is Verdict.PASS
    assert verdict(once, aks_change(f"{SETTINGS}/write", SETTING, 9)) is Verdict.UNKNOWN
    assert verdict(once, of=aks_set(setting("guard"))) is Verdict.UNKNOWN


def test_a_write_without_its_request_ends_the_interval_where_it_sends_audit_again() -> None:
    """The last write of a setting left the state there is now; one before it may have set anything."""
    gone = aks_change(f"{SETTINGS}/delete", SETTING)
    back = aks_change(f"{SETTINGS}/write", SETTING, 30)
    found = judge_continuity(aks_trail(gone, back), PROMISED)
    assert found.verdict is Verdict.FAIL
    assert "until 2026-11-23T06:30:00Z" in found.summary
    between = aks_change(f"{SETTINGS}/write", SETTING, 10)
    assert "until 2026-11-23T06:30:00Z" in judge_continuity(aks_trail(gone, between, back), PROMISED).summary
    assert verdict(between, back) is Verdict.UNKNOWN


def test_a_setting_deleted_while_another_sends_everything_is_no_reduction() -> None:
    """Two settings duplicating: one may go. A later touch of the other leaves it open."""
    gone = aks_change(f"{SETTINGS}/delete", OLD, 5)
    assert verdict(gone) is Verdict.PASS
    assert verdict(gone, aks_change(f"{SETTINGS}/write", SETTING, 9)) is Verdict.FAIL
    assert verdict(gone, aks_change(f"{SETTINGS}/write", SETTING, 1)) is Verdict.PASS


def test_another_clusters_or_accounts_changes_are_not_ours() -> None:
    """The Activity Log of a subscription holds them all."""
    other = SETTING.replace("/prod/", "/prod2/")
    elsewhere = POLICY.replace("centralaudit", "others")
    container = POLICY.replace("insights-logs-kube-audit", "pictures")
    assert verdict(
        aks_change(f"{SETTINGS}/delete", other),
        aks_change(f"{POLICIES}/delete", elsewhere),
        aks_change(f"{POLICIES}/delete", container),
    ) is Verdict.PASS  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "resource", "body", "expected"),
    [
        (f"{POLICIES}/delete", POLICY, None, Verdict.FAIL),
        (f"{POLICIES}/lock/action", POLICY, None, Verdict.PASS),
        (f"{POLICIES}/extend/action", POLICY, None, Verdict.PASS),
        (f"{POLICIES}/write", POLICY, {"properties": {"immutabilityPeriodSinceCreationInDays": 7}}, Verdict.FAIL),
        (f"{POLICIES}/write", POLICY, None, Verdict.PASS),
        (f"{LIFECYCLE}/delete", f"{ACCOUNT_ID}/managementPolicies/default", None, Verdict.PASS),
        (f"{LIFECYCLE}/write", f"{ACCOUNT_ID}/managementPolicies/default", None, Verdict.PASS),
        ("Microsoft.Storage/storageAccounts/delete", ACCOUNT_ID, None, Verdict.FAIL),
        ("Microsoft.Storage/storageAccounts/write", ACCOUNT_ID, None, Verdict.PASS),
        (
            "Microsoft.Storage/storageAccounts/write",
            ACCOUNT_ID,
            {"properties": {"networkAcls": {"defaultAction": "Deny", "bypass": "None"}}},
            Verdict.FAIL,
        ),
        ("Microsoft.ContainerService/managedClusters/stop/action", RESOURCE, None, Verdict.PASS),
        ("Microsoft.Whatever/unknown/write", RESOURCE, None, Verdict.UNKNOWN),
    ],
)
def test_what_each_operation_meant(operation: str, resource: str, body: object, expected: Verdict) -> None:
    """Deleting reduces, locking does not, and what a rule here does not know is UNKNOWN."""
    assert verdict(aks_change(operation, resource, 0, body)) is expected


@pytest.mark.parametrize(("days", "expected"), [(30, Verdict.FAIL), (400, Verdict.PASS)])
def test_a_lifecycle_before_the_term_reduces(days: int, expected: Verdict) -> None:
    """As the request tells it."""
    actions = {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": days}}}
    rule = {"enabled": True, "name": "tidy", "type": "Lifecycle", "definition": {"actions": actions}}
    body = {"properties": {"policy": {"rules": [rule]}}}
    assert verdict(aks_change(f"{LIFECYCLE}/write", f"{ACCOUNT_ID}/managementPolicies/default", 0, body)) is expected


def test_a_table_cut_short_reduces_where_the_route_uses_it() -> None:
    """Of a workspace that no setting names, it is none of ours."""
    change = aks_change(
        "Microsoft.OperationalInsights/workspaces/tables/write",
        f"{WORKSPACE}/tables/AKSAudit",
        0,
        {"properties": {"retentionInDays": 4, "totalRetentionInDays": 4}},
    )
    assert verdict(change) is Verdict.PASS
    assert verdict(change, of=aks_set(setting("kube-audit", workspace=WORKSPACE, dedicated=True))) is Verdict.FAIL


def test_a_change_that_failed_changed_nothing() -> None:
    """The log holds refused calls too."""
    assert verdict(aks_change(f"{SETTINGS}/delete", SETTING, error="Forbidden")) is Verdict.PASS


def test_a_refused_activity_log_is_unknown() -> None:
    """And names the permission."""
    facts = dataclasses.replace(HEALTHY_AKS, changes=aks_denied("insights:eventtypes"))
    assert judge_continuity(facts, PROMISED).verdict is Verdict.UNKNOWN


def test_operations_are_asked_for_in_one_spelling() -> None:
    """The log writes them in mixed case, and not always the same."""
    assert all(name == name.casefold() for name in AKS_OPERATIONS)
    assert verdict(aks_change(f"{SETTINGS}/DELETE".upper(), SETTING.upper())) is Verdict.FAIL
