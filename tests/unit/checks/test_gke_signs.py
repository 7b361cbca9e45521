"""Is a GKE cluster's export alive, is it watched, and when does the cluster owe records?"""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from dayseal.checks import ArrivalThresholds, Due, EventDayView, judge_arrival
from dayseal.checks.export_health import judge_export_health
from dayseal.checks.monitored import judge_monitored
from dayseal.checks.route_due import due_spans
from dayseal.checks.route_terms import Declared, RouteThresholds
from dayseal.model import ClusterId, Finding, Verdict, Window
from dayseal.model.route import (
    ClusterOperation,
    Detector,
    GkeCluster,
    Known,
    NewestObject,
    RouteFacts,
    SinkError,
    WatchedPlace,
)
from support.gke_facts import (
    DETECTOR,
    FOLDER,
    HEALTHY_GKE,
    ORG,
    OWN,
    counted,
    gke,
    gke_delivering,
    gke_denied,
    gke_reading,
    gke_sinks,
    operation,
    sink,
)
from support.route_facts import HEALTHY, NOW, PROMISED, known
from unit.checks.check_tallies import DAY, MIDNIGHT, NODE, every, tally_of

ONE = dt.timedelta(days=1)
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
ENROLLED = Due(Window(MIDNIGHT - ONE, MIDNIGHT + 2 * ONE), "enrolled")
ZONAL = ClusterId("gke", "shop-prod", "europe-west1-b", "prod", "abc123")


def alive(facts: RouteFacts) -> Finding:
    """Judge the export's health."""
    return judge_export_health(facts, PROMISED)


def watched(*places: WatchedPlace) -> Finding:
    """Judge who watches."""
    return judge_monitored(dataclasses.replace(HEALTHY_GKE, watched=places), PROMISED)


def day_with(hole: Window, facts: RouteFacts) -> Finding:
    """Judge an event day with one silence, beside what the route's operations explain."""
    spans = due_spans(facts, ENROLLED)
    moments = [m for m in every(10, MIDNIGHT - ONE, MIDNIGHT + 3 * ONE) if not hole.start <= m < hole.end]
    view = EventDayView(
        facts.cluster, DAY, tally_of(leases={NODE: moments}), tuple(DAY + n * ONE for n in range(-1, 3)),
        final=True, due=spans.due, explained=spans.explained, unread=spans.unread,
    )  # fmt: skip
    return judge_arrival(view, ArrivalThresholds()).finding


def test_a_live_export_passes_and_says_whose_counters_these_are() -> None:
    """A sink counts all it carries; objects are written by the hour, so 70 minutes are not late."""
    found = alive(HEALTHY_GKE)
    assert found.verdict is Verdict.PASS
    assert "9000 entries went on (all the sink carries), 5000 of this cluster came in" in found.summary


@pytest.mark.parametrize(
    ("facts", "verdict", "said"),
    [
        (gke_delivering(filters=(counted(errors=3),)), Verdict.FAIL, "exports/error_count"),
        (gke_delivering(filters=(counted(errors=3, own=False),)), Verdict.UNKNOWN, "whose entries"),
        (gke_delivering(filters=(counted(forwarded=0),)), Verdict.FAIL, "passed none on"),
        (gke_delivering(filters=(counted(forwarded=10),)), Verdict.UNKNOWN, "fewer than the 5000"),
        (gke_delivering(filters=(counted(forwarded=None),)), Verdict.UNKNOWN, "no counter"),
        (gke_delivering(filters=()), Verdict.UNKNOWN, "no counter"),
        (gke_delivering(incoming=gke_reading("log_entry_count", 0)), Verdict.UNKNOWN, "no entry came in"),
        (gke_delivering(incoming=gke_denied("monitoring:timeSeries")), Verdict.UNKNOWN, "monitoring.timeSeries.get"),
        (gke_delivering(newest=known(None)), Verdict.FAIL, "holds no object"),
        (gke_delivering(newest=known(NewestObject("x", NOW - 4 * HOUR))), Verdict.FAIL, "4 h"),
        (gke_sinks(), Verdict.UNKNOWN, "no enabled sink"),
        (gke_sinks(sink(filter="severity>=ERROR")), Verdict.UNKNOWN, "may be others'"),
        (gke_sinks(sink(disabled=True)), Verdict.UNKNOWN, "no enabled sink"),
        (gke(sink_errors=gke_denied("logging:logEntries")), Verdict.UNKNOWN, "logging.logEntries.get"),
    ],
)
def test_what_a_sign_of_life_shows(facts: RouteFacts, verdict: Verdict, said: str) -> None:
    """No signal at all is never a PASS; an error of the project's own sink is one of this route."""
    found = alive(facts)
    assert found.verdict is verdict
    assert said in found.summary
    assert found.fix


def test_a_sink_error_of_this_route_fails_and_another_sinks_does_not() -> None:
    """A sink that may not write says so in `sink_error` entries, once, and then stays silent."""
    mine = SinkError(f"{OWN}/sinks/audit", NOW - HOUR, "bucket_not_found")
    found = alive(gke(sink_errors=known((mine,))))
    assert found.verdict is Verdict.FAIL
    assert "bucket_not_found" in found.summary
    other = dataclasses.replace(mine, sink=f"{OWN}/sinks/metrics")
    assert alive(gke(sink_errors=known((other,)))).verdict is Verdict.PASS


