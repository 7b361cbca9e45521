import datetime as dt
from typing import Any, Final

import pytest

from dayseal.clouds.azure.alarms import Alarms
from dayseal.clouds.azure.arrivals import Arrivals
from dayseal.clouds.azure.counting import SHARED, CountedPlace, Counting
from dayseal.clouds.azure.delivery import delivery_facts, hours_of, with_counts
from dayseal.clouds.azure.log_queries import LogQueries, kql_text
from dayseal.clouds.azure.places import ArchivePlace
from dayseal.clouds.azure.tables import Workspaces
from dayseal.model.route import Alarm, Answer, DeliveryFacts, HourlyCounts, Known, Missing, NewestObject, Reason
from support.aks_facts import ACCOUNT, ACCOUNT_ID, CENTRAL, RESOURCE, SUBSCRIPTION, WORKSPACE, aks_set, setting
from support.azure_gate import Fault
from support.azure_log_analytics import Records
from support.azure_world import World
from support.route_facts import NOW

GUID: Final = "33333333-0000-0000-0000-000000000000"
HOUR: Final = dt.timedelta(hours=1)
WHOLE: Final = NOW.replace(minute=0, second=0, microsecond=0)
AUDIT: Final = "insights-logs-kube-audit"
PLACE: Final = ArchivePlace(ACCOUNT, AUDIT)
OWN: Final = CountedPlace(WORKSPACE, "AKSAudit", "kube-audit")
ROOT: Final = f"resourceId={RESOURCE.upper()}/"


@pytest.fixture
def world(azure: World) -> World:
    """Give a workspace that holds records of two clusters."""
    azure.logs.add_workspace(
        WORKSPACE, GUID, AKSAudit=("Analytics", 92, 400), AKSAuditAdmin=("Basic", 30, 30),
        AzureDiagnostics=("Analytics", 92, 400),
    )  # fmt: skip
    azure.logs.records[GUID] = [
        Records("AKSAudit", "", RESOURCE.lower(), WHOLE - 2 * HOUR, 70),
        Records("AKSAudit", "", RESOURCE.lower(), WHOLE - 2 * HOUR + HOUR / 2, 5),
        Records("AKSAudit", "", RESOURCE.lower(), WHOLE - HOUR, 30),
        Records("AKSAudit", "", f"{RESOURCE}2".lower(), WHOLE - HOUR, 9),
        Records("AKSAudit", "", RESOURCE.lower(), WHOLE - 30 * HOUR, 1_000),
        Records(SHARED, "kube-audit", RESOURCE.lower(), WHOLE - HOUR, 11),
        Records(SHARED, "guard", RESOURCE.lower(), WHOLE - HOUR, 99),
    ]
    return azure


def counting_of(world: World, **more: Any) -> Counting:  # noqa: ANN401 - any field of an access
    """Give what counts."""
    calls = world.calls(**more)
    return Counting(LogQueries(calls), Workspaces(calls))


def hours(world: World, place: CountedPlace = OWN, **more: Any) -> Answer[HourlyCounts]:  # noqa: ANN401 - as above
    """Count in the last full hours."""
    return counting_of(world, **more).hours(place, RESOURCE, hours_of(NOW))


def test_records_are_counted_by_the_hour_in_which_they_were_written(world: World) -> None:
    """Of one cluster, with one question for all that share the table."""
    answer = hours(world)
    assert isinstance(answer, Known)
    assert answer.value.hours == ((WHOLE - 2 * HOUR, 75.0), (WHOLE - HOUR, 30.0))
    assert (answer.value.metric, answer.value.resource, answer.value.window) == ("AKSAudit", RESOURCE, hours_of(NOW))
    counting = counting_of(world)
    world.gate.mend()
    for resource in (RESOURCE, f"{RESOURCE}2", f"{RESOURCE}3"):
        assert isinstance(counting.hours(OWN, resource, hours_of(NOW)), Known)
    assert world.gate.count("loganalytics:query") == 1


def test_the_shared_table_is_counted_by_category(world: World) -> None:
    """It holds every category; its records tell their own time only inside."""
    answer = hours(world, CountedPlace(WORKSPACE, SHARED, "kube-audit"))
    assert isinstance(answer, Known)
    assert answer.value.hours == ((WHOLE - HOUR, 11.0),)
    assert "stageTimestamp" in world.logs.queries[-1]


def test_a_partial_result_is_unknown_with_its_reason_never_a_number(world: World) -> None:
    """It would count too little, and say so to nobody."""
    world.logs.partial.add(GUID)
    answer = hours(world)
    assert isinstance(answer, Missing)
    assert (answer.reason, answer.detail) == (Reason.INCOMPLETE, "PartialError: EngineError")
    assert "example.com" not in answer.text


