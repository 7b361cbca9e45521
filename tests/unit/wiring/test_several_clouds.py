"""Several clouds asked at once: none waits for another, and none that fails hides another."""

import dataclasses
import datetime as dt
import threading
from collections.abc import Sequence

import pytest

from dayseal.clouds.local.discover import LocalDiscovered
from dayseal.errors import AccessError, DaysealError, TamperError, UsageError
from dayseal.model import ClusterId, Fact
from dayseal.model.route import Missing, RouteFacts
from dayseal.runs.unasked import unasked_route
from dayseal.testing.clock import FixedClock
from dayseal.wiring.several import Cloud, Several

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
EKS = ClusterId("eks", "111122223333", "eu-central-1", "prod", "uid-eks")
GKE = ClusterId("gke", "shop", "europe-west3", "prod", "uid-gke")
AKS = ClusterId("aks", "sub", "germanywestcentral", "prod", "uid-aks")
AKS_NEW = ClusterId("aks", "sub", "germanywestcentral", "test", "uid-new")


@dataclasses.dataclass
class Asked:
    """A cloud with some clusters; either question may fail, or wait until others are asked too."""

    clusters: tuple[ClusterId, ...]
    hidden: DaysealError | None = None
    dumb: DaysealError | None = None
    together: threading.Barrier | None = None
    asked_about: tuple[ClusterId, ...] = ()

    def discover(self) -> LocalDiscovered:
        """Give the clusters."""
        self._meet()
        if self.hidden is not None:
            raise self.hidden
        provider = self.clusters[0].provider
        call = Fact(id=provider, call="list", resource="here", field="clusters", value="1")
        return LocalDiscovered(self.clusters, (call,), (f"{provider} far",))

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Tell of the clusters that are ours."""
        self._meet()
        self.asked_about = tuple(clusters)
        if self.dumb is not None:
            raise self.dumb
        mine = [one for one in clusters if one.provider == self.clusters[0].provider]
        return tuple(unasked_route(one, NOW, f"told of {one.provider}") for one in mine)

    def _meet(self) -> None:
        if self.together is not None:
            self.together.wait(timeout=10)


def several(*asked: Asked | DaysealError, known: Sequence[ClusterId] = ()) -> Several:
    """Join clouds; an error stands for one that could not even be opened."""
    names = ("aws", "gcp", "azure")
    clouds = tuple(Cloud(name, one) for name, one in zip(names, asked, strict=False))
    return Several(clouds, known, FixedClock(NOW))


def reasons(route: RouteFacts) -> str:
    """Say why a route's cluster is not known."""
    assert isinstance(route.source.cluster, Missing)
    return route.source.cluster.detail


def test_all_are_asked_at_the_same_time() -> None:
    """Three clouds take as long as the slowest; each waits here until the others have been asked too."""
    together = threading.Barrier(3)
    clouds = several(*(Asked((one,), together=together) for one in (EKS, GKE, AKS)))
    found = clouds.discover()
    assert found.clusters == (AKS, EKS, GKE)
    assert [call.id for call in found.calls] == ["eks", "gke", "aks"]
    assert found.silent == ("eks far", "gke far", "aks far")
    assert [route.cluster for route in clouds.probe_all((GKE, AKS, EKS))] == [GKE, AKS, EKS]


@pytest.mark.parametrize(
    "error", [AccessError("no Azure credentials found", hint="az login"), UsageError("no [azure]")]
)
def test_a_cloud_that_shows_nothing_is_a_silent_scope_and_its_known_clusters_are_unknown(error: DaysealError) -> None:
    """One expired login must not take away what is known of the others, nor pass for an empty cloud."""
    last = Asked((AKS,), hidden=error)
    clouds = several(Asked((EKS,)), Asked((GKE,)), last, known=(AKS, EKS))
    found = clouds.discover()
    assert found.clusters == (AKS, EKS, GKE)
    assert found.silent == ("eks far", "gke far", f"azure: {error}")
    routes = clouds.probe_all(found.clusters)
    assert [route.cluster for route in routes] == [AKS, EKS, GKE]
    assert str(error) in reasons(routes[0])
    assert [reasons(route) for route in routes[1:]] == ["told of eks", "told of gke"]
    assert last.asked_about == ()


def test_a_cloud_that_could_not_be_opened_is_as_silent() -> None:
    """A package that is not installed is a trouble of that cloud's own."""
    clouds = several(Asked((EKS,)), UsageError("gcp: package google is not installed"), known=(GKE,))
    found = clouds.discover()
    assert found.clusters == (EKS, GKE)
    assert found.silent == ("eks far", "gcp: gcp: package google is not installed")
    assert "not installed" in reasons(clouds.probe_all((GKE,))[0])


def test_a_cloud_that_fails_after_its_discovery_leaves_its_clusters_unknown() -> None:
    """What was found there stays in the report, each with the reason."""
    clouds = several(Asked((EKS,)), Asked((GKE,)), Asked((AKS, AKS_NEW), dumb=AccessError("throttled")))
    routes = clouds.probe_all(clouds.discover().clusters)
    assert [route.cluster for route in routes] == [AKS, AKS_NEW, EKS, GKE]
    assert [reasons(route) for route in routes[:2]] == ["throttled", "throttled"]
    assert reasons(routes[2]) == "told of eks"


def test_clusters_of_nobody_asked_are_left_to_others() -> None:
    """A cluster of a plain folder has no route, and gets none here."""
    lab = ClusterId("local", "lab", "-", "blue", "uid-blue")
    clouds = several(Asked((EKS,)), Asked((GKE,)))
    assert [route.cluster for route in clouds.probe_all((lab, EKS, AKS))] == [EKS]


def test_evidence_that_does_not_hold_ends_everything() -> None:
    """The ledger says since when changes count: one that was tampered with is no cloud's trouble."""
    clouds = several(Asked((EKS,)), Asked((GKE,), dumb=TamperError("entry 7: rewritten")))
    with pytest.raises(TamperError):
        clouds.probe_all((EKS, GKE))
