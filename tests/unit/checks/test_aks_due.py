"""When an AKS cluster owes records, what explains a silence, and records that AKS itself cuts off."""

import dataclasses
import datetime as dt
import io
import json

from dayseal.checks import ArrivalThresholds, Due, EventDayView, judge_arrival
from dayseal.checks.route_due import due_spans
from dayseal.digest.objects import digest_object
from dayseal.model import Finding, Verdict, Window
from dayseal.model.route import ClusterOperation, RouteFacts
from support.aks_facts import KEY, RESOURCE, aks, aks_cluster, aks_denied, aks_operation
from support.route_facts import known
from unit.checks.check_tallies import DAY, MIDNIGHT, NODE, every, tally_of

ONE = dt.timedelta(days=1)
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
ENROLLED = Due(Window(MIDNIGHT - ONE, MIDNIGHT + 2 * ONE), "enrolled")
STOP, START = "stop/action", "start/action"


REACH = MIDNIGHT - 80 * ONE


def did(*operations: ClusterOperation, power: str = "Running", reach: dt.datetime | None = REACH) -> RouteFacts:
    """Give the healthy route after some operations, of a log that reaches back so far."""
    facts = aks_cluster(power=power)
    answer = known(operations, "insights:eventtypes")
    source = dataclasses.replace(facts.aks, operations=answer, operations_from=reach)
    return dataclasses.replace(facts, source=source)


def day_with(hole: Window, facts: RouteFacts) -> Finding:
    """Judge an event day with one silence, beside what the route's operations explain."""
    spans = due_spans(facts, ENROLLED)
    moments = [m for m in every(10, MIDNIGHT - ONE, MIDNIGHT + 3 * ONE) if not hole.start <= m < hole.end]
    view = EventDayView(
        facts.cluster, DAY, tally_of(leases={NODE: moments}), tuple(DAY + n * ONE for n in range(-1, 3)),
        final=True, due=spans.due, explained=spans.explained, unread=spans.unread,
    )  # fmt: skip
    return judge_arrival(view, ArrivalThresholds()).finding


def test_a_stopped_cluster_owes_no_records() -> None:
    """Its API server does not run between the stop and the end of the start."""
    down = Window(MIDNIGHT + 2 * HOUR, MIDNIGHT + 8 * HOUR)
    facts = did(aks_operation(STOP, down.start), aks_operation(START, down.end - 4 * MINUTE))
    spans = due_spans(facts, ENROLLED)
    assert [due.window for due in spans.due] == [
        Window(ENROLLED.window.start, down.start),
        Window(down.end, ENROLLED.window.end),
    ]
    assert day_with(down, facts).verdict is Verdict.PASS
    assert day_with(down, did()).verdict is Verdict.FAIL


def test_a_cluster_that_is_stopped_all_day_is_not_applicable() -> None:
    """Stopped the day before, and not started since."""
    facts = did(aks_operation(STOP, MIDNIGHT - 2 * HOUR), power="Stopped")
    assert day_with(Window(MIDNIGHT - HOUR, MIDNIGHT + 2 * ONE), facts).verdict is Verdict.NOT_APPLICABLE


def test_a_stop_of_before_the_logs_reach_is_known_by_the_power_state() -> None:
    """The Activity Log keeps 90 days; without even its reach, a silence stays open."""
    assert due_spans(did(power="Stopped"), ENROLLED).due == ()
    open_end = due_spans(did(power="Stopped", reach=None), ENROLLED)
    assert open_end.due == (ENROLLED,)
    assert "no operation says so" in open_end.unread[0]
    started = did(aks_operation(START, MIDNIGHT + HOUR))
    assert due_spans(started, ENROLLED).due[0].window.start == MIDNIGHT + HOUR + 4 * MINUTE


def test_a_stop_that_failed_or_that_the_power_state_denies_excuses_nothing() -> None:
    """Else one refused call would excuse every silence after it."""
    stop = aks_operation(STOP, MIDNIGHT)
    assert due_spans(did(dataclasses.replace(stop, error="Conflict")), ENROLLED).due == (ENROLLED,)
    assert due_spans(did(stop), ENROLLED).due == (ENROLLED,)


def test_an_update_of_the_cluster_explains_a_silence_inside_it_and_no_other() -> None:
    """EXPLAINED is no PASS; node pools silence no API server."""
    hole = Window(MIDNIGHT + 3 * HOUR, MIDNIGHT + 3 * HOUR + 5 * MINUTE)
    assert day_with(hole, did(aks_operation("write", hole.start, 5))).verdict is Verdict.UNKNOWN
    assert day_with(hole, did(aks_operation("write", hole.start + 2 * HOUR, 5))).verdict is Verdict.FAIL
    assert day_with(hole, did(aks_operation("agentPools/write", hole.start, 5))).verdict is Verdict.FAIL


def test_operations_that_were_refused_leave_a_silence_open() -> None:
    """They may explain it."""
    hole = Window(MIDNIGHT + 3 * HOUR, MIDNIGHT + 3 * HOUR + 5 * MINUTE)
    found = day_with(hole, aks(operations=aks_denied("insights:eventtypes")))
    assert found.verdict is Verdict.UNKNOWN
    hidden = aks(cluster=aks_denied("containerservice:managedClusters"))
    assert day_with(hole, hidden).verdict is Verdict.UNKNOWN


def test_records_are_due_from_creation_to_deletion() -> None:
    """Not before, and not after."""
    young = aks_cluster(created_at=MIDNIGHT + HOUR)
    assert due_spans(young, ENROLLED).due[0].window == Window(MIDNIGHT + HOUR, ENROLLED.window.end)
    deleted = aks(cluster=known(None), operations=known((aks_operation("delete", MIDNIGHT + 5 * HOUR),)))
    assert due_spans(deleted, ENROLLED).due[0].window.end == MIDNIGHT + 5 * HOUR


def test_truncated_16_kib_records_are_counted_as_truncated_not_corrupt() -> None:
    """AKS cuts `properties.log` at 16 KiB: what is left is no JSON, and the record stays whole and in its place."""
    event = json.dumps({"kind": "Event", "verb": "patch", "requestObject": {"data": "x" * 20_000}})
    line = {
        "time": "2026-11-22T03:00:00Z",
        "resourceId": RESOURCE.upper(),
        "category": "kube-audit",
        "operationName": "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
        "properties": {"log": event[: 16 * 1024], "stream": "stdout", "pod": "kube-apiserver-1"},
    }
    stored = (json.dumps(line) + "\n").encode() * 3
    digest = digest_object(io.BytesIO(stored), key=KEY, version="", end=len(stored))
    tally = next(tally for hint, tally in digest.tallies if hint is not None)
    assert digest.descriptor.events == 3
    assert (tally.truncated, tally.unparsable) == (3, 0)
