"""Azure's answers, each altered at one place: not knowing is never passing, and an odd answer is never failing."""

from collections.abc import Iterator
from typing import Final

import pytest

from dayseal.checking import check_clusters
from dayseal.checks.aks.changes import AKS_OPERATIONS
from dayseal.clouds.azure.calls import Calls
from dayseal.clouds.azure.changes import Trails
from dayseal.clouds.azure.discover import AzureDiscovery, SearchScope
from dayseal.clouds.azure.places import ArchivePlace
from dayseal.clouds.azure.probe import AzureProbe, ProbeScope
from dayseal.clouds.azure.session import Reply, Sessions
from dayseal.model import Verdict
from dayseal.settings import Settings
from dayseal.settings.tables import LedgerSettings
from dayseal.testing.clock import FixedClock
from support.aks_wire_worlds import BROKEN, make_healthy
from support.azure_estate import ACCOUNT, CONTAINER
from support.azure_server import azure_world
from support.azure_verdicts import SHOP
from support.azure_world import World
from support.route_facts import NOW
from support.wire_mutations import (
    Alteration, Found, Tape, alterations, cut_pages, excused, recased, sampled, shufflings,
)

EVERY: Final = 1_000_000
SAID_BY_ABSENCE: Final[dict[tuple[str, str], str]] = {}


class PlayedSessions(Sessions):
    """Sessions whose answers come from a tape."""

    def __init__(self, world: World, tape: Tape) -> None:
        super().__init__(world.access(attempts=1))
        self._tape = tape

    def send(self, method: str, url: str, *, body: bytes | None) -> Reply:
        """Play the answer."""

        def ask() -> tuple[int, bytes]:
            found = super(PlayedSessions, self).send(method, url, body=body)
            return found.status, found.body

        return Reply(*self._tape.play(f"{method} {url} {(body or b'').decode()}", ask))


def judge(world: World, tape: Tape) -> Found:
    """Check the one cluster, as the verb does."""
    calls = Calls(PlayedSessions(world, tape), tape.hear)
    scope = ProbeScope(lambda _: ArchivePlace(ACCOUNT, CONTAINER))
    probe = AzureProbe(calls, FixedClock(NOW), scope, trails=lambda log, _: Trails(log, AKS_OPERATIONS), threads=2)
    settings = Settings(ledger=LedgerSettings(origin="example.com/log"))
    discovery = AzureDiscovery(calls, SearchScope(subscriptions=(SHOP,)), threads=1)
    report = check_clusters(discovery, probe, settings, FixedClock(NOW), changes=True)
    there = Verdict.PASS if report.clusters else Verdict.FAIL
    found = {"population": Verdict.UNKNOWN if report.population.silent else there}
    for cluster in report.clusters:
        found |= {finding.check: finding.verdict for finding in cluster.findings}
    return found
