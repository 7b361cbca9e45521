"""Things to put into the Google Cloud of the tests: projects with clusters, a healthy export, a locked archive."""

import datetime as dt
from typing import Any, Final

from support.gcp_storage import NOW
from support.gcp_world import World

ORG: Final = "organizations/42"
FOLDER: Final = "folders/7"
BUCKET: Final = "central-audit"
WRITER: Final = "serviceAccount:service-org-42@gcp-sa-logging.iam.gserviceaccount.com"
AUDIT: Final = 'log_id("cloudaudit.googleapis.com/activity") OR log_id("cloudaudit.googleapis.com/data_access")'
ACTIVITY: Final = "cloudaudit.googleapis.com/activity"


def gke_cluster(name: str, location: str = "europe-west1", uid: str = "", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Give a cluster as GKE lists it."""
    return {
        "name": name,
        "location": location,
        "id": uid or f"id-{name}-{location}",
        "status": "RUNNING",
        "currentMasterVersion": "1.33.1-gke.100",
        "createTime": "2025-01-01T00:00:00+00:00",
        "loggingService": "logging.googleapis.com/kubernetes",
        "loggingConfig": {"componentConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "APISERVER"]}},
        "currentNodeCount": 3,
        **more,
    }


def add_project(world: World, name: str, number: str, *clusters: dict[str, Any], above: str = FOLDER) -> None:
    """Make a project with clusters, below a folder of an organisation; Cloud Asset knows of them."""
    project = f"projects/{name}"
    world.parents |= {project: above, FOLDER: ORG, ORG: ""}
    world.numbers[project] = number
    world.clusters[project] = list(clusters)
    for cluster in clusters:
        kind = "zones" if cluster["location"].count("-") > 1 else "locations"
        asset = f"//container.googleapis.com/{project}/{kind}/{cluster['location']}/clusters/{cluster['name']}"
        world.index.append((project, asset))
    where = f"{project}/locations/global/buckets"
    world.log_buckets[project] = [
        {"name": f"{where}/_Required", "retentionDays": 400, "locked": True, "lifecycleState": "ACTIVE"},
        {"name": f"{where}/_Default", "retentionDays": 30, "lifecycleState": "ACTIVE"},
    ]
    world.sinks[project] = [_own_sink(project, "_Required"), _own_sink(project, "_Default")]
    service = f"{project}/locations/global/securityCenterServices/event-threat-detection"
    world.services[project] = [
        {"name": service, "intendedEnablementState": "INHERITED", "effectiveEnablementState": "ENABLED"}
    ]
    world.series[project] = [counted_cluster(name, one["name"], one["location"], 5_000) for one in clusters]


def add_export(world: World, archive_number: str = "900") -> None:
    """Let an organisation's sink write every audit entry into a locked bucket of another project."""
    world.parents |= {ORG: "", "projects/archive": ORG}
    world.numbers["projects/archive"] = archive_number
    world.sinks[ORG] = [sink(ORG, "audit", writerIdentity=WRITER, includeChildren=True)]
    world.storage.add_bucket(
        BUCKET,
        archive_number,
        retentionPolicy={
            "retentionPeriod": str(400 * 86_400),
            "effectiveTime": "2025-01-01T00:00:00Z",
            "isLocked": True,
        },
        iamConfiguration={
            "uniformBucketLevelAccess": {"enabled": True},
            "publicAccessPrevention": "enforced",
        },
        softDeletePolicy={"retentionDurationSeconds": "604800", "effectiveTime": "2025-01-01T00:00:00Z"},
    )
    grant = {"role": "roles/storage.objectCreator", "members": [WRITER]}
    world.storage.policies[BUCKET]["bindings"] = [grant]
    world.storage.put(
        BUCKET, f"{ACTIVITY}/2026/11/23/04:00:00_04:59:59_S0.json", b"{}\n", at=NOW - dt.timedelta(hours=1)
    )


def sink(parent: str, name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Give a sink as Logging lists it, into the archive unless told otherwise."""
    return {
        "name": name,
        "resourceName": f"{parent}/sinks/{name}",
        "destination": f"storage.googleapis.com/{BUCKET}",
        "filter": AUDIT,
        "createTime": "2025-01-01T00:00:00.123456789Z",
        "updateTime": "2025-01-01T00:00:00Z",
        **more,
    }


def counted_cluster(project: str, name: str, location: str, value: int, log: str = ACTIVITY) -> dict[str, Any]:
    """Give the counter of a cluster's entries, summed up over the whole window."""
    labels = {"project_id": project, "location": location, "cluster_name": name}
    return series("logging.googleapis.com/log_entry_count", "k8s_cluster", labels, value, {"log": log})


def counted_hours(project: str, name: str, location: str, hours: dict[str, int], log: str = ACTIVITY) -> dict[str, Any]:
    """Give the counter of a cluster's entries by the hour; hours are written as `2026-11-22T05`."""
    whole = counted_cluster(project, name, location, 0, log)
    points = []
    for hour, value in sorted(hours.items(), reverse=True):
        end = dt.datetime.fromisoformat(f"{hour}:00:00+00:00") + dt.timedelta(hours=1)
        interval = {"startTime": f"{hour}:00:00Z", "endTime": end.strftime("%Y-%m-%dT%H:%M:%SZ")}
        points.append({"interval": interval, "value": {"int64Value": str(value)}})
    return whole | {"points": points}


def counted_sink(
    project: str, name: str, destination: str, value: int, metric: str = "log_entry_count"
) -> dict[str, Any]:
    """Give one counter of a sink."""
    labels = {"project_id": project, "name": name, "destination": destination}
    return series(f"logging.googleapis.com/exports/{metric}", "logging_sink", labels, value, {})


def series(metric: str, kind: str, labels: dict[str, str], value: int, more: dict[str, str]) -> dict[str, Any]:
    """Give a time series of one point."""
    interval = {"startTime": "2026-11-22T06:30:00Z", "endTime": "2026-11-23T06:30:00Z"}
    return {
        "metric": {"type": metric, "labels": more},
        "resource": {"type": kind, "labels": labels},
        "metricKind": "DELTA",
        "valueType": "INT64",
        "points": [{"interval": interval, "value": {"int64Value": str(value)}}],
    }


def _own_sink(project: str, name: str) -> dict[str, Any]:
    destination = f"logging.googleapis.com/{project}/locations/global/buckets/{name}"
    required = 'LOG_ID("cloudaudit.googleapis.com/activity") OR LOG_ID("externalaudit.googleapis.com/activity")'
    text = required if name == "_Required" else f"NOT ({required})"
    return sink(project, name, destination=destination, filter=text)