@pytest.mark.parametrize("where", [OWN, FOLDER, ORG])
def test_a_detector_on_any_level_above_the_cluster_watches_it(where: str) -> None:
    """Event Threat Detection is switched on for a project, a folder or the organisation."""
    assert watched(WatchedPlace(where, known((DETECTOR,)))).verdict is Verdict.PASS
    elsewhere = watched(WatchedPlace("projects/another", known((DETECTOR,))), WatchedPlace(OWN, known(())))
    assert elsewhere.verdict is Verdict.FAIL
    assert elsewhere.fix.startswith("gcloud scc manage services update event-threat-detection")


def test_a_threat_detection_whose_state_is_unknown_is_never_none() -> None:
    """Its API is refused in most organisations: that says nothing of whether it is on."""
    refused = WatchedPlace(ORG, gke_denied("securitycentermanagement:securityCenterServices", ORG))
    assert watched(refused).verdict is Verdict.UNKNOWN
    assert watched(refused, WatchedPlace(OWN, known(()))).verdict is Verdict.UNKNOWN
    assert watched().verdict is Verdict.UNKNOWN
    facts = dataclasses.replace(HEALTHY_GKE, watched=(refused,))
    told = RouteThresholds(watchers=(Declared("siem", "reads the topic"),))
    assert "not proven" in judge_monitored(facts, told).summary


@pytest.mark.parametrize("off", [{"enabled": False}, {"reads_audit": False}])
def test_a_detector_that_is_off_or_reads_something_else_does_not_watch(off: dict[str, Any]) -> None:
    """A product's name on a bill is no reader of the stream."""
    detector: Detector = dataclasses.replace(DETECTOR, **off)
    assert watched(WatchedPlace(OWN, known((detector,)))).verdict is Verdict.FAIL


def test_the_downtime_of_a_zonal_cluster_upgrade_is_explained_not_passed() -> None:
    """Its one control plane is replaced: nothing is recorded, and nothing shows that nothing happened."""
    hole = Window(MIDNIGHT + 3 * HOUR, MIDNIGHT + 3 * HOUR + 6 * MINUTE)
    facts = gke(operations=known((operation("UPGRADE_MASTER", hole.start, 5),)))
    found = day_with(hole, dataclasses.replace(facts, cluster=ZONAL))
    assert found.verdict is Verdict.UNKNOWN
    assert "EXPLAINED by operation operation-1 (UPGRADE_MASTER, zonal control plane)" in found.summary
    assert day_with(hole, facts).verdict is Verdict.FAIL  # a regional control plane is upgraded one by one


@pytest.mark.parametrize(
    ("kind", "zonal", "regional"),
    [
        ("REPAIR_CLUSTER", Verdict.UNKNOWN, Verdict.UNKNOWN),
        ("UPDATE_CLUSTER", Verdict.UNKNOWN, Verdict.FAIL),
        ("UPGRADE_NODES", Verdict.FAIL, Verdict.FAIL),
        ("AUTO_REPAIR_NODES", Verdict.FAIL, Verdict.FAIL),
    ],
)
def test_which_operations_explain_a_silence(kind: str, zonal: Verdict, regional: Verdict) -> None:
    """Nodes come and go while the API server records it."""
    hole = Window(MIDNIGHT + 3 * HOUR, MIDNIGHT + 3 * HOUR + 6 * MINUTE)
    facts = gke(operations=known((operation(kind, hole.start, 5),)))
    assert day_with(hole, dataclasses.replace(facts, cluster=ZONAL)).verdict is zonal
    assert day_with(hole, facts).verdict is regional


def test_a_silence_beyond_the_operation_is_not_explained() -> None:
    """An upgrade of five minutes explains no hour."""
    hole = Window(MIDNIGHT + 3 * HOUR, MIDNIGHT + 4 * HOUR)
    facts = gke(operations=known((operation("UPGRADE_MASTER", hole.start, 5),)))
    assert day_with(hole, dataclasses.replace(facts, cluster=ZONAL)).verdict is Verdict.FAIL


def test_operations_that_could_not_be_read_leave_a_silence_open() -> None:
    """One of them may explain it: a refused call never makes a FAIL."""
    hole = Window(MIDNIGHT + 3 * HOUR, MIDNIGHT + 3 * HOUR + 6 * MINUTE)
    found = day_with(hole, gke(operations=gke_denied("container:operations")))
    assert found.verdict is Verdict.UNKNOWN
    assert "container.operations.get" in found.summary


def test_records_are_due_from_creation_to_deletion() -> None:
    """A young cluster owes no morning, a deleted one no evening."""
    young = GkeCluster("RUNNING", autopilot=False, created_at=MIDNIGHT + 6 * HOUR)
    spans = due_spans(gke(cluster=known(young)), ENROLLED)
    assert spans.due[0].window == Window(MIDNIGHT + 6 * HOUR, ENROLLED.window.end)
    over = ClusterOperation("op", "DELETE_CLUSTER", "DONE", MIDNIGHT + 9 * HOUR)
    gone: Known[GkeCluster | None] = known(None)
    spans = due_spans(gke(cluster=gone, operations=known((over,))), ENROLLED)
    assert spans.due[0].window.end == MIDNIGHT + 9 * HOUR
    failed = dataclasses.replace(over, error="PERMISSION_DENIED")
    assert due_spans(gke(operations=known((failed,))), ENROLLED).due == (ENROLLED,)
    later = dataclasses.replace(young, created_at=MIDNIGHT + 5 * ONE)
    assert due_spans(gke(cluster=known(later)), ENROLLED).due == ()


def test_providers_that_tell_of_no_operations_owe_all_they_are_enrolled_for() -> None:
    """And so does a cluster nobody asked about."""
    assert due_spans(None, ENROLLED).due == (ENROLLED,)
    assert due_spans(HEALTHY, ENROLLED).due == (ENROLLED,)
    assert due_spans(HEALTHY_GKE, ENROLLED).due == (ENROLLED,)
