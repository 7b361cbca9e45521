"""One refused call is one fact nobody knows; everything else of a route is as it was."""

import dataclasses
import time
from typing import Any

import pytest
from azure.core.credentials import AccessToken, TokenCredential
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from dayseal.checks.aks.changes import AKS_OPERATIONS
from dayseal.clouds.azure.changes import Trails
from dayseal.clouds.azure.permissions import PERMISSIONS, permission_of
from dayseal.clouds.azure.places import ArchivePlace
from dayseal.clouds.azure.probe import AzureProbe, ProbeScope
from dayseal.model import ClusterId
from dayseal.model.route import Call, Known, Missing, Reason, RouteFacts
from dayseal.testing.clock import FixedClock
from support.azure_estate import (
    ACCOUNT,
    CENTRAL,
    CONTAINER,
    NOW,
    add_export,
    add_subscription,
    aks_cluster,
    cluster_id,
    subscription_id,
)
from support.azure_gate import Fault
from support.azure_rights import READER
from support.azure_world import World

SHOP = subscription_id(1)
PROD = ClusterId("aks", SHOP, "westeurope", "prod", "uid-rg-prod")
# By call and part of its path: the facts it leaves missing, by their path in the route.
EFFECTS: dict[tuple[str, str], set[str]] = {
    ("insights:diagnosticSettingsCategories.list", ""): {"source.categories"},
    ("insights:eventtypes.list", "microsoft.containerservice"): {"source.operations", "changes"},
    ("insights:eventtypes.list", "'microsoft.insights'"): {"changes"},
    ("insights:eventtypes.list", "resourceGroupName eq 'audit'"): {"changes"},
    ("insights:metricAlerts.list", SHOP): {"delivery.alarms"},
    ("insights:metricAlerts.list", CENTRAL): {"delivery.alarms"},
    ("insights:scheduledQueryRules.list", ""): {"delivery.alarms"},
    ("authorization:roleAssignments.list", "/managedClusters/"): {"source.cluster_rights"},
    ("authorization:roleAssignments.list", "/containers/"): {"source.archive_rights"},
    ("authorization:managementLocks.list", ""): {"archive.management_locks"},
    ("security:pricings.list", ""): {"watched.0.detectors"},
    ("operationalinsights:workspaces.get", ""): {"source.workspaces.0.tables", "delivery.incoming"},
    ("operationalinsights:tables.get", ""): {"source.workspaces.0.tables", "delivery.incoming"},
    ("loganalytics:query", ""): {"delivery.incoming"},
    ("storage:storageAccounts.get", ""): {
        "source.accounts.0.state", "archive.locking", "archive.public_access", "archive.key",
    },
    ("storage:blobContainers.get", ""): {
        "archive.exists", "archive.locking", "archive.public_access", "archive.key",
    },
    ("storage:blobServices.get", ""): {
        "archive.versioned", "archive.undelete_days", "archive.undelete_container_days",
    },
    ("storage:managementPolicies.get", ""): {"archive.lifecycle"},
    ("storage:blobs.list", ""): {"delivery.newest"},
}  # fmt: skip


@pytest.fixture
def route(azure: World) -> World:
    """Give one cluster whose kube-audit records go to a central account and workspace."""
    add_subscription(azure, SHOP, aks_cluster(SHOP, "prod"))
    add_export(azure)
    azure.rights.assign("dddddddd-0000-0000-0000-000000000004", READER, cluster_id(SHOP, "prod"))
    return azure


def probe(world: World, archive: ArchivePlace | None = None, **more: Any) -> RouteFacts:  # noqa: ANN401 - an access's
    """Ask about the cluster, changes included."""
    asked = AzureProbe(
        world.calls(**more),
        FixedClock(NOW),
        ProbeScope(lambda _: archive),
        trails=lambda log, _: Trails(log, AKS_OPERATIONS),
    )
    (facts,) = asked.probe_all([PROD])
    return facts