@pytest.mark.parametrize(
    ("call", "status", "code", "reason"),
    [
        ("loganalytics:query", 403, "InsufficientAccessError", Reason.DENIED),
        ("loganalytics:query", 429, "ThrottledError", Reason.THROTTLED),
        ("loganalytics:query", 504, "GatewayTimeout", Reason.TIMED_OUT),
        ("loganalytics:query", 400, "SemanticError", Reason.CONTRADICTORY),
        ("operationalinsights:workspaces.get", 403, "AuthorizationFailed", Reason.DENIED),
        ("operationalinsights:tables.get", 403, "AuthorizationFailed", Reason.DENIED),
    ],
)
def test_a_refusal_is_no_count(world: World, call: str, status: int, code: str, reason: Reason) -> None:
    """The client's own exceptions end here, with their codes and without their messages."""
    world.gate.refuse(call, status=status, code=code)
    answer = hours(world, attempts=1)
    assert isinstance(answer, Missing)
    assert (answer.reason, answer.detail) == (reason, code)


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOST, Fault.GARBLED])
def test_an_answer_that_breaks_off_is_no_count(world: World, fault: Fault) -> None:
    """Nor is one that is no JSON."""
    world.gate.hurt("loganalytics:query", fault)
    assert isinstance(hours(world, attempts=1), Missing)


def test_a_throttled_question_is_asked_again(world: World) -> None:
    """Retry-After is honoured by the client's own policy."""
    waits: list[float] = []
    world.gate.refuse("loganalytics:query", status=429, code="ThrottledError", retry_after="7", times=1)
    assert isinstance(hours(world, wait=waits.append), Known)
    assert waits == [7.0]


def test_a_table_that_cannot_be_asked_is_not_asked(world: World) -> None:
    """Plan Basic answers no question about all of its records; a table that is absent holds nothing to ask."""
    basic = hours(world, CountedPlace(WORKSPACE, "AKSAuditAdmin", "kube-audit-admin"))
    absent = hours(world, CountedPlace(WORKSPACE, "AKSControlPlane", "kube-audit"))
    assert isinstance(basic, Missing)
    assert isinstance(absent, Missing)
    assert (basic.reason, absent.reason) == (Reason.NOT_ASKED, Reason.NOT_FOUND)
    assert "plan Basic" in basic.detail


def facts(world: World, *settings: Any, now: dt.datetime = NOW) -> DeliveryFacts:  # noqa: ANN401 - settings
    """Give the deliveries of a cluster with some settings, counts of days too."""
    source, counting, calls = aks_set(*settings).aks, counting_of(world), world.calls()
    newest = Arrivals(calls).newest(PLACE, RESOURCE, now)
    alarms = Alarms(calls).of((SUBSCRIPTION,), (ACCOUNT_ID, WORKSPACE))
    found = delivery_facts(source, counting, newest, alarms, now)
    return with_counts(found, source, ACCOUNT, counting, now)


def test_what_came_in_is_counted_where_the_settings_send_it(world: World) -> None:
    """The fullest category first; without a workspace nobody counts, which is no fault."""
    both = facts(
        world, setting("kube-audit"), setting("@audit", name="ask", to="", workspace=WORKSPACE, dedicated=True)
    )
    assert isinstance(both.incoming, Known)
    assert (both.incoming.value.metric, both.incoming.value.value) == ("AKSAudit", 105.0)
    assert isinstance(both.counted, Known)
    assert both.counted.value.total(both.counted.value.window) == 1_105.0
    alone = facts(world, setting("kube-audit"))
    assert isinstance(alone.incoming, Missing)
    assert isinstance(alone.counted, Missing)
    assert {alone.incoming.reason, alone.counted.reason} == {Reason.NOT_ASKED}


def test_another_category_than_the_archives_counts_other_records(world: World) -> None:
    """kube-audit-admin leaves reads out, so its number says nothing about an archive of kube-audit."""
    found = facts(world, setting("kube-audit"), setting("kube-audit-admin", name="ask", to="", workspace=WORKSPACE))
    assert isinstance(found.counted, Missing)
    assert found.counted.reason is Reason.NOT_ASKED


def put(world: World, at: dt.datetime, cluster: str = ROOT, size: int = 100) -> str:
    """Store a blob, of the hour in which it grew."""
    name = f"{cluster}y={at:%Y}/m={at:%m}/d={at:%d}/h={at:%H}/m=00/PT1H.json"
    world.blobs.put(ACCOUNT, AUDIT, name, at, size)
    return name


