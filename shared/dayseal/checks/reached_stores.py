"""Which stores a route is known to reach: one that it does not reach keeps nothing of this cluster."""

import dataclasses

from dayseal.checks.export_eks import exports_into
from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import Opinion
from dayseal.checks.ways import Reach, Way, ways_of
from dayseal.model import Verdict
from dayseal.model.route import Known, RouteFacts


@dataclasses.dataclass(frozen=True, slots=True)
class Reached:
    """Whether a way is known to lead to the archive; `note` says what leaves the stores' list open, `""` nothing.

    `unseen` objects that the only stores beyond the log group are ones nobody can look into.
    """

    archive: bool
    note: str
    unseen: Opinion | None


def reached_stores(facts: RouteFacts, thresholds: RouteThresholds) -> Reached:
    """Say which stores beyond the log group count."""
    ways = ways_of(facts, thresholds)
    declared = next((way for way in ways if way.reach is Reach.DECLARED), None)
    told = ""
    if declared is not None:
        found = thresholds.declared_destination(declared.filter.destination)
        told = f"behind {declared.filter.destination} lies {found.says if found else ''} (declared, not proven)"
    archive = facts.archive
    if archive is None:
        return Reached(archive=False, note=told, unseen=None if declared is not None else _unseen(ways))
    exports = facts.eks.exports.value if isinstance(facts.eks.exports, Known) else ()
    led = any(way.reach is Reach.ARCHIVE for way in ways) or any(exports_into(task, archive) for task in exports)
    if led or declared is not None:
        return Reached(archive=True, note="", unseen=None)
    return Reached(archive=False, note=f"no way is known to lead to {archive.uri}, which is not counted", unseen=None)


def _unseen(ways: tuple[Way, ...]) -> Opinion | None:
    opaque = next((way.filter.destination for way in ways if way.reach is Reach.OPAQUE), None)
    if opaque is None:
        return None
    said = f"how long what lies behind {opaque} keeps the logs, or whether it does, is not known"
    return Opinion(Verdict.UNKNOWN, said, "name in the settings what lies behind it, or the archive it leads to")
