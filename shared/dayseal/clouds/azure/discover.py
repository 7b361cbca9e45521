"""Clusters in scope in Azure: every AKS cluster of some subscriptions, or of all below some management groups."""

import concurrent.futures
import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from dayseal.clouds.azure.aks import get_cluster, list_clusters, sees_all
from dayseal.clouds.azure.calls import Ask, Calls
from dayseal.clouds.azure.discovered import UNIDENTIFIED, AzureDiscovered, Told
from dayseal.clouds.azure.graph import Scopes, search
from dayseal.clouds.azure.places import PROVIDER, cluster_of
from dayseal.clouds.azure.values import text
from dayseal.errors import FormatError, UsageError
from dayseal.model import ClusterId
from dayseal.model.route import Call

_KIND: Final = "microsoft.containerservice/managedclusters"
_COLUMNS: Final = ("location", "uid = tostring(properties.resourceUID)")
_THREADS: Final = 16
_LISTED, _BELOW = "/subscriptions", "microsoft.management/managementgroups"
_CHUNK: Final = 500  # subscriptions in one search
_GROUPS_VERSION: Final = "2020-05-01"
_GROUP: Final = re.compile(r"[A-Za-z0-9_().-]{1,90}\Z", re.ASCII)
_SUBSCRIPTION: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.ASCII)
_NO_IDS: Final[Mapping[ClusterId, str]] = MappingProxyType({})


@dataclasses.dataclass(frozen=True, slots=True)
class SearchScope:
    """Where to look: in these subscriptions (by id, lower case), and in all below these management groups (by name).

    `keep_unidentified` leaves clusters that could not be shown among the others, for a check that enrols nobody.
    """

    subscriptions: tuple[str, ...] = ()
    management_groups: tuple[str, ...] = ()
    keep_unidentified: bool = False

    def __post_init__(self) -> None:
        if not self.subscriptions and not self.management_groups:
            raise UsageError(
                "discovery: no subscription or management group is named, one at least promised",
                hint="name them in the settings",
            )
        for name in self.subscriptions:
            if not _SUBSCRIPTION.match(name):
                raise UsageError(f"discovery: subscription {name!r}, an id in lower case promised")
        for name in self.management_groups:
            if not _GROUP.match(name):
                raise UsageError(f"discovery: management group {name!r}, its name (not what it is shown as) promised")


