import datetime as dt
import json
from typing import Any, Final

import pytest

from dayseal.checks.aks.changes import AKS_OPERATIONS
from dayseal.clouds.azure.activity import ActivityLog, KeptActivity, reach_of
from dayseal.clouds.azure.changes import Since, TrailPlace, Trails, trail_places
from dayseal.clouds.azure.log_queries import LogQueries
from dayseal.clouds.azure.operations import cluster_operations
from dayseal.model.route import Answer, ChangeTrail, Known, Missing, Reason
from support.aks_facts import ACCOUNT_ID, CENTRAL, RESOURCE, SUBSCRIPTION, WORKSPACE
from support.azure_world import World
from support.route_facts import NOW

SETTING: Final = f"{RESOURCE}/providers/microsoft.insights/diagnosticSettings/audit"
WRITE: Final = "microsoft.insights/diagnosticSettings/write"
STOP: Final = "Microsoft.ContainerService/managedClusters/stop/action"
START: Final = "Microsoft.ContainerService/managedClusters/start/action"
PLACES: Final = trail_places(RESOURCE, ACCOUNT_ID, (WORKSPACE,))
HOUR: Final = dt.timedelta(hours=1)
GUID: Final = "33333333-0000-0000-0000-000000000000"


@pytest.fixture
def world(azure: World) -> World:
    """Give an Activity Log that knows what time it is."""
    azure.insights.now = NOW
    return azure


def ask(world: World, since: Since | None = None, *, kept: bool = False) -> Answer[ChangeTrail]:
    """Look for changes on a route through two subscriptions."""
    calls = world.calls()
    keeping = KeptActivity(LogQueries(calls), (GUID,), AKS_OPERATIONS) if kept else None
    return Trails(ActivityLog(calls), AKS_OPERATIONS, since=since or Since(), kept=keeping).answer(PLACES, NOW)


def trail(answer: Answer[ChangeTrail]) -> ChangeTrail:
    """Give what was answered."""
    assert isinstance(answer, Known), answer
    return answer.value


def test_a_route_is_looked_at_in_every_subscription_it_crosses() -> None:
    """By the providers that can change something of the route there, and all that happens around the archive."""
    assert list(PLACES) == [
        TrailPlace(SUBSCRIPTION, "microsoft.insights"),
        TrailPlace(SUBSCRIPTION, "microsoft.containerservice"),
        TrailPlace(CENTRAL, group="audit"),
        TrailPlace(SUBSCRIPTION, "microsoft.operationalinsights"),
    ]


def test_one_operation_in_several_states_is_one_change(world: World) -> None:
    """Started, Accepted and Succeeded share a correlation id; a body stands in one of them, or in none."""
    body: dict[str, Any] = {"properties": {"logs": []}}
    world.insights.happen(WRITE, SETTING, NOW - HOUR, "Started", "Accepted", "Succeeded", body=json.dumps(body))
    found = trail(ask(world))
    (change,) = found.changes
    assert (change.name, change.at, change.actor, change.error) == (WRITE, NOW - HOUR, "alice@example.com", "")
    assert json.loads(change.parameters) == {"resourceId": SETTING, "body": body}
    assert (found.window.start, found.window.end) == (reach_of(NOW), NOW)
    assert found.names == AKS_OPERATIONS


