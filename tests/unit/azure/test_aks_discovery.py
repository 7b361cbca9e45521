import pytest

from dayseal.clouds.azure.discover import AzureDiscovery, SearchScope
from dayseal.clouds.azure.discovered import AzureDiscovered
from dayseal.errors import UsageError
from dayseal.model import ClusterId
from dayseal.model.route import AksCluster, Answer, Known, Missing, Reason
from support.azure_estate import ROOT, TEAM, add_subscription, aks_cluster, cluster_id, subscription_id
from support.azure_gate import Fault
from support.azure_world import World

SHOP, WARE = subscription_id(1), subscription_id(2)
PROD = ClusterId("aks", SHOP, "westeurope", "prod", "uid-rg-prod")
BATCH = ClusterId("aks", SHOP, "northeurope", "batch", "uid-jobs-batch")
OTHER = ClusterId("aks", WARE, "westeurope", "prod", "uid-rg-prod")
ALL = SearchScope(management_groups=(ROOT,))


@pytest.fixture
def estate(azure: World) -> World:
    """Give two subscriptions with three clusters."""
    batch = aks_cluster(SHOP, "batch", location="northeurope", group="jobs")
    add_subscription(azure, SHOP, aks_cluster(SHOP, "prod"), batch)
    add_subscription(azure, WARE, aks_cluster(WARE, "prod"), above=ROOT)
    return azure


def look(world: World, scope: SearchScope = ALL, *known: ClusterId, **ids: str) -> AzureDiscovered:
    """Discover; `ids` are the resource ids of enrolled clusters, by their name."""
    told = {cluster: ids[cluster.name] for cluster in known if cluster.name in ids}
    return AzureDiscovery(world.calls(), scope, known=known, ids=told).discover()


def answer_of(found: AzureDiscovered, cluster: ClusterId) -> Answer[AksCluster | None]:
    """Give what was heard of a cluster."""
    return dict(found.described)[cluster].answer


@pytest.mark.parametrize(
    "scope", [ALL, SearchScope(subscriptions=(SHOP, WARE)), SearchScope((WARE,), management_groups=(TEAM,))]
)
def test_every_cluster_of_a_scope_is_found(estate: World, scope: SearchScope) -> None:
    """Management groups, groups below groups, and subscriptions lead to the same clusters."""
    found = look(estate, scope)
    assert found.clusters == (BATCH, PROD, OTHER)
    assert found.silent == ()
    assert found.subscriptions == (SHOP, WARE)
    assert dict(found.described)[BATCH].resource_id == cluster_id(SHOP, "batch", "jobs")


def test_a_cluster_says_what_it_is(estate: World) -> None:
    """The power state decides whether records are due, the identities whether it rules its own archive."""
    stopped = aks_cluster(WARE, "prod", powerState={"code": "Stopped"}, securityProfile={
        "defender": {"securityMonitoring": {"enabled": True}},
    })  # fmt: skip
    estate.arm.clusters[WARE] = [stopped]
    answer = answer_of(look(estate), OTHER)
    assert isinstance(answer, Known)
    cluster = answer.value
    assert cluster is not None
    assert (cluster.power, cluster.version, cluster.nodes, cluster.defender) == ("Stopped", "1.33.1", 3, True)
    assert (cluster.oms_agent, cluster.prometheus) == (True, False)
    assert [name[-1] for name in cluster.identities] == ["1", "2"]


@pytest.mark.parametrize(
    "call", ["resourcegraph:resources", "management:descendants.list", "containerservice:managedClusters.list"]
)
def test_listings_are_read_to_their_last_page(estate: World, call: str) -> None:
    """What is on the second page is in scope too."""
    estate.gate.pages[call] = 1
    found = look(estate)
    assert found.clusters == (BATCH, PROD, OTHER)
    assert (found.silent, estate.gate.count(call)) == ((), 3)


def test_the_index_never_shortens_the_list(estate: World) -> None:
    """Resource Graph shows what it has heard of; management groups and Resource Manager say what there is."""
    estate.arm.hidden.add(WARE)
    estate.arm.index.remove(cluster_id(SHOP, "prod"))
    assert look(estate).clusters == (BATCH, PROD, OTHER)


def test_an_index_that_promises_more_than_it_shows_is_told(estate: World) -> None:
    """The number of records it counts is compared with those it gave."""
    estate.arm.uncounted = 2
    (line,) = look(estate).silent
    assert line == (
        f"managementGroups/{ROOT}: resourcegraph:resources on managementGroups/{ROOT}: "
        "incomplete (totalRecords 5, 3 shown); 3 clusters known"
    )


def test_a_truncated_index_is_told(estate: World) -> None:
    """The last page says so itself, and there is no other page."""
    estate.arm.truncated = True
    assert "incomplete (resultTruncated)" in look(estate).silent[0]


def test_what_this_identity_may_not_read_is_a_silent_scope(estate: World) -> None:
    """Resource Manager answers 200 and leaves clusters out: only the identity's own permissions tell."""
    estate.arm.permissions[WARE] = [{"actions": ["Microsoft.Storage/*"]}]
    estate.arm.permissions[SHOP] = [
        {"actions": ["*/read"], "notActions": ["Microsoft.ContainerService/*"]},
        {"actions": ["microsoft.containerservice/MANAGEDCLUSTERS/read"], "notActions": []},
    ]
    found = look(estate)
    assert found.clusters == (BATCH, PROD, OTHER)
    (line,) = found.silent
    assert line == (
        f"subscription {WARE}: clusters may be hidden from this identity: "
        "grant Microsoft.ContainerService/managedClusters/read for all of it"
    )


