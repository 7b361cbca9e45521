"""A furnished AWS, and the short ways to ask about all of it."""

import dataclasses

from dayseal.clouds.aws.discover import AwsDiscovered, AwsDiscovery, SearchScope
from dayseal.clouds.aws.places import Place
from dayseal.clouds.aws.probe import AwsProbe, ProbeScope
from dayseal.clouds.local.clock import SystemClock
from dayseal.model.route import RouteFacts
from support.moto_world import EU, US, World

_ALL = SearchScope((EU, US), organisation=True, keep_unidentified=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Estate:
    """A furnished AWS: where each cluster is, and the ways to ask about all of them."""

    world: World
    where: dict[str, Place]

    def discover(self) -> AwsDiscovered:
        """Discover the organisation in both Regions."""
        return AwsDiscovery(self.world.calls(), _ALL).discover()

    def routes(self) -> dict[str, RouteFacts]:
        """Discover and ask about every cluster; by name."""
        calls = self.world.calls()
        found = AwsDiscovery(calls, _ALL).discover()
        probe = AwsProbe(calls, SystemClock(), ProbeScope((EU, US), lambda _: None, accounts=(self.world.home,)))
        routes = probe.probe_all(found.clusters, dict(found.described))
        return {route.cluster.name: route for route in routes}
