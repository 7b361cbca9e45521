"""Checking every cluster's configuration now, without an archive or a ledger: the third path through the steps."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from dayseal.checks.population import Population
from dayseal.checks.route_terms import RouteThresholds
from dayseal.errors import UsageError
from dayseal.model import ClusterId, Finding, Verdict
from dayseal.model.route import RouteFacts
from dayseal.ports import Clock, Discovery, RouteProbe
from dayseal.settings import Settings
from dayseal.steps.routing import judge_route, route_thresholds

_MAX_NAMED = 20


@dataclasses.dataclass(frozen=True, slots=True)
class CheckedCluster:
    """One cluster: what was asked of its provider, and what the checks make of it."""

    cluster: ClusterId
    facts: RouteFacts
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Finding:
        """The worst finding; of equals the first."""
        return max(self.findings, key=lambda f: f.verdict.rank)

    def verdict_of(self, *checks: str) -> Verdict:
        """Give the worst verdict of some checks."""
        return max((f.verdict for f in self.findings if f.check in checks), key=lambda v: v.rank)


@dataclasses.dataclass(frozen=True, slots=True)
class CheckReport:
    """All clusters in scope, ordered, and which calls and silent scopes that rests on."""

    population: Population
    clusters: tuple[CheckedCluster, ...]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every verdict; a scope that did not answer, or no cluster at all, adds UNKNOWN."""
        found = tuple(f.verdict for c in self.clusters for f in c.findings)
        return found if self.population.complete and self.clusters else (*found, Verdict.UNKNOWN)


def check_clusters(
    discovery: Discovery, probe: RouteProbe, settings: Settings, clock: Clock, *, changes: bool, only: str = ""
) -> CheckReport:
    """Discover, ask about every cluster (or `only` one, as it is found by `choose_cluster`), and judge.

    One cluster's trouble stays its own. Without `changes` check `continuity` is left out: trails answer slowly (2
    requests a second on AWS).

    Raises:
        UsageError: no cluster is called that, or several are.
    """
    now = clock.now()
    thresholds = route_thresholds(settings)
    found = discovery.discover()
    facts = probe.probe_all((choose_cluster(found.clusters, only),) if only else found.clusters)
    day = now.date() - dt.timedelta(days=1)
    checked = tuple(CheckedCluster(f.cluster, f, _judged(f, thresholds, day, changes=changes)) for f in facts)
    calls = tuple(fact.call for fact in found.calls)
    return CheckReport(Population(len(found.clusters), calls, now, found.silent), checked)


def choose_cluster(clusters: Sequence[ClusterId], wanted: str) -> ClusterId:
    """Give the one cluster whose name, path or identity is `wanted`, or contains it.

    Raises:
        UsageError: none does, or several do.
    """
    exact = [c for c in clusters if wanted in (c.name, c.path, c.text)]
    fitting = exact or [c for c in clusters if wanted in c.text]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(c.text for c in (fitting or clusters)[:_MAX_NAMED]) or "none at all"
    raise UsageError(f"cluster {wanted!r}: {len(fitting)} fit, one promised", hint=f"there are: {names}")


def _judged(facts: RouteFacts, thresholds: RouteThresholds, day: dt.date, *, changes: bool) -> tuple[Finding, ...]:
    return tuple(f for f in judge_route(facts, thresholds, day) if changes or f.check != "continuity")
