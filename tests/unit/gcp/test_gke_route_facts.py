import datetime as dt
from typing import Any

import pytest

from dayseal.checks.gke.changes import GKE_METHODS
from dayseal.clouds.gcp.changes import Trails
from dayseal.clouds.gcp.gke import list_clusters
from dayseal.clouds.gcp.places import ArchivePlace
from dayseal.clouds.gcp.probe import GcpProbe, ProbeScope
from dayseal.model import ClusterId
from dayseal.model.route import (
    Alarm,
    Answer,
    AuditConfig,
    Detector,
    Exclusion,
    Known,
    LogBucket,
    Missing,
    Reason,
    RouteFacts,
    SinkError,
)
from dayseal.testing.clock import FixedClock
from support.gcp_estate import (
    BUCKET,
    FOLDER,
    ORG,
    add_export,
    add_project,
    counted_sink,
    gke_cluster,
    sink,
)
from support.gcp_storage import NOW
from support.gcp_world import World

SHOP = "projects/shop"
PROD = ClusterId("gke", "shop", "europe-west1", "prod", "id-prod-europe-west1")
BATCH = ClusterId("gke", "shop", "us-east1-b", "batch", "id-batch-us-east1-b")
KEY = "projects/keys/locations/eu/keyRings/r/cryptoKeys/k"


@pytest.fixture
def route(google: World) -> World:
    """Give a project with two clusters, whose audit entries an organisation's sink exports."""
    add_project(google, "shop", "111", gke_cluster("prod"), gke_cluster("batch", "us-east1-b"))
    add_export(google)
    return google


def probe(
    world: World, *clusters: ClusterId, changes: bool = False, archive: ArchivePlace | None = None
) -> tuple[RouteFacts, ...]:
    """Ask about clusters as dayseal does."""
    trails = (lambda entries: Trails(entries, GKE_METHODS)) if changes else None
    asked = GcpProbe(world.calls(), FixedClock(NOW), ProbeScope(lambda _: archive), trails=trails)
    return asked.probe_all(clusters)


def value(answer: Answer[Any]) -> Any:  # noqa: ANN401 - whatever was answered
    """Give what was answered."""
    assert isinstance(answer, Known), answer
    return answer.value


def missing(answer: Answer[Any]) -> Missing:
    """Give why there is no answer."""
    assert isinstance(answer, Missing), answer
    return answer


def test_every_level_above_a_cluster_is_asked(route: World) -> None:
    """Sinks and audit configurations count wherever they are set."""
    reads = {"service": "container.googleapis.com", "auditLogConfigs": [
        {"logType": "DATA_READ", "exemptedMembers": ["user:a@example.com"]}, {"logType": "DATA_WRITE"},
    ]}  # fmt: skip
    route.policies[ORG] = {"auditConfigs": [reads]}
    route.policies[SHOP] = {"auditConfigs": [{"service": "allServices", "auditLogConfigs": [{"logType": "DATA_READ"}]}]}
    (facts,) = probe(route, PROD)
    assert value(facts.gke.ancestry) == (SHOP, FOLDER, ORG)
    assert value(facts.gke.project_number) == "111"
    own, folder, top = facts.gke.levels
    assert value(own.audit_configs) == (AuditConfig("allServices", "DATA_READ"),)
    assert value(folder.audit_configs) == ()
    assert value(top.audit_configs) == (
        AuditConfig("container.googleapis.com", "DATA_READ", ("user:a@example.com",)),
        AuditConfig("container.googleapis.com", "DATA_WRITE"),
    )
    assert [s.name for s in value(own.sinks)] == [f"{SHOP}/sinks/_Required", f"{SHOP}/sinks/_Default"]
    assert [s.name for s in value(top.sinks)] == [f"{ORG}/sinks/audit"]


def test_all_that_a_sink_says_is_read(route: World) -> None:
    """An intercepting sink above starves the project's own; the SDK does not show that field."""
    exclusions = [{"name": "noise", "filter": 'severity="DEBUG"'}, {"name": "old", "filter": "x", "disabled": True}]
    told = {"disabled": True, "includeChildren": True, "interceptChildren": True, "exclusions": exclusions}
    route.sinks[FOLDER] = [sink(FOLDER, "grab", **told)]
    (facts,) = probe(route, PROD)
    (found,) = value(facts.gke.levels[1].sinks)
    assert (found.disabled, found.include_children, found.intercept_children) == (True, True, True)
    assert found.exclusions == (Exclusion("noise", 'severity="DEBUG"'), Exclusion("old", "x", disabled=True))
    assert found.created_at == dt.datetime(2025, 1, 1, 0, 0, 0, 123456, tzinfo=dt.UTC)
    assert f"{FOLDER}/sinks/grab" in [s.name for s in value(facts.gke.levels[0].sinks)]


