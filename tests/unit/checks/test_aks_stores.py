"""Where AKS logs come to rest: how long, how firmly locked, and in whose hands."""

import dataclasses

import pytest

from dayseal.checks.archive_central import judge_archive_central
from dayseal.checks.archive_immutable import judge_archive_immutable
from dayseal.checks.retention import judge_retention
from dayseal.model import Verdict
from dayseal.model.route import (
    EncryptionKey,
    LegalHold,
    LifecycleRule,
    Locking,
    LogSwitch,
    LogTable,
    PublicAccess,
    RoleAssignment,
    RouteFacts,
    WorkspaceAnswer,
)
from support.aks_facts import (
    ACCOUNT_ID,
    HEALTHY_AKS,
    IDENTITY,
    OWN,
    ROBOT,
    SUBSCRIPTION,
    WORKSPACE,
    account,
    aks,
    aks_archived,
    aks_denied,
    aks_set,
    blobs,
    rights,
    role,
    setting,
    workspace,
    worm,
)
from support.route_facts import DAY, PROMISED, known

WRITE = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"
RULER = "Microsoft.ContainerService/managedClusters/*"


def in_workspace(*tables: LogTable, dedicated: bool = True) -> RouteFacts:
    """Give a route whose audit log goes to a workspace alone."""
    only = setting("kube-audit", to="", workspace=WORKSPACE, dedicated=dedicated)
    return aks_set(only, workspaces=workspace(*tables))


def test_dead_retention_inside_diagnostic_settings_counts_for_nothing() -> None:
    """Azure stopped applying it on 2025-09-30; scanners still read it as the term."""
    dead = dataclasses.replace(setting("kube-audit"), logs=(LogSwitch("kube-audit", retention_days=400),))
    found = judge_retention(aks_set(dead), PROMISED, DAY)
    assert found.verdict is Verdict.PASS
    assert "is ignored: Azure has not applied it since 2025-09-30" in found.summary
    nowhere = dataclasses.replace(dead, storage_account="", workspace=WORKSPACE, dedicated=True)
    short = aks_set(nowhere, workspaces=workspace(LogTable("AKSAudit", "Analytics", 30, 30)))
    assert judge_retention(short, PROMISED, DAY).verdict is Verdict.FAIL


@pytest.mark.parametrize("plan", ["Basic", "Auxiliary"])
def test_a_table_of_plan_basic_is_not_hot(plan: str) -> None:
    """It answers narrow, billed queries and no alert rule, whatever days it shows."""
    found = judge_retention(in_workspace(LogTable("AKSAudit", plan, 180, 400)), PROMISED, DAY)
    assert found.verdict is Verdict.FAIL
    assert "hot 0 days, 92 promised" in found.summary
    assert "--plan Analytics" in found.fix
    analytics = in_workspace(LogTable("AKSAudit", "Analytics", 180, 400))
    assert judge_retention(analytics, PROMISED, DAY).verdict is Verdict.PASS


@pytest.mark.parametrize(("dedicated", "table"), [(True, "AKSAudit"), (False, "AzureDiagnostics")])
def test_the_table_is_the_one_the_setting_writes_to(dedicated: bool, table: str) -> None:  # noqa: FBT001 - both ways
    """The other table may be kept for years and hold nothing of this cluster."""
    others = [LogTable(n, "Analytics", 700, 700) for n in ("AKSAudit", "AzureDiagnostics", "AKSAuditAdmin")]
    tables = [dataclasses.replace(t, hot_days=30, total_days=30) if t.name == table else t for t in others]
    found = judge_retention(in_workspace(*tables, dedicated=dedicated), PROMISED, DAY)
    assert found.verdict is Verdict.FAIL
    assert f"table {table} of shop-logs" in found.summary


