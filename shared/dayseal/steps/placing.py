"""Before step 3: which archive holds which cluster's logs, and of which clusters nobody can say it."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

from dayseal.ledger.reader import LedgerReader
from dayseal.model import ClusterId
from dayseal.steps.discovering import InScope, Probed
from dayseal.steps.parts import Archive
from dayseal.steps.recorded import newest_statement


@dataclasses.dataclass(frozen=True, slots=True)
class Nowhere:
    """A cluster in scope that belongs to none of the archives; no statement is made of it until records name it."""

    cluster: ClusterId
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Placed:
    """The clusters of each archive, by its name, and those that belong to none."""

    archives: Mapping[str, tuple[ClusterId, ...]]
    nowhere: tuple[Nowhere, ...]

    def of(self, archive: Archive) -> tuple[ClusterId, ...]:
        """Give the clusters whose logs an archive holds, ordered."""
        return self.archives[archive.name]

    def others(self, archive: Archive) -> tuple[ClusterId, ...]:
        """Give the clusters whose logs might lie there: none where the settings name an archive's clusters."""
        return () if archive.clusters else tuple(one.cluster for one in self.nowhere)


def place_clusters(
    archives: Sequence[Archive], ledger: LedgerReader, day: dt.date, scope: InScope, probed: Probed
) -> Placed:
    """Give each archive the clusters of the settings, else those that ship there or whose newest statement names it.

    A cluster whose route could not be asked about, and which the ledger does not know, is nowhere.
    """
    last = {cluster: _last_archive(ledger, cluster, day) for cluster in scope.clusters}
    found: dict[str, tuple[ClusterId, ...]] = {}
    for archive in archives:
        uri = archive.reader.uri
        shipping = {*probed.shipping_to(uri), *(cluster for cluster, seen in last.items() if seen == uri)}
        found[archive.name] = archive.clusters or tuple(sorted(shipping))
    placed = {cluster for clusters in found.values() for cluster in clusters}
    lost = [cluster for cluster in scope.clusters if cluster not in placed and last[cluster] is None]
    return Placed(found, tuple(Nowhere(cluster, _why(cluster, probed)) for cluster in lost))


def _last_archive(ledger: LedgerReader, cluster: ClusterId, day: dt.date) -> str | None:
    known = ledger.state().cluster(cluster)
    if known is None or known.newest is None:
        return None
    said = newest_statement(ledger, cluster, dt.date.fromisoformat(known.newest.day))
    here = newest_statement(ledger, cluster, day) or said
    return None if here is None else here.predicate.archive.uri


def _why(cluster: ClusterId, probed: Probed) -> str:
    route = probed.route_of(cluster)
    if route is None or route.archive is None:
        return "nothing says which archive holds its logs"
    return f"its route leads to {route.archive.uri}, which is no archive of the settings"
