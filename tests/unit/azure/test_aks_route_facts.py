import time
from typing import Any

import pytest

from dayseal.checks.aks.changes import AKS_OPERATIONS
from dayseal.clouds.azure.changes import Trails
from dayseal.clouds.azure.discover import AzureDiscovery, SearchScope
from dayseal.clouds.azure.places import ArchivePlace, account_of
from dayseal.clouds.azure.probe import AzureProbe, ProbeScope
from dayseal.errors import FormatError
from dayseal.model import ClusterId
from dayseal.model.route import Answer, Known, Missing, Reason, RoleAssignment, RouteFacts
from dayseal.testing.clock import FixedClock
from support.azure_estate import (
    ACCOUNT,
    ACCOUNT_ID,
    CENTRAL,
    CONTAINER,
    MANAGEMENT,
    NOW,
    ROOT,
    TEAM,
    WORKSPACE,
    add_export,
    add_subscription,
    aks_cluster,
    cluster_id,
    subscription_id,
)
from support.azure_gate import Fault
from support.azure_insights import setting
from support.azure_rights import OWNER, READER
from support.azure_storage_arm import immutable
from support.azure_world import World

SHOP, WARE = subscription_id(1), subscription_id(2)
PROD = ClusterId("aks", SHOP, "westeurope", "prod", "uid-rg-prod")
BATCH = ClusterId("aks", SHOP, "westeurope", "batch", "uid-jobs-batch")
OTHER = ClusterId("aks", WARE, "westeurope", "prod", "uid-rg-prod")
WHO = "dddddddd-0000-0000-0000-000000000004"
AUDITOR = "cccccccc-0000-0000-0000-000000000003"


@pytest.fixture
def route(azure: World) -> World:
    """Give three clusters in two subscriptions, whose kube-audit records go to a central account and workspace."""
    add_subscription(azure, SHOP, aks_cluster(SHOP, "prod"), aks_cluster(SHOP, "batch", group="jobs"))
    add_subscription(azure, WARE, aks_cluster(WARE, "prod"), above=ROOT)
    add_export(azure)
    return azure


def probe(world: World, *clusters: ClusterId, archive: ArchivePlace | None = None) -> tuple[RouteFacts, ...]:
    """Ask about clusters as dayseal does, without discovery."""
    return AzureProbe(world.calls(), FixedClock(NOW), ProbeScope(lambda _: archive)).probe_all(clusters)


def value(answer: Answer[Any] | None) -> Any:  # noqa: ANN401 - whatever was answered
    """Give what was answered."""
    assert isinstance(answer, Known), answer
    return answer.value


def missing(answer: Answer[Any]) -> Missing:
    """Give why there is no answer."""
    assert isinstance(answer, Missing), answer
    return answer


def test_routes_come_in_the_order_asked_for(route: World) -> None:
    """Whoever answered first."""
    asked = (OTHER, PROD, BATCH)
    found = probe(route, *asked)
    assert tuple(facts.cluster for facts in found) == asked
    assert [facts.aks.resource_id for facts in found] == [
        cluster_id(WARE, "prod"), cluster_id(SHOP, "prod"), cluster_id(SHOP, "batch", "jobs"),
    ]  # fmt: skip


def test_a_route_is_followed_to_the_account_its_settings_name(route: World) -> None:
    """In another subscription than the cluster's, and whatever the settings of dayseal say."""
    (facts,) = probe(route, PROD)
    assert facts.archive is not None
    assert (facts.archive.name, value(facts.archive.owner)) == (f"{ACCOUNT}/", CENTRAL)
    assert value(facts.archive.locking).rule.days == 400
    assert [answer.account for answer in facts.aks.accounts] == [ACCOUNT_ID]
    assert [answer.workspace for answer in facts.aks.workspaces] == [WORKSPACE]
    assert value(facts.delivery.incoming).value == 5_000
    assert value(facts.delivery.newest).stored_at.minute == 50
    assert route.gate.count("resourcegraph:resources") == 0


def test_what_clusters_share_is_asked_once(route: World) -> None:
    """Account, workspace, plans and the Activity Log do not grow with the clusters."""
    probe(route, PROD, BATCH, OTHER)
    once = ("storage:storageAccounts.get", "operationalinsights:workspaces.get", "loganalytics:query")
    assert [route.gate.count(call) for call in once] == [1, 1, 1]
    assert route.gate.count("security:pricings.list") == 2
    assert route.gate.count("insights:eventtypes.list") == 2


