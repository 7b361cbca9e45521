"""Every listing of Google Cloud, refused, throttled, by single pages, cut and late: never a shorter list."""

import dataclasses
from typing import Any, Final

import pytest

from dayseal.checks.gke.changes import GKE_METHODS
from dayseal.clouds.gcp.calls import Calls
from dayseal.clouds.gcp.changes import Trails
from dayseal.clouds.gcp.discover import GcpDiscovered, GcpDiscovery, SearchScope
from dayseal.clouds.gcp.probe import GcpProbe, ProbeScope
from dayseal.clouds.gcp.session import Sessions
from dayseal.model import ClusterId
from dayseal.model.route import Known, Missing, RouteFacts
from dayseal.testing.clock import FixedClock
from support.gcp_estate import (
    BUCKET,
    ORG,
    add_export,
    add_project,
    counted_cluster,
    gke_cluster,
    sink,
)
from support.gcp_gate import Fault
from support.gcp_storage import NOW
from support.gcp_world import World

SHOP: Final = "projects/shop"
PAGED: Final = (
    "cloudasset:searchAllResources",
    "logging:buckets.list",
    "logging:entries.list",
    "logging:sinks.list",
    "monitoring:alertPolicies.list",
    "monitoring:timeSeries.list",
    "securitycentermanagement:securityCenterServices.list",
    "storage:objects.list",
)
WHOLE: Final = ("container:clusters.list", "container:operations.list")  # GKE does not page
# Sinks say where the archive is: what hangs on that is not asked, which the checks say (test_gke_verdicts).
BY_SINKS: Final = {"archive", "delivery.filters", "source.sink_errors", "changes"}
Told = tuple[GcpDiscovered, tuple[RouteFacts, ...]]


@pytest.fixture
def estate(google: World) -> World:
    """Give an organisation in which every listing has more than one item."""
    add_project(google, "shop", "111", gke_cluster("prod"), gke_cluster("more", "us-east1-b"))
    add_export(google)
    google.sinks[ORG].append(sink(ORG, "second", includeChildren=True))
    google.series[SHOP].append(
        counted_cluster("shop", "prod", "europe-west1", 7, "cloudaudit.googleapis.com/data_access")
    )
    google.alerts[SHOP] = [_alert("one"), _alert("two")]
    service = google.services[SHOP][0]
    google.services[SHOP].append(service | {"name": service["name"].replace("event-", "container-")})
    google.storage.put(BUCKET, "cloudaudit.googleapis.com/activity/2026/11/23/05:00:00_05:59:59_S0.json", b"{}\n")
    google.entries.held[SHOP] = [_change(minute) for minute in (1, 2)]
    link = f"https://container.googleapis.com/v1/{SHOP}/locations/europe-west1/clusters/prod"
    google.operations[SHOP] = [_operation(link, number) for number in (1, 2)]
    return google


def _alert(name: str) -> dict[str, Any]:
    text = 'metric.type = "logging.googleapis.com/exports/error_count"'
    condition = {"displayName": "c", "conditionAbsent": {"filter": text, "duration": "3600s"}}
    return {"name": f"{SHOP}/alertPolicies/{name}", "displayName": name, "conditions": [condition]}


def _change(minute: int) -> dict[str, Any]:
    return {
        "logName": f"{SHOP}/logs/cloudaudit.googleapis.com%2Factivity",
        "insertId": f"id-{minute}",
        "timestamp": f"2026-11-22T06:{minute:02d}:00Z",
        "resource": {"type": "audited_resource", "labels": {"service": "logging.googleapis.com"}},
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "serviceName": "logging.googleapis.com",
            "methodName": "google.logging.v2.ConfigServiceV2.UpdateSink",
            "resourceName": f"{SHOP}/sinks/audit",
        },
    }


def _operation(link: str, number: int) -> dict[str, Any]:
    return {
        "name": f"operation-{number}",
        "operationType": "UPGRADE_MASTER",
        "status": "DONE",
        "startTime": f"2026-11-22T0{number}:00:00Z",
        "endTime": f"2026-11-22T0{number}:10:00Z",
        "targetLink": link,
    }


def told(world: World, attempts: int = 4, known: tuple[ClusterId, ...] = ()) -> Told:
    """Discover and probe; clusters that are enrolled stay whatever discovery hears."""
    calls = Calls(Sessions(world.access(attempts=attempts)))
    found = GcpDiscovery(calls, SearchScope(above=(ORG,)), known=known).discover()
    probe = GcpProbe(
        calls, FixedClock(NOW), ProbeScope(lambda _: None), trails=lambda entries: Trails(entries, GKE_METHODS)
    )
    return found, probe.probe_all(known or found.clusters, dict(found.described))


def lost(before: object, now: object, path: str = "") -> list[str]:
    """Give the paths of facts that were known and are known otherwise now; a miss in their place is none."""
    if before == now or isinstance(now, Missing):
        return []
    if isinstance(before, tuple) and isinstance(now, tuple) and len(before) == len(now):
        rows = [(str(n), a, b) for n, (a, b) in enumerate(zip(before, now, strict=True))]
    elif type(before) is type(now) and dataclasses.is_dataclass(before) and not isinstance(before, Known | type):
        rows = [(f.name, getattr(before, f.name), getattr(now, f.name)) for f in dataclasses.fields(before)]
    else:
        return [path]
    return [name for step, a, b in rows for name in lost(a, b, f"{path}.{step}".lstrip("."))]


@pytest.mark.parametrize("call", PAGED)
def test_a_listing_by_single_pages_is_the_same_listing(estate: World, call: str) -> None:
    """Whoever reads only the first page sees a smaller estate, and a healthier one."""
    whole = told(estate)
    asked = estate.gate.count(call)
    estate.gate.mend()
    estate.gate.pages[call] = 1
    assert told(estate) == whole
    assert estate.gate.count(call) > asked


@pytest.mark.parametrize("call", [*PAGED, *WHOLE])
@pytest.mark.parametrize("fault", ["denied", "cut"])
def test_a_listing_that_ends_early_is_missing_and_never_shorter(estate: World, call: str, fault: str) -> None:
    """The first page is read, the second refused or cut off in the middle: what was known before is not all."""
    if call in PAGED:
        estate.gate.pages[call] = 1
    first, before = told(estate)
    after = 1 if call in PAGED else 0
    if fault == "denied":
        estate.gate.refuse(call, after=after)
    else:
        estate.gate.hurt(call, Fault.CUT, after=after)
    found, now = told(estate, attempts=1, known=first.clusters)
    discovery = call in {"cloudasset:searchAllResources", "container:clusters.list"}
    assert bool(found.silent) == discovery
    wrong = {name for a, b in zip(before, now, strict=True) for name in lost(a, b)}
    assert wrong <= (BY_SINKS if call == "logging:sinks.list" else set())
    assert discovery or now != before


@pytest.mark.parametrize("call", [*PAGED, *WHOLE])
def test_a_listing_that_is_throttled_once_or_late_is_read(estate: World, call: str) -> None:
    """What passes by itself is no fact that nobody knows."""
    whole = told(estate)
    estate.gate.refuse(call, status=429, reason="RATE_LIMIT_EXCEEDED", times=1)
    estate.gate.hurt(call, Fault.DELAYED, times=1, after=1).seconds = 0.1
    assert told(estate) == whole
