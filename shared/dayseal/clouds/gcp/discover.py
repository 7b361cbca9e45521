"""Clusters in scope on Google Cloud: every GKE cluster of some projects, folders or of a whole organisation."""

import concurrent.futures
import dataclasses
import itertools
import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from dayseal.clouds.gcp.calls import Ask, Calls, Listed
from dayseal.clouds.gcp.gke import PROVIDER, ProjectClusters, list_clusters
from dayseal.clouds.gcp.places import ClusterPlace, cluster_of_asset
from dayseal.errors import FormatError, UsageError
from dayseal.model import ClusterId, Fact
from dayseal.model.route import Answer, Call, GkeCluster, Known, Missing, Reason, read_answer

UNIDENTIFIED: Final = "?"  # the uid of a cluster that an index names and GKE did not show
_ASSET: Final = "container.googleapis.com/Cluster"
_THREADS: Final = 16
_PAGE: Final = 500  # the most that Cloud Asset gives at once
_SCOPE: Final = re.compile(r"(?:organizations|folders)/[0-9]{1,20}\Z", re.ASCII)
_PROJECT: Final = re.compile(r"[a-z0-9][a-z0-9.:-]{1,80}\Z", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True)
class SearchScope:
    """Where to look: in these projects (by id), and in all projects below these folders and organisations.

    `above` are `organizations/N` and `folders/N`. `keep_unidentified` leaves clusters that could not be shown
    among the others, for a check that enrols nobody.
    """

    projects: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    keep_unidentified: bool = False

    def __post_init__(self) -> None:
        if not self.projects and not self.above:
            raise UsageError(
                "discovery: no project, folder or organisation is named, one at least promised",
                hint="name them in the settings",
            )
        for name in self.above:
            if not _SCOPE.match(name):
                raise UsageError(f"discovery: {name!r}, organizations/NUMBER or folders/NUMBER promised")
        for name in self.projects:
            if not _PROJECT.match(name) or name.isdecimal():
                raise UsageError(f"discovery: project {name!r}, a project's id promised (not its number)")


@dataclasses.dataclass(frozen=True, slots=True)
class GcpDiscovered:
    """Port `Discovered`, and what the listings told, so that the probe need not ask again.

    `unidentified` are clusters that Cloud Asset names and GKE did not show; their uid is `?`. They are named
    in `silent` too, since nobody can say which of the enrolled clusters they are. `projects` were looked into.
    """

    clusters: tuple[ClusterId, ...]
    calls: tuple[Fact, ...]
    silent: tuple[str, ...]
    described: tuple[tuple[ClusterId, Answer[GkeCluster | None]], ...]
    unidentified: tuple[ClusterId, ...] = ()
    projects: tuple[str, ...] = ()


class GcpDiscovery:
    """Port `Discovery` on GKE. `known` are the enrolled clusters: one that a listing hides keeps its identity."""

    def __init__(
        self, calls: Calls, scope: SearchScope, *, known: Iterable[ClusterId] = (), threads: int = _THREADS
    ) -> None:
        self._calls = calls
        self._scope = scope
        self._known = tuple(sorted(cluster for cluster in known if cluster.provider == PROVIDER))
        self._threads = threads

    def discover(self) -> GcpDiscovered:
        """Search and list; every scope, project, zone and cluster that did not answer is named.

        Cloud Asset says which projects have clusters, GKE what they are: the index lags by minutes, so enrolled
        clusters' projects are asked too. The order is by project, location and name, whoever answered first.
        """
        told = _Told()
        named = self._search(told)
        known = {cluster.account for cluster in self._known}
        projects = sorted({place.project for place in named} | set(self._scope.projects) | known)
        with concurrent.futures.ThreadPoolExecutor(self._threads) as pool:
            answers = list(pool.map(lambda project: list_clusters(self._calls, project), projects))
        for project, answer in zip(projects, answers, strict=True):
            places = {place for place in named if place.project == project}
            enrolled = [cluster for cluster in self._known if cluster.account == project]
            told.listing(project, answer, places, enrolled)
        return told.result(tuple(projects), keep_unidentified=self._scope.keep_unidentified)

    def _search(self, told: "_Told") -> set[ClusterPlace]:
        found: set[ClusterPlace] = set()
        for scope in sorted(set(self._scope.above)):
            call = Call("cloudasset", "searchAllResources", scope)
            params = {"assetTypes": _ASSET, "pageSize": _PAGE, "readMask": "name"}
            listed = self._calls.list(Ask(call, f"v1/{scope}:searchAllResources", params))
            told_names = read_answer(partial(_names, listed), call)
            if isinstance(told_names, Missing):
                told.search(call, 0, told_names, [])
                continue
            names = told_names.value
            places = [cluster_of_asset(name) for name in names]
            odd = [name for name, place in zip(names, places, strict=True) if place is None]
            found |= {place for place in places if place is not None}
            told.search(call, len(names), listed.ended, odd)
        return found


