"""Which spans a cluster's own history makes due, whatever its provider."""

from dayseal.checks.aks.due import aks_due
from dayseal.checks.due_spans import Due, DueSpans
from dayseal.checks.gke.due import gke_due
from dayseal.model.route import AksSource, GkeSource, RouteFacts


def due_spans(facts: RouteFacts | None, enrolled: Due) -> DueSpans:
    """Narrow the span in which a cluster is enrolled to that in which it owed records.

    `facts` None, or a provider that tells of no operations: all of it is due and nothing is explained.
    """
    if facts is not None and isinstance(facts.source, GkeSource):
        return gke_due(facts, enrolled)
    if facts is not None and isinstance(facts.source, AksSource):
        return aks_due(facts, enrolled)
    return DueSpans((enrolled,))
