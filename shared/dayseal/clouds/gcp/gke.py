"""GKE's own API: clusters as listed, and operations on them."""

import dataclasses
import datetime as dt
from typing import Final

from dayseal.clouds.gcp.calls import Ask, Calls, Listed, quoted
from dayseal.clouds.gcp.moments import maybe_moment, read_moment
from dayseal.clouds.gcp.places import ClusterPlace, cluster_of_link
from dayseal.clouds.gcp.values import Json, flag, named, part, parts, text, texts, whole
from dayseal.errors import FormatError
from dayseal.model import ClusterId
from dayseal.model.route import Answer, Call, ClusterOperation, GkeCluster, Known, Missing, Reason

PROVIDER: Final = "gke"


@dataclasses.dataclass(frozen=True, slots=True)
class ProjectClusters:
    """What GKE lists in one project: each cluster with its facts, and the zones that did not answer.

    `unreadable` are the names of clusters whose entry lacks what GKE promises.
    """

    clusters: tuple[tuple[ClusterId, GkeCluster], ...]
    silent_zones: tuple[str, ...]
    unreadable: tuple[str, ...] = ()

    def answer(self, cluster: ClusterId, call: Call) -> Answer[GkeCluster | None]:
        """Give one cluster's facts; None only where the listing cannot have left it out."""
        found = next((facts for known, facts in self.clusters if known == cluster), None)
        if found is not None:
            return Known(found, call)
        gap = self.hides(ClusterPlace(cluster.account, cluster.location, cluster.name))
        if gap:
            return Missing(Reason.INCOMPLETE, call, f"missingZones: {', '.join(gap)}")
        if cluster.name in self.unreadable:
            return Missing(Reason.CONTRADICTORY, call, f"the entry of {cluster.name} cannot be read")
        return Known(None, call)

    def hides(self, place: ClusterPlace) -> tuple[str, ...]:
        """Give the silent zones that a cluster of that place may hide in: its own, or one of its region's."""
        return tuple(zone for zone in self.silent_zones if lies_in(zone, place.location))


def lies_in(zone: str, location: str) -> bool:
    """Say whether a zone (`europe-west1-b`), or a region named so, concerns what is in `location`."""
    return zone in {location, "-"} or zone.startswith(f"{location}-") or location.startswith(f"{zone}-")


def list_clusters(calls: Calls, project: str) -> Answer[ProjectClusters]:
    """List all clusters of a project, in all its locations with one request; GKE does not page."""
    call = Call("container", "clusters.list", f"projects/{project}/locations/-")
    ask = Ask(call, f"v1/projects/{quoted(project)}/locations/-/clusters")
    return calls.ask(ask, lambda found: _clusters(found, project))


def list_operations(
    calls: Calls, project: str
) -> Answer[tuple[tuple[str, ...], tuple[tuple[str, ClusterOperation], ...]]]:
    """List a project's operations, each with the cluster it works on, and the zones that did not answer.

    GKE keeps them for some days.
    """
    call = Call("container", "operations.list", f"projects/{project}/locations/-")
    ask = Ask(call, f"v1/projects/{quoted(project)}/locations/-/operations")
    return calls.list(ask).answer(_operations)


def operations_of(
    cluster: ClusterId, answer: Answer[tuple[tuple[str, ...], tuple[tuple[str, ClusterOperation], ...]]]
) -> Answer[tuple[ClusterOperation, ...]]:
    """Give the operations on one cluster or its node pools; a silent zone of its own leaves no answer."""
    if isinstance(answer, Missing):
        return answer
    zones, operations = answer.value
    gap = [zone for zone in zones if lies_in(zone, cluster.location)]
    if gap:
        return Missing(Reason.INCOMPLETE, answer.source, f"missingZones: {', '.join(gap)}")
    mine = ClusterPlace(cluster.account, cluster.location, cluster.name).text
    found = (operation for target, operation in operations if target == mine or target.startswith(f"{mine}/"))
    return Known(tuple(sorted(found, key=lambda item: (item.start, item.name))), answer.source)


def _clusters(found: Json, project: str) -> ProjectClusters:
    clusters, unreadable = [], []
    for item in parts(found, "clusters"):
        try:
            clusters.append((_identity(item, project), _facts(item)))
        except FormatError:
            unreadable.append(str(item.get("name") or "?"))
    zones = texts(found, "missingZones")
    return ProjectClusters(tuple(sorted(clusters, key=lambda one: one[0])), zones, tuple(unreadable))


def _identity(item: Json, project: str) -> ClusterId:
    return ClusterId(PROVIDER, project, named(item, "location"), named(item, "name"), named(item, "id"))


def _facts(item: Json) -> GkeCluster:
    config = part(part(item, "loggingConfig"), "componentConfig")
    autopilot = flag(part(item, "autopilot"), "enabled")
    nodes = whole(item, "currentNodeCount")
    return GkeCluster(
        status=text(item, "status") or "STATUS_UNSPECIFIED",
        autopilot=autopilot,
        version=text(item, "currentMasterVersion"),
        created_at=maybe_moment(text(item, "createTime")),
        logging_service=text(item, "loggingService"),
        components=None if item.get("loggingConfig") is None else texts(config, "enableComponents"),
        nodes=None if autopilot else nodes,
    )


def _operations(listed: Listed) -> tuple[tuple[str, ...], tuple[tuple[str, ClusterOperation], ...]]:
    zones = listed.names("missingZones")
    return zones, tuple(
        (target, _operation(item, target))
        for item in listed.items("operations")
        if (target := cluster_of_link(text(item, "targetLink")))
    )


def _operation(item: Json, target: str) -> ClusterOperation:
    start: dt.datetime = read_moment(named(item, "startTime"))
    code = part(item, "error").get("code")
    return ClusterOperation(
        name=named(item, "name"),
        kind=named(item, "operationType"),
        status=named(item, "status"),
        start=start,
        end=maybe_moment(text(item, "endTime")),
        target=target,
        error="" if not code else str(code),
    )
