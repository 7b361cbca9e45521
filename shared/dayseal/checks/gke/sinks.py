"""The sinks that may carry a GKE cluster's audit entries, each with where it leads and what stands in its way."""

import dataclasses
import enum
from collections.abc import Iterator, Sequence
from typing import Final

from dayseal.checks.gke.selection import takes
from dayseal.checks.route_terms import RouteThresholds
from dayseal.model import ClusterId
from dayseal.model.route import GkeSource, Known, RouteFacts, Sink

_STORAGE: Final = "storage.googleapis.com/"
_LOGGING: Final = "logging.googleapis.com/"
_REQUIRED: Final = "_Required"


class Reach(enum.Enum):
    """What lies at the end of a sink."""

    ARCHIVE = "the archive"
    BUCKET = "another bucket"
    UNASKED = "a project whose sinks nobody asked about"
    LOG_BUCKET = "a log bucket"
    PROJECT = "a project, whose own sinks decide"
    DECLARED = "what the settings declare"
    OPAQUE = "something that cannot be looked into"


@dataclasses.dataclass(frozen=True, slots=True)
class SinkWay:
    """One sink that applies to the cluster's project, the level that owns it, and those it passes first.

    `level` counts from the project (0) up. `through` is the sink that sends the entries to another project whose
    sink this is.
    """

    sink: Sink
    reach: Reach
    level: int
    through: Sink | None = None

    @property
    def words(self) -> str:
        """The way in words."""
        name = f"sink {self.sink.name}"
        return f"{name} (entries come by sink {self.through.name})" if self.through is not None else name


def ways_of(facts: RouteFacts, thresholds: RouteThresholds) -> tuple[SinkWay, ...]:
    """Give every sink that applies to the cluster's project, the project's own first; what was refused is left out."""
    source = facts.gke
    ways: list[SinkWay] = []
    for place, sink in applying(source):
        ways.append(SinkWay(sink, reach_of(sink.destination, facts, thresholds), place))
        ways += (
            SinkWay(next_sink, reach_of(next_sink.destination, facts, thresholds), place, through=sink)
            for next_sink in _sinks_behind(sink, source)
        )
    return tuple(ways)


def applying(source: GkeSource) -> Iterator[tuple[int, Sink]]:
    """Give the sinks whose owner is the project, or a level above that includes its children, by level."""
    seen: set[str] = set()
    places = {level.name: number for number, level in enumerate(source.levels)}
    for level in source.levels:
        for sink in level.sinks.value if isinstance(level.sinks, Known) else ():
            owner = sink.name.rpartition("/sinks/")[0]
            # A project's listing in scope ALL shows intercepting sinks of levels that were not asked themselves.
            place = places.get(owner, len(places))
            if sink.name in seen or (place > 0 and not sink.include_children):
                continue
            seen.add(sink.name)
            yield place, sink


def reach_of(destination: str, facts: RouteFacts, thresholds: RouteThresholds) -> Reach:
    """Say where a destination leads."""
    if thresholds.declared_destination(destination) is not None:
        return Reach.DECLARED
    if destination.startswith(_STORAGE):
        archive = facts.archive
        mine = archive is not None and destination.removeprefix(_STORAGE) == archive.name
        return Reach.ARCHIVE if mine else Reach.BUCKET
    if destination.startswith(_LOGGING):
        if "/buckets/" in destination:
            return Reach.LOG_BUCKET
        asked = {project.name for project in facts.gke.routed} | {facts.gke.levels[0].name}
        return Reach.PROJECT if destination.removeprefix(_LOGGING) in asked else Reach.UNASKED
    return Reach.OPAQUE


def interceptors(
    way: SinkWay, source: GkeSource, cluster: ClusterId, log_id: str, records: Sequence[bytes] = ()
) -> tuple[tuple[Sink, bool | None], ...]:
    """Give the sinks above that take the log's entries before this one sees them, or may (None).

    Source: LogSink.interceptChildren: what it matches is not seen by sinks of child resources, `_Required` excepted.
    """
    first = way.through or way.sink
    if first.name.endswith(f"/sinks/{_REQUIRED}"):
        return ()
    found = []
    for place, sink in applying(source):
        if place > way.level and sink.intercept_children and not sink.disabled and sink.name != first.name:
            taken = takes(sink, cluster, log_id, records)
            if taken is not False:
                found.append((sink, taken))
    return tuple(found)


def log_bucket_of(destination: str) -> str:
    """Give the resource name of the log bucket a sink writes to, `""` where it is none."""
    name = destination.removeprefix(_LOGGING)
    return name if destination.startswith(_LOGGING) and "/buckets/" in name else ""


def _sinks_behind(sink: Sink, source: GkeSource) -> Sequence[Sink]:
    """Give the sinks of the project that a sink sends entries to; entries are routed once and no further."""
    target = sink.destination.removeprefix(_LOGGING)
    project = next((p for p in source.routed if p.name == target), None)
    if project is None or not isinstance(project.sinks, Known):
        return ()
    return [s for s in project.sinks.value if s.name.startswith(f"{target}/") and not s.destination.endswith(target)]
