"""A furnished AWS, and the short ways to ask about all of it."""

import dataclasses
from collections.abc import Sequence
from typing import Final

from dayseal.checks.eks_changes import EKS_EVENTS
from dayseal.clouds.aws.changes import Pace
from dayseal.clouds.aws.discover import AwsDiscovered, AwsDiscovery, SearchScope
from dayseal.clouds.aws.places import Place
from dayseal.clouds.aws.probe import AwsProbe, ProbeScope
from dayseal.clouds.aws.trails import Trails
from dayseal.clouds.local.clock import SystemClock
from dayseal.model import ClusterId
from dayseal.model.route import RouteFacts
from support.moto_world import EU, US, World

ALL: Final = SearchScope((EU, US), organisation=True, keep_unidentified=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Estate:
    """A furnished AWS: where each cluster is, and the ways to ask about all of them."""

    world: World
    where: dict[str, Place]

    def discover(self) -> AwsDiscovered:
        """Discover the organisation in both Regions."""
        return AwsDiscovery(self.world.calls(), ALL).discover()

    def routes(self) -> dict[str, RouteFacts]:
        """Discover and ask about every cluster; by name."""
        calls = self.world.calls()
        found = AwsDiscovery(calls, ALL).discover()
        probe = AwsProbe(calls, SystemClock(), ProbeScope((EU, US), lambda _: None, accounts=(self.world.home,)))
        routes = probe.probe_all(found.clusters, dict(found.described))
        return {route.cluster.name: route for route in routes}


class Asked:
    """Both ports on one AWS, as `AskedAws` joins them, with a trail that answers at once."""

    def __init__(self, world: World, scope: SearchScope = ALL) -> None:
        self._calls = world.calls()
        self._discovery = AwsDiscovery(self._calls, scope)
        self._scope = ProbeScope((EU, US), lambda _: None, accounts=(world.home,))
        self._found: AwsDiscovered | None = None

    def discover(self) -> AwsDiscovered:
        """Discover."""
        self._found = self._discovery.discover()
        return self._found

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Ask about what was discovered."""
        trails = Trails(self._calls, EKS_EVENTS, pace=lambda: Pace(1e6))
        described = {} if self._found is None else dict(self._found.described)
        return AwsProbe(self._calls, SystemClock(), self._scope, trails=trails).probe_all(clusters, described)