@pytest.mark.parametrize("page", [1, 2])
def test_sinks_on_a_second_page_count(route: World, page: int) -> None:
    """A sink that was not read carries nothing, so every page must be."""
    route.gate.pages["logging:sinks.list"] = page
    route.sinks[SHOP] += [sink(SHOP, f"more-{n}") for n in range(5)]
    (facts,) = probe(route, PROD)
    assert len(value(facts.gke.levels[0].sinks)) == 7


def test_where_sinks_lead_is_asked_too(route: World) -> None:
    """Entries handed to another project, or to a log bucket elsewhere, are followed that far."""
    elsewhere = "projects/siem/locations/eu/buckets/audit"
    route.sinks[SHOP] += [sink(SHOP, "hand-over", destination="logging.googleapis.com/projects/siem")]
    route.sinks["projects/siem"] = [
        sink("projects/siem", "keep", destination=f"logging.googleapis.com/{elsewhere}"),
        sink("projects/siem", "gone", destination="logging.googleapis.com/projects/siem/locations/eu/buckets/gone"),
    ]
    kept = {"name": elsewhere, "retentionDays": 3650, "lifecycleState": "ACTIVE", "cmekSettings": {"kmsKeyName": KEY}}
    route.log_buckets["projects/siem"] = [kept]
    (facts,) = probe(route, PROD)
    (routed,) = facts.gke.routed
    assert (routed.name, len(value(routed.sinks))) == ("projects/siem", 2)
    found = {more.name.rpartition("/")[2]: value(more.bucket) for more in facts.gke.more_buckets}
    assert found == {"audit": LogBucket(elsewhere, 3650, key=KEY), "gone": None}
    assert [b.name.rpartition("/")[2] for b in value(facts.gke.log_buckets)] == ["_Required", "_Default"]


def test_operations_are_those_of_the_cluster_and_its_nodes(route: World) -> None:
    """An upgrade of another cluster explains nothing here; zones and regions are spelled differently."""
    base = "https://container.googleapis.com/v1/projects/shop"
    rows = [("op-1", f"{base}/zones/us-east1-b/clusters/batch", "UPGRADE_MASTER"),
            ("op-2", f"{base}/zones/us-east1-b/clusters/batch/nodePools/p", "AUTO_REPAIR_NODES"),
            ("op-3", f"{base}/locations/europe-west1/clusters/prod", "UPGRADE_MASTER"),
            ("op-4", f"{base}/zones/us-east1-b/clusters/batch-2", "UPGRADE_MASTER")]  # fmt: skip
    route.operations[SHOP] = [
        {"name": name, "targetLink": link, "operationType": kind, "status": "DONE",
         "startTime": "2026-11-22T01:00:00.123456789Z", "endTime": "2026-11-22T01:10:00Z"} for name, link, kind in rows
    ]  # fmt: skip
    batch, prod = probe(route, BATCH, PROD)
    assert [(o.name, o.kind) for o in value(batch.gke.operations)] == [
        ("op-1", "UPGRADE_MASTER"), ("op-2", "AUTO_REPAIR_NODES"),
    ]  # fmt: skip
    assert [o.name for o in value(prod.gke.operations)] == ["op-3"]


def test_a_silent_zone_leaves_its_clusters_unknown(route: World) -> None:
    """Not shown is not gone, and its operations may be hidden too; clusters elsewhere are not touched."""
    route.clusters[SHOP] = [gke_cluster("prod")]
    route.missing_zones[SHOP] = ["us-east1-b"]
    batch, prod = probe(route, BATCH, PROD)
    assert missing(batch.gke.cluster).reason is missing(batch.gke.operations).reason is Reason.INCOMPLETE
    assert value(prod.gke.cluster).status == "RUNNING"
    assert value(prod.gke.operations) == ()


