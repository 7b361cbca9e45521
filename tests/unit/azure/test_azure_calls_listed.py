"""The list of calls in Azure is what is really asked: neither more nor less, with these parameters."""

import collections
from typing import Any

import pytest

from dayseal.checks.aks.changes import AKS_OPERATIONS
from dayseal.clouds.azure.api_calls import API_CALLS
from dayseal.clouds.azure.calls import Ask, Calls
from dayseal.clouds.azure.changes import Trails
from dayseal.clouds.azure.discover import AzureDiscovery, SearchScope
from dayseal.clouds.azure.permissions import PERMISSIONS
from dayseal.clouds.azure.probe import AzureProbe, ProbeScope
from dayseal.clouds.azure.session import Sessions
from dayseal.model.route import Call
from dayseal.testing.clock import FixedClock
from dayseal.wiring import call_text
from support.azure_estate import NOW, ROOT, add_export, add_subscription, aks_cluster, subscription_id
from support.azure_world import World

SHOP, WARE = subscription_id(1), subscription_id(2)
# Made by sealing and by the ledger, or for a customer's key, not by a check of this estate.
_ELSEWHERE = {
    "storage:encryptionScopes.get",
    "storage:blobs.get",
    "storage:blobs.create",
    "storage:blobs.replace",
    "keyvault:keys.get",
    "keyvault:keys.sign",
}


class RecordingCalls(Calls):
    """Keeps the names of what each call is asked with."""

    def __init__(self, world: World) -> None:
        self.heard_calls: list[Call] = []
        super().__init__(Sessions(world.access()), self.heard_calls.append)
        self.asked: dict[str, set[str]] = collections.defaultdict(set)

    def _request(self, ask: Ask, url: str) -> Any:  # noqa: ANN401 - JSON
        self.asked[ask.call.text] |= {*ask.params, *(ask.body or {})}
        return super()._request(ask, url)


@pytest.fixture
def estate(azure: World) -> World:
    """Give two subscriptions with three clusters, one of which is listed no more, and their export."""
    add_subscription(azure, SHOP, aks_cluster(SHOP, "prod"), aks_cluster(SHOP, "more"), aks_cluster(SHOP, "gone"))
    add_subscription(azure, WARE, aks_cluster(WARE, "prod"))
    add_export(azure)
    azure.arm.clusters[SHOP].pop()
    return azure


def asked(world: World) -> RecordingCalls:
    """Discover and probe as a seal does."""
    calls = RecordingCalls(world)
    found = AzureDiscovery(calls, SearchScope((SHOP,), management_groups=(ROOT,))).discover()
    scope = ProbeScope(lambda _: None, counting=True)
    probe = AzureProbe(calls, FixedClock(NOW), scope, trails=lambda log, _: Trails(log, AKS_OPERATIONS))
    probe.probe_all(found.clusters, dict(found.described))
    return calls


def test_the_list_holds_what_permissions_are_granted_for() -> None:
    """Both are handed to whoever grants rights; one must not know what the other does not."""
    names = [call.name for call in API_CALLS]
    assert set(names) == {permission.call for permission in PERMISSIONS}
    assert len(names) == len(set(names))
    assert call_text("insights:metricAlerts.list") == "insights:metricAlerts.list()"


def test_every_call_made_is_in_the_table_of_permissions_and_nothing_else(estate: World) -> None:
    """A permission that the table lacks is found by a user; one too many is a right nobody needs."""
    asked(estate)
    made = {call for call, _ in estate.gate.log}
    table = {permission.call for permission in PERMISSIONS}
    assert made - table == set()
    assert table - made == _ELSEWHERE


def test_each_call_is_asked_with_the_parameters_that_are_listed(estate: World) -> None:
    """A reader repeats the call from this list, and reads there what we tell Azure."""
    listed = {call.name: set(call.parameters) for call in API_CALLS}
    found = asked(estate).asked
    assert len(found) > 15
    assert {name: names for name, names in found.items() if names != listed[name]} == {}


def test_a_recording_hook_hears_every_request(estate: World) -> None:
    """`--calls` counts what it is told, pages included; what Azure counts against a limit is each request."""
    estate.gate.pages["authorization:roleAssignments.list"] = 1
    heard = collections.Counter(call.text for call in asked(estate).heard_calls)
    assert heard == collections.Counter(call for call, _ in estate.gate.log)


def test_what_is_shared_is_asked_once(estate: World) -> None:
    """Two clusters of one subscription cost what one costs; what a fleet costs must be known before it is throttled."""
    asked(estate)
    counted = collections.Counter(call for call, _ in estate.gate.log)
    assert counted["containerservice:managedClusters.list"] == counted["security:pricings.list"] == 2
    assert counted["storage:storageAccounts.get"] == counted["operationalinsights:workspaces.get"] == 1
    assert counted["loganalytics:query"] == 2
    assert counted["insights:eventtypes.list"] == 2 * 2 + 1 + 1
    assert counted["insights:diagnosticSettings.list"] == 3
