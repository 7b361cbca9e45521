"""What a provider did to a cluster, as its list of operations or its activity log tells it."""

import dataclasses
import datetime as dt


@dataclasses.dataclass(frozen=True, slots=True)
class ClusterOperation:
    """One operation on the cluster or its nodes; `end` None: it still runs.

    `kind` is the provider's word, e.g. `UPGRADE_MASTER` or `Microsoft.ContainerService/managedClusters/stop/action`.
    `target` is the resource it works on, `error` its error's code, `""` without one.
    """

    name: str
    kind: str
    status: str
    start: dt.datetime
    end: dt.datetime | None = None
    target: str = ""
    error: str = ""
