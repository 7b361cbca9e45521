"""When an AKS cluster owes records: not while it is stopped; and which silences its operations explain."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from dayseal.checks.due_spans import Due, DueSpans
from dayseal.checks.route_words import name_missing
from dayseal.codec import format_time
from dayseal.model import Window
from dayseal.model.route import AksCluster, ClusterOperation, Known, Missing, RouteFacts

_CLUSTERS: Final = "microsoft.containerservice/managedclusters"
_STOP: Final = f"{_CLUSTERS}/stop/action"
_START: Final = f"{_CLUSTERS}/start/action"
_DELETE: Final = f"{_CLUSTERS}/delete"
# An update or upgrade of the control plane, or new certificates, start API servers again.
_RESTARTS: Final = frozenset({f"{_CLUSTERS}/write", f"{_CLUSTERS}/rotateclustercertificates/action"})
_MARGIN: Final = dt.timedelta(minutes=5)  # an API server stops before, and is back after, what the operation says
_STOPPED: Final = "stopped"


def aks_due(facts: RouteFacts, enrolled: Due) -> DueSpans:
    """Give the due spans between creation and deletion without those in which the cluster was stopped.

    A stop counts from its operation's begin to the end of the next start. A stop of before the Activity Log's
    reach is known by the power state alone, from that reach on. Where operations could not be read, that is said.
    """
    source = facts.aks
    if isinstance(source.operations, Missing):
        refused = f"the cluster's operations, which may explain it: {name_missing([source.operations])}"
        return DueSpans(_lifetime(facts, enrolled, ()), (), (refused,))
    mine = sorted((op for op in source.operations.value if not op.error), key=lambda op: op.start)
    stops = _stops(facts, mine, enrolled.window.end)
    due = tuple(part for span in _lifetime(facts, enrolled, mine) for part in _without(span, stops))
    return DueSpans(due, tuple(_explained(facts, mine)), _unread(facts, stops))


def _unread(facts: RouteFacts, stops: Sequence[Window]) -> tuple[str, ...]:
    if isinstance(facts.aks.cluster, Missing):
        return (f"the power state, which may explain it: {name_missing([facts.aks.cluster])}",)
    if _power(facts) == _STOPPED and not stops:
        return ("since when the cluster is stopped: no operation says so",)
    return ()


def _lifetime(facts: RouteFacts, enrolled: Due, operations: Sequence[ClusterOperation]) -> tuple[Due, ...]:
    start, end, why = enrolled.window.start, enrolled.window.end, enrolled.why
    cluster = _cluster(facts)
    if cluster is not None and cluster.created_at is not None and cluster.created_at > start:
        start, why = cluster.created_at, f"created {format_time(cluster.created_at)}"
    over = isinstance(facts.aks.cluster, Known) and (cluster is None or cluster.state.casefold() == "deleting")
    gone = [op.start for op in operations if op.kind.casefold() == _DELETE and over]
    if gone and min(gone) < end:
        end, why = min(gone), f"{why}, until deleted {format_time(min(gone))}"
    return (Due(Window(start, end), why),) if start < end else ()


def _stops(facts: RouteFacts, operations: Sequence[ClusterOperation], end: dt.datetime) -> list[Window]:
    """Give the spans in which the cluster was stopped, in order."""
    known_from = facts.aks.operations_from
    found: list[Window] = []
    since: dt.datetime | None = None
    seen = False
    for operation in operations:
        kind = operation.kind.casefold()
        if kind == _STOP:
            since, seen = since or operation.start, True
        elif kind == _START:
            begin = since if seen else known_from
            back = operation.end or facts.asked_at
            if begin is not None and begin < back:
                found.append(Window(begin, back))
            since, seen = None, True
    if _power(facts) == _STOPPED:
        begin = since if seen else known_from
        if begin is not None and begin < end:
            found.append(Window(begin, end))
    return found


def _without(due: Due, stops: Sequence[Window]) -> Iterator[Due]:
    start, why = due.window.start, due.why
    for stop in stops:
        if stop.end <= start or stop.start >= due.window.end:
            continue
        if stop.start > start:
            yield Due(Window(start, stop.start), f"{why}, until stopped {format_time(stop.start)}")
        start, why = stop.end, f"started {format_time(stop.end)}"
    if start < due.window.end:
        yield Due(Window(start, due.window.end), why)


def _explained(facts: RouteFacts, operations: Sequence[ClusterOperation]) -> Iterator[Due]:
    for operation in operations:
        if operation.kind.casefold() in _RESTARTS:
            end = operation.end or facts.asked_at
            window = Window(operation.start - _MARGIN, max(end, operation.start) + _MARGIN)
            said = f"operation {operation.name} ({operation.kind}) from {format_time(operation.start)}"
            yield Due(window, said)


def _cluster(facts: RouteFacts) -> AksCluster | None:
    return facts.aks.cluster.value if isinstance(facts.aks.cluster, Known) else None


def _power(facts: RouteFacts) -> str:
    cluster = _cluster(facts)
    return "" if cluster is None else cluster.power.casefold()
