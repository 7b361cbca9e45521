"""The verdicts on one cluster in the Azure of the tests, as the verb `check` gives them."""

from typing import Any, Final

from dayseal.checking import check_clusters
from dayseal.checks.aks.changes import AKS_OPERATIONS
from dayseal.clouds.azure.changes import Trails
from dayseal.clouds.azure.discover import AzureDiscovery, SearchScope
from dayseal.clouds.azure.places import ArchivePlace
from dayseal.clouds.azure.probe import AzureProbe, ProbeScope
from dayseal.model import Finding
from dayseal.model.route import RouteFacts
from dayseal.settings import Settings
from dayseal.settings.tables import LedgerSettings
from dayseal.testing.clock import FixedClock
from support.azure_estate import (
    ACCOUNT,
    ACCOUNT_ID,
    CONTAINER,
    add_export,
    add_subscription,
    aks_cluster,
    cluster_id,
    subscription_id,
)
from support.azure_insights import setting
from support.azure_world import World
from support.route_facts import NOW

SHOP: Final = subscription_id(1)
PROD: Final = cluster_id(SHOP, "prod")
CHECKS: Final = {
    "audit-enabled", "audit-coverage", "retention", "export-route", "export-health", "archive-immutable",
    "archive-central", "continuity", "monitored",
}  # fmt: skip


def add_route(world: World) -> None:
    """Let a cluster send its audit log, and nothing else, to a locked container in another subscription."""
    add_subscription(world, SHOP, aks_cluster(SHOP, "prod"))
    add_export(world)
    world.insights.add_resource(PROD, to_archive("kube-audit", "guard"))


def to_archive(*entries: str, name: str = "audit", days: int = 0) -> dict[str, Any]:
    """Give a setting that leads to the archive alone."""
    return setting(name, *entries, days=days, storageAccountId=ACCOUNT_ID)


def judge(world: World, place: ArchivePlace | None = None) -> dict[str, Finding]:
    """Check the one cluster, whose archive the settings name."""
    discovery, probe = _parts(world, place or ArchivePlace(ACCOUNT, CONTAINER))
    settings = Settings(ledger=LedgerSettings(origin="example.com/log"))
    report = check_clusters(discovery, probe, settings, FixedClock(NOW), changes=True)
    (checked,) = report.clusters
    return {finding.check: finding for finding in checked.findings}


def ask(world: World, place: ArchivePlace | None = None, *, counting: bool = False) -> RouteFacts:
    """Give the facts of the one cluster; without a place the archive is the one its route leads to."""
    discovery, probe = _parts(world, place, counting=counting)
    found = discovery.discover()
    (facts,) = probe.probe_all(found.clusters, dict(found.described))
    return facts


def _parts(world: World, place: ArchivePlace | None, *, counting: bool = False) -> tuple[AzureDiscovery, AzureProbe]:
    calls = world.calls(attempts=1)
    scope = ProbeScope(lambda _: place, counting=counting)
    probe = AzureProbe(calls, FixedClock(NOW), scope, trails=lambda log, _: Trails(log, AKS_OPERATIONS))
    return AzureDiscovery(calls, SearchScope(subscriptions=(SHOP,))), probe
