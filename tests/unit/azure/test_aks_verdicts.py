"""From the wire to the verdict: one thing is wrong in Azure, and the checks say so."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

import pytest

from dayseal.clouds.azure.places import ArchivePlace
from dayseal.model import Verdict
from support.azure_estate import ACCOUNT, ACCOUNT_ID
from support.azure_estate import CONTAINER as AUDIT
from support.azure_insights import setting
from support.azure_log_analytics import Records
from support.azure_rights import OWNER
from support.azure_storage_arm import held, immutable, rule
from support.azure_verdicts import CHECKS, PROD, SHOP, add_route, ask, judge, to_archive
from support.azure_world import World
from support.route_facts import NOW

ADMIN: Final = f"{AUDIT}-admin"
SPACE: Final = f"/subscriptions/{SHOP}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs"
GUID: Final = "33333333-0000-0000-0000-000000000000"
HOUR: Final = dt.timedelta(hours=1)
FAIL, UNKNOWN, PASS, OVER = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS, Verdict.NOT_APPLICABLE


@pytest.fixture
def route(azure: World) -> World:
    """Give a cluster whose audit log goes to a locked container in another subscription."""
    add_route(azure)
    return azure


def test_a_healthy_route_passes_every_check(route: World) -> None:
    """Otherwise the rows below would prove nothing. The archive's account lies in another subscription."""
    found = judge(route)
    assert {name: f.summary for name, f in found.items() if f.verdict is not PASS} == {}
    assert set(found) == CHECKS
    assert "another than the cluster's" in found["export-route"].summary


def test_an_archive_that_nobody_named_is_the_one_the_route_leads_to(route: World) -> None:
    """All containers of that account, as Azure Monitor names them."""
    facts = ask(route)
    assert facts.archive is not None
    assert facts.archive.uri == f"az://{ACCOUNT}/"


def sends(*settings: dict[str, Any]) -> Callable[[World], None]:
    """Give the cluster other diagnostic settings."""
    return lambda world: world.insights.add_resource(PROD, *settings)


def locks(*parts: dict[str, Any]) -> Callable[[World], None]:
    """Lock the container otherwise."""
    told = {key: value for part in parts for key, value in part.items()}
    return lambda world: world.storage.containers[ACCOUNT_ID.lower(), AUDIT]["properties"].update(told)


def account(**properties: Any) -> Callable[[World], None]:  # noqa: ANN401 - any property
    """Change the archive's account."""
    return lambda world: world.storage.accounts[ACCOUNT_ID.lower()]["properties"].update(properties)


def unlocked(world: World) -> None:
    """Take every lock away; soft delete stays."""
    world.storage.add_container(ACCOUNT_ID, AUDIT)


def kept_account(world: World) -> None:
    """Lock nothing but the account's management."""
    world.storage.add_container(ACCOUNT_ID, AUDIT)
    world.storage.lock_account(ACCOUNT_ID, "CanNotDelete")


def legal_hold(world: World) -> None:
    """Leave nothing but a legal hold."""
    world.storage.add_container(ACCOUNT_ID, AUDIT, **held("case", appends=True))


def tidy(world: World) -> None:
    """Delete old blobs of the archive's container."""
    world.storage.set_policy(ACCOUNT_ID, rule("tidy", 30, prefixMatch=[f"{AUDIT}/"]))


def own(world: World) -> None:
    """Let the cluster's identity rule the archive."""
    world.rights.assign("aaaaaaaa-0000-0000-0000-000000000001", OWNER, ACCOUNT_ID)


def unwatched(world: World) -> None:
    """Switch Defender's plan off."""
    world.security.set(SHOP)


def deleted(world: World) -> None:
    """Let somebody have deleted a setting, and made it again an hour later."""
    where = f"{PROD}/providers/microsoft.insights/diagnosticSettings/audit"
    world.insights.happen("microsoft.insights/diagnosticSettings/delete", where, NOW - 5 * HOUR)
    world.insights.happen("microsoft.insights/diagnosticSettings/write", where, NOW - 4 * HOUR)


def policy_deleted(world: World) -> None:
    """Let somebody have deleted the policy while it was not locked yet."""
    where = f"{ACCOUNT_ID}/blobServices/default/containers/{AUDIT}/immutabilityPolicies/default"
    kind = "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies"
    world.insights.happen(f"{kind}/delete", where, NOW - 5 * HOUR)


def silent(world: World) -> None:
    """Let nothing arrive any more, while a workspace goes on counting."""
    workspace("Analytics", 92)(world)
    world.logs.records[GUID] = [Records("AKSAudit", "", PROD.lower(), NOW - 2 * HOUR, 5_000)]
    world.blobs.containers.clear()
    world.blobs.put(ACCOUNT, AUDIT, f"resourceId={PROD.upper()}/y=2026/m=11/d=20/h=01/m=00/PT1H.json",
                    NOW - dt.timedelta(days=3))  # fmt: skip


