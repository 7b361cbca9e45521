"""How long records took from event to object, over the objects of one batch."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from dayseal.digest.objects import ObjectDigest
from dayseal.model import ArchiveObject, ClusterHint, ClusterId
from dayseal.model.route import Lag

_SECOND_US: Final = 1_000_000
Counted = tuple[float, int]


def measure_lags(
    digests: Iterable[ObjectDigest],
    objects: Iterable[ArchiveObject],
    owners: Mapping[ClusterHint | None, ClusterId],
) -> Mapping[ClusterId, Lag]:
    """Give each cluster's lag from event time to the time its object was stored.

    Records count by the minute, each as if it were of that minute's middle, so a lag is exact to half a minute.
    A record of after its object counts as no lag. Minutes that a tally dropped are left out.
    """
    stored = {(found.key, found.version): found.stored_at.timestamp() for found in objects}
    counted: dict[ClusterId, list[Counted]] = {}
    for digest in digests:
        at = stored.get((digest.descriptor.key, digest.descriptor.version))
        for hint, tally in digest.tallies:
            owner = owners.get(hint)
            if at is None or owner is None:
                continue
            for cell in tally.minutes.kept.values():
                middle = (cell.first_us + cell.last_us) / 2 / _SECOND_US
                counted.setdefault(owner, []).append((max(0.0, at - middle), cell.events))
    return {owner: _lag(cells) for owner, cells in counted.items()}


def _lag(cells: Sequence[Counted]) -> Lag:
    ordered = sorted(cells)
    total = sum(events for _, events in ordered)
    return Lag(_at(ordered, total * 0.5), _at(ordered, total * 0.95), ordered[-1][0])


def _at(ordered: Sequence[Counted], rank: float) -> float:
    """Give the lag that at most `rank` records are below."""
    seen = 0
    for lag, events in ordered:
        seen += events
        if seen >= rank:
            return lag
    return ordered[-1][0]
