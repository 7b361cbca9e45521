"""The hourly question, whichever cloud it is asked in: does each cluster's export deliver now?"""

from typing import Final

from dayseal.checking import check_clusters
from dayseal.model import FindingLine, Notice, Verdict
from dayseal.model.outcomes import Count, Outcome
from dayseal.ports import Notifier
from dayseal.runs.notices import notices_of_clusters
from dayseal.wiring.asking import Provider
from dayseal.wiring.functions import Station

PULSE_CHECKS: Final = frozenset({"audit-enabled", "export-route", "export-health"})


def ask_pulse(station: Station, asked: Provider, notifier: Notifier) -> Outcome:
    """Ask every cluster's provider whether its export delivers now, and tell what does not; nothing is written down."""
    report = check_clusters(
        station.discovery(asked), asked, station.settings, station.surroundings.clock, changes=False
    )
    notices = notices_of_clusters(report.clusters, PULSE_CHECKS)
    silent = tuple(FindingLine("population", Verdict.UNKNOWN, scope) for scope in report.population.silent)
    if silent:
        notices += (Notice("route", station.settings.ledger.origin, None, Verdict.UNKNOWN, silent),)
    notifier.tell("dayseal: exports now", notices)
    routes = [note.verdict for note in notices if note.findings is not silent]
    failed, unknown = routes.count(Verdict.FAIL), routes.count(Verdict.UNKNOWN)
    counts = (
        Count("PulseClusters", len(report.clusters)),
        Count("PulseFailures", failed),
        Count("PulseUnknown", unknown),
    )
    return Outcome({"clusters": len(report.clusters), "failed": failed, "unknown": unknown}, counts)