def misses(value: object, path: str = "") -> dict[str, Missing]:
    """Give every fact that is missing, by its path."""
    if isinstance(value, Missing):
        return {path: value} if value.reason is not Reason.NOT_ASKED else {}
    if isinstance(value, tuple):
        rows = [(str(number), item) for number, item in enumerate(value)]
    elif dataclasses.is_dataclass(value) and not isinstance(value, Known | type):
        rows = [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    else:
        return {}
    found: dict[str, Missing] = {}
    for name, inner in rows:
        found |= misses(inner, f"{path}.{name}".lstrip("."))
    return found


def test_a_healthy_route_has_no_missing_fact(route: World) -> None:
    """Otherwise the rows below would prove nothing."""
    assert misses(probe(route)) == {}


@pytest.mark.parametrize(("call", "part"), sorted(EFFECTS))
def test_one_refused_call_leaves_its_facts_missing(route: World, call: str, part: str) -> None:
    """Each miss names its call and the permission that would help; nothing names a person."""
    route.gate.refuse(call, part)
    found = misses(probe(route))
    assert set(found) == EFFECTS[call, part]
    for miss in found.values():
        assert (miss.reason, miss.permission) == (Reason.DENIED, permission_of(miss.call))
        assert "example.com" not in miss.text


def test_settings_nobody_could_read_leave_the_archive_that_is_named(route: World) -> None:
    """Its account is found by the index then; what only a setting names is not asked about."""
    route.gate.refuse("insights:diagnosticSettings.list")
    facts = probe(route, ArchivePlace(ACCOUNT, CONTAINER))
    assert set(misses(facts)) == {"source.settings", "changes"}
    assert route.gate.count("resourcegraph:resources") == 1
    assert (facts.aks.accounts, probe(route).archive) == ((), None)


def test_a_role_nobody_could_read_is_no_role_without_rights(route: World) -> None:
    """Who has it is known, what it allows is not."""
    route.gate.refuse("authorization:roleDefinitions.get")
    rights = probe(route).aks.cluster_rights
    assert isinstance(rights, Known)
    assert [(one.actions, one.role) for one in rights.value] == [(None, READER)] * 2


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOST, Fault.GARBLED])
def test_an_answer_that_breaks_off_is_no_answer(route: World, fault: Fault) -> None:
    """Half a list of role assignments looks like a shorter list."""
    route.gate.hurt("authorization:roleAssignments.list", fault, "managedClusters")
    (name,), (miss,) = zip(*misses(probe(route)).items(), strict=True)
    assert name == "source.cluster_rights"
    assert miss.reason is (Reason.CONTRADICTORY if fault is Fault.GARBLED else Reason.TIMED_OUT)


def test_a_slow_service_holds_up_only_itself(route: World) -> None:
    """Calls that need not wait for each other do not."""
    for call in ("security:pricings.list", "insights:metricAlerts.list", "insights:eventtypes.list"):
        route.gate.hurt(call, Fault.DELAYED, SHOP).seconds = 0.4
    began = time.monotonic()
    asked = AzureProbe(route.calls(), FixedClock(NOW), ProbeScope(lambda _: None))
    assert [misses(facts) for facts in asked.probe_all([PROD])] == [{}]
    assert time.monotonic() - began < 1.1


@pytest.mark.parametrize(("status", "code"), [(429, "TooManyRequests"), (503, "ServiceUnavailable")])
def test_a_cloud_that_is_busy_for_a_moment_is_read(route: World, status: int, code: str) -> None:
    """Every call by itself is tried again; the others do not slow down for it."""
    route.gate.refuse("*", status=status, code=code, retry_after="1", times=3)
    assert misses(probe(route)) == {}


class Refusing(TokenCredential):
    """Credentials that give no token."""

    def __init__(self, why: Exception) -> None:
        self._why = why

    def get_token(self, *_: str, **__: Any) -> AccessToken:  # noqa: ANN401 - as the protocol has it
        """Give none."""
        raise self._why


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        (ClientAuthenticationError("AADSTS50173: the login of somebody@example.com is over"), Reason.DENIED),
        (ServiceRequestError("login.microsoftonline.com"), Reason.TIMED_OUT),
    ],
)
def test_without_a_token_every_fact_is_missing_and_says_why(route: World, why: Exception, reason: Reason) -> None:
    """Not one empty list, not one exception, and nobody's name."""
    facts = probe(route, ArchivePlace(ACCOUNT, CONTAINER), open_credentials=lambda: Refusing(why), attempts=1)
    found = misses(facts)
    assert {miss.reason for miss in found.values()} == {reason}
    assert {"source.cluster", "source.settings", "archive.locking", "delivery.newest", "changes"} <= set(found)
    assert not any("example.com" in miss.text for miss in found.values())


def test_every_call_has_its_permission(route: World) -> None:
    """Whatever is asked, doctor can say what it needs."""
    asked: set[Call] = set()
    calls = route.calls()
    calls.heard = asked.add
    scope = ProbeScope(lambda _: None, counting=True)
    AzureProbe(calls, FixedClock(NOW), scope, trails=lambda log, _: Trails(log, AKS_OPERATIONS)).probe_all([PROD])
    assert {call.text for call in asked} <= {one.call for one in PERMISSIONS}
    assert len({call.text for call in asked}) > 15
