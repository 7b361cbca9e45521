"""Google Clouds with one GKE cluster: a healthy route, and for each member that decides a check one that is wrong."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from support.gcp_estate import BUCKET, FOLDER, ORG, add_export, add_project, counted_sink, gke_cluster, sink
from support.gcp_kms import RING
from support.gcp_storage import NOW
from support.gcp_world import World

SHOP: Final = "projects/shop"
OWN: Final = "serviceAccount:service-111@gcp-sa-logging.iam.gserviceaccount.com"
_ROBOT: Final = "serviceAccount:robot@shop.iam.gserviceaccount.com"
_KEY: Final = f"{RING}/archive"
_LONG: Final = f"{SHOP}/locations/global/buckets/long"
Change = Callable[[World], None]


def make_healthy(world: World) -> None:
    """Give a cluster with Data Access logs, whose own project exports to a locked bucket elsewhere."""
    world.parents["projects/audit"] = ORG
    add_project(world, "shop", "111", gke_cluster("prod"))
    add_export(world)
    del world.sinks[ORG]
    world.sinks[SHOP].append(sink(SHOP, "audit", writerIdentity=OWN))
    world.storage.policies[BUCKET]["bindings"] = [{"role": "roles/storage.objectCreator", "members": [OWN]}]
    world.series[SHOP].append(counted_sink("shop", "audit", f"storage.googleapis.com/{BUCKET}", 5_000))
    world.policies[ORG] = _logs("ADMIN_READ", "DATA_READ", "DATA_WRITE")
    world.storage.buckets[BUCKET]["encryption"] = {"defaultKmsKeyName": _KEY}
    world.kms.states[_KEY] = "ENABLED"


def _logs(*kinds: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any member
    rows = [{"logType": kind} | more for kind in kinds]
    return {"auditConfigs": [{"service": "allServices", "auditLogConfigs": rows}]}


def _own(**changes: Any) -> Change:  # noqa: ANN401 - any field of a sink
    return lambda world: world.sinks[SHOP][-1].update(changes)


def _bucket(**changes: Any) -> Change:  # noqa: ANN401 - any field of a bucket
    return lambda world: world.storage.buckets[BUCKET].update(changes)


def _above(**changes: Any) -> Change:  # noqa: ANN401 - any field of a sink
    def put(world: World) -> None:
        world.sinks[ORG] = [sink(ORG, "all", destination="storage.googleapis.com/elsewhere", filter="", **changes)]

    return put


def _by_organisation(world: World) -> None:
    world.sinks[SHOP].pop()
    world.sinks[ORG] = [sink(ORG, "audit", writerIdentity=OWN)]  # without includeChildren


def _grant(role: str, *members: str) -> Change:
    return lambda world: world.storage.policies[BUCKET]["bindings"].append({"role": role, "members": list(members)})


def _open(world: World) -> None:
    _grant("roles/storage.objectViewer", "allUsers")(world)
    world.storage.buckets[BUCKET]["iamConfiguration"]["publicAccessPrevention"] = "inherited"


def _counted(value: int, metric: str = "log_entry_count") -> Change:
    def put(world: World) -> None:
        if metric == "log_entry_count":
            world.series[SHOP].pop()
        world.series[SHOP].append(counted_sink("shop", "audit", f"storage.googleapis.com/{BUCKET}", value, metric))

    return put


def _silent(world: World) -> None:
    for held in world.storage.objects[BUCKET].values():
        held[0].shown["timeCreated"] = (NOW - dt.timedelta(days=3)).isoformat().replace("+00:00", "Z")


def _short_bucket(world: World) -> None:
    world.log_buckets[SHOP].append({"name": _LONG, "retentionDays": 60, "lifecycleState": "ACTIVE"})
    world.sinks[SHOP][-1]["destination"] = f"logging.googleapis.com/{_LONG}"


def _dying_bucket(world: World) -> None:
    _short_bucket(world)
    world.log_buckets[SHOP][-1].update(retentionDays=800, lifecycleState="DELETE_REQUESTED")


def _unwatched(state: str) -> Change:
    return lambda world: world.services[SHOP][0].update(effectiveEnablementState=state)


def _doomed_key(world: World) -> None:
    world.kms.states[_KEY] = "DESTROY_SCHEDULED"


def _rule(**condition: Any) -> Change:  # noqa: ANN401 - any condition
    return _bucket(lifecycle={"rule": [{"action": {"type": "Delete"}, "condition": condition}]})


_EXCLUDED: Final = {"name": "quiet", "filter": 'protoPayload.serviceName="k8s.io"'}
_TERM: Final = {"retentionPeriod": "34560000", "effectiveTime": "2025-01-01T00:00:00Z"}
# By name: the check that is not passed, and what was changed.
BROKEN: Final[dict[str, tuple[str, Change]]] = {
    "reads off": ("audit-coverage", lambda world: world.policies.update({ORG: _logs("ADMIN_READ")})),
    "exempted": (
        "audit-coverage",
        lambda world: world.policies.update(
            {ORG: _logs("DATA_READ", "DATA_WRITE", exemptedMembers=["user:a@example.com"])}
        ),
    ),
    "exempted above": (
        "audit-coverage",
        lambda world: world.policies.update({FOLDER: _logs("DATA_READ", exemptedMembers=["user:a@example.com"])}),
    ),
    "disabled": ("export-route", _own(disabled=True)),
    "dropping": ("export-route", _own(filter='severity>="ERROR"')),
    "excluding": ("export-route", _own(exclusions=[_EXCLUDED])),
    "elsewhere": ("export-route", _own(destination="storage.googleapis.com/elsewhere")),
    "intercepted": ("export-route", _above(includeChildren=True, interceptChildren=True)),
    "children left out": ("export-route", _by_organisation),
    "writer without role": ("export-route", lambda world: world.storage.policies[BUCKET].update(bindings=[])),
    "not locked": ("archive-immutable", _bucket(retentionPolicy={**_TERM, "isLocked": False})),
    "locked for a month": (
        "archive-immutable",
        _bucket(retentionPolicy={**_TERM, "retentionPeriod": "2592000", "isLocked": True}),
    ),
    "key destroyed": ("archive-immutable", _doomed_key),
    "own project": ("archive-central", _bucket(projectNumber="111")),
    "own robot": ("archive-central", _grant("roles/storage.admin", _ROBOT)),
    "custom role": ("archive-central", _grant("projects/shop/roles/mine", _ROBOT)),
    "open": ("archive-central", _open),
    "access lists": (
        "archive-central",
        _bucket(iamConfiguration={"uniformBucketLevelAccess": {}, "publicAccessPrevention": "enforced"}),
    ),
    "prevention not said": (
        "archive-central",
        _bucket(
            iamConfiguration={"uniformBucketLevelAccess": {"enabled": True}, "publicAccessPrevention": "inherited"}
        ),
    ),
    "tidied": ("retention", _rule(age=30)),
    "tidied by date": ("retention", _rule(createdBefore="2026-12-01")),
    "short log bucket": ("retention", _short_bucket),
    "dying log bucket": ("retention", _dying_bucket),
    "detector off": ("monitored", _unwatched("DISABLED")),
    "silent": ("export-health", _silent),
    "nothing passed on": ("export-health", _counted(0)),
    "some passed on": ("export-health", _counted(4_999)),
    "errors": ("export-health", _counted(7, "error_count")),
}
