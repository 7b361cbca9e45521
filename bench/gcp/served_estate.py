"""A Google Cloud in a process of its own: projects of one organisation with many healthy clusters.

    python bench/gcp/served_estate.py CLUSTERS PROJECTS

Prints one line of JSON when it can be asked, and serves 127.0.0.1 until its standard input ends.
"""

import json
import sys
import tempfile
from pathlib import Path

from support.gcp_estate import ORG, add_export, add_project, gke_cluster
from support.gcp_metadata import environment_of, serving_metadata
from support.gcp_server import google_world


def main() -> None:
    """Furnish, say where, and serve; answers are compared with Google's descriptions by the tests, not here."""
    clusters, projects = int(sys.argv[1]), int(sys.argv[2])
    with google_world(honest=False) as world, serving_metadata() as (_, host), tempfile.TemporaryDirectory() as nobody:
        add_export(world)
        for number in range(projects):
            found = [gke_cluster(f"cluster-{n:04d}") for n in range(number, clusters, projects)]
            add_project(world, f"project-{number:03d}", str(1_000 + number), *found)
        told = {
            "address": world.address,
            "entries": world.entries_address,
            "organization": ORG.removeprefix("organizations/"),
            "environment": environment_of(host, Path(nobody)),
        }
        print(json.dumps(told), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
