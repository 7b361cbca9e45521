"""What was done to a cluster itself, out of the Activity Log's operations: started, stopped, upgraded, deleted."""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Final

from dayseal.clouds.azure.activity import CLUSTERS, ActivityLog, reach_of
from dayseal.clouds.azure.activity_events import Operation
from dayseal.clouds.azure.places import parse_resource
from dayseal.model import Window
from dayseal.model.route import Answer, Call, ClusterOperation, ConfigChange, Known, Missing, Reason

_CLUSTERS: Final = "microsoft.containerservice/managedclusters/"
_VERBS: Final = frozenset(
    {
        "write",
        "delete",
        "start/action",
        "stop/action",
        "abort/action",
        "rotateclustercertificates/action",
        "rotateserviceaccountsigningkeys/action",
        "resetaadprofile/action",
        "resetserviceprincipalprofile/action",
    }
)


def cluster_operations(log: ActivityLog, resource_id: str, now: dt.datetime) -> Answer[tuple[ClusterOperation, ...]]:
    """Give what was done to a cluster as far back as the Activity Log tells (`reach_of`)."""
    found = parse_resource(resource_id)
    if found is None:
        call = Call("insights", "eventtypes.list", resource_id)
        return Missing(Reason.CONTRADICTORY, call, "the cluster's resource id cannot be read")
    answer = log.operations(found.subscription, CLUSTERS, Window(reach_of(now), now))
    return answer if isinstance(answer, Missing) else Known(operations_of(resource_id, answer.value), answer.source)


def operations_of(resource_id: str, operations: Iterable[Operation]) -> tuple[ClusterOperation, ...]:
    """Give what changed a cluster or its power state, in order of time; reading its credentials did not."""
    wanted = resource_id.casefold()
    return tuple(
        _cluster_operation(one) for one in operations if one.first.resource.casefold() == wanted and _is_change(one)
    )


def read_change(operation: Operation) -> ConfigChange:
    """Give an operation as a change; its request is what was changed and, where the log has it, the body."""
    said = {"resourceId": operation.first.resource}
    body = {} if operation.body is None else {"body": operation.body}
    return ConfigChange(
        at=operation.first.at,
        name=operation.first.operation,
        event_id=operation.first.event_id,
        parameters=json.dumps(said | body, separators=(",", ":")),
        actor=next((event.caller for event in operation.events if event.caller), ""),
        error=operation.error,
    )


def _is_change(operation: Operation) -> bool:
    kind = operation.first.operation.casefold()
    return kind.startswith(_CLUSTERS) and kind.removeprefix(_CLUSTERS) in _VERBS


def _cluster_operation(operation: Operation) -> ClusterOperation:
    first, last = operation.first, operation.last
    return ClusterOperation(
        name=first.correlation,
        kind=first.operation,
        status=last.status,
        start=first.at,
        end=last.at if last.over else None,
        target=first.resource,
        error=operation.error or (last.status if last.canceled else ""),
    )
