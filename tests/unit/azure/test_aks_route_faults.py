"""From the wire to the verdict: what is refused, cut, garbled or late is unknown, and hides nothing else."""

import datetime as dt
from typing import Final

import pytest

from dayseal.checks.due_spans import Due
from dayseal.checks.route_due import due_spans
from dayseal.model import Verdict, Window
from dayseal.model.route import Known, Missing, Reason
from support.azure_estate import ACCOUNT_ID, WORKSPACE_GUID, add_export, add_subscription, aks_cluster
from support.azure_gate import Fault
from support.azure_storage_arm import rule
from support.azure_verdicts import CHECKS, PROD, SHOP, add_route, ask, judge
from support.azure_world import World
from support.route_facts import NOW

FAIL, UNKNOWN, PASS = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS
HOUR: Final = dt.timedelta(hours=1)
STOP: Final = "Microsoft.ContainerService/managedClusters/stop/action"
START: Final = "Microsoft.ContainerService/managedClusters/start/action"
# By call: the checks that stand on it.
STANDING: Final = [
    ("insights:diagnosticSettings.list",
     {"audit-enabled", "audit-coverage", "export-route", "export-health", "continuity"}),
    ("storage:storageAccounts.get", {"export-route", "archive-immutable", "archive-central"}),
    ("storage:blobContainers.get", {"retention", "archive-immutable", "archive-central"}),
    ("storage:managementPolicies.get", {"retention"}),
    ("authorization:roleAssignments.list", {"archive-central"}),
    ("insights:eventtypes.list", {"continuity"}),
    ("security:pricings.list", {"monitored"}),
    ("storage:blobs.list", {"export-health"}),
    ("storage:blobServices.get", set()),
    ("authorization:managementLocks.list", set()),
    ("insights:metricAlerts.list", set()),
    ("insights:diagnosticSettingsCategories.list", set()),
]  # fmt: skip


@pytest.fixture
def route(azure: World) -> World:
    """Give a cluster whose audit log goes to a locked container in another subscription."""
    add_route(azure)
    azure.storage.set_policy(ACCOUNT_ID, rule("old", 500))
    return azure


def expect(world: World, checks: set[str]) -> None:
    """See that these checks are unknown, none fails, and those that stand on something else pass."""
    found = judge(world)
    assert {name for name, f in found.items() if f.verdict is UNKNOWN} >= checks
    assert {name for name, f in found.items() if f.verdict is PASS} >= CHECKS - checks - {"retention"}
    assert not any(finding.verdict is FAIL for finding in found.values())


@pytest.mark.parametrize(("call", "checks"), STANDING)
@pytest.mark.parametrize("status", [403, 429, 503])
def test_what_is_refused_is_unknown_and_never_a_pass(route: World, call: str, checks: set[str], status: int) -> None:
    """Not knowing is not passing, and it is the verdict of those checks alone that stand on it."""
    route.gate.refuse(call, status=status, code="AuthorizationFailed" if status == 403 else "Busy")
    expect(route, checks)


@pytest.mark.parametrize(("call", "checks"), STANDING)
@pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOST, Fault.GARBLED])
def test_an_answer_that_breaks_off_is_no_answer(route: World, call: str, checks: set[str], fault: Fault) -> None:
    """Half of a listing is not a shorter list."""
    route.gate.hurt(call, fault)
    expect(route, checks)


@pytest.mark.parametrize(("call", "checks"), [one for one in STANDING if one[0].endswith(".list")])
def test_pages_and_delays_change_nothing_and_a_page_that_is_refused_takes_all(
    route: World, call: str, checks: set[str]
) -> None:
    """One item a page, each of them late."""
    for number in range(3):
        where = f"{PROD}/providers/microsoft.insights/metricAlerts/{number}"
        route.insights.happen("microsoft.insights/metricAlerts/write", where, NOW - HOUR)
        route.storage.lock_account(ACCOUNT_ID, "ReadOnly", f"keep-{number}")
    route.insights.settings[PROD.lower()] *= 2
    route.blobs.put("centralaudit", "insights-logs-kube-audit", f"resourceId={PROD.upper()}/y=2026/m=11/d=23/x", NOW)
    route.gate.pages[call] = 1
    route.gate.hurt(call, Fault.DELAYED, times=2).seconds = 0.01
    before = judge(route)
    assert {name: f.summary for name, f in before.items() if f.verdict is not PASS} == {}
    route.gate.refuse(call, after=1, code="AuthorizationFailed")
    after = judge(route)
    if route.gate.count(call) > 2:
        assert {name for name, f in after.items() if f.verdict is UNKNOWN} >= checks


def test_a_cluster_owes_no_records_while_its_operations_say_that_it_was_stopped(route: World) -> None:
    """Stopped and started again days ago: the Activity Log tells of 90 days."""
    day = dt.timedelta(days=1)
    route.insights.happen(STOP, PROD, NOW - 3 * day)
    route.insights.happen(START, PROD, NOW - 2 * day)
    enrolled = Due(Window(NOW - 5 * day, NOW), "enrolled")
    spans = due_spans(ask(route), enrolled)
    minute = dt.timedelta(minutes=1)
    assert [(one.window.start, one.window.end) for one in spans.due] == [
        (NOW - 5 * day, NOW - 3 * day), (NOW - 2 * day + minute, NOW),
    ]  # fmt: skip
    route.gate.refuse("insights:eventtypes.list", SHOP)
    assert due_spans(ask(route), enrolled).due == (enrolled,)


def test_only_a_seal_asks_for_the_counts_of_days_and_a_partial_one_is_none(azure: World) -> None:
    """The workspace that gets the archive's category is asked; what it leaves out would look like loss."""
    add_subscription(azure, SHOP, aks_cluster(SHOP, "prod"))
    add_export(azure)
    assert ask(azure).delivery.counted is None
    counted = ask(azure, counting=True).delivery.counted
    assert isinstance(counted, Known)
    assert (counted.value.own_time, counted.value.total(counted.value.window)) == (True, 5_000.0)
    azure.logs.partial.add(WORKSPACE_GUID)
    delivery = ask(azure, counting=True).delivery
    for answer in (delivery.counted, delivery.incoming):
        assert isinstance(answer, Missing)
        assert answer.reason is Reason.INCOMPLETE
