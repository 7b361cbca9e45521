"""Gone is only what Resource Manager itself says is gone."""

import pytest

from dayseal.clouds.azure.discover import AzureDiscovery, SearchScope
from dayseal.clouds.azure.discovered import AzureDiscovered
from dayseal.errors import UsageError
from dayseal.model import ClusterId
from dayseal.model.route import AksCluster, Answer, Known, Missing, Reason
from support.azure_estate import ROOT, add_subscription, aks_cluster, cluster_id, subscription_id
from support.azure_world import World

SHOP, LOST = subscription_id(1), subscription_id(9)
PROD = ClusterId("aks", SHOP, "westeurope", "prod", "uid-rg-prod")
STRAY = ClusterId("aks", LOST, "westeurope", "stray", "uid-rg-stray")
ALL = SearchScope(management_groups=(ROOT,))


@pytest.fixture
def emptied(azure: World) -> World:
    """Give a subscription whose only cluster, which was enrolled, is listed no more."""
    add_subscription(azure, SHOP, aks_cluster(SHOP, "prod"))
    azure.arm.clusters[SHOP] = []
    return azure


def look(world: World, *known: ClusterId, where: str = "") -> AzureDiscovered:
    """Discover; `where` is the resource id of the enrolled clusters."""
    ids = dict.fromkeys(known, where) if where else {}
    return AzureDiscovery(world.calls(), ALL, known=known, ids=ids).discover()


def answer_of(found: AzureDiscovered, cluster: ClusterId) -> Answer[AksCluster | None]:
    """Give what was heard of a cluster."""
    return dict(found.described)[cluster].answer


def test_an_enrolled_cluster_that_the_index_remembers_is_gone_by_404(emptied: World) -> None:
    """The index names its resource id, Resource Manager says that there is none."""
    found = look(emptied, PROD)
    assert answer_of(found, PROD) == Known(None, answer_of(found, PROD).source)  # type: ignore[union-attr]  # it is
    assert (found.clusters, found.silent) == ((PROD,), ())
    assert emptied.gate.count("containerservice:managedClusters.get") == 1


def test_one_that_was_never_enrolled_is_not_missed(emptied: World) -> None:
    """The index lags by minutes."""
    found = look(emptied)
    assert (found.clusters, found.silent) == ((), ())


def test_an_enrolled_cluster_that_nobody_names_is_not_gone(emptied: World) -> None:
    """A listing shows what this identity may read; without its resource group the cluster cannot be asked about."""
    emptied.arm.index.clear()
    found = look(emptied, PROD)
    answer = answer_of(found, PROD)
    assert isinstance(answer, Missing)
    assert (answer.reason, found.clusters) == (Reason.INCOMPLETE, (PROD,))
    (line,) = found.silent
    assert line == (
        f"cluster prod of {SHOP} in westeurope: containerservice:managedClusters.list on subscriptions/{SHOP}: "
        "incomplete (it is not listed, and its resource id is not known)"
    )


def test_its_resource_id_lets_it_be_asked_about(emptied: World) -> None:
    """Whoever remembers the resource id gets the 404."""
    emptied.arm.index.clear()
    found = look(emptied, PROD, where=cluster_id(SHOP, "prod"))
    assert isinstance(answer_of(found, PROD), Known)
    assert found.silent == ()


def test_a_refusal_is_no_404(emptied: World) -> None:
    """403 says nothing of whether there is such a cluster."""
    emptied.gate.refuse("containerservice:managedClusters.get")
    answer = answer_of(look(emptied, PROD), PROD)
    assert isinstance(answer, Missing)
    assert answer.reason is Reason.DENIED


@pytest.mark.parametrize("code", ["SubscriptionNotFound", "InvalidResourceType", ""])
def test_a_404_that_is_not_about_the_cluster_is_no_proof(emptied: World, code: str) -> None:
    """A subscription that is unknown to this identity may hold the cluster all the same; so may a wrong address."""
    emptied.gate.refuse("containerservice:managedClusters.get", status=404, code=code)
    answer = answer_of(look(emptied, PROD), PROD)
    assert isinstance(answer, Missing)
    assert answer.reason is Reason.NOT_FOUND


def test_a_cluster_in_a_subscription_nobody_knows_is_not_gone(emptied: World) -> None:
    """The subscription was moved to another directory, or the identity lost all of its rights there."""
    found = look(emptied, STRAY)
    answer = answer_of(found, STRAY)
    assert isinstance(answer, Missing)
    assert answer.detail == "SubscriptionNotFound"
    assert len(found.silent) == 2


def test_a_rebuilt_cluster_is_another_one(emptied: World) -> None:
    """The old one is gone for certain: its resource id answers with another uid."""
    emptied.arm.clusters[SHOP] = [aks_cluster(SHOP, "prod", uid="rebuilt")]
    found = look(emptied, PROD, where=cluster_id(SHOP, "prod"))
    assert {cluster.uid for cluster in found.clusters} == {"rebuilt", "uid-rg-prod"}
    answer = answer_of(found, PROD)
    assert isinstance(answer, Known)
    assert answer.value is None


def test_a_namesake_in_another_resource_group_takes_nobodys_place(emptied: World) -> None:
    """Without its resource id the old one may still be somewhere."""
    emptied.arm.index.clear()
    emptied.arm.clusters[SHOP] = [aks_cluster(SHOP, "prod", group="elsewhere")]
    found = look(emptied, PROD)
    assert len(found.clusters) == 2
    assert isinstance(answer_of(found, PROD), Missing)


def test_an_index_without_uids_proves_nobody_gone(emptied: World) -> None:
    """It may mean a namesake that somebody made and deleted in another resource group."""
    emptied.arm.known[cluster_id(SHOP, "prod")] = aks_cluster(SHOP, "prod", resourceUID=None)
    found = look(emptied, PROD)
    answer = answer_of(found, PROD)
    assert isinstance(answer, Missing)
    assert answer.reason is Reason.INCOMPLETE
    assert len(found.silent) == 1


@pytest.mark.parametrize("where", [cluster_id(SHOP, "other"), cluster_id(LOST, "prod"), "/subscriptions/x", "prod"])
def test_another_clusters_resource_id_is_refused(emptied: World, where: str) -> None:
    """Its 404 would bury this one."""
    with pytest.raises(UsageError, match="its own resource id promised"):
        look(emptied, PROD, where=where)