def test_a_workspace_that_did_not_answer_leaves_too_short_open() -> None:
    """It may keep them; what the archive keeps for the term needs no workspace."""
    hidden = (WorkspaceAnswer(WORKSPACE, aks_denied("operationalinsights:tables")),)
    only = setting("kube-audit", to="", workspace=WORKSPACE)
    found = judge_retention(aks_set(only, workspaces=hidden), PROMISED, DAY)
    assert found.verdict is Verdict.UNKNOWN
    assert "tables/read" in found.summary
    both = setting("kube-audit", workspace=WORKSPACE)
    assert judge_retention(aks_set(both, workspaces=hidden), PROMISED, DAY).verdict is Verdict.PASS


@pytest.mark.parametrize(("days", "verdict"), [(90, Verdict.FAIL), (399, Verdict.FAIL), (400, Verdict.PASS)])
def test_a_lifecycle_rule_that_deletes_before_the_term_or_the_lock_ends_fails(days: int, verdict: Verdict) -> None:
    """365 days are promised and the lock lasts 400: between them the rule only fails every day until then."""
    facts = aks_archived(lifecycle=known((LifecycleRule("tidy", delete_days=days),)))
    found = judge_retention(facts, PROMISED, DAY)
    assert found.verdict is verdict
    assert verdict is Verdict.PASS or "az storage account management-policy create" in found.fix
    narrowed = aks_archived(lifecycle=known((LifecycleRule("tidy", delete_days=90, narrowed=True),)))
    assert judge_retention(narrowed, PROMISED, DAY).verdict is Verdict.UNKNOWN


def test_a_locked_policy_for_the_term_is_immutable() -> None:
    """Container-level, with protected append writes, and version-level alike."""
    found = judge_archive_immutable(HEALTHY_AKS, PROMISED, DAY, blobs(("", 0)))
    assert found.verdict is Verdict.PASS
    assert found.summary.startswith("compliance: locked immutability policy of 400 days")
    short = judge_archive_immutable(aks_archived(locking=worm(90)), PROMISED, DAY)
    assert short.verdict is Verdict.FAIL


def test_an_unlocked_policy_is_no_lock() -> None:
    """Whoever may change the container can shorten or delete it."""
    found = judge_archive_immutable(aks_archived(locking=worm(mode="Unlocked")), PROMISED, DAY)
    assert found.verdict is Verdict.FAIL
    assert "is Unlocked" in found.summary
    assert "immutability-policy lock --account-name centralaudit" in found.fix


def test_locked_without_append_flags_is_immutable_but_undeliverable() -> None:
    """Diagnostic logs are append blobs: the lock keeps the log writer itself out."""
    found = judge_archive_immutable(aks_archived(locking=worm(appends=False)), PROMISED, DAY)
    assert found.verdict is Verdict.FAIL
    assert "immutable but undeliverable" in found.summary
    assert "another storage account" in found.fix
    hold = LegalHold(1, blocks_writer=True)
    held = judge_archive_immutable(aks_archived(locking=worm(hold=hold)), PROMISED, DAY)
    assert "the legal hold allows no protected append writes" in held.summary


def test_soft_delete_only_is_no_lock() -> None:
    """It brings back what was deleted, for some days, and stops nobody."""
    found = judge_archive_immutable(aks_archived(locking=worm(0)), PROMISED, DAY)
    assert found.verdict is Verdict.FAIL
    assert "soft delete (7 days) stops no overwriting" in found.summary


def test_a_legal_hold_only_is_no_lock() -> None:
    """It has no term, and who set it can lift it."""
    facts = aks_archived(locking=worm(0, hold=LegalHold(2)), undelete_days=known(0))
    found = judge_archive_immutable(facts, PROMISED, DAY)
    assert found.verdict is Verdict.FAIL
    assert "a legal hold (2 tags) has no term" in found.summary
    assert "soft delete" not in found.summary


def test_version_level_locks_of_every_blob_will_do() -> None:
    """A container with version-level immutability and no default policy leaves it to each blob."""
    facts = aks_archived(locking=known(Locking(enabled=True)))
    assert judge_archive_immutable(facts, PROMISED, DAY, blobs(("Locked", 400))).verdict is Verdict.PASS
    assert judge_archive_immutable(facts, PROMISED, DAY, blobs(("Locked", 400), ("", 0))).verdict is Verdict.FAIL
    assert judge_archive_immutable(facts, PROMISED, DAY, blobs(("Unlocked", 400))).verdict is Verdict.FAIL
    assert judge_archive_immutable(facts, PROMISED, DAY).verdict is Verdict.UNKNOWN


