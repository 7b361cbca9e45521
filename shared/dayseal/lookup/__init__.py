"""Look-ups: what the ledger says of clusters and days. Cloud-neutral: the CLI and each cloud's API share it.

`views` judges from the whole ledger, for people at a terminal. `service` answers one request of an API with a few
reads; what it answers carries its proof, because who asks an API should not have to believe it.
"""

from dayseal.lookup.views import (
    FINALITY_DAYS,
    ClusterView,
    DayView,
    Lookup,
    find_cluster,
    list_clusters,
)

__all__ = ["FINALITY_DAYS", "ClusterView", "DayView", "Lookup", "find_cluster", "list_clusters"]
