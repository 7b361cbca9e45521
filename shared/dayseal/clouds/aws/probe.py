"""The route of each EKS cluster from control plane to archive, as AWS shows it."""

import concurrent.futures
import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dayseal.clouds.aws.arrivals import Arrivals, Inlet
from dayseal.clouds.aws.bucket import BucketProbe
from dayseal.clouds.aws.calls import Calls
from dayseal.clouds.aws.delivery import (
    DeliveryPlan,
    alarms_of,
    delivery_facts,
    inlets_of,
    known_streams,
    latest,
    no_archive,
    plan_delivery,
    total,
)
from dayseal.clouds.aws.firehose_prefix import fixed_part
from dayseal.clouds.aws.keys import Keys
from dayseal.clouds.aws.metrics import Metrics, Query
from dayseal.clouds.aws.places import ArchivePlace, Place
from dayseal.clouds.aws.shared_facts import SharedFacts
from dayseal.clouds.aws.source import SourceProbe
from dayseal.clouds.aws.streams import Streams
from dayseal.clouds.aws.trails import Trails
from dayseal.model import ClusterId
from dayseal.model.route import (
    Answer,
    ArchiveFacts,
    EksCluster,
    EksSource,
    Known,
    NewestObject,
    Reading,
    RouteFacts,
    WatchedPlace,
)
from dayseal.once import Once
from dayseal.ports import Clock

_THREADS: Final = 16
_SHARED_QUESTIONS: Final = 5
_ASTRAY: Final = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class ProbeScope:
    """What the settings say of routes: Regions to look for detectors in, and the archive of each cluster.

    `archive_of` gives None where the settings name none: then it is the one the route leads to. `accounts`
    may own an archive whose account nobody named, and are tried in this order.
    """

    regions: tuple[str, ...]
    archive_of: Callable[[ClusterId], ArchivePlace | None]
    accounts: tuple[str, ...] = ()


class AwsProbe:
    """Asks about clusters' routes, many at once; one answer that is missing is one fact that is missing.

    `trails` None: nobody looks for changes. One probe is one run: what clusters share is asked once and kept.
    """

    def __init__(
        self, calls: Calls, clock: Clock, scope: ProbeScope, *, trails: Trails | None = None, threads: int = _THREADS
    ) -> None:
        self._calls = calls
        self._clock = clock
        self._scope = scope
        self._trails = trails
        self._threads = threads
        self._shared = SharedFacts(calls)
        self._metrics = Metrics(calls)
        self._keys = Keys(calls)
        self._sources = SourceProbe(calls, self._shared, Streams(calls, self._keys), self._keys)
        self._archives: Once[ArchivePlace, ArchiveFacts] = Once()
        self._newest: Once[tuple[ArchivePlace, Inlet], Answer[NewestObject | None]] = Once()
        self._astray: Once[tuple[ArchivePlace, Inlet], Answer[int]] = Once()

    def probe_all(
        self, clusters: Sequence[ClusterId], described: Mapping[ClusterId, Answer[EksCluster]] | None = None
    ) -> tuple[RouteFacts, ...]:
        """Give the facts of each cluster, in the order asked for; nothing AWS says can raise.

        `described` is what discovery was told already. First, what clusters share is asked, then each
        cluster's own side, then all counters together, then the archives.
        """
        now = self._clock.now()
        told = described or {}
        with concurrent.futures.ThreadPoolExecutor(self._threads) as pool:
            self._warm(pool, clusters)
            sources = list(pool.map(lambda cluster: self._sources.facts(cluster, told.get(cluster)), clusters))
            plans = list(
                pool.map(lambda cluster, source: plan_delivery(cluster, source, self._metrics, now), clusters, sources)
            )
            queries = itertools.chain.from_iterable(plan.queries for plan in plans)
            readings = self._metrics.read(queries, self._threads)
            asked = zip(clusters, sources, plans, strict=True)
            routes = [pool.submit(self._route, *one, readings, now) for one in asked]
            return tuple(route.result() for route in routes)

    def _warm(self, pool: concurrent.futures.Executor, clusters: Sequence[ClusterId]) -> None:
        places = sorted({Place(cluster.account, cluster.location) for cluster in clusters})
        for _ in pool.map(lambda ask: self._shared.warm(*ask), itertools.product(places, range(_SHARED_QUESTIONS))):
            pass

    def _route(
        self,
        cluster: ClusterId,
        source: EksSource,
        plan: DeliveryPlan,
        readings: Mapping[Query, Answer[Reading]],
        now: dt.datetime,
    ) -> RouteFacts:
        place = Place(cluster.account, cluster.location)
        archive = self._scope.archive_of(cluster) or _archive_of_route(source)
        facts = None
        if archive is not None:
            facts = self._archive_facts(archive, cluster)
            archive = _entered(archive, facts)
        newest, astray = self._arrivals(archive, source, now)
        return RouteFacts(
            cluster=cluster,
            asked_at=now,
            source=source,
            archive=facts,
            delivery=delivery_facts(plan, readings, newest, astray, alarms_of(place, source, self._shared)),
            changes=Trails.nobody(place) if self._trails is None else self._trails.answer(place, archive, facts, now),
            watched=self._watched(place),
        )

    def _archive_facts(self, archive: ArchivePlace, cluster: ClusterId) -> ArchiveFacts:
        candidates = (*self._scope.accounts, cluster.account)
        return self._archives.get(archive, lambda: BucketProbe(self._calls, archive, self._keys).facts(candidates))

    def _arrivals(
        self, archive: ArchivePlace | None, source: EksSource, now: dt.datetime
    ) -> tuple[Answer[NewestObject | None], Answer[int]]:
        if archive is None:
            return no_archive(), no_archive()
        look = Arrivals(self._calls, archive)
        newest, astray = [], []
        for inlet in inlets_of(source, archive):
            key = (archive, inlet)
            newest.append(self._newest.get(key, lambda inlet=inlet: look.newest(inlet, now)))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            astray.append(self._astray.get(key, lambda inlet=inlet: look.astray(inlet, now - _ASTRAY)))  # type: ignore[misc]  # as above
        return latest(newest), total(astray)

    def _watched(self, place: Place) -> tuple[WatchedPlace, ...]:
        regions = sorted({place.region, *self._scope.regions})
        return tuple(WatchedPlace(r, self._shared.detectors(Place(place.account, r))) for r in regions)


def _entered(archive: ArchivePlace, facts: ArchiveFacts) -> ArchivePlace:
    """Give the place with the account that was found to own it, so that its keys are listed from there too."""
    owner = facts.owner.value if isinstance(facts.owner, Known) else archive.account
    return dataclasses.replace(archive, account=owner)


def _archive_of_route(source: EksSource) -> ArchivePlace | None:
    stream = next((stream for stream in known_streams(source) if stream.bucket), None)
    if stream is None or stream.bucket is None:
        return None
    return ArchivePlace(stream.bucket, fixed_part(stream.prefix))
