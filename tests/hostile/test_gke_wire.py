"""Google's answers, each altered at one place: not knowing is never passing, and an odd answer is never failing."""

import json
import os
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pytest

from dayseal.checking import check_clusters
from dayseal.checks.gke.changes import GKE_METHODS
from dayseal.clouds.gcp.calls import Calls
from dayseal.clouds.gcp.changes import Trails
from dayseal.clouds.gcp.discover import GcpDiscovery, SearchScope
from dayseal.clouds.gcp.probe import GcpProbe, ProbeScope
from dayseal.clouds.gcp.session import Reply, Sessions
from dayseal.model import Verdict
from dayseal.settings import Settings
from dayseal.settings.tables import LedgerSettings
from dayseal.testing.clock import FixedClock
from support.gcp_server import google_world
from support.gcp_storage import NOW
from support.gcp_world import World
from support.gke_wire_worlds import BROKEN, make_healthy
from support.wire_mutations import Alteration, Found, Tape, alterations, cut_pages, excused, sampled, shufflings



class PlayedSessions(Sessions):
    """Sessions whose answers come from a tape."""

    def __init__(self, world: World, tape: Tape) -> None:
        super().__init__(world.access(attempts=1))
        self._tape = tape

    def send(self, method: str, url: str, *, params: Mapping[str, Any], body: bytes | None) -> Reply:
        """Play the answer."""
        key = f"{method} {url} {sorted(params.items())} {(body or b'').decode()}"

        def ask() -> tuple[int, bytes]:
            found = super(PlayedSessions, self).send(method, url, params=params, body=body)
            return found.status, found.body

        return Reply(*self._tape.play(key, ask))


def judge(world: World, tape: Tape) -> Found:
    """Check the one cluster, as the verb does."""
    calls = Calls(PlayedSessions(world, tape), tape.hear)
    probe = GcpProbe(
        calls, FixedClock(NOW), ProbeScope(lambda _: None),
        trails=lambda entries: Trails(entries, GKE_METHODS), threads=2,
    )  # fmt: skip
    settings = Settings(ledger=LedgerSettings(origin="example.com/log"))
    discovery = GcpDiscovery(calls, SearchScope(projects=("shop",)), threads=1)
    report = check_clusters(discovery, probe, settings, FixedClock(NOW), changes=True)
    there = Verdict.PASS if report.clusters else Verdict.FAIL
    found = {"population": Verdict.UNKNOWN if report.population.silent else there}
    for cluster in report.clusters:
        found |= {finding.check: finding.verdict for finding in cluster.findings}
    return found
