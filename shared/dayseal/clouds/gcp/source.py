"""One GKE cluster's own side of the route: who is audited, sinks of every level above it, log buckets, operations."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Final

from dayseal.clouds.gcp.calls import Calls
from dayseal.clouds.gcp.entries import Entries
from dayseal.clouds.gcp.gke import ProjectClusters, list_clusters, list_operations, operations_of
from dayseal.clouds.gcp.hierarchy import Hierarchy
from dayseal.clouds.gcp.logging_config import LoggingConfig
from dayseal.clouds.gcp.places import bucket_of, log_bucket_of, project_of
from dayseal.clouds.gcp.sink_errors import SinkErrors
from dayseal.model import ClusterId, Window
from dayseal.model.route import (
    Answer,
    BucketAnswer,
    Call,
    ClusterOperation,
    GkeCluster,
    GkeSource,
    Known,
    Level,
    Missing,
    Reason,
    RoutedProject,
    Sink,
)
from dayseal.once import Once

_MAX_MORE: Final = 50  # log buckets and projects that sinks may name and that are asked about

Operations = Answer[tuple[tuple[str, ...], tuple[tuple[str, ClusterOperation], ...]]]


class SourceProbe:
    """Asks about clusters; what those of a project, a folder or an organisation share is asked once a run."""

    def __init__(self, calls: Calls, hierarchy: Hierarchy, entries: Entries) -> None:
        self._calls = calls
        self._hierarchy = hierarchy
        self._logging = LoggingConfig(calls)
        self._errors = SinkErrors(entries)
        self._clusters: Once[str, Answer[ProjectClusters]] = Once()
        self._operations: Once[str, Operations] = Once()

    def facts(self, cluster: ClusterId, told: Answer[GkeCluster | None] | None) -> GkeSource:
        """Give everything about one cluster but the errors of its sinks; `told` is what discovery heard of it."""
        project = f"projects/{cluster.account}"
        ancestry = self._hierarchy.ancestry(project)
        names = ancestry.value if isinstance(ancestry, Known) else (project,)
        levels = tuple(self._level(name) for name in names)
        sinks = sinks_of(levels)
        routed = tuple(
            RoutedProject(name, self._logging.sinks(name))
            for name in _others((project_of(sink.destination) for sink in sinks), project)
        )
        every = (*sinks, *(s for p in routed if isinstance(p.sinks, Known) for s in p.sinks.value))
        return GkeSource(
            cluster=self._cluster(cluster) if told is None else told,
            project_number=self._hierarchy.number(project),
            ancestry=ancestry,
            levels=levels,
            routed=routed,
            log_buckets=self._logging.buckets(project),
            more_buckets=tuple(
                BucketAnswer(name, self._logging.bucket(name))
                for name in _others((log_bucket_of(sink.destination) for sink in every), project)
            ),
            operations=operations_of(cluster, self._project_operations(cluster.account)),
            sink_errors=Missing(Reason.NOT_ASKED, Call("logging", "entries.list", project)),
        )

    def with_errors(self, sources: Sequence[GkeSource], window: Window) -> tuple[GkeSource, ...]:
        """Give the same sources with what their sinks could not deliver in a window, all asked with few requests."""
        places = [_with_export(source) for source in sources]
        self._errors.load([name for names in places for name in names], window)
        return tuple(
            dataclasses.replace(source, sink_errors=self._errors.answer(names, window))
            for source, names in zip(sources, places, strict=True)
        )

    def warm(self, project: str, question: int) -> None:
        """Ask one of the questions (0 to 4) about a project ahead, so that several threads can share the work."""
        name = f"projects/{project}"
        asks = (
            lambda: self._hierarchy.ancestry(name),
            lambda: self._hierarchy.audit_configs(name),
            lambda: self._logging.sinks(name),
            lambda: self._logging.buckets(name),
            lambda: self._project_operations(project),
        )
        asks[question]()

    def _level(self, name: str) -> Level:
        disabled = None if name.startswith("projects/") else self._logging.default_disabled(name)
        return Level(name, self._hierarchy.audit_configs(name), self._logging.sinks(name), disabled)

    def _cluster(self, cluster: ClusterId) -> Answer[GkeCluster | None]:
        project = cluster.account
        answer = self._clusters.get(project, lambda: list_clusters(self._calls, project))
        return answer if isinstance(answer, Missing) else answer.value.answer(cluster, answer.source)

    def _project_operations(self, project: str) -> Operations:
        return self._operations.get(project, lambda: list_operations(self._calls, project))


def sinks_of(levels: Iterable[Level]) -> tuple[Sink, ...]:
    """Give the sinks of some levels that answered, each once."""
    found = (sink for level in levels if isinstance(level.sinks, Known) for sink in level.sinks.value)
    return tuple({sink.name: sink for sink in found}.values())


def _others(names: Iterable[str], project: str) -> tuple[str, ...]:
    """Give what lies outside of a project, each once, up to a bound."""
    others = (name for name in names if name and name != project and not name.startswith(f"{project}/"))
    return tuple(dict.fromkeys(others))[:_MAX_MORE]


def _with_export(source: GkeSource) -> tuple[str, ...]:
    """Give the resources with a sink of their own out of Logging, whose errors matter; one that hides its sinks too."""
    places: list[Level | RoutedProject] = [*source.levels, *source.routed]
    return tuple(
        place.name
        for place in places
        if isinstance(place.sinks, Missing)
        or any(bucket_of(s.destination) and s.name.startswith(f"{place.name}/") for s in place.sinks.value)
    )
