"""Clusters in scope on AWS: every EKS cluster of some accounts, or of a whole organisation, in some Regions."""

import concurrent.futures
import dataclasses
import itertools
from collections.abc import Iterable
from typing import Final

from dayseal.clouds.aws.calls import Calls, Listed
from dayseal.clouds.aws.eks import PROVIDER, describe_cluster
from dayseal.clouds.aws.places import Place
from dayseal.clouds.aws.refusals import RefusedError
from dayseal.errors import FormatError, UsageError
from dayseal.model import ClusterId, Fact
from dayseal.model.route import Answer, Call, EksCluster, Known, Missing, Reason

UNIDENTIFIED: Final = "?"  # the uid of a cluster that was listed and could not be described
_THREADS: Final = 16


@dataclasses.dataclass(frozen=True, slots=True)
class SearchScope:
    """Where to look: in these Regions of these accounts.

    Without `accounts`: in all of the organisation's when `organisation` is true, else in our own only.
    `keep_unidentified` leaves clusters that could not be described among the others, for a check that
    enrols nobody.
    """

    regions: tuple[str, ...]
    accounts: tuple[str, ...] = ()
    organisation: bool = False
    keep_unidentified: bool = False

    def __post_init__(self) -> None:
        if not self.regions:
            raise UsageError(
                "discovery: no Region is named, one at least promised", hint="name Regions in the settings"
            )


@dataclasses.dataclass(frozen=True, slots=True)
class AwsDiscovered:
    """Port `Discovered`, and what describing the clusters told, so that the probe need not ask again.

    `unidentified` are clusters that are there but could not be described; their uid is `?`. They are named
    in `silent` too, since nobody can say which of the enrolled clusters they are. `accounts` were looked into.
    """

    clusters: tuple[ClusterId, ...]
    calls: tuple[Fact, ...]
    silent: tuple[str, ...]
    described: tuple[tuple[ClusterId, Answer[EksCluster]], ...]
    unidentified: tuple[ClusterId, ...] = ()
    accounts: tuple[str, ...] = ()


class AwsDiscovery:
    """Port `Discovery` on EKS. `known` are the enrolled clusters: one that cannot be described keeps its identity."""

    def __init__(
        self, calls: Calls, scope: SearchScope, *, known: Iterable[ClusterId] = (), threads: int = _THREADS
    ) -> None:
        self._calls = calls
        self._scope = scope
        self._known = tuple(sorted(cluster for cluster in known if cluster.provider == PROVIDER))
        self._threads = threads

    def discover(self) -> AwsDiscovered:
        """List and describe; every account, Region and cluster that did not answer is named.

        The order is by account, Region and name, whoever answered first.
        """
        told = _Told()
        accounts = self._accounts(told)
        places = [Place(account, region) for account in accounts for region in self._scope.regions]
        with concurrent.futures.ThreadPoolExecutor(self._threads) as pool:
            listings = list(pool.map(self._list, places))
            for place, listed in zip(places, listings, strict=True):
                told.listing(place, listed)
            named = [
                (place, name) for place, listed in zip(places, listings, strict=True) for name in sorted(listed.items)
            ]
            answers = list(pool.map(lambda one: describe_cluster(self._calls, *one), named))
        for (place, name), answer in zip(named, answers, strict=True):
            self._place(told, place, name, answer)
        return told.result(accounts, keep_unidentified=self._scope.keep_unidentified)

    def _accounts(self, told: "_Told") -> tuple[str, ...]:
        try:
            own = self._calls.sessions.account()
        except RefusedError as exc:
            told.silent.append(f"every account: {exc.missing.text}")
            return ()
        if self._scope.accounts:
            return tuple(sorted(set(self._scope.accounts)))
        return tuple(sorted({own} | (self._organisation(own, told) if self._scope.organisation else set())))

    def _organisation(self, own: str, told: "_Told") -> set[str]:
        call = Call("organizations", "ListAccounts", f"organization of {own}")
        listed = self._calls.list(Place(own, self._calls.sessions.access.region), call, "Accounts")
        active = {item["Id"] for item in listed.items if item.get("Status", "ACTIVE") == "ACTIVE"}
        told.fact(call, "accounts", len(listed.items))
        for item in listed.items:
            if item["Id"] not in active:
                told.silent.append(f"account {item['Id']}: it is {item['Status']}, nothing there can be asked")
        if listed.ended is not None:
            told.silent.append(f"organization of {own}: {listed.ended.text}; {len(listed.items)} accounts known")
        return active

    def _list(self, place: Place) -> Listed:
        return self._calls.list(place, Call("eks", "ListClusters", place.text), "clusters", maxResults=100)

    def _place(
        self, told: "_Told", place: Place, name: str, answer: Answer[tuple[ClusterId, EksCluster] | None]
    ) -> None:
        if isinstance(answer, Known) and answer.value is None:
            return  # it was deleted between the two calls
        if isinstance(answer, Known) and answer.value is not None:
            cluster, facts = answer.value
            told.described[cluster] = Known(facts, answer.source)
        elif isinstance(answer, Missing):
            same = [c for c in self._known if (c.account, c.location, c.name) == (place.account, place.region, name)]
            told.undescribed(place, name, answer, same[0] if len(same) == 1 else None)


