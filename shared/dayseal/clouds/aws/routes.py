"""Clusters and their routes on AWS as one run sees them: discovery and probe that share what was asked."""

import threading
from collections.abc import Iterable

from dayseal.clouds.aws.calls import Calls
from dayseal.clouds.aws.changes import Trails
from dayseal.clouds.aws.discover import AwsDiscovered, AwsDiscovery, SearchScope
from dayseal.clouds.aws.once import Once
from dayseal.clouds.aws.probe import AwsProbe, ProbeScope
from dayseal.model import ClusterId
from dayseal.model.route import RouteFacts
from dayseal.ports import Clock


class AwsRoutes:
    """Ports `Discovery` and `RouteProbe`. One object is one run: nothing is asked twice.

    The first cluster that is asked for has all discovered ones asked about together, since AWS answers for
    many as fast as for one; a cluster that was not discovered is asked about by itself.
    """

    def __init__(
        self,
        calls: Calls,
        clock: Clock,
        search: SearchScope,
        scope: ProbeScope,
        *,
        known: Iterable[ClusterId] = (),
        trails: Trails | None = None,
    ) -> None:
        self._discovery = AwsDiscovery(calls, search, known=known)
        self._probe = AwsProbe(calls, clock, scope, trails=trails)
        self._found: AwsDiscovered | None = None
        self._all: Once[None, dict[ClusterId, RouteFacts]] = Once()
        self._single: Once[ClusterId, RouteFacts] = Once()
        self._discovering = threading.Lock()

    def discover(self) -> AwsDiscovered:
        """List every scope, once; see the port."""
        with self._discovering:
            if self._found is None:
                self._found = self._discovery.discover()
            return self._found

    def probe(self, cluster: ClusterId) -> RouteFacts:
        """Give everything that was asked about the cluster; see the port."""
        routes = self._all.get(None, self._probe_all) if self._found is not None else {}
        if cluster in routes:
            return routes[cluster]
        return self._single.get(cluster, lambda: self._probe.probe_all([cluster])[0])

    def _probe_all(self) -> dict[ClusterId, RouteFacts]:
        found = self.discover()
        clusters = [cluster for cluster, _ in found.described]
        return dict(zip(clusters, self._probe.probe_all(clusters, dict(found.described)), strict=True))