def test_a_rebuilt_cluster_is_not_the_old_one(route: World) -> None:
    """The name is the same, the id is another: the old one is gone."""
    route.clusters[SHOP] = [gke_cluster("prod", uid="new"), gke_cluster("auto", autopilot={"enabled": True})]
    auto = ClusterId("gke", "shop", "europe-west1", "auto", "id-auto-europe-west1")
    old, pilot = probe(route, PROD, auto)
    assert value(old.gke.cluster) is None
    assert (value(pilot.gke.cluster).autopilot, value(pilot.gke.cluster).nodes) == (True, None)
    assert value(list_clusters(route.calls(), "shop")).unreadable == ()


def test_what_sinks_could_not_deliver_is_read(route: World) -> None:
    """A sink that lost its bucket says so in a log beside it."""
    route.entries.held[ORG] = [
        {
            "logName": f"{ORG}/logs/logging.googleapis.com%2Fsink_error",
            "timestamp": f"2026-11-{day}T06:00:00Z",
            "insertId": f"e{day}",
            "resource": {"type": "logging_sink", "labels": {"name": "audit"}},
            "labels": {"error_code": "bucket_not_found", "sink_id": "audit"},
            "textPayload": "Cloud Logging sink configuration error",
        }
        for day in (20, 23)
    ]
    (facts,) = probe(route, PROD)
    at = dt.datetime(2026, 11, 23, 6, tzinfo=dt.UTC)
    assert value(facts.gke.sink_errors) == (SinkError(f"{ORG}/sinks/audit", at, "bucket_not_found"),)


def test_counters_are_read_for_all_clusters_of_a_project_at_once(route: World) -> None:
    """Nothing counted is not zero; a sink above the project has no counter here unless one shows."""
    to_archive = f"storage.googleapis.com/{BUCKET}"
    route.sinks[SHOP] += [sink(SHOP, "own")]
    route.series[SHOP] += [
        counted_sink("shop", "own", to_archive, 9_000), counted_sink("shop", "own", to_archive, 3, "error_count"),
    ]  # fmt: skip
    prod, batch, absent = probe(route, PROD, BATCH, ClusterId("gke", "shop", "x", "new", "n"))
    assert [value(f.delivery.incoming).value for f in (prod, batch, absent)] == [5_000, 5_000, None]
    counters = {counted.name: counted for counted in prod.delivery.filters}
    own, above = counters[f"{SHOP}/sinks/own"], counters[f"{ORG}/sinks/audit"]
    assert (own.own, value(own.forwarded).value, value(own.errors).value) == (True, 9_000, 3)
    assert (above.own, missing(above.forwarded).reason) == (False, Reason.NOT_ASKED)
    assert set(counters) == {f"{SHOP}/sinks/own", f"{ORG}/sinks/audit"}
    assert route.gate.count("monitoring:timeSeries.list") == 3


def test_alarms_say_what_they_make_of_silence(route: World) -> None:
    """An alert that waits for a value never comes when the values stop."""
    text = 'metric.type = "logging.googleapis.com/exports/error_count"'
    threshold = {"filter": text, "comparison": "COMPARISON_GT", "duration": "60s"}
    eager = threshold | {"evaluationMissingData": "EVALUATION_MISSING_DATA_ACTIVE"}
    route.alerts[SHOP] = [
        {"name": f"{SHOP}/alertPolicies/{n}", "displayName": n, "enabled": n != "off", "conditions": [condition]}
        for n, condition in (
            ("late", {"displayName": "c", "conditionThreshold": threshold}),
            ("eager", {"displayName": "c", "conditionThreshold": eager}),
            ("off", {"displayName": "c", "conditionAbsent": {"filter": text, "duration": "3600s"}}),
            ("other", {"displayName": "c", "conditionThreshold": {"filter": "cpu", "duration": "60s"}}),
        )
    ]
    (facts,) = probe(route, PROD)
    metric = "logging.googleapis.com/exports/"
    assert value(facts.delivery.alarms) == (
        Alarm("late", metric, "missing"), Alarm("eager", metric, "breaching"),
        Alarm("off", metric, "breaching", enabled=False),
    )  # fmt: skip


def test_who_watches_is_what_is_in_effect(route: World) -> None:
    """A service switched on further up is on here, whatever the project itself says."""
    (facts,) = probe(route, PROD)
    detector = Detector("Event Threat Detection", "event-threat-detection", enabled=True, reads_audit=True)
    assert [(place.location, value(place.detectors)) for place in facts.watched] == [(SHOP, (detector,))]
