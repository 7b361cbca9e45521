"""The route of each GKE cluster from control plane to archive, as Google Cloud shows it."""

import concurrent.futures
import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dayseal.clouds.gcp.arrivals import Arrivals
from dayseal.clouds.gcp.bucket import BucketProbe
from dayseal.clouds.gcp.calls import Calls
from dayseal.clouds.gcp.changes import Trails
from dayseal.clouds.gcp.delivery import days_of, delivery_facts, window_of, with_counts
from dayseal.clouds.gcp.entries import Entries
from dayseal.clouds.gcp.hierarchy import Hierarchy
from dayseal.clouds.gcp.keys import Keys
from dayseal.clouds.gcp.metrics import EXPORT_ERRORS, EXPORTED, Metrics
from dayseal.clouds.gcp.places import ArchivePlace, bucket_of
from dayseal.clouds.gcp.source import SourceProbe, sinks_of
from dayseal.clouds.gcp.watching import Watching
from dayseal.model import ClusterId
from dayseal.model.route import (
    Answer,
    ArchiveFacts,
    Call,
    ChangeTrail,
    GkeCluster,
    GkeSource,
    Known,
    Missing,
    NewestObject,
    Reason,
    RouteFacts,
    Sink,
)
from dayseal.once import Once
from dayseal.ports import Clock

_THREADS: Final = 16
_QUESTIONS: Final = 11  # of a project: the source's five, five counters, its watchers


@dataclasses.dataclass(frozen=True, slots=True)
class ProbeScope:
    """What the settings say of routes: the archive of each cluster.

    `archive_of` gives None where the settings name none: then it is the bucket the route leads to. `counting` asks
    for counts of the last days too, which only a seal compares with anything.
    """

    archive_of: Callable[[ClusterId], ArchivePlace | None]
    counting: bool = False


class GcpProbe:
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
        trails: Callable[[Entries], Trails] | None = None,
        threads: int = _THREADS,
    ) -> None:
        self._calls = calls
        self._clock = clock
        self._scope = scope
        self._threads = threads
        entries = Entries(calls)
        self._hierarchy = Hierarchy(calls)
        self._metrics = Metrics(calls)
        self._keys = Keys(calls)
        self._arrivals = Arrivals(calls)
        self._watching = Watching(calls)
        self._sources = SourceProbe(calls, self._hierarchy, entries)
        self._trails = None if trails is None else trails(entries)
        self._archives: Once[ArchivePlace, ArchiveFacts] = Once()

    def probe_all(
        self, clusters: Sequence[ClusterId], described: Mapping[ClusterId, Answer[GkeCluster | None]] | None = None
    ) -> tuple[RouteFacts, ...]:
        """Give the facts of each cluster, in the order asked for; nothing Google says can raise.

        `described` is what discovery was told already. First what the clusters of a project share is asked, then
        each cluster's own side, then log entries of all together, then counters and archives.
        """
        now = self._clock.now()
        told = described or {}
        projects = sorted({cluster.account for cluster in clusters})
        with concurrent.futures.ThreadPoolExecutor(self._threads) as pool:
            for _ in pool.map(
                lambda ask: self._warm(ask[0], ask[1], now), itertools.product(projects, range(_QUESTIONS))
            ):
                pass
            sources = list(pool.map(lambda cluster: self._sources.facts(cluster, told.get(cluster)), clusters))
            trails = pool.submit(self._load_trails, sources, now)
            whole = self._sources.with_errors(sources, window_of(now))
            trails.result()
            return tuple(pool.map(lambda cluster, source: self._route(cluster, source, now), clusters, whole))

    def _load_trails(self, sources: Sequence[GkeSource], now: dt.datetime) -> None:
        if self._trails is not None:
            self._trails.load([place for source in sources for place in _places_of(source)], now)

    def _warm(self, project: str, question: int, now: dt.datetime) -> None:
        window, name = window_of(now), f"projects/{project}"
        asks: tuple[Callable[[], object], ...] = (
            lambda: self._metrics.of_clusters(name, window),
            lambda: self._metrics.of_sinks(name, EXPORTED, window),
            lambda: self._metrics.of_sinks(name, EXPORT_ERRORS, window),
            lambda: self._metrics.alarms(name),
            lambda: self._watching.place(name),
            lambda: self._metrics.of_clusters_by_hour(name, days_of(now)) if self._scope.counting else None,
        )
        if question < len(asks):
            asks[question]()
        else:
            self._sources.warm(project, question - len(asks))

    def _route(self, cluster: ClusterId, source: GkeSource, now: dt.datetime) -> RouteFacts:
        sinks = _every_sink(source)
        archive = self._scope.archive_of(cluster) or _archive_of_route(sinks)
        facts = None if archive is None else self._archive_facts(archive)
        delivery = delivery_facts(cluster, sinks, self._metrics, now, self._newest(archive))
        if self._scope.counting:
            delivery = with_counts(delivery, cluster, self._metrics, now)
        return RouteFacts(
            cluster=cluster,
            asked_at=now,
            source=source,
            archive=facts,
            delivery=delivery,
            changes=self._changes(source, facts, now),
            watched=(self._watching.place(f"projects/{cluster.account}"),),
        )

    def _archive_facts(self, archive: ArchivePlace) -> ArchiveFacts:
        return self._archives.get(
            archive, lambda: BucketProbe(self._calls, archive, self._hierarchy, self._keys).facts()
        )

    def _newest(self, archive: ArchivePlace | None) -> Answer[NewestObject | None]:
        if archive is None:
            return Missing(Reason.NOT_ASKED, Call("storage", "objects.list", "no archive"), "no archive is known")
        return self._arrivals.newest(archive)

    def _changes(self, source: GkeSource, facts: ArchiveFacts | None, now: dt.datetime) -> Answer[ChangeTrail]:
        """Look where sinks, audit configurations and the archive are changed; the ancestry must be known for that."""
        own = source.levels[0].name
        if self._trails is None:
            return Trails.nobody(own)
        if isinstance(source.ancestry, Missing):
            return source.ancestry
        places = _places_of(source)
        owner = facts.owner if facts is not None else None
        number = source.project_number.value if isinstance(source.project_number, Known) else ""
        if isinstance(owner, Known) and owner.value != number:
            places.append(f"projects/{owner.value}")
        key = facts.key.value if facts is not None and isinstance(facts.key, Known) else None
        if key is not None:
            places.append("/".join(key.name.split("/")[:2]))
        return self._trails.answer(tuple(dict.fromkeys(places)), now)


def _places_of(source: GkeSource) -> list[str]:
    return [level.name for level in source.levels] + [project.name for project in source.routed]


def _every_sink(source: GkeSource) -> tuple[Sink, ...]:
    behind = (sink for p in source.routed if isinstance(p.sinks, Known) for sink in p.sinks.value)
    return tuple({sink.name: sink for sink in (*sinks_of(source.levels), *behind)}.values())


def _archive_of_route(sinks: Sequence[Sink]) -> ArchivePlace | None:
    buckets = (bucket_of(sink.destination) for sink in sorted(sinks, key=lambda sink: sink.disabled))
    name = next((bucket for bucket in buckets if bucket), "")
    return ArchivePlace(name) if name else None
