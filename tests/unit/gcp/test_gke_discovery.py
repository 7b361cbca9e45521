import pytest

from dayseal.clouds.gcp.discover import GcpDiscovered, GcpDiscovery, SearchScope
from dayseal.errors import UsageError
from dayseal.model import ClusterId
from dayseal.model.route import Known, Missing, Reason
from support.gcp_estate import FOLDER, ORG, add_project, gke_cluster
from support.gcp_gate import Fault
from support.gcp_world import World

PROD = ClusterId("gke", "shop", "europe-west1", "prod", "id-prod-europe-west1")
ZONAL = ClusterId("gke", "shop", "us-east1-b", "batch", "id-batch-us-east1-b")
OTHER = ClusterId("gke", "ware", "europe-west1", "prod", "id-prod-europe-west1")
ALL = SearchScope(above=(ORG,))
CHECK = SearchScope(above=(ORG,), keep_unidentified=True)


@pytest.fixture
def estate(google: World) -> World:
    """Give two projects with three clusters."""
    add_project(google, "shop", "111", gke_cluster("prod"), gke_cluster("batch", "us-east1-b"))
    add_project(google, "ware", "222", gke_cluster("prod"))
    return google


def look(world: World, scope: SearchScope = ALL, *known: ClusterId) -> GcpDiscovered:
    """Discover."""
    return GcpDiscovery(world.calls(), scope, known=known).discover()


@pytest.mark.parametrize("scope", [ALL, SearchScope(above=(FOLDER,)), SearchScope(projects=("shop", "ware"))])
def test_every_cluster_of_a_scope_is_found(estate: World, scope: SearchScope) -> None:
    """An organisation, a folder or a list of projects lead to the same clusters."""
    found = look(estate, scope)
    assert found.clusters == (PROD, ZONAL, OTHER)
    assert found.silent == ()
    assert {
        cluster: answer.value.status
        for cluster, answer in found.described
        if isinstance(answer, Known) and answer.value
    } == dict.fromkeys(found.clusters, "RUNNING")


def test_the_index_is_read_to_its_last_page(estate: World) -> None:
    """Cloud Asset gives 500 at a time; what is on the second page is in scope too."""
    estate.gate.pages["cloudasset:searchAllResources"] = 1
    assert look(estate).clusters == (PROD, ZONAL, OTHER)
    assert estate.gate.count("cloudasset:searchAllResources") == 3


def test_a_missing_zone_is_no_complete_listing(estate: World) -> None:
    """GKE answers 200 and leaves clusters out: they are not gone, they were not shown."""
    estate.clusters["projects/shop"] = [gke_cluster("prod")]
    estate.missing_zones["projects/shop"] = ["us-east1-b"]
    found = look(estate, CHECK, ZONAL)
    assert found.clusters == (PROD, ZONAL, OTHER)
    assert "project shop: zone us-east1-b did not answer (missingZones)" in found.silent
    (answer,) = [answer for cluster, answer in found.described if cluster == ZONAL]
    assert isinstance(answer, Missing)
    assert answer.reason is Reason.INCOMPLETE


def test_a_cluster_only_the_index_names_is_not_given_an_identity(estate: World) -> None:
    """Nobody can say which cluster it is, so nobody can enrol it, and the scope is not complete."""
    estate.clusters["projects/shop"] = [gke_cluster("prod")]
    estate.missing_zones["projects/shop"] = ["us-east1-b"]
    found = look(estate)
    assert found.clusters == (PROD, OTHER)
    assert [cluster.uid for cluster in found.unidentified] == ["?"]


def test_a_region_with_a_silent_zone_hides_its_regional_clusters(estate: World) -> None:
    """MissingZones names a zone, the cluster lies in its region."""
    estate.clusters["projects/shop"] = []
    estate.missing_zones["projects/shop"] = ["europe-west1-c"]
    found = look(estate, CHECK)
    assert {cluster.name for cluster in found.unidentified} == {"prod"}


def test_a_cluster_deleted_since_the_index_saw_it_is_gone(estate: World) -> None:
    """The index lags by minutes; a complete listing by GKE itself decides."""
    estate.clusters["projects/ware"] = []
    found = look(estate)
    assert found.clusters == (PROD, ZONAL)
    assert found.silent == ()


def test_a_project_that_refuses_is_named(estate: World) -> None:
    """One refused listing is one project nobody looked into, and no other fact changes."""
    estate.gate.refuse("container:clusters.list", "ware")
    found = look(estate)
    assert found.clusters == (PROD, ZONAL)
    (line, hidden) = found.silent
    assert line == "project ware: container:clusters.list on projects/ware/locations/-: denied (IAM_PERMISSION_DENIED)"
    assert hidden.startswith("cluster prod of ware in europe-west1")


def test_an_index_that_breaks_off_is_no_complete_scope(estate: World) -> None:
    """Half of an organisation must not look like all of it."""
    estate.gate.pages["cloudasset:searchAllResources"] = 1
    estate.gate.refuse("cloudasset:searchAllResources", after=2)
    found = look(estate)
    assert found.clusters == (PROD, ZONAL)
    (line,) = found.silent
    assert line.startswith(f"{ORG}: cloudasset:searchAllResources")


@pytest.mark.parametrize(
    ("fault", "status", "reason"),
    [
        (Fault.REFUSED, 429, Reason.THROTTLED),
        (Fault.REFUSED, 503, Reason.TIMED_OUT),
        (Fault.CUT, 0, Reason.TIMED_OUT),
        (Fault.LOST, 0, Reason.TIMED_OUT),
    ],
)
def test_a_listing_is_tried_four_times(estate: World, fault: Fault, status: int, reason: Reason) -> None:
    """A passing fault costs a second, a lasting one is named; neither makes a shorter list."""
    rule = estate.gate.hurt("container:clusters.list", fault, "ware", times=3)
    rule.status, rule.reason = status, "RATE_LIMIT_EXCEEDED" if status == 429 else "backendError"
    assert look(estate).clusters == (PROD, ZONAL, OTHER)
    rule.times = None
    found = look(estate)
    assert found.clusters == (PROD, ZONAL)
    assert f": {reason.value} (" in found.silent[0]


def test_a_portal_in_between_is_no_empty_project(estate: World) -> None:
    """200 with something that is no JSON object says nothing about clusters."""
    estate.gate.hurt("container:clusters.list", Fault.GARBLED, "ware")
    found = look(estate)
    assert "contradictory" in found.silent[0]


def test_an_enrolled_clusters_project_is_asked_whatever_the_index_says(estate: World) -> None:
    """The index lags: a project it forgot is still looked into for what is enrolled there."""
    estate.index.clear()
    assert look(estate, ALL, OTHER).clusters == (OTHER,)


@pytest.mark.parametrize("scope", [{}, {"above": ("organizations/x",)}, {"projects": ("123",)}])
def test_a_scope_that_names_nothing_is_refused(scope: dict[str, tuple[str, ...]]) -> None:
    """Searching nothing finds nothing, which would look like an organisation without clusters."""
    with pytest.raises(UsageError):
        SearchScope(**scope)  # type: ignore[arg-type]  # the wrong values are the claim
