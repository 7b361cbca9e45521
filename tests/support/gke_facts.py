"""A healthy GKE route, and the ways to break one fact of it."""

import dataclasses
import datetime as dt
import json
from typing import Any, Final

from dayseal.model import ArchiveObject, ClusterId, Listing, Window
from dayseal.model.route import (
    ArchiveFacts,
    AuditConfig,
    BatchObjects,
    ChangeTrail,
    ClusterOperation,
    ConfigChange,
    DeliveryFacts,
    Detector,
    FilterCounters,
    GkeCluster,
    GkeSource,
    Known,
    Level,
    Locking,
    LockRule,
    LockStrength,
    LogBucket,
    Missing,
    NewestObject,
    PublicAccess,
    Reading,
    Reason,
    RouteFacts,
    ScopePolicy,
    Sink,
    WatchedPlace,
)
from support.route_facts import DAY, HOUR, NOW, known

PROJECT: Final = "shop-prod"
NUMBER: Final = "111"
FOLDER: Final = "folders/7"
ORG: Final = "organizations/42"
OWN: Final = f"projects/{PROJECT}"
CLUSTER: Final = ClusterId("gke", PROJECT, "europe-west1", "prod", "abc123")
BUCKET: Final = "central-audit"
TO_ARCHIVE: Final = f"storage.googleapis.com/{BUCKET}"
WRITER: Final = f"serviceAccount:service-{NUMBER}@gcp-sa-logging.iam.gserviceaccount.com"
AUDIT_FILTER: Final = 'log_id("cloudaudit.googleapis.com/activity") OR log_id("cloudaudit.googleapis.com/data_access")'
LONG_AGO: Final = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
CREATOR: Final = "roles/storage.objectCreator"

DETECTOR: Final = Detector("Event Threat Detection", "event-threat-detection", enabled=True, reads_audit=True)


def gke_denied(call: str, resource: str = OWN) -> Missing:
    """Refuse a call for want of a permission."""
    service, operation = call.split(":")
    return Missing(Reason.DENIED, known(0, call, resource).source, "PERMISSION_DENIED", f"{service}.{operation}.get")


def sink(name: str = f"{OWN}/sinks/audit", destination: str = TO_ARCHIVE, **more: Any) -> Sink:  # noqa: ANN401 - any field of a sink
    """Give a sink that carries everything to the archive."""
    fields: dict[str, Any] = {"filter": AUDIT_FILTER, "writer": WRITER, "created_at": LONG_AGO} | more
    return Sink(name, destination, **fields)


def log_sink(name: str = "_Default", owner: str = OWN, **more: Any) -> Sink:  # noqa: ANN401 - any field of a sink
    """Give one of the sinks that each project has into its own log buckets."""
    destination = f"logging.googleapis.com/{owner}/locations/global/buckets/{name}"
    wanted = 'LOG_ID("cloudaudit.googleapis.com/activity")'
    text = wanted if name == "_Required" else f"NOT {wanted}"
    return Sink(f"{owner}/sinks/{name}", destination, filter=text, **more)


def level(name: str = OWN, *sinks: Sink, configs: tuple[AuditConfig, ...] = ()) -> Level:
    """Give a level with its sinks and audit configurations."""
    return Level(
        name,
        known(configs, "cloudresourcemanager:getIamPolicy", name),
        known(tuple(sinks), "logging:sinks.list", name),
    )


def data_access(*exempted: str, kinds: tuple[str, ...] = ("DATA_READ", "DATA_WRITE")) -> tuple[AuditConfig, ...]:
    """Switch Data Access logs on."""
    return tuple(AuditConfig("container.googleapis.com", kind, exempted) for kind in kinds)


def log_buckets(default_days: int = 30) -> Known[tuple[LogBucket, ...]]:
    """Give the two log buckets every project has."""
    where = f"{OWN}/locations/global/buckets"
    found = (LogBucket(f"{where}/_Default", default_days), LogBucket(f"{where}/_Required", 400, locked=True))
    return known(found, "logging:buckets.list", OWN)


def iam(*bindings: tuple[str, str], condition: str = "") -> str:
    """Write an IAM policy of (role, member)."""
    rows: list[dict[str, Any]] = [{"role": role, "members": [member]} for role, member in bindings]
    if condition:
        rows = [{**row, "condition": {"expression": condition}} for row in rows]
    return json.dumps({"version": 3, "bindings": rows})


def retention(days: int = 400, *, locked: bool = True) -> Known[Locking]:
    """Give a retention policy."""
    mode, strength = ("Locked", LockStrength.FIRM) if locked else ("Unlocked", LockStrength.REVOCABLE)
    return known(Locking(enabled=True, rule=LockRule(mode, strength, days)), "storage:buckets.get", BUCKET)


def counted(
    name: str = f"{OWN}/sinks/audit", forwarded: float | None = 9000, errors: float | None = None, *, own: bool = True
) -> FilterCounters:
    """Give what a sink counted."""
    silent = Missing(Reason.NOT_ASKED, known(0, "monitoring:timeSeries.list").source)
    return FilterCounters(
        name,
        TO_ARCHIVE,
        own,
        gke_reading("exports/log_entry_count", forwarded),
        gke_reading("exports/error_count", errors),
        silent,
    )


