"""What one discovery in Azure found, and who stayed silent."""

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Final

from dayseal.clouds.azure.aks import AksDescribed, ListedCluster, SubscriptionClusters
from dayseal.clouds.azure.places import same
from dayseal.model import ClusterId, Fact
from dayseal.model.route import Answer, Call, Known, Missing, Reason

UNIDENTIFIED: Final = "?"  # the uid of a cluster that the index names without one
_READ: Final = "Microsoft.ContainerService/managedClusters/read"


@dataclasses.dataclass(frozen=True, slots=True)
class AzureDiscovered:
    """Port `Discovered`, and what Resource Manager told, so that the probe need not ask again.

    `unidentified` are clusters that Resource Graph names and Resource Manager did not show; their uid is `?`. They
    are named in `silent` too, since nobody can say which of the enrolled clusters they are. `subscriptions` were
    looked into.
    """

    clusters: tuple[ClusterId, ...]
    calls: tuple[Fact, ...]
    silent: tuple[str, ...]
    described: tuple[tuple[ClusterId, AksDescribed], ...]
    unidentified: tuple[ClusterId, ...] = ()
    subscriptions: tuple[str, ...] = ()


class Told:
    """Collects one discovery."""

    def __init__(self) -> None:
        self._described: dict[ClusterId, AksDescribed] = {}
        self._listings: dict[str, Answer[SubscriptionClusters]] = {}
        self._silent: list[str] = []
        self._facts: list[Fact] = []
        self._ids = itertools.count()

    def search(self, call: Call, what: str, count: int, ended: Missing | None, odd: Sequence[str]) -> None:
        """Note what a search named in one scope; what ended it early, or a name that is none, is silent."""
        if ended is None or count:
            self._fact(call, what, str(count))
        if ended is not None:
            self._silent.append(f"{call.resource}: {ended.text}; {count} {what} known")
        self._silent += [f"{call.resource}: an impossible name: {name[:200]!a}" for name in odd]

    def listing(self, subscription: str, answer: Answer[SubscriptionClusters], right: Answer[bool]) -> None:
        """Note one subscription's listing, and whether this identity may see all that is in it."""
        self._listings[subscription] = answer
        place = f"subscription {subscription}"
        if isinstance(answer, Missing):
            self._silent.append(f"{place}: {answer.text}")
            return
        self._fact(answer.source, "clusters", str(len(answer.value.clusters)))
        for one in answer.value.clusters:
            self._shown(one, answer.source)
        self._silent += [f"{place}: {name[:200]!a} cannot be read" for name in answer.value.unreadable]
        if isinstance(right, Missing):
            self._silent.append(f"{place}: clusters may be hidden from this identity: {right.text}")
            return
        self._fact(right.source, "sees every cluster", str(right.value).lower())
        if not right.value:
            self._silent.append(f"{place}: clusters may be hidden from this identity: grant {_READ} for all of it")

    def shows(self, cluster: ClusterId, resource_id: str) -> bool:
        """Say whether a cluster was shown; one without a uid is meant by its resource id."""
        if cluster.uid != UNIDENTIFIED:
            return cluster in self._described
        return any(same(one.resource_id, resource_id) for one in self._described.values())

    def asked(
        self, cluster: ClusterId, resource_id: str, answer: Answer[ListedCluster | None], *, enrolled: bool
    ) -> None:
        """Note what one cluster that no listing showed answered itself.

        Gone is only what Resource Manager has no more, or has built anew under the same name; one that was never
        enrolled is not missed then: the index lags.
        """
        if isinstance(answer, Missing):
            self._described[cluster] = AksDescribed(resource_id, answer)
            self._silent.append(f"cluster {cluster.name} of {cluster.account} in {cluster.location}: {answer.text}")
            return
        found = answer.value
        self._fact(answer.source, "cluster", "gone" if found is None else found.cluster.uid)
        if found is not None and found.cluster not in self._described:
            self._shown(found, answer.source)
        if enrolled and (found is None or found.cluster != cluster):
            self._described[cluster] = AksDescribed(resource_id, Known(None, answer.source))

    def vanished(self, cluster: ClusterId) -> None:
        """Note an enrolled cluster; one that nothing showed or named cannot be asked about, which is not gone."""
        if cluster in self._described:
            return
        listing = self._listings[cluster.account]
        if isinstance(listing, Missing):
            miss = listing
        else:
            miss = Missing(Reason.INCOMPLETE, listing.source, "it is not listed, and its resource id is not known")
        self._described[cluster] = AksDescribed(unknown_id(cluster), miss)
        self._silent.append(f"cluster {cluster.name} of {cluster.account} in {cluster.location}: {miss.text}")

    def result(self, subscriptions: tuple[str, ...], *, keep_unidentified: bool) -> AzureDiscovered:
        """Give the discovery, ordered."""
        unidentified = sorted(cluster for cluster in self._described if cluster.uid == UNIDENTIFIED)
        left_out = () if keep_unidentified else unidentified
        return AzureDiscovered(
            clusters=tuple(sorted(set(self._described) - set(left_out))),
            calls=tuple(self._facts),
            silent=tuple(self._silent),
            described=tuple(sorted(self._described.items(), key=lambda item: item[0])),
            unidentified=tuple(unidentified),
            subscriptions=subscriptions,
        )

    def _shown(self, one: ListedCluster, call: Call) -> None:
        self._described[one.cluster] = AksDescribed(one.resource_id, Known(one.facts, call))

    def _fact(self, call: Call, field: str, value: str) -> None:
        name = f"{field} of {call.resource}"
        fact = Fact(
            id=f"discover.azure.{next(self._ids)}", call=call.text, resource=call.resource, field=name, value=value
        )
        self._facts.append(fact)


def unknown_id(cluster: ClusterId) -> str:
    """Give what stands for the resource id of a cluster whose resource group nobody knows."""
    kind = "providers/Microsoft.ContainerService/managedClusters"
    return f"/subscriptions/{cluster.account}/resourceGroups/?/{kind}/{cluster.name}"
