from collections.abc import Callable
from typing import Any, Final

import pytest

from dayseal.clouds.azure.calls import Calls
from dayseal.clouds.azure.defender import Watching
from dayseal.clouds.azure.diagnostics import Diagnostics
from dayseal.clouds.azure.tables import Workspaces
from dayseal.model.route import (
    Answer,
    Detector,
    DiagnosticSetting,
    Known,
    LogCategory,
    LogSwitch,
    LogTable,
    Missing,
    Reason,
)
from support.aks_facts import ACCOUNT_ID, RESOURCE, SUBSCRIPTION, WORKSPACE
from support.azure_gate import Fault
from support.azure_insights import setting
from support.azure_world import World

HUB: Final = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/a/providers/Microsoft.EventHub/namespaces/n/rules/r"


def value(answer: Answer[Any]) -> Any:  # noqa: ANN401 - whatever was answered
    """Give what was answered."""
    assert isinstance(answer, Known), answer
    return answer.value


def ask_settings(calls: Calls) -> Answer[Any]:
    """Ask for the cluster's settings."""
    return Diagnostics(calls).settings(RESOURCE)


def ask_categories(calls: Calls) -> Answer[Any]:
    """Ask for the cluster's categories."""
    return Diagnostics(calls).categories(RESOURCE)


def ask_tables(calls: Calls) -> Answer[Any]:
    """Ask for the workspace's tables."""
    return Workspaces(calls).tables(WORKSPACE)


def ask_plans(calls: Calls) -> Answer[Any]:
    """Ask for the subscription's plans."""
    return Watching(calls).place(SUBSCRIPTION).detectors


@pytest.fixture
def world(azure: World) -> World:
    """Give a cluster with a setting, a workspace with tables, and a subscription with plans."""
    azure.insights.add_resource(RESOURCE, setting("audit", "kube-audit", storageAccountId=ACCOUNT_ID))
    azure.logs.add_workspace(WORKSPACE, "guid", AKSAudit=("Analytics", 92, 400), AKSAuditAdmin=("Basic", 30, 30))
    azure.security.set(SUBSCRIPTION, "Containers")
    return azure


def test_settings_are_read_with_groups_destinations_and_dead_retention(world: World) -> None:
    """Retention inside of a setting counts for nothing, but the check must be able to say that it is there."""
    world.insights.add_resource(
        RESOURCE,
        setting("one", "kube-audit", "-guard", days=365, storageAccountId=ACCOUNT_ID),
        setting("two", "@allLogs", workspaceId=WORKSPACE, logAnalyticsDestinationType="Dedicated"),
        setting("three", "@audit", eventHubAuthorizationRuleId=HUB, eventHubName="hub", marketplacePartnerId="/p"),
        setting("four", workspaceId=WORKSPACE, logAnalyticsDestinationType=None),
    )
    assert value(ask_settings(world.calls())) == (
        DiagnosticSetting(
            "one",
            (LogSwitch("kube-audit", retention_days=365), LogSwitch("guard", enabled=False, retention_days=365)),
            storage_account=ACCOUNT_ID,
        ),
        DiagnosticSetting("two", (LogSwitch(group="allLogs"),), workspace=WORKSPACE, dedicated=True),
        DiagnosticSetting("three", (LogSwitch(group="audit"),), event_hub_rule=HUB, event_hub="hub", partner="/p"),
        DiagnosticSetting("four", (), workspace=WORKSPACE),
    )
    world.insights.add_resource(RESOURCE)
    assert value(ask_settings(world.calls())) == ()


def test_categories_of_metrics_are_left_out(world: World) -> None:
    """Groups hold log categories alone."""
    found = value(ask_categories(world.calls()))
    assert LogCategory("kube-audit", ("allLogs", "audit")) in found
    assert [category.name for category in found] == ["kube-audit", "kube-audit-admin", "guard", "cluster-autoscaler"]


def test_tables_are_read_as_far_as_the_workspace_has_them(world: World) -> None:
    """A table that is absent is no table, a workspace that is absent is known not to be."""
    tables = (LogTable("AKSAudit", "Analytics", 92, 400), LogTable("AKSAuditAdmin", "Basic", 30, 30))
    assert value(ask_tables(world.calls())) == tables
    world.logs.tables[WORKSPACE.lower(), "aksaudit"]["properties"] |= {
        "retentionInDays": -1, "totalRetentionInDays": -1,
    }  # fmt: skip
    assert value(ask_tables(world.calls()))[0] == LogTable("AKSAudit", "Analytics", 30, 30)
    world.logs.workspaces.clear()
    assert value(ask_tables(world.calls())) is None
    assert value(Workspaces(world.calls()).guid(WORKSPACE)) is None