def gke_reading(metric: str, value: float | None) -> Known[Reading]:
    """Give one metric of the last hour."""
    return known(Reading(metric, OWN, HOUR, value), "monitoring:timeSeries.list", OWN)


def gke_objects(*locks: tuple[str, int]) -> BatchObjects:
    """Give the day's objects, each with a lock's mode and days from the day on; no mode means no lock."""
    start = dt.datetime.combine(DAY, dt.time(), tzinfo=dt.UTC)
    found = tuple(
        ArchiveObject(f"o{n}", "1", 10, start, mode, start + dt.timedelta(days=days) if mode else None)
        for n, (mode, days) in enumerate(locks)
    )
    return BatchObjects(DAY, known(Listing(found), "storage:objects.list", BUCKET))


def gke_change(method: str, said: dict[str, Any], minute: int = 0, **more: Any) -> ConfigChange:  # noqa: ANN401 - any field
    """Give a change `minute` minutes after six in the morning."""
    at = dt.datetime(2026, 11, 23, 6, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)
    return ConfigChange(at, method, f"entry-{minute}", json.dumps(said), "alice@example.com", **more)


def gke_trail(*changes: ConfigChange) -> Known[ChangeTrail]:
    """Give Admin Activity entries of the last 90 days."""
    window = Window(NOW - dt.timedelta(days=90), NOW)
    return known(ChangeTrail(window, ("SetIamPolicy",), changes), "logging:entries.list", OWN)


def operation(kind: str, start: dt.datetime, minutes: float = 4, name: str = "operation-1") -> ClusterOperation:
    """Give an operation on the cluster."""
    return ClusterOperation(name, kind, "DONE", start, start + dt.timedelta(minutes=minutes))


HEALTHY_GKE: Final = RouteFacts(
    cluster=CLUSTER,
    asked_at=NOW,
    source=GkeSource(
        cluster=known(GkeCluster("RUNNING", autopilot=False, created_at=LONG_AGO), "container:clusters.list", OWN),
        project_number=known(NUMBER, "cloudresourcemanager:projects.get", OWN),
        ancestry=known((OWN, FOLDER, ORG), "cloudresourcemanager:projects.get", OWN),
        levels=(
            level(OWN, log_sink("_Required"), log_sink(), sink(), configs=data_access()),
            level(FOLDER),
            level(ORG),
        ),
        routed=(),
        log_buckets=log_buckets(),
        more_buckets=(),
        operations=known((), "container:operations.list", OWN),
        sink_errors=known((), "logging:entries.list", OWN),
    ),
    archive=ArchiveFacts(
        store="gcs",
        name=BUCKET,
        prefix="",
        exists=known(value=True, call="storage:buckets.get"),
        owner=known("999", "storage:buckets.get", BUCKET),
        locking=retention(),
        versioned=known(value=False, call="storage:buckets.get"),
        lifecycle=known((), "storage:buckets.get", BUCKET),
        public_access=known(PublicAccess(blocked=True, words="enforced"), "storage:buckets.get"),
        policy=known(iam((CREATOR, WRITER)), "storage:buckets.getIamPolicy", BUCKET),
        key=known(None, "storage:buckets.get"),
        replication=known((), "storage:buckets.get"),
        inherited=known((ScopePolicy("projects/audit-central", iam()),), "cloudresourcemanager:getIamPolicy"),
        object_acls=known(value=False, call="storage:buckets.get"),
        undelete_days=known(7, "storage:buckets.get"),
    ),
    delivery=DeliveryFacts(
        incoming=gke_reading("log_entry_count", 5000),
        filters=(counted(),),
        streams=(),
        newest=known(NewestObject("x", NOW - dt.timedelta(minutes=70)), "storage:objects.list"),
        astray=Missing(Reason.NOT_ASKED, known(0, "storage:objects.list").source),
        alarms=known((), "monitoring:alertPolicies.list"),
    ),
    changes=gke_trail(),
    watched=(WatchedPlace(ORG, known((DETECTOR,), "securitycentermanagement:securityCenterServices.get", ORG)),),
)


def gke(**source: Any) -> RouteFacts:  # noqa: ANN401 - any field of the source
    """Give the healthy route with some facts of its source replaced."""
    return dataclasses.replace(HEALTHY_GKE, source=dataclasses.replace(HEALTHY_GKE.gke, **source))


def gke_sinks(
    *sinks: Sink, above: tuple[Level, ...] = (), configs: tuple[AuditConfig, ...] | None = None
) -> RouteFacts:
    """Give the healthy route with other sinks in the project, and other levels above it."""
    own = level(OWN, log_sink("_Required"), log_sink(), *sinks, configs=data_access() if configs is None else configs)
    return gke(levels=(own, *(above or (level(FOLDER), level(ORG)))))


def gke_archived(**archive: Any) -> RouteFacts:  # noqa: ANN401 - any field of the archive
    """Give the healthy route with some facts of its archive replaced."""
    assert HEALTHY_GKE.archive is not None
    return dataclasses.replace(HEALTHY_GKE, archive=dataclasses.replace(HEALTHY_GKE.archive, **archive))


def gke_delivering(**delivery: Any) -> RouteFacts:  # noqa: ANN401 - any field of the deliveries
    """Give the healthy route with some signs of life replaced."""
    return dataclasses.replace(HEALTHY_GKE, delivery=dataclasses.replace(HEALTHY_GKE.delivery, **delivery))