def workspace(plan: str, days: int) -> Callable[[World], None]:
    """Send the audit log to a workspace alone, or beside the archive where the plan is Analytics."""

    def change(world: World) -> None:
        world.logs.add_workspace(SPACE, GUID, AKSAudit=(plan, days, 400))
        kept = setting("ask", "kube-audit", "guard", workspaceId=SPACE, logAnalyticsDestinationType="Dedicated")
        world.insights.add_resource(PROD, kept, *([to_archive("kube-audit")] if plan == "Analytics" else []))

    return change


@pytest.mark.parametrize(
    ("change", "check", "verdict", "words"),
    [
        (sends(), "audit-enabled", FAIL, "omsAgent"),
        (sends(to_archive("cluster-autoscaler")), "audit-enabled", FAIL, "cluster-autoscaler"),
        (sends(to_archive("-kube-audit")), "audit-enabled", FAIL, "no enabled category"),
        (sends(to_archive("@audit")), "audit-enabled", PASS, "kube-audit"),
        (sends(to_archive("@allLogs")), "audit-coverage", PASS, "full"),
        (sends(to_archive("@newGroup")), "audit-enabled", UNKNOWN, "newGroup"),
        (sends(to_archive("kube-audit-admin")), "audit-coverage", FAIL, "writes-only"),
        (sends(to_archive("kube-audit"), to_archive("kube-audit", name="twice")), "audit-coverage", PASS, "both send"),
        (sends(to_archive("kube-audit", "kube-audit-admin")), "audit-coverage", PASS, "paid for twice"),
        (sends(to_archive("kube-audit", days=365)), "retention", PASS, "ignored"),
        (sends(setting("audit", "kube-audit", storageAccountId=f"{ACCOUNT_ID}2")), "export-route", FAIL,
         "not the archive"),
        (workspace("Basic", 400), "retention", FAIL, "plan Basic"),
        (workspace("Basic", 400), "export-route", FAIL, "no archive"),
        (tidy, "retention", FAIL, "30 days"),
        (locks(immutable(state="Unlocked")), "archive-immutable", FAIL, "Unlocked"),
        (locks(immutable(30)), "archive-immutable", FAIL, "30 days"),
        (locks(immutable(allowProtectedAppendWrites=False)), "archive-immutable", FAIL, "undeliverable"),
        (locks(immutable(), held("case")), "archive-immutable", FAIL, "undeliverable"),
        (kept_account, "archive-immutable", FAIL, "a CanNotDelete lock holds the account, not its blobs"),
        (legal_hold, "archive-immutable", FAIL, "legal hold"),
        (unlocked, "archive-immutable", FAIL, "soft delete (7 days)"),
        (account(networkAcls={"bypass": "None", "defaultAction": "Deny"}), "export-route", FAIL, "firewall"),
        (account(allowBlobPublicAccess=True), "archive-central", FAIL, "public access"),
        (own, "archive-central", FAIL, "Owner"),
        (unwatched, "monitored", FAIL, "no detector"),
        (deleted, "continuity", FAIL, "deleted at 2026-11-23T07:00:00Z until 2026-11-23T08:00:00Z"),
        (policy_deleted, "continuity", FAIL, "immutability policy deleted"),
        (silent, "export-health", FAIL, "5000 records"),
    ],
)  # fmt: skip
def test_each_edge_case_comes_out_of_the_wire_as_it_is(
    route: World, change: Callable[[World], None], check: str, verdict: Verdict, words: str
) -> None:
    """And says what, in words somebody can act on."""
    change(route)
    finding = judge(route)[check]
    assert finding.verdict is verdict, finding.summary
    assert words in finding.summary
    assert finding.fix or verdict is PASS


def test_a_stopped_cluster_delivers_nothing_and_owes_nothing(route: World) -> None:
    """Its audit log is judged all the same: it starts again as it was."""
    route.arm.clusters[SHOP][0]["properties"]["powerState"] = {"code": "Stopped"}
    route.blobs.containers[ACCOUNT, AUDIT].clear()
    found = judge(route)
    assert found["export-health"].verdict is OVER
    assert found["audit-enabled"].verdict is PASS


def test_an_archive_in_the_clusters_own_subscription_is_within_its_owners_reach(route: World) -> None:
    """Who owns the subscription owns both."""
    mine = ACCOUNT_ID.replace(ACCOUNT_ID.split("/")[2], SHOP)
    route.storage.add_account(mine)
    route.storage.add_container(mine, AUDIT, **immutable())
    route.insights.add_resource(PROD, setting("audit", "kube-audit", "guard", storageAccountId=mine))
    found = judge(route)["archive-central"]
    assert found.verdict is FAIL
    assert "own subscription" in found.summary


def test_an_archive_of_both_categories_is_as_firm_as_the_weaker_container(route: World) -> None:
    """Diagnostic settings make one container for each category."""
    route.storage.add_container(ACCOUNT_ID, ADMIN, **immutable(30))
    assert judge(route, ArchivePlace(ACCOUNT))["archive-immutable"].verdict is FAIL
    route.storage.add_container(ACCOUNT_ID, ADMIN, **immutable(500))
    found = judge(route, ArchivePlace(ACCOUNT))
    assert {name: f.summary for name, f in found.items() if f.verdict is not PASS} == {}