def test_subscriptions_do_not_wait_for_each_other(azure: World) -> None:
    """An Activity Log answers in seconds, and the clusters of one subscription need it all at once."""
    add_export(azure)
    names = [subscription_id(number) for number in range(4)]
    for name in names:
        add_subscription(azure, name, *(aks_cluster(name, f"c{number}") for number in range(4)))
    clusters = [ClusterId("aks", name, "westeurope", f"c{n}", f"uid-rg-c{n}") for name in names for n in range(4)]
    azure.gate.hurt("insights:eventtypes.list", Fault.DELAYED, "'microsoft.insights'").seconds = 0.5
    asked = AzureProbe(azure.calls(), FixedClock(NOW), ProbeScope(lambda _: None), threads=4,
                       trails=lambda log, _: Trails(log, AKS_OPERATIONS))  # fmt: skip
    began = time.monotonic()
    assert all(isinstance(facts.changes, Known) for facts in asked.probe_all(clusters))
    assert time.monotonic() - began < 1.8  # one after the other they take two seconds


def test_rights_are_those_of_all_levels(route: World) -> None:
    """A role at a management group rules every cluster below it, one at another cluster does not."""
    route.rights.define("Restarter", "f00d", "Microsoft.ContainerService/managedClusters/write",
                        notActions=["*/delete"], dataActions=["Microsoft.Storage/*"])  # fmt: skip
    for scope in (cluster_id(SHOP, "prod"), f"/{MANAGEMENT}/{TEAM}", "/", f"/subscriptions/{SHOP}"):
        route.rights.assign(WHO, "f00d", scope, "Group", condition="@Resource" if scope == "/" else "")
    route.rights.assign(WHO, OWNER, cluster_id(SHOP, "batch", "jobs"))
    route.rights.assign(WHO, OWNER, f"{ACCOUNT_ID}/blobServices/default/containers/{CONTAINER}", "User")
    facts, other = probe(route, PROD, OTHER)
    rights = value(facts.aks.cluster_rights)
    assert [(one.role, one.scope) for one in rights] == [
        ("Reader", f"/{MANAGEMENT}/{ROOT}"), ("Restarter", cluster_id(SHOP, "prod")),
        ("Restarter", f"/{MANAGEMENT}/{TEAM}"), ("Restarter", "/"), ("Restarter", f"/subscriptions/{SHOP}"),
    ]  # fmt: skip
    allowed = "Microsoft.ContainerService/managedClusters/write"
    assert rights[3] == RoleAssignment(
        WHO, "Group", "Restarter", "/", (allowed,), ("*/delete",), ("Microsoft.Storage/*",), (), "@Resource"
    )
    assert [one.role for one in value(other.aks.cluster_rights)] == ["Reader", "Restarter"]
    assert [one.role for one in value(facts.aks.archive_rights)] == ["Reader", "Restarter", "Owner"]
    assert route.gate.count("authorization:roleDefinitions.get") == 3


def test_a_role_of_several_entries_gives_each_its_own_exceptions(route: World) -> None:
    """What one entry takes back, another may give."""
    entries = [
        {"actions": ["*"], "notActions": ["*/delete"], "dataActions": [], "notDataActions": []},
        {"actions": ["Microsoft.Storage/*"], "notActions": [], "dataActions": [], "notDataActions": []},
    ]
    route.rights.roles[READER]["properties"]["permissions"] = entries
    (facts,) = probe(route, PROD)
    found = [(one.actions, one.not_actions) for one in value(facts.aks.cluster_rights)]
    assert found == [(("*",), ("*/delete",)), (("Microsoft.Storage/*",), ())]


def test_assignments_on_a_second_page_count(route: World) -> None:
    """An assignment that was not read gives nothing, so every page must be."""
    route.gate.pages["authorization:roleAssignments.list"] = 1
    for number in range(3):
        route.rights.assign(f"{number}", OWNER, f"/subscriptions/{SHOP}")
    (facts,) = probe(route, PROD)
    assert len(value(facts.aks.cluster_rights)) == 4