@pytest.mark.parametrize("age", [dt.timedelta(minutes=3), dt.timedelta(days=1), dt.timedelta(days=40)])
def test_the_newest_blob_is_found_under_the_clusters_own_id(world: World, age: dt.timedelta) -> None:
    """Another cluster's that is newer is none of ours; today's is found with one listing."""
    put(world, NOW - dt.timedelta(days=400))
    name = put(world, NOW - age)
    put(world, NOW, f"resourceId={RESOURCE.upper()}2/")
    put(world, NOW, size=0)
    found = Arrivals(world.calls()).newest(PLACE, RESOURCE, NOW)
    assert isinstance(found, Known)
    assert found.value == NewestObject(name, (NOW - age).replace(microsecond=0))
    assert world.gate.count("storage:blobs.list") == (1 if age < HOUR else 2 if age.days < 2 else 8)


def test_an_archive_without_any_blob_is_empty_not_unknown(world: World) -> None:
    """A container that is not there holds none, but then nobody knows where they are."""
    put(world, NOW, f"resourceId={RESOURCE.upper()}2/")
    found = Arrivals(world.calls()).newest(PLACE, RESOURCE, NOW)
    assert isinstance(found, Known)
    assert found.value is None
    both = Arrivals(world.calls()).newest(ArchivePlace(ACCOUNT), RESOURCE, NOW)
    assert isinstance(both, Known)
    absent = Arrivals(world.calls()).newest(ArchivePlace(ACCOUNT, "nowhere"), RESOURCE, NOW)
    assert isinstance(absent, Missing)
    assert absent.reason is Reason.NOT_FOUND
    world.gate.refuse("storage:blobs.list", code="AuthorizationPermissionMismatch")
    denied = Arrivals(world.calls()).newest(PLACE, RESOURCE, NOW)
    assert isinstance(denied, Missing)
    assert denied.reason is Reason.DENIED


def test_an_archive_of_a_whole_account_names_the_container(world: World) -> None:
    """Keys begin with it there."""
    name = put(world, NOW)
    found = Arrivals(world.calls()).newest(ArchivePlace(ACCOUNT), RESOURCE, NOW)
    assert isinstance(found, Known)
    assert found.value is not None
    assert found.value.key == f"{AUDIT}/{name}"


def alert(name: str, scope: str, **criterion: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Give an alert rule with one criterion."""
    kind = "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria"
    told = {"name": "one", "criterionType": "StaticThresholdCriterion", **criterion}
    properties = {"enabled": True, "scopes": [scope], "criteria": {"odata.type": kind, "allOf": [told]}}
    return {"id": f"/x/{name}", "name": name, "location": "global", "properties": properties}


def test_alarms_on_the_route_are_found_and_whether_they_stay_silent(world: World) -> None:
    """A rule on a metric is not evaluated without data; a query that counts rows finds none."""
    query = {"query": "AKSAudit | where Verb == 'create'", "timeAggregation": "Count", "threshold": 1}
    world.insights.metric_alerts[SUBSCRIPTION] = [
        alert("ingress", ACCOUNT_ID, metricName="Ingress", timeAggregation="Total", operator="LessThan", threshold=1),
        alert("other", f"/subscriptions/{CENTRAL}/resourceGroups/x/providers/a/b/c", metricName="Ingress"),
        alert("cpu", f"/subscriptions/{CENTRAL}", metricName="Percentage CPU"),
    ]
    world.insights.query_rules[SUBSCRIPTION] = [
        alert("fewer", WORKSPACE, operator="LessThan", **query),
        alert("more", WORKSPACE, operator="GreaterThan", **query),
    ]
    found = Alarms(world.calls()).of((SUBSCRIPTION,), (ACCOUNT_ID, WORKSPACE))
    assert isinstance(found, Known)
    assert [(alarm.name, alarm.silent) for alarm in found.value] == [
        ("ingress", True),
        ("fewer", False),
        ("more", True),
    ]
    assert found.value[0] == Alarm("ingress", "Ingress", "notEvaluated")
    world.gate.refuse("insights:scheduledQueryRules.list")
    assert isinstance(Alarms(world.calls()).of((SUBSCRIPTION,), (ACCOUNT_ID,)), Missing)


def test_a_text_stays_a_text_in_a_query() -> None:
    """Whatever a name holds, it ends where we end it."""
    assert kql_text('a" | project x //\\') == '"a\\" | project x //\\\\"'
