"""The route of each AKS cluster from control plane to archive, as Azure shows it."""

import concurrent.futures
import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from dayseal.clouds.azure.activity import CLUSTERS, ActivityLog, reach_of
from dayseal.clouds.azure.aks import AksDescribed
from dayseal.clouds.azure.alarms import Alarms
from dayseal.clouds.azure.archive_facts import Archives, unknown_archive
from dayseal.clouds.azure.arrivals import Arrivals
from dayseal.clouds.azure.calls import Calls
from dayseal.clouds.azure.changes import Trails, trail_places
from dayseal.clouds.azure.counting import Counting
from dayseal.clouds.azure.defender import Watching
from dayseal.clouds.azure.delivery import delivery_facts, with_counts
from dayseal.clouds.azure.log_queries import LogQueries
from dayseal.clouds.azure.places import ArchivePlace, account_of, cluster_of, parse_resource
from dayseal.clouds.azure.source import SourceProbe, archive_of_route
from dayseal.clouds.azure.storage import Accounts
from dayseal.clouds.azure.tables import Workspaces
from dayseal.model import ClusterId, Window
from dayseal.model.route import (
    AksSource,
    Answer,
    ArchiveFacts,
    Call,
    ChangeTrail,
    DeliveryFacts,
    Known,
    Missing,
    NewestObject,
    Reason,
    RouteFacts,
)
from dayseal.ports import Clock

_THREADS: Final = 16
_NOBODY: Final[Mapping[ClusterId, AksDescribed]] = MappingProxyType({})


@dataclasses.dataclass(frozen=True, slots=True)
class ProbeScope:
    """What the settings say of routes: the archive of each cluster.

    `archive_of` gives None where the settings name none: then it is the account the route leads to. `counting` asks
    for counts of the last days too, which only a seal compares with anything.
    """

    archive_of: Callable[[ClusterId], ArchivePlace | None]
    counting: bool = False


class AzureProbe:
    """Asks about clusters' routes, many at once; one answer that is missing is one fact that is missing.

    `trails` makes what looks for changes, None: nobody looks. One probe is one run: what clusters share is asked
    once and kept.
    """

    def __init__(
        self,
        calls: Calls,
        clock: Clock,
        scope: ProbeScope,
        *,
        trails: Callable[[ActivityLog, LogQueries], Trails] | None = None,
        threads: int = _THREADS,
    ) -> None:
        self._clock = clock
        self._scope = scope
        self._threads = threads
        self._log = ActivityLog(calls)
        queries = LogQueries(calls)
        accounts, workspaces = Accounts(calls), Workspaces(calls)
        self._sources = SourceProbe(calls, accounts, workspaces, self._log)
        self._archives = Archives(calls, accounts)
        self._counting = Counting(queries, workspaces)
        self._arrivals = Arrivals(calls)
        self._watching = Watching(calls)
        self._alarms = Alarms(calls)
        self._trails = None if trails is None else trails(self._log, queries)

    def probe_all(
        self, clusters: Sequence[ClusterId], described: Mapping[ClusterId, AksDescribed] = _NOBODY
    ) -> tuple[RouteFacts, ...]:
        """Give the facts of each cluster, in the order asked for; nothing Azure says can raise.

        `described` is what discovery was told already. First what the clusters of a subscription share is asked,
        then each cluster's own side, then changes, archives and workspaces.
        """
        now = self._clock.now()
        subscriptions = sorted({cluster.account for cluster in clusters})
        shared = (
            lambda name: self._log.operations(name, CLUSTERS, Window(reach_of(now), now)),
            self._watching.place,
            lambda name: self._alarms.of((name,), ()),
        )
        with concurrent.futures.ThreadPoolExecutor(self._threads) as pool:
            for _ in pool.map(lambda pair: pair[1](pair[0]), itertools.product(subscriptions, shared)):
                pass
            told = list(pool.map(lambda one: described.get(one) or self._sources.described(one), clusters))
            sources = list(pool.map(lambda one: self._sources.facts(one, now), told))
            for _ in pool.map(lambda one: self._changes(one, None, now), _one_each(sources)):
                pass  # or the clusters of one subscription would all wait for its Activity Log, and nobody ask the next
            return tuple(pool.map(lambda cluster, source: self._route(cluster, source, now), clusters, sources))

    def _route(self, cluster: ClusterId, source: AksSource, now: dt.datetime) -> RouteFacts:
        place = self._scope.archive_of(cluster) or archive_of_route(source)
        account = None if place is None else self._sources.account_id(place, source)
        if place is not None and account is not None:
            rights = self._sources.archive_rights(place, account)
            source = dataclasses.replace(source, archive_rights=rights)
        return RouteFacts(
            cluster=cluster,
            asked_at=now,
            source=source,
            archive=self._archive(place, account),
            delivery=self._delivery(cluster, source, place, account, now),
            changes=self._changes(source, account, now),
            watched=(self._watching.place(cluster.account),),
        )

    def _archive(self, place: ArchivePlace | None, account: Answer[str] | None) -> ArchiveFacts | None:
        if place is None or account is None:
            return None
        if isinstance(account, Missing):
            return unknown_archive(place, account)
        return self._archives.facts(account.value, place)

    def _delivery(
        self,
        cluster: ClusterId,
        source: AksSource,
        place: ArchivePlace | None,
        account: Answer[str] | None,
        now: dt.datetime,
    ) -> DeliveryFacts:
        account_id = account.value if isinstance(account, Known) else ""
        stores = (account_id, *(one.workspace for one in source.workspaces))
        owners = (found.subscription for one in stores if (found := parse_resource(one)) is not None)
        subscriptions = tuple(dict.fromkeys((cluster.account, *owners)))
        alarms = self._alarms.of(subscriptions, (*filter(None, stores), source.resource_id))
        facts = delivery_facts(source, self._counting, self._newest(place, source, now), alarms, now)
        if not self._scope.counting:
            return facts
        return with_counts(facts, source, "" if place is None else place.account, self._counting, now)

    def _newest(self, place: ArchivePlace | None, source: AksSource, now: dt.datetime) -> Answer[NewestObject | None]:
        if place is None:
            return Missing(Reason.NOT_ASKED, Call("storage", "blobs.list", "no archive"), "no archive is known")
        if cluster_of(source.resource_id) is None:
            miss = source.cluster
            return miss if isinstance(miss, Missing) else Missing(Reason.NOT_ASKED, miss.source, "no resource id")
        return self._arrivals.newest(place, source.resource_id, now)

    def _changes(self, source: AksSource, account: Answer[str] | None, now: dt.datetime) -> Answer[ChangeTrail]:
        """Look where settings, the cluster, its tables and the archive are changed; all of them must be known."""
        if self._trails is None:
            return Trails.nobody(source.resource_id)
        if isinstance(source.settings, Missing):
            return source.settings
        if isinstance(account, Missing):
            return account
        where = account.value if account is not None and account_of(account.value) is not None else ""
        spaces = [one.workspace for one in source.workspaces]
        return self._trails.answer(trail_places(source.resource_id, where, spaces), now)


def _one_each(sources: Sequence[AksSource]) -> tuple[AksSource, ...]:
    """Give one cluster's source for each subscription."""
    found = ((parse_resource(source.resource_id), source) for source in sources)
    return tuple({where.subscription: source for where, source in found if where is not None}.values())
