"""Signs of life of one cluster's export, from counters that all clusters of a project share."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from dayseal.clouds.gcp.metrics import ENTRIES, EXPORT_ERRORS, EXPORTED, Counters, Labels, Metrics, recent, recent_days
from dayseal.clouds.gcp.places import bucket_of
from dayseal.model import ClusterId, Window
from dayseal.model.route import (
    Answer,
    Call,
    DeliveryFacts,
    FilterCounters,
    HourlyCounts,
    Known,
    Missing,
    NewestObject,
    Reading,
    Reason,
    Sink,
)

# A sink writes by the hour, up to three hours late: a shorter window would show nothing passed on.
HOURS: Final = 24
_DAYS: Final = 6  # an event day is final, and compared with its count, two days after it was sealed


def window_of(now: dt.datetime) -> Window:
    """Give the hours that counters and errors of sinks are looked at."""
    return recent(now, HOURS)


def delivery_facts(
    cluster: ClusterId,
    sinks: Sequence[Sink],
    metrics: Metrics,
    now: dt.datetime,
    newest: Answer[NewestObject | None],
) -> DeliveryFacts:
    """Join the counters of the cluster and of the sinks that lead out of Logging with the newest object.

    Monitoring counts a project's own sinks; of one further up it is known only where the project's counters show
    it, by name and destination, since where those are kept otherwise is not documented.
    """
    project, window = f"projects/{cluster.account}", window_of(now)
    incoming = metrics.of_clusters(project, window)
    exported = metrics.of_sinks(project, EXPORTED, window)
    failed = metrics.of_sinks(project, EXPORT_ERRORS, window)
    own_names = {sink.name.rpartition("/")[2] for sink in sinks if _is_own(sink, project)}
    asked = Call("storage", "objects.list", "error folders")
    return DeliveryFacts(
        incoming=_incoming(cluster, incoming),
        filters=tuple(
            FilterCounters(
                name=sink.name,
                destination=sink.destination,
                own=_is_own(sink, project),
                forwarded=_counted(sink, EXPORTED, exported, project, own_names),
                errors=_counted(sink, EXPORT_ERRORS, failed, project, own_names),
                retried=Missing(Reason.NOT_ASKED, Call("monitoring", "timeSeries.list", project), "no such counter"),
            )
            for sink in _outward(sinks)
        ),
        streams=(),
        newest=newest,
        astray=Missing(Reason.NOT_ASKED, asked, "sinks have no folder for errors"),
        alarms=metrics.alarms(project),
    )


def with_counts(facts: DeliveryFacts, cluster: ClusterId, metrics: Metrics, now: dt.datetime) -> DeliveryFacts:
    """Give the same signs with what was counted of the cluster in the last days, by the hour."""
    found = metrics.of_clusters_by_hour(f"projects/{cluster.account}", days_of(now))
    if isinstance(found, Missing):
        return dataclasses.replace(facts, counted=found)
    hours = tuple(sorted(found.value.values.get(_labels(cluster), {}).items()))
    counts = HourlyCounts(ENTRIES, cluster.name, found.value.window, hours)
    return dataclasses.replace(facts, counted=Known(counts, found.source))


def days_of(now: dt.datetime) -> Window:
    """Give the days that entries are counted in by the hour."""
    return recent_days(now, _DAYS)


def _labels(cluster: ClusterId) -> Labels:
    return (("cluster_name", cluster.name), ("location", cluster.location))


def _incoming(cluster: ClusterId, answer: Answer[Counters]) -> Answer[Reading]:
    if isinstance(answer, Missing):
        return answer
    value = answer.value.values.get(_labels(cluster))
    return Known(Reading(ENTRIES, cluster.name, answer.value.window, value), answer.source)


def _counted(sink: Sink, metric: str, answer: Answer[Counters], project: str, own_names: set[str]) -> Answer[Reading]:
    if isinstance(answer, Missing):
        return answer
    name = sink.name.rpartition("/")[2]
    own = _is_own(sink, project)
    found = [
        value
        for labels, value in answer.value.values.items()
        if dict(labels)["name"] == name and (own or dict(labels)["destination"] == sink.destination)
    ]
    if not own and (not found or name in own_names):
        return Missing(Reason.NOT_ASKED, answer.source, f"no counter of {sink.name} is known in {project}")
    value = sum(found) if found else None
    return Known(Reading(metric, sink.name, answer.value.window, value), answer.source)


def _outward(sinks: Sequence[Sink]) -> Iterable[Sink]:
    """Leave out the two sinks each project has into its own log buckets."""
    return (
        sink for sink in sinks if bucket_of(sink.destination) or not sink.name.endswith(("/_Default", "/_Required"))
    )


def _is_own(sink: Sink, project: str) -> bool:
    return sink.name.startswith(f"{project}/sinks/")
