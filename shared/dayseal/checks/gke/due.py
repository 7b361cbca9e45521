"""When a GKE cluster owes records, and which silences its own operations explain."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Final

from dayseal.checks.due_spans import Due, DueSpans
from dayseal.checks.route_words import name_missing
from dayseal.codec import format_time
from dayseal.model import Window
from dayseal.model.route import ClusterOperation, Known, Missing, RouteFacts

_ZONE: Final = re.compile(r"[a-z]+-[a-z]+[0-9]+-[a-z]\Z")
# A zonal cluster has one control plane machine, which these replace or start again.
_ZONAL_DOWN: Final = frozenset({"UPGRADE_MASTER", "UPDATE_CLUSTER", "REPAIR_CLUSTER"})
_ALWAYS_DOWN: Final = frozenset({"REPAIR_CLUSTER"})
_MARGIN: Final = dt.timedelta(minutes=5)  # an API server stops before, and is back after, what the operation says


def gke_due(facts: RouteFacts, enrolled: Due) -> DueSpans:
    """Give the due spans between the cluster's creation and its deletion, and what its operations explain.

    A zonal control plane is down while it is upgraded, updated or repaired; a regional one only by a repair.
    Operations on nodes silence no API server. Where the operations could not be read, that is said.
    """
    source = facts.gke
    if isinstance(source.operations, Missing):
        unread = (f"the cluster's operations, which may explain it: {name_missing([source.operations])}",)
        return DueSpans(_lifetime(facts, enrolled, ()), (), unread)
    operations = source.operations.value
    return DueSpans(_lifetime(facts, enrolled, operations), tuple(_explained(facts, operations)), ())


def is_zonal(location: str) -> bool:
    """Say whether a location is a zone (`europe-west1-b`), not a region."""
    return _ZONE.match(location) is not None


def _lifetime(facts: RouteFacts, enrolled: Due, operations: Sequence[ClusterOperation]) -> tuple[Due, ...]:
    start, end, why = enrolled.window.start, enrolled.window.end, enrolled.why
    cluster = facts.gke.cluster
    created = cluster.value.created_at if isinstance(cluster, Known) and cluster.value is not None else None
    if created is not None and created > start:
        start, why = created, f"created {format_time(created)}"
    gone = [op.start for op in operations if op.kind == "DELETE_CLUSTER" and not op.error and _is_over(facts)]
    if gone and min(gone) < end:
        end, why = min(gone), f"{why}, until deleted {format_time(min(gone))}"
    return (Due(Window(start, end), why),) if start < end else ()


def _is_over(facts: RouteFacts) -> bool:
    cluster = facts.gke.cluster
    return isinstance(cluster, Known) and (cluster.value is None or cluster.value.status == "STOPPING")


def _explained(facts: RouteFacts, operations: Sequence[ClusterOperation]) -> Iterator[Due]:
    zonal = is_zonal(facts.cluster.location)
    for operation in operations:
        if operation.kind in (_ZONAL_DOWN if zonal else _ALWAYS_DOWN):
            end = operation.end or facts.asked_at
            window = Window(operation.start - _MARGIN, max(end, operation.start) + _MARGIN)
            kind = "zonal control plane" if zonal else "control plane"
            said = f"operation {operation.name} ({operation.kind}, {kind}) from {format_time(operation.start)}"
            yield Due(window, said)
