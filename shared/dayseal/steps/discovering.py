"""Steps 1 and 2: which clusters are in scope, and what is known of their routes."""

import dataclasses
import datetime as dt

from dayseal.attest.predicates import ClusterRef, Enrolment, Inventory
from dayseal.attest.statement import Statement
from dayseal.codec import format_day, format_time, sha256_hex
from dayseal.ledger.layout import INVENTORY_CHAIN
from dayseal.ledger.reader import LedgerReader
from dayseal.model import ClusterId, Fact
from dayseal.model.route import RouteFacts
from dayseal.steps.chains import Chains, Submitted
from dayseal.steps.parts import Parts

MAX_LISTED = 300
ROUTED_PROVIDERS = frozenset({"aks", "eks", "gke"})


@dataclasses.dataclass(frozen=True, slots=True)
class InScope:
    """The clusters to account for: discovered now, or enrolled before; what was asked and who stayed silent."""

    discovered: tuple[ClusterId, ...]
    enrolled: tuple[tuple[ClusterId, dt.date], ...]
    calls: tuple[Fact, ...]
    silent: tuple[str, ...]

    @property
    def clusters(self) -> tuple[ClusterId, ...]:
        """All of them, ordered: an enrolled cluster that no longer answers stays in scope."""
        return tuple(sorted({*self.discovered, *(cluster for cluster, _ in self.enrolled)}))

    def is_due(self, cluster: ClusterId, day: dt.date) -> bool:
        """Say whether a statement of that day is due: from enrolment on, and at once for a new cluster."""
        return day >= dict(self.enrolled).get(cluster, day)

    def due_since(self, cluster: ClusterId, day: dt.date) -> dt.date:
        """Give the first day a cluster is expected; `day` itself for one that is not enrolled yet."""
        return min(dict(self.enrolled).get(cluster, day), day)


def discover(parts: Parts, ledger: LedgerReader) -> InScope:
    """Ask which clusters there are (step 1), and add the enrolled ones."""
    found = parts.discovery.discover()
    return InScope(found.clusters, enrolled_in(ledger), found.calls, found.silent)


def enrolled_in(ledger: LedgerReader) -> tuple[tuple[ClusterId, dt.date], ...]:
    """Give the clusters that the ledger expects, each with its first day."""
    return tuple((c.cluster, dt.date.fromisoformat(c.since)) for c in ledger.state().enrolled())


@dataclasses.dataclass(frozen=True, slots=True)
class Probed:
    """What step 2 got: a fact for each archive, and the route of each cluster that a provider was asked about."""

    facts: tuple[Fact, ...]
    routes: tuple[RouteFacts, ...] = ()

    def shipping_to(self, uri: str) -> tuple[ClusterId, ...]:
        """Give the clusters whose route leads into the bucket of an archive's address."""
        return tuple(r.cluster for r in self.routes if r.archive is not None and uri.startswith(r.archive.root))

    def route_of(self, cluster: ClusterId) -> RouteFacts | None:
        """Give a cluster's route, None when nobody was asked about it."""
        return next((route for route in self.routes if route.cluster == cluster), None)


def probe(parts: Parts, scope: InScope) -> Probed:
    """Ask about each cluster's route (step 2); a plain folder has no route and no locks."""
    facts = tuple(
        Fact(
            id=f"probe.{archive.name}",
            call="look at the folder",
            resource=archive.reader.uri,
            field="immutability",
            value="none: a folder locks nothing",
        )
        for archive in parts.archives
        if archive.locks is None
    )
    if parts.probe is None:
        return Probed(facts)
    asked = [cluster for cluster in scope.clusters if cluster.provider in ROUTED_PROVIDERS]
    return Probed(facts, parts.probe.probe_all(asked))


def attest_inventory(parts: Parts, chains: Chains, scope: InScope, clusters: tuple[ClusterId, ...]) -> Submitted:
    """State the discovery: calls, silent scopes, clusters (as text, at most 300, the rest counted)."""
    chain = chains.next(INVENTORY_CHAIN)
    texts = [c.text for c in clusters]
    predicate = Inventory(
        calls=tuple(f"{f.call} -> {f.value} {f.field}" for f in scope.calls[:MAX_LISTED]),
        silent_scopes=scope.silent[:MAX_LISTED],
        clusters=tuple(texts[:MAX_LISTED]),
        clusters_left_off=max(0, len(texts) - MAX_LISTED),
        chain=chain,
        at=format_time(parts.clock.now()),
    )
    digest = sha256_hex("\n".join(texts).encode())
    return chains.submit(INVENTORY_CHAIN, Statement("inventory", digest, predicate), chain, {})


def attest_enrolment(parts: Parts, chains: Chains, cluster: ClusterId, day: dt.date, reason: str) -> Submitted:
    """State that a cluster is expected from `day` on."""
    chain = chains.next(cluster.path)
    predicate = Enrolment(
        cluster=ClusterRef.of(cluster),
        action="enter",
        day=format_day(day),
        reason=reason,
        chain=chain,
        at=format_time(parts.clock.now()),
    )
    statement = Statement(f"cluster {cluster.text}", sha256_hex(cluster.text.encode()), predicate)
    return chains.submit(cluster.path, statement, chain, {})