class _Told:
    """Collects one discovery."""

    def __init__(self) -> None:
        self.described: dict[ClusterId, Answer[EksCluster]] = {}
        self.silent: list[str] = []
        self._unidentified: list[ClusterId] = []
        self._facts: list[Fact] = []
        self._ids = itertools.count()

    def fact(self, call: Call, field: str, count: int) -> None:
        """Note a call and how much it returned; the field names the place, since statements leave the resource out."""
        self._facts.append(
            Fact(
                id=f"discover.aws.{next(self._ids)}",
                call=call.text,
                resource=call.resource,
                field=f"{field} of {call.resource}",
                value=str(count),
            )
        )

    def listing(self, place: Place, listed: Listed) -> None:
        """Note one Region's listing; what ended it early, or an account that cannot be entered, is silent."""
        ended = listed.ended
        if ended is None or listed.items:
            self.fact(listed.call, "clusters", len(listed.items))
        if ended is None:
            return
        if ended.call.service == "sts":  # the whole account, however many Regions
            line = f"account {place.account}: {ended.text}"
        elif ended.reason is Reason.DISABLED_REGION:
            line = f"{place.text}: the Region is off for this account ({ended.detail})"
        else:
            known = f"; {len(listed.items)} clusters known" if listed.items else ""
            line = f"{place.text}: {ended.text}{known}"
        if line not in self.silent:
            self.silent.append(line)

    def undescribed(self, place: Place, name: str, miss: Missing, enrolled: ClusterId | None) -> None:
        """Keep a cluster that would not be described: under its enrolled identity, or as unidentified."""
        try:
            cluster = enrolled or ClusterId(PROVIDER, place.account, place.region, name, UNIDENTIFIED)
        except FormatError:
            self.silent.append(f"{place.text}: a cluster with an impossible name: {ascii(name)[:200]}")
            return
        self.described[cluster] = miss
        self.silent.append(f"cluster {name} of {place.text}: {miss.text}")
        if enrolled is None:
            self._unidentified.append(cluster)

    def result(self, accounts: tuple[str, ...], *, keep_unidentified: bool) -> AwsDiscovered:
        """Give the discovery, ordered."""
        left_out = () if keep_unidentified else self._unidentified
        clusters = tuple(sorted(set(self.described) - set(left_out)))
        return AwsDiscovered(
            clusters=clusters,
            calls=tuple(self._facts),
            silent=tuple(self.silent),
            described=tuple(sorted(self.described.items(), key=lambda item: item[0])),
            unidentified=tuple(sorted(self._unidentified)),
            accounts=accounts,
        )
