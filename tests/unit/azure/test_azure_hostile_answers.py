"""Whatever an answer holds, nothing raises, and no fact is made of it: it is missing, or the same as before."""

import itertools
import json
from typing import Any

import pytest

from dayseal.checks.aks.changes import AKS_OPERATIONS
from dayseal.clouds.azure.changes import Trails
from dayseal.clouds.azure.discover import AzureDiscovery, SearchScope
from dayseal.clouds.azure.probe import AzureProbe, ProbeScope
from dayseal.model import ClusterId
from dayseal.testing.clock import FixedClock
from support.azure_entra import Entra
from support.azure_estate import NOW, ROOT, add_export, add_subscription, aks_cluster, subscription_id
from support.azure_routes import Answer, Raw, Request, Route
from support.azure_world import World

SHOP = subscription_id(1)
PROD = ClusterId("aks", SHOP, "westeurope", "prod", "uid-rg-prod")
DISCOVERING = ("management:", "containerservice:managedClusters.list", "authorization:permissions")
JSON = {"Content-Type": "application/json"}
ODD: tuple[Any, ...] = (None, 7, "x", [], {}, [[]], True, 1e400, {"properties": []})
BODIES: tuple[Any, ...] = (
    *ODD,
    *({"value": value} for value in ODD),
    *({"value": [value]} for value in ODD),
    *({"value": [{"id": value, "name": value, "type": value, "properties": value}]} for value in ODD),
    *({"id": value, "name": value, "properties": value, "location": value} for value in ODD),
    *({"data": [value], "totalRecords": value, "$skipToken": value} for value in ODD),
    *(
        {"tables": [{"name": "t", "columns": [{"name": "Resource", "type": "string"}], "rows": [value]}]}
        for value in ODD
    ),
)


class Hostile:
    """Answers one call of the world with a body of ours."""

    def __init__(self, world: World) -> None:
        self._routes = [r for part in world.parts if not isinstance(part, Entra) for r in part.routes()]
        self.call = ""
        self.body: Any = None

    @property
    def calls(self) -> list[str]:
        """The calls there are."""
        return sorted({route.call for route in self._routes})

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        return tuple(
            Route(r.call, r.verb, r.pattern, self._answer, r.audience) for r in self._routes if r.call == self.call
        )

    def _answer(self, _: Request) -> Answer:
        return Raw(200, json.dumps(self.body).encode(), JSON)


def ask(world: World) -> tuple[tuple[ClusterId, ...], tuple[str, ...]]:
    """Discover and probe everything; give the clusters and the silent scopes."""
    calls = world.calls(attempts=1)
    found = AzureDiscovery(calls, SearchScope((SHOP,), management_groups=(ROOT,)), known=[PROD]).discover()
    scope = ProbeScope(lambda _: None, counting=True)
    probe = AzureProbe(calls, FixedClock(NOW), scope, trails=lambda log, _: Trails(log, AKS_OPERATIONS))
    routes = probe.probe_all(found.clusters, dict(found.described))
    assert [route.cluster for route in routes] == list(found.clusters)
    return found.clusters, found.silent


@pytest.fixture
def estate(azure: World) -> World:
    """Give one enrolled cluster and its export."""
    add_subscription(azure, SHOP, aks_cluster(SHOP, "prod"))
    add_export(azure)
    return azure


def hurt(world: World, hostile: Hostile, call: str, body: Any) -> None:  # noqa: ANN401 - JSON
    """Ask while one call is answered with a body of ours."""
    hostile.call, hostile.body = call, body
    world.parts.append(hostile)
    clusters, silent = ask(world)
    world.parts.remove(hostile)
    world.routes()  # without it again
    assert PROD in clusters, (call, body)
    if call.startswith(DISCOVERING) and body != {"value": []}:
        assert silent, (call, body)


def test_no_call_raises_or_loses_the_cluster(estate: World) -> None:
    """Every call in turn is answered with something that looks like an answer."""
    hostile = Hostile(estate)
    assert len(hostile.calls) > 20
    for number, call in enumerate(hostile.calls):
        hurt(estate, hostile, call, BODIES[(7 * number + 11) % len(BODIES)])


@pytest.mark.slow
def test_no_answer_raises_or_loses_the_cluster(estate: World) -> None:
    """Every call with every oddity."""
    hostile = Hostile(estate)
    for call, body in itertools.product(hostile.calls, BODIES):
        hurt(estate, hostile, call, body)
