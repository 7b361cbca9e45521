"""An Azure in a process of its own: subscriptions of one management group with many healthy clusters.

    python bench/azure/served_estate.py CLUSTERS SUBSCRIPTIONS

Prints one line of JSON when it can be asked, and serves 127.0.0.1 over TLS until its standard input ends.
"""

import json
import sys

from dayseal.clouds.local.clock import SystemClock
from support.azure_estate import ROOT as GROUP
from support.azure_estate import add_export, add_subscription, aks_cluster, subscription_id
from support.azure_server import azure_world


def main() -> None:
    """Furnish, say where, and serve; answers are compared with Microsoft's types by the tests, not here."""
    clusters, subscriptions = int(sys.argv[1]), int(sys.argv[2])
    now = SystemClock().now()
    with azure_world(honest=False) as world:
        for number in range(subscriptions):
            name = subscription_id(number)
            found = [aks_cluster(name, f"cluster-{n:04d}") for n in range(number, clusters, subscriptions)]
            add_subscription(world, name, *found, now=now)
        add_export(world)
        world.insights.now = now
        told = {"address": world.address, "group": GROUP, "environment": world.environment()}
        print(json.dumps(told), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