def test_an_archive_that_settings_name_is_found_by_the_index(route: World) -> None:
    """The cluster writes elsewhere; the archive's account is known by its name alone, which is unique in the world."""
    where = cluster_id(SHOP, "prod")
    other = ACCOUNT_ID.replace(ACCOUNT, "elsewhere")
    route.storage.add_account(other)
    route.insights.add_resource(where, setting("audit", "kube-audit", storageAccountId=other))
    (facts,) = probe(route, PROD, archive=ArchivePlace(ACCOUNT, CONTAINER))
    assert facts.archive is not None
    assert (facts.archive.name, value(facts.archive.owner)) == (f"{ACCOUNT}/{CONTAINER}", CENTRAL)
    assert [answer.account for answer in facts.aks.accounts] == [other]


def test_an_archive_nobody_shows_is_no_archive_that_is_gone(route: World) -> None:
    """The index shows what this identity can read."""
    (facts,) = probe(route, PROD, archive=ArchivePlace("hidden", CONTAINER))
    assert facts.archive is not None
    assert missing(facts.archive.exists).reason is Reason.INCOMPLETE
    assert missing(facts.aks.archive_rights).reason is Reason.INCOMPLETE
    route.gate.refuse("resourcegraph:resources")
    (facts,) = probe(route, PROD, archive=ArchivePlace("hidden", CONTAINER))
    assert facts.archive is not None
    assert missing(facts.archive.exists).reason is Reason.DENIED


@pytest.mark.parametrize("name", ["a' or 1 == 1 | project id //", "UPPER", "evil.example/", "evil.example#", ""])
def test_no_name_leads_anywhere_else(name: str) -> None:
    """Names come from settings and go into queries and into hosts' names, where a token goes too."""
    with pytest.raises(FormatError):
        ArchivePlace(name, CONTAINER)
    with pytest.raises(FormatError):
        ArchivePlace(ACCOUNT, f"{CONTAINER}/../x")
    assert account_of(ACCOUNT_ID.replace(ACCOUNT, name or "..")) is None or name == "UPPER"


def test_two_containers_are_one_archive(route: World) -> None:
    """Rights to either of them are rights to the archive; one that is not made yet has none of its own."""
    admin = f"{CONTAINER}-admin"
    route.storage.add_container(ACCOUNT_ID, admin, **immutable())
    route.rights.assign(WHO, OWNER, f"{ACCOUNT_ID}/blobServices/default/containers/{admin}")
    (facts,) = probe(route, PROD)
    assert [one.principal for one in value(facts.aks.archive_rights)] == [AUDITOR, WHO]
    route.gate.refuse("authorization:roleAssignments.list", "-admin", status=404, code="ContainerNotFound")
    (facts,) = probe(route, PROD)
    assert [one.principal for one in value(facts.aks.archive_rights)] == [AUDITOR]


def test_a_cluster_without_settings_has_no_archive(route: World) -> None:
    """Nothing is sent anywhere, and that is known."""
    route.insights.add_resource(cluster_id(SHOP, "prod"))
    (facts,) = probe(route, PROD)
    assert (value(facts.aks.settings), facts.archive, facts.aks.accounts) == ((), None, ())
    assert missing(facts.delivery.newest).reason is Reason.NOT_ASKED


def test_a_cluster_that_is_gone_leaves_its_archive(route: World) -> None:
    """Discovery had the 404; the settings are gone with the cluster, the archive that is named is not."""
    route.arm.clusters[SHOP] = []
    calls = route.calls()
    found = AzureDiscovery(calls, SearchScope(management_groups=(ROOT,)), known=[PROD]).discover()
    route.insights.settings.clear()
    archive = ArchivePlace(ACCOUNT, CONTAINER)
    asked = AzureProbe(calls, FixedClock(NOW), ProbeScope(lambda _: archive))
    (facts,) = asked.probe_all([PROD], dict(found.described))
    assert value(facts.aks.cluster) is None
    assert missing(facts.aks.settings).reason is Reason.NOT_FOUND
    assert facts.archive is not None
    assert value(facts.archive.locking).rule.days == 400


def test_a_cluster_nobody_can_name_is_not_asked_about(route: World) -> None:
    """Its resource group is not known: everything of it is missing for that reason, and nothing else is."""
    stray = ClusterId("aks", SHOP, "westeurope", "stray", "u")
    facts, other = probe(route, stray, PROD, archive=ArchivePlace(ACCOUNT, CONTAINER))
    told = facts.aks
    for answer in (told.cluster, told.settings, told.cluster_rights, told.operations, facts.delivery.newest):
        assert missing(answer).reason is Reason.INCOMPLETE
    assert facts.archive is not None
    assert value(facts.archive.exists) is True
    assert value(other.aks.cluster).power == "Running"