def _names(listed: Listed) -> list[str]:
    named = (item.get("name") for item in listed.items("results"))
    return [name if isinstance(name, str) else "" for name in named]


class _Told:
    """Collects one discovery."""

    def __init__(self) -> None:
        self.described: dict[ClusterId, Answer[GkeCluster | None]] = {}
        self.silent: list[str] = []
        self._unidentified: list[ClusterId] = []
        self._facts: list[Fact] = []
        self._ids = itertools.count()

    def search(self, call: Call, count: int, ended: Missing | None, odd: list[str]) -> None:
        """Note what the index named in one scope; what ended it early, or a name that is none, is silent."""
        if ended is None or count:
            self._fact(call, "clusters", str(count))
        if ended is not None:
            self.silent.append(f"{call.resource}: {ended.text}; {count} clusters known")
        self.silent += [f"{call.resource}: a cluster with an impossible name: {ascii(name)[:200]}" for name in odd]

    def listing(
        self,
        project: str,
        answer: Answer[ProjectClusters],
        named: set[ClusterPlace],
        enrolled: list[ClusterId],
    ) -> None:
        """Note one project's listing, what it hides, and what the index names beyond it."""
        if isinstance(answer, Missing):
            self.silent.append(f"project {project}: {answer.text}")
            self._hidden(dict.fromkeys(named, answer), enrolled)
            return
        found, call = answer.value, answer.source
        self._fact(call, "clusters", str(len(found.clusters)))
        if found.silent_zones:
            self._fact(call, "missingZones", ", ".join(found.silent_zones))
        for cluster, facts in found.clusters:
            self.described[cluster] = Known(facts, call)
        self.silent += [f"project {project}: zone {zone} did not answer (missingZones)" for zone in found.silent_zones]
        self.silent += [f"project {project}: cluster {name[:100]!a} cannot be read" for name in found.unreadable]
        shown = {ClusterPlace(c.account, c.location, c.name) for c, _ in found.clusters}
        gaps = {place: found.hides(place) for place in named - shown}  # one that no zone hides was deleted since
        hidden = {
            place: Missing(Reason.INCOMPLETE, call, f"missingZones: {', '.join(gap)}")
            for place, gap in gaps.items()
            if gap
        }
        self._hidden(hidden, enrolled)

    def _hidden(self, places: Mapping[ClusterPlace, Missing], enrolled: list[ClusterId]) -> None:
        """Keep clusters that were not shown: under their enrolled identity, or as unidentified."""
        for place, miss in sorted(places.items()):
            same = [
                c for c in enrolled if (c.account, c.location, c.name) == (place.project, place.location, place.name)
            ]
            try:
                cluster = (
                    same[0]
                    if len(same) == 1
                    else ClusterId(PROVIDER, place.project, place.location, place.name, UNIDENTIFIED)
                )
            except FormatError:
                self.silent.append(f"project {place.project}: an impossible name: {ascii(place.name)[:200]}")
                continue
            self.described[cluster] = miss
            self.silent.append(f"cluster {place.name} of {place.project} in {place.location}: {miss.text}")
            if len(same) != 1:
                self._unidentified.append(cluster)

    def result(self, projects: tuple[str, ...], *, keep_unidentified: bool) -> GcpDiscovered:
        """Give the discovery, ordered."""
        left_out = () if keep_unidentified else self._unidentified
        return GcpDiscovered(
            clusters=tuple(sorted(set(self.described) - set(left_out))),
            calls=tuple(self._facts),
            silent=tuple(self.silent),
            described=tuple(sorted(self.described.items(), key=lambda item: item[0])),
            unidentified=tuple(sorted(self._unidentified)),
            projects=projects,
        )

    def _fact(self, call: Call, field: str, value: str) -> None:
        name = f"{field} of {call.resource}"
        fact = Fact(
            id=f"discover.gcp.{next(self._ids)}", call=call.text, resource=call.resource, field=name, value=value
        )
        self._facts.append(fact)
