"""Google Cloud as it is asked: discovery and probe. No store and no key is opened, so that a check starts at once."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dayseal.checks.gke.changes import GKE_METHODS
from dayseal.clouds.gcp.calls import Calls
from dayseal.clouds.gcp.changes import Since, Trails
from dayseal.clouds.gcp.credentials import open_credentials
from dayseal.clouds.gcp.discover import GcpDiscovered, GcpDiscovery, SearchScope
from dayseal.clouds.gcp.entries import Entries
from dayseal.clouds.gcp.places import ArchivePlace
from dayseal.clouds.gcp.probe import GcpProbe, ProbeScope
from dayseal.clouds.gcp.session import Sessions
from dayseal.errors import UsageError
from dayseal.model import ClusterId
from dayseal.model.route import RouteFacts
from dayseal.ports import Clock
from dayseal.settings import GcpSettings, Settings
from dayseal.wiring.asking import Asking
from dayseal.wiring.gcp_access import gcp_access
from dayseal.wiring.gcs import GCS_SCHEME, split_gcs

_PROVIDER: Final = "gke"


class AskedGcp:
    """Ports `Discovery` and `RouteProbe` on Google Cloud; what discovery described is not asked again."""

    def __init__(self, settings: Settings, clock: Clock, asking: Asking) -> None:
        self._settings = settings
        self._gcp = gcp_of(settings)
        self._clock = clock
        self._asking = asking
        self._calls = Calls(Sessions(gcp_access(settings)), asking.heard)
        self._found: GcpDiscovered | None = None

    def discover(self) -> GcpDiscovered:
        """Find the clusters of every project, folder and organisation of the settings.

        Raises:
            AccessError: there are no credentials, so that nothing would answer.
        """
        open_credentials()
        above = [f"folders/{number}" for number in self._gcp.folders]
        above += [f"organizations/{number}" for number in self._gcp.organizations]
        scope = SearchScope(
            projects=self._gcp.projects,
            above=tuple(above),
            keep_unidentified=self._asking.checking,
        )
        known = [cluster.id for cluster in self._settings.clusters]
        self._found = GcpDiscovery(self._calls, scope, known=known).discover()
        return self._found

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Ask about the routes of the clusters that are Google's, in the order given."""
        mine = [cluster for cluster in clusters if cluster.provider == _PROVIDER]
        scope = ProbeScope(self._archive_of, counting=not self._asking.checking)
        probe = GcpProbe(self._calls, self._clock, scope, trails=self._trails(mine))
        return probe.probe_all(mine, {} if self._found is None else dict(self._found.described))

    def _trails(self, clusters: Sequence[ClusterId]) -> Callable[[Entries], Trails] | None:
        if not self._asking.changes:
            return None
        since = since_of(clusters, self._asking.judged_until(clusters))
        return lambda entries: Trails(entries, tuple(GKE_METHODS), since=since)

    def _archive_of(self, cluster: ClusterId) -> ArchivePlace | None:
        """The archive its settings name, else the only bucket there is, else the one its route leads to."""
        places = {a.name: split_gcs(a.path) for a in self._settings.archives if a.path.startswith(GCS_SCHEME)}
        named = next((c.archive for c in self._settings.clusters if c.id == cluster), None)
        if named is not None:
            return ArchivePlace(*places[named]) if named in places else None
        return ArchivePlace(*next(iter(places.values()))) if len(places) == 1 else None


def gcp_of(settings: Settings) -> GcpSettings:
    """Give the settings' table of Google Cloud.

    Raises:
        UsageError: there is none.
    """
    if settings.gcp is None:
        hint = 'add [gcp] with organizations = ["123456789012"], or folders, or projects = ["my-project"]'
        raise UsageError("settings: no [gcp] table, one promised", hint=hint)
    return settings.gcp


def since_of(clusters: Sequence[ClusterId], judged: Mapping[ClusterId, dt.datetime]) -> Since:
    """Say from when on changes are looked up: a project's from its least recently judged cluster's.

    One cluster that was never judged has its project, and all that lies above, looked up as far back as there is
    anything.
    """
    places: dict[str, list[dt.datetime | None]] = {}
    for cluster in clusters:
        places.setdefault(f"projects/{cluster.account}", []).append(judged.get(cluster))
    every = [moment for moments in places.values() for moment in moments]
    return Since(_earliest(every), {place: _earliest(moments) for place, moments in places.items()})


def _earliest(moments: Sequence[dt.datetime | None]) -> dt.datetime | None:
    known = [moment for moment in moments if moment is not None]
    return min(known) if known and len(known) == len(moments) else None