def test_permissions_nobody_could_read_prove_nothing(estate: World) -> None:
    """An error is never a clean result."""
    estate.gate.refuse("authorization:permissions.list", WARE)
    (line,) = look(estate).silent
    assert line.startswith(f"subscription {WARE}: clusters may be hidden from this identity: authorization:permissions")


def test_a_subscription_that_refuses_is_named_with_its_clusters(estate: World) -> None:
    """The index knows who they are; what they are is not known, and no other fact changes."""
    estate.gate.refuse("containerservice:managedClusters.list", WARE)
    estate.gate.refuse("containerservice:managedClusters.get", WARE)
    found = look(estate)
    assert found.clusters == (BATCH, PROD, OTHER)
    assert found.silent[0] == (
        f"subscription {WARE}: containerservice:managedClusters.list on subscriptions/{WARE}: "
        "denied (AuthorizationFailed)"
    )
    assert found.silent[1].startswith(f"cluster prod of {WARE} in westeurope: containerservice:managedClusters.get")
    answer = answer_of(found, OTHER)
    assert isinstance(answer, Missing)
    assert (answer.reason, answer.permission) == (Reason.DENIED, "Microsoft.ContainerService/managedClusters/read")


def test_rights_to_one_resource_group_show_its_clusters(estate: World) -> None:
    """Where the subscription refuses, what the index names is asked about one by one."""
    estate.gate.refuse("containerservice:managedClusters.list", WARE)
    found = look(estate)
    assert isinstance(answer_of(found, OTHER), Known)
    assert len(found.silent) == 1


def test_a_management_group_that_refuses_is_named(estate: World) -> None:
    """Half of a company must not look like all of it."""
    estate.gate.refuse("management:descendants.list")
    found = look(estate)
    assert "management:descendants.list" in found.silent[0]
    assert (found.clusters, found.subscriptions) == ((BATCH, PROD, OTHER), (SHOP, WARE))  # the index names them
    estate.arm.hidden.add(WARE)
    assert look(estate).clusters == (BATCH, PROD)


def test_a_cluster_without_a_uid_is_told(estate: World) -> None:
    """Without one nobody can say whether it is the enrolled one."""
    estate.arm.clusters[WARE] = [aks_cluster(WARE, "prod", resourceUID=None)]
    found = look(estate)
    assert f"subscription {WARE}: {cluster_id(WARE, 'prod')!a} cannot be read" in found.silent
    assert OTHER in dict(found.described)


def test_an_index_without_uids_identifies_nobody(estate: World) -> None:
    """Who it is can be said of an enrolled cluster alone, where only one can be meant."""
    estate.arm.known[cluster_id(WARE, "prod")] = aks_cluster(WARE, "prod", resourceUID=None)
    estate.gate.refuse("containerservice:managedClusters.list", WARE)
    estate.gate.refuse("containerservice:managedClusters.get", WARE)
    found = look(estate)
    assert (found.clusters, [one.uid for one in found.unidentified]) == ((BATCH, PROD), ["?"])
    assert look(estate, ALL, OTHER).unidentified == ()
    assert len(look(estate, SearchScope(management_groups=(ROOT,), keep_unidentified=True)).clusters) == 3


@pytest.mark.parametrize(
    ("fault", "status", "reason"),
    [
        (Fault.REFUSED, 429, Reason.THROTTLED),
        (Fault.REFUSED, 503, Reason.TIMED_OUT),
        (Fault.CUT, 0, Reason.TIMED_OUT),
        (Fault.LOST, 0, Reason.TIMED_OUT),
    ],
)
@pytest.mark.parametrize("call", ["containerservice:managedClusters.list", "resourcegraph:resources"])
def test_a_listing_is_tried_four_times(estate: World, call: str, fault: Fault, status: int, reason: Reason) -> None:
    """A passing fault costs a second, a lasting one is named; neither makes a shorter list."""
    rule = estate.gate.hurt(call, fault, WARE if call.startswith("container") else "", times=3)
    rule.status, rule.code = status, "TooManyRequests" if status == 429 else "ServiceUnavailable"
    rule.retry_after = "1" if status == 429 else ""
    assert look(estate).silent == ()
    rule.times = None
    found = look(estate)
    assert found.clusters == (BATCH, PROD, OTHER)
    assert f": {reason.value} (" in found.silent[0]


def test_a_portal_in_between_is_no_empty_subscription(estate: World) -> None:
    """200 with something that is no JSON object says nothing about clusters."""
    estate.gate.hurt("containerservice:managedClusters.list", Fault.GARBLED, WARE)
    assert "contradictory" in look(estate).silent[0]


@pytest.mark.parametrize("scope", [{}, {"management_groups": ("a/b",)}, {"subscriptions": ("shop",)}])
def test_a_scope_that_names_nothing_is_refused(scope: dict[str, tuple[str, ...]]) -> None:
    """Searching nothing finds nothing, which would look like a company without clusters."""
    with pytest.raises(UsageError):
        SearchScope(**scope)  # type: ignore[arg-type]  # the wrong values are the claim