class AzureDiscovery:
    """Port `Discovery` on AKS. `known` are the enrolled clusters: one that no listing shows keeps its identity.

    A cluster's identity does not say in which resource group it lies. `ids` gives that of enrolled clusters by their
    resource id; without it, one that neither Resource Manager nor the index shows cannot be asked about.

    Raises:
        UsageError: a resource id is another cluster's.
    """

    def __init__(
        self,
        calls: Calls,
        scope: SearchScope,
        *,
        known: Iterable[ClusterId] = (),
        ids: Mapping[ClusterId, str] = _NO_IDS,
        threads: int = _THREADS,
    ) -> None:
        self._calls = calls
        self._scope = scope
        self._known = tuple(sorted(cluster for cluster in known if cluster.provider == PROVIDER))
        self._ids = {cluster: _checked(cluster, resource) for cluster, resource in ids.items()}
        self._threads = threads

    def discover(self) -> AzureDiscovered:
        """Search and list; every group, subscription and cluster that did not answer is named.

        Management groups say which subscriptions there are, Resource Manager what is in them, and the identity's own
        permissions whether anything is hidden from it. What Resource Graph or the enrolment name beyond that is
        asked about one by one: only Resource Manager's own 404 says that a cluster is gone.
        """
        told = Told()
        below = self._below(told)
        indexed = self._search(told)
        named = {cluster.account for cluster in (*self._known, *indexed.values())}
        subscriptions = sorted({*self._scope.subscriptions, *below, *named})
        with concurrent.futures.ThreadPoolExecutor(self._threads) as pool:
            listings = pool.map(lambda name: list_clusters(self._calls, name), subscriptions)
            rights = pool.map(lambda name: sees_all(self._calls, name), subscriptions)
            for name, listing, right in zip(subscriptions, listings, rights, strict=True):
                told.listing(name, listing, right)
            more = self._beyond(told, indexed)
            asked = pool.map(lambda row: get_cluster(self._calls, row[1]), more)
            sure = {*indexed.values(), *self._ids} & set(self._known)  # meant by their uid, not by a name alone
            for (cluster, resource_id), answer in zip(more, asked, strict=True):
                told.asked(cluster, resource_id, answer, enrolled=cluster in sure)
        for cluster in self._known:
            told.vanished(cluster)
        return told.result(tuple(subscriptions), keep_unidentified=self._scope.keep_unidentified)

    def _below(self, told: Told) -> set[str]:
        found: set[str] = set()
        for group in sorted(set(self._scope.management_groups)):
            call = Call("management", "descendants.list", f"managementGroups/{group}")
            path = f"/providers/Microsoft.Management/managementGroups/{group}/descendants"
            listed = self._calls.list(Ask(call, path, _GROUPS_VERSION))
            # Groups below the group are named too; what is neither is nothing that can be looked into.
            items = [item for item in listed.items() if str(item.get("type")).casefold() != _BELOW]
            names = {_name(item) for item in items}
            odd = sorted(name for name in names if not _SUBSCRIPTION.match(name))
            told.search(call, "subscriptions", len(names), listed.ended, odd)
            found |= names - set(odd)
        return found

    def _search(self, told: Told) -> dict[str, ClusterId]:
        """Give what the index names, by resource id."""
        found: dict[str, ClusterId] = {}
        for scopes in self._scopes():
            indexed = search(self._calls, scopes, _KIND, _COLUMNS)
            odd = []
            for row in indexed.rows:
                try:
                    found[text(row, "id")] = _identity(row)
                except FormatError:
                    odd.append(str(row.get("id")))
            told.search(indexed.call, "clusters", len(indexed.rows), indexed.ended, odd)
        return found

    def _scopes(self) -> Iterator[Scopes]:
        for group in sorted(set(self._scope.management_groups)):
            yield Scopes(f"managementGroups/{group}", groups=(group,))
        names = sorted(set(self._scope.subscriptions))
        for start in range(0, len(names), _CHUNK):
            yield Scopes(f"subscriptions/{names[start]}", subscriptions=tuple(names[start : start + _CHUNK]))

    def _beyond(self, told: Told, indexed: Mapping[str, ClusterId]) -> list[tuple[ClusterId, str]]:
        """Give what the index or the enrolment names, and its subscription's listing does not show."""
        named = {_enrolled(cluster, self._known): resource for resource, cluster in indexed.items()} | dict(self._ids)
        return [(cluster, named[cluster]) for cluster in sorted(named) if not told.shows(cluster, named[cluster])]


def _name(item: Mapping[str, object]) -> str:
    """Give a subscription's id out of a management group's listing, of anything else what it says of itself."""
    fits = str(item.get("type")).casefold() == _LISTED
    return str(item.get("name")).lower() if fits else repr(dict(item))


def _checked(cluster: ClusterId, resource: str) -> str:
    where = cluster_of(resource)
    if where is None or (where.subscription, where.name.casefold()) != (cluster.account, cluster.name.casefold()):
        raise UsageError(f"cluster {cluster.text}: resource {resource[:200]!r}, its own resource id promised")
    return resource


def _enrolled(cluster: ClusterId, known: tuple[ClusterId, ...]) -> ClusterId:
    """Give the enrolled identity of a cluster that the index names without a uid, where only one can be meant.

    That is no proof: a namesake in another resource group may be meant, so nobody is gone for it.
    """
    if cluster.uid != UNIDENTIFIED:
        return cluster
    same = [one for one in known if dataclasses.replace(one, uid=UNIDENTIFIED) == cluster]
    return same[0] if len(same) == 1 else cluster


def _identity(row: Mapping[str, object]) -> ClusterId:
    where = cluster_of(text(row, "id"))
    if where is None:
        raise FormatError(f"index: {text(row, 'id')[:80]!r}, a cluster's resource id promised")
    uid = text(row, "uid") or UNIDENTIFIED
    return ClusterId(PROVIDER, where.subscription, text(row, "location"), where.name, uid)