def test_a_deployments_operations_stay_apart(world: World) -> None:
    """One correlation id stands for all that a template wrote."""
    for name in ("one", "two"):
        world.insights.happen(WRITE, SETTING + name, NOW - HOUR, correlation="deployment")
    assert [json.loads(c.parameters) for c in trail(ask(world)).changes] == [
        {"resourceId": f"{SETTING}one"}, {"resourceId": f"{SETTING}two"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("states", "error"),
    [
        (("Started", "Failed"), "Conflict"),
        (("Started", "Accepted", "Failed"), "Conflict"),
        (("Failed", "Succeeded"), ""),
        (("Started",), ""),
        (("Started", "Canceled"), ""),
        (("Begun",), ""),
    ],
)
def test_only_what_surely_failed_is_no_change(world: World, states: tuple[str, ...], error: str) -> None:
    """An operation that is broken off, or whose end is not told, may have changed something."""
    world.insights.happen(WRITE, SETTING, NOW - HOUR, *states, sub_status="Conflict")
    assert [change.error for change in trail(ask(world)).changes] == [error]


def test_other_operations_are_left_out(world: World) -> None:
    """The Activity Log of a subscription holds what everybody does."""
    world.insights.happen("microsoft.insights/metricAlerts/write", RESOURCE, NOW - HOUR)
    world.insights.happen(WRITE, SETTING, NOW - HOUR)
    world.insights.happen("Microsoft.Storage/storageAccounts/managementPolicies/WRITE", ACCOUNT_ID, NOW - HOUR)
    assert len(trail(ask(world)).changes) == 2


def test_what_was_checked_is_not_looked_up_again(world: World) -> None:
    """But for the cluster's own operations, which tell when it was stopped."""
    world.insights.happen(STOP, RESOURCE, NOW - 30 * dt.timedelta(days=1))
    world.insights.happen(START, RESOURCE, NOW - HOUR)
    since = NOW - 2 * HOUR
    calls = world.calls()
    log = ActivityLog(calls)
    found = trail(Trails(log, AKS_OPERATIONS, since=Since(since)).answer(PLACES, NOW))
    assert (found.window.start, [change.name for change in found.changes]) == (since, [START])
    operations = cluster_operations(log, RESOURCE, NOW)
    assert isinstance(operations, Known)
    assert [(one.kind, one.status) for one in operations.value] == [(STOP, "Succeeded"), (START, "Succeeded")]
    assert operations.value[0].end == operations.value[0].start + dt.timedelta(minutes=1)
    assert world.gate.count("insights:eventtypes.list") == len(PLACES)


@pytest.mark.parametrize(
    ("states", "ended", "error"),
    [
        (("Started", "Succeeded"), True, ""),
        (("Started", "Accepted"), False, ""),
        (("Started", "Failed"), True, "Conflict"),
        (("Started", "Canceled"), True, "Canceled"),
    ],
)
def test_an_operation_on_a_cluster_ends_when_the_log_says_so(
    world: World,
    states: tuple[str, ...],
    ended: bool,  # noqa: FBT001 - a column
    error: str,
) -> None:
    """A stop that was broken off did not stop anything; reading credentials is no operation on the cluster."""
    world.insights.happen(STOP, RESOURCE.upper(), NOW - HOUR, *states, sub_status="Conflict")
    verb = "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"
    world.insights.happen(verb, RESOURCE, NOW - HOUR)
    world.insights.happen(STOP, f"{RESOURCE}2", NOW - HOUR)
    world.insights.events[SUBSCRIPTION] = [e for events in world.insights.events.values() for e in events]
    answer = cluster_operations(ActivityLog(world.calls()), RESOURCE, NOW)
    assert isinstance(answer, Known)
    (found,) = answer.value
    assert ((found.end is not None), found.error, found.target) == (ended, error, RESOURCE.upper())


def test_pages_are_followed_and_one_that_refuses_leaves_no_trail(world: World) -> None:
    """A trail with a hole shows nothing."""
    for number in range(4):
        world.insights.happen(WRITE, SETTING + str(number), NOW - HOUR)
    world.gate.pages["insights:eventtypes.list"] = 3
    assert len(trail(ask(world)).changes) == 4
    world.gate.refuse("insights:eventtypes.list", "skiptoken")
    answer = ask(world)
    assert isinstance(answer, Missing)
    assert (answer.reason, answer.permission) == (Reason.DENIED, "Microsoft.Insights/eventtypes/values/read")


def test_an_event_without_a_name_is_a_contradiction(world: World) -> None:
    """It may be the one that switched logging off."""
    world.insights.happen(WRITE, SETTING, NOW - HOUR)
    world.insights.events[SUBSCRIPTION][0]["operationName"] = None
    answer = ask(world)
    assert isinstance(answer, Missing)
    assert answer.reason is Reason.CONTRADICTORY


def row(at: dt.datetime, operation: str = WRITE, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any column
    """Give a row of AzureActivity."""
    return {
        "TimeGenerated": at.isoformat().replace("+00:00", "Z"),
        "OperationNameValue": operation.upper(),
        "CorrelationId": "c1",
        "EventDataId": f"e{at.timestamp()}",
        "_ResourceId": RESOURCE.lower(),
        "Authorization": json.dumps({"action": operation, "scope": SETTING}),
        "ActivityStatusValue": "Success",
        "Caller": "bob@example.com",
        "Properties": json.dumps({"requestbody": json.dumps({"properties": {}})}),
        "SubscriptionId": SUBSCRIPTION,
        **more,
    }


def test_a_workspace_tells_of_what_the_activity_log_forgot(world: World) -> None:
    """From its first record on; the other subscription keeps none, so the whole trail reaches no further."""
    long_ago = NOW - dt.timedelta(days=200)
    world.logs.activity[GUID] = [row(long_ago, "microsoft.support/tickets/write"), row(long_ago + HOUR)]
    since = Since(NOW - dt.timedelta(days=300), {CENTRAL: NOW - HOUR})
    found = trail(ask(world, since, kept=True))
    assert found.window.start == NOW - HOUR
    (change,) = [one for one in found.changes if one.at == long_ago + HOUR]
    assert json.loads(change.parameters) == {"resourceId": SETTING, "body": {"properties": {}}}
    assert (change.actor, change.error) == ("bob@example.com", "")
    world.logs.activity[GUID] += [row(long_ago, SubscriptionId=CENTRAL)]
    everywhere = trail(ask(world, Since(NOW - dt.timedelta(days=300)), kept=True))
    assert everywhere.window.start == long_ago


def test_a_workspace_that_answers_in_part_shortens_the_reach(world: World) -> None:
    """What it left out may be a change; the window says how far the trail can speak."""
    world.logs.activity[GUID] = [row(NOW - dt.timedelta(days=200))]
    world.logs.partial.add(GUID)
    found = trail(ask(world, Since(NOW - dt.timedelta(days=300)), kept=True))
    assert (found.window.start, found.changes) == (reach_of(NOW), ())


def test_nobody_asks_a_workspace_without_need(world: World) -> None:
    """The Activity Log reaches back to the last check, nearly always."""
    trail(ask(world, Since(NOW - HOUR), kept=True))
    assert world.gate.count("loganalytics:query") == 0
    trail(ask(world, Since(NOW - dt.timedelta(days=300)), kept=True))
    assert world.gate.count("loganalytics:query") == 2  # of each subscription its first record, which there is not
