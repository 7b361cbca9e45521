"""Discovery and probe of an organisation, as a check makes them, in a process of its own.

    python bench/gcp/ask.py ADDRESS ENTRIES_ADDRESS

Prints the calls it made, and how many clusters and missing facts it came back with.
"""

import collections
import json
import sys
from typing import Final

from google.auth.credentials import AnonymousCredentials, Credentials

from dayseal.checks.gke.changes import GKE_METHODS
from dayseal.clouds.gcp.calls import Calls
from dayseal.clouds.gcp.changes import Trails
from dayseal.clouds.gcp.discover import GcpDiscovery, SearchScope
from dayseal.clouds.gcp.probe import GcpProbe, ProbeScope
from dayseal.clouds.gcp.session import Access, Sessions
from dayseal.clouds.local.clock import SystemClock
from dayseal.model.route import Known

_ORG: Final = "organizations/42"


def main() -> None:
    """Ask everything once."""
    made: collections.Counter[str] = collections.Counter()
    access = Access(endpoint=sys.argv[1], entries_endpoint=sys.argv[2], open_credentials=nobody)
    calls = Calls(Sessions(access), lambda call: made.update((call.text,)))
    found = GcpDiscovery(calls, SearchScope(above=(_ORG,))).discover()
    probe = GcpProbe(
        calls, SystemClock(), ProbeScope(lambda _: None), trails=lambda entries: Trails(entries, GKE_METHODS)
    )
    routes = probe.probe_all(found.clusters, dict(found.described))
    whole = sum(isinstance(route.changes, Known) and isinstance(route.gke.sink_errors, Known) for route in routes)
    print(json.dumps({"clusters": len(routes), "whole": whole, "silent": len(found.silent), "calls": made}))


def nobody() -> Credentials:
    """Give credentials that are none."""
    return AnonymousCredentials()


if __name__ == "__main__":
    main()