def test_a_key_that_is_off_blinds_the_archive() -> None:
    """Nothing can be read under it."""
    facts = aks_archived(key=known(EncryptionKey("https://v.vault.azure.net/keys/k", "Disabled", usable=False)))
    assert "az keyvault key set-attributes" in judge_archive_immutable(facts, PROMISED, DAY).fix


def test_an_account_in_the_clusters_subscription_is_not_central() -> None:
    """Its owner can do there what the cluster's owner can do here."""
    facts = aks_archived(owner=known(SUBSCRIPTION.upper()))
    found = judge_archive_central(facts)
    assert found.verdict is Verdict.FAIL
    assert "the cluster's own subscription" in found.summary
    opened = aks_archived(public_access=known(PublicAccess(blocked=False, words="allowBlobPublicAccess true")))
    assert "--allow-blob-public-access false" in judge_archive_central(opened).fix


@pytest.mark.parametrize(
    ("assignment", "verdict"),
    [
        (role(IDENTITY, ACCOUNT_ID, data_actions=(WRITE,)), Verdict.FAIL),
        (role(ROBOT, ACCOUNT_ID, "*"), Verdict.FAIL),
        (role(ROBOT, ACCOUNT_ID, "Microsoft.Storage/storageAccounts/listKeys/action"), Verdict.FAIL),
        (role(ROBOT, ACCOUNT_ID, "*", not_actions=("Microsoft.Storage/*", "Microsoft.Authorization/*")), Verdict.PASS),
        (role(ROBOT, ACCOUNT_ID, "Microsoft.Storage/storageAccounts/read"), Verdict.PASS),
        (role(ROBOT, ACCOUNT_ID, data_actions=(WRITE,), condition="@Resource[...]"), Verdict.UNKNOWN),
        (RoleAssignment(ROBOT, "ServicePrincipal", "gone", ACCOUNT_ID, actions=None), Verdict.UNKNOWN),
        (role(ROBOT, ACCOUNT_ID, "*", condition="@Request[...]"), Verdict.FAIL),
        (role(ROBOT, ACCOUNT_ID, "Microsoft.Authorization/*", condition="@Request[...]"), Verdict.UNKNOWN),
        (role("somebody-else", ACCOUNT_ID, "*"), Verdict.PASS),
    ],
)
def test_who_runs_the_cluster_must_not_hold_the_archive(assignment: RoleAssignment, verdict: Verdict) -> None:
    """Its own identities, and whoever a role in its subscription sets over it."""
    facts = aks(archive_rights=rights(assignment), cluster_rights=rights(role(ROBOT, f"/{OWN}", RULER)))
    assert judge_archive_central(facts).verdict is verdict


def test_account_keys_that_are_off_give_nothing() -> None:
    """Who may list keys that do not work holds nothing; an account that did not answer leaves it open."""
    lister = rights(role(IDENTITY, ACCOUNT_ID, "Microsoft.Storage/storageAccounts/listKeys/action"))
    assert judge_archive_central(aks(archive_rights=lister)).verdict is Verdict.FAIL
    assert judge_archive_central(aks(archive_rights=lister, accounts=())).verdict is Verdict.UNKNOWN
    assert judge_archive_central(aks(archive_rights=lister, accounts=account(shared_key=False))).verdict is Verdict.PASS


def test_roles_from_above_both_subscriptions_are_listed_and_decide_nothing() -> None:
    """A management group's administrators belong to no subscription; users are not named."""
    top = role(ROBOT, "/providers/Microsoft.Management/managementGroups/all", "*", kind="User")
    found = judge_archive_central(aks(archive_rights=rights(top), cluster_rights=rights(top)))
    assert found.verdict is Verdict.PASS
    assert any("a user (custom at /providers/Microsoft.Management" in fact.value for fact in found.facts)
    assert ROBOT not in "".join(fact.value for fact in found.facts) + found.summary