def test_plans_are_read_with_their_extensions(world: World) -> None:
    """The plan reads audit events by itself; a sensor on nodes does not."""
    product = "Defender for Containers"
    place = Watching(world.calls()).place(SUBSCRIPTION)
    assert place.location == f"subscriptions/{SUBSCRIPTION}"
    assert value(place.detectors) == (
        Detector(product, "Containers", enabled=True, reads_audit=True),
        Detector(product, "ContainerSensor", enabled=True, reads_audit=False),
        Detector(product, "AgentlessDiscoveryForKubernetes", enabled=False, reads_audit=False),
        Detector("Defender for Kubernetes", "KubernetesService", enabled=False, reads_audit=True),
    )
    world.security.pricings.clear()
    assert value(ask_plans(world.calls())) == ()


def set_setting(**properties: Any) -> Callable[[World], None]:  # noqa: ANN401 - any property
    """Change the setting."""
    return lambda world: world.insights.settings[RESOURCE.lower()][0]["properties"].update(properties)


def set_category(**properties: Any) -> Callable[[World], None]:  # noqa: ANN401 - any property
    """Change a category."""
    return lambda world: world.insights.categories[RESOURCE.lower()][0]["properties"].update(properties)


def set_table(**properties: Any) -> Callable[[World], None]:  # noqa: ANN401 - any property
    """Change a table."""
    return lambda world: world.logs.tables[WORKSPACE.lower(), "aksaudit"]["properties"].update(properties)


def set_plan(**properties: Any) -> Callable[[World], None]:  # noqa: ANN401 - any property
    """Change the plan."""
    return lambda world: world.security.set(SUBSCRIPTION, "Containers", **properties)


@pytest.mark.parametrize(
    ("change", "ask"),
    [
        (set_setting(logAnalyticsDestinationType="Elsewhere"), ask_settings),
        (set_setting(logs=[{"enabled": True}]), ask_settings),
        (set_setting(logs=[{"category": "kube-audit"}]), ask_settings),
        (set_setting(logs=[{"category": "kube-audit", "categoryGroup": "audit", "enabled": True}]), ask_settings),
        (set_category(categoryType="Traces"), ask_categories),
        (set_table(plan="Frozen"), ask_tables),
        (set_table(plan=None), ask_tables),
        (set_plan(pricingTier="Platinum"), ask_plans),
        (set_plan(resourcesCoverageStatus="PartiallyCovered"), ask_plans),
        (set_plan(extensions=[{"name": "ContainerSensor", "isEnabled": "Perhaps"}]), ask_plans),
    ],
)
def test_a_word_that_nobody_knows_is_unknown_never_clean(
    world: World, change: Callable[[World], None], ask: Callable[[Calls], Answer[Any]]
) -> None:
    """Azure adds words to its lists without a new version of the API."""
    change(world)
    answer = ask(world.calls())
    assert isinstance(answer, Missing)
    assert answer.reason is Reason.CONTRADICTORY
    world.faults.clear()  # nor does the SDK know some of them


ASKS: Final = [
    ("insights:diagnosticSettings.list", ask_settings),
    ("insights:diagnosticSettingsCategories.list", ask_categories),
    ("operationalinsights:workspaces.get", ask_tables),
    ("operationalinsights:tables.get", ask_tables),
    ("security:pricings.list", ask_plans),
]


@pytest.mark.parametrize(("call", "ask"), ASKS)
def test_a_refusal_is_named_with_what_it_needs(world: World, call: str, ask: Callable[[Calls], Answer[Any]]) -> None:
    """Denied, throttled, broken off, later than we wait: none of them is an empty list."""
    found: dict[str, Reason] = {}
    for name, fault, status in (("denied", Fault.REFUSED, 403), ("busy", Fault.REFUSED, 429),
                                ("cut", Fault.CUT, 0), ("lost", Fault.LOST, 0), ("odd", Fault.GARBLED, 0)):  # fmt: skip
        world.gate.mend()
        world.gate.hurt(call, fault).status = status
        answer = ask(world.calls(attempts=1))
        assert isinstance(answer, Missing), name
        found[name] = answer.reason
        assert (answer.permission != "") == (name == "denied")
    assert found["denied"] is Reason.DENIED
    assert found["odd"] is Reason.CONTRADICTORY
    assert {found["cut"], found["lost"]} == {Reason.TIMED_OUT}


@pytest.mark.parametrize(("call", "ask"), [one for one in ASKS if one[0].endswith(".list")])
def test_a_listing_is_read_over_all_its_pages(world: World, call: str, ask: Callable[[Calls], Answer[Any]]) -> None:
    """A second page that is refused leaves nothing of the first."""
    world.insights.add_resource(RESOURCE, *(setting(f"s{n}", "kube-audit") for n in range(3)))
    whole = value(ask(world.calls()))
    world.gate.pages[call] = 1
    assert value(ask(world.calls())) == whole
    world.gate.refuse(call, after=1)
    assert isinstance(ask(world.calls()), Missing)
