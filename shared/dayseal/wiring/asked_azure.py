"""Azure as it is asked: discovery and probe. No store and no key is opened, so that a check starts at once."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dayseal.checks.aks.changes import AKS_OPERATIONS
from dayseal.clouds.azure.activity import ActivityLog, KeptActivity
from dayseal.clouds.azure.calls import Calls
from dayseal.clouds.azure.changes import Since, Trails
from dayseal.clouds.azure.credentials import open_credentials
from dayseal.clouds.azure.discover import AzureDiscovery, SearchScope
from dayseal.clouds.azure.discovered import AzureDiscovered
from dayseal.clouds.azure.log_queries import LogQueries
from dayseal.clouds.azure.places import PROVIDER, ArchivePlace
from dayseal.clouds.azure.probe import AzureProbe, ProbeScope
from dayseal.clouds.azure.session import Sessions
from dayseal.model import ClusterId
from dayseal.model.route import RouteFacts
from dayseal.ports import Clock
from dayseal.settings import Settings
from dayseal.wiring.asking import Asking
from dayseal.wiring.azure_access import AZ_SCHEME, az_place, azure_access, azure_of

_NAMES: Final = tuple(AKS_OPERATIONS)


class AskedAzure:
    """Ports `Discovery` and `RouteProbe` on Azure; what discovery described is not asked again."""

    def __init__(self, settings: Settings, clock: Clock, asking: Asking) -> None:
        self._settings = settings
        self._azure = azure_of(settings)
        self._clock = clock
        self._asking = asking
        self._calls = Calls(Sessions(azure_access(settings)), asking.heard)
        self._found: AzureDiscovered | None = None

    def discover(self) -> AzureDiscovered:
        """Find the clusters of every subscription and management group of the settings.

        Raises:
            AccessError: there are no credentials, so that nothing would answer.
            UsageError: the settings name no place to look in, or a resource id that is not its cluster's.
        """
        open_credentials(self._azure.client_id, self._azure.tenants)
        scope = SearchScope(
            self._azure.subscriptions,
            self._azure.management_groups,
            keep_unidentified=self._asking.checking,
        )
        known = [cluster.id for cluster in self._settings.clusters]
        ids = {cluster.id: cluster.resource for cluster in self._settings.clusters if cluster.resource}
        self._found = AzureDiscovery(self._calls, scope, known=known, ids=ids).discover()
        return self._found

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Ask about the routes of the clusters that are Azure's, in the order given."""
        mine = [cluster for cluster in clusters if cluster.provider == PROVIDER]
        scope = ProbeScope(self._archive_of, counting=not self._asking.checking)
        probe = AzureProbe(self._calls, self._clock, scope, trails=self._trails(mine))
        return probe.probe_all(mine, {} if self._found is None else dict(self._found.described))

    def _trails(self, clusters: Sequence[ClusterId]) -> Callable[[ActivityLog, LogQueries], Trails] | None:
        if not self._asking.changes:
            return None
        since = since_of(clusters, self._asking.judged_until(clusters))
        spaces = self._azure.activity_workspaces

        def open_trails(log: ActivityLog, queries: LogQueries) -> Trails:
            kept = KeptActivity(queries, spaces, _NAMES) if spaces else None
            return Trails(log, _NAMES, since=since, kept=kept)

        return open_trails

    def _archive_of(self, cluster: ClusterId) -> ArchivePlace | None:
        """The archive its settings name, else the only one there is, else the one its route leads to."""
        places = {a.name: az_place(a.path) for a in self._settings.archives if a.path.startswith(AZ_SCHEME)}
        named = next((c.archive for c in self._settings.clusters if c.id == cluster), None)
        if named is not None:
            return places.get(named)
        return next(iter(places.values())) if len(places) == 1 else None


def since_of(clusters: Sequence[ClusterId], judged: Mapping[ClusterId, dt.datetime]) -> Since:
    """Say from when on changes are looked up: a subscription's from its least recently judged cluster's.

    One cluster that was never judged has its subscription, and every other that its route leads to, looked up as far
    back as there is anything.
    """
    places: dict[str, list[dt.datetime | None]] = {}
    for cluster in clusters:
        places.setdefault(cluster.account.casefold(), []).append(judged.get(cluster))
    every = [moment for moments in places.values() for moment in moments]
    return Since(_earliest(every), {place: _earliest(moments) for place, moments in places.items()})


def _earliest(moments: Sequence[dt.datetime | None]) -> dt.datetime | None:
    known = [moment for moment in moments if moment is not None]
    return min(known) if known and len(known) == len(moments) else None
