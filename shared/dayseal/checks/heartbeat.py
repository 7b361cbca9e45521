"""What a cluster is known to write all the time, so that silence means something."""

import datetime as dt
import enum
from collections import Counter
from collections.abc import Sequence

from dayseal.digest.tally import Tally
from dayseal.model import Window

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NODE_LEASES = "node/"
_STEADY_PERCENT = 80


class Heartbeat(enum.StrEnum):
    """The steadiest thing seen, best first; the value is the wording of findings."""

    NODE_LEASES = "node leases"
    CONTROLLER_LEASES = "controller leases"
    OTHER_TRAFFIC = "other steady traffic"
    NONE = "none"


def name_heartbeat(tally: Tally, due: Sequence[Window], *, every_s: int) -> Heartbeat:
    """Say which heartbeat the tally shows.

    Leases are one when some hour holds as many updates as one every `every_s` seconds would make:
    node leases are those of `kube-node-lease`, all others count as controllers'. Other traffic is
    one when at least 80 % of the minutes in `due` hold a record. `due` is cut at the event day.

    Source: a kubelet renews its lease every 10 s, a leader every 2 s (Kubernetes defaults).
    """
    wanted = 3600 // every_s
    nodes: Counter[int] = Counter()
    others: Counter[int] = Counter()
    for (name, hour), updates in tally.leases.kept.items():
        (nodes if name.startswith(_NODE_LEASES) else others)[hour] += updates
    if max(nodes.values(), default=0) >= wanted:
        return Heartbeat.NODE_LEASES
    # Updates whose lease the bounded tally dropped still stand in its counts by minute.
    by_minute: Counter[int] = Counter()
    for minute, updates in tally.heartbeats.kept.items():
        by_minute[minute // 60] += updates
    if max((*others.values(), *by_minute.values()), default=0) >= wanted:
        return Heartbeat.CONTROLLER_LEASES
    if _steady_share(tally, due) >= _STEADY_PERCENT:
        return Heartbeat.OTHER_TRAFFIC
    return Heartbeat.NONE


def _steady_share(tally: Tally, due: Sequence[Window]) -> int:
    """Give the percentage of due minutes that hold a record, rounded down."""
    minute = dt.timedelta(minutes=1)
    spans = [((w.start - _EPOCH) // minute, -((_EPOCH - w.end) // minute)) for w in due]
    wanted = sum(end - start for start, end in spans)
    seen = sum(1 for m in tally.minutes.kept if any(start <= m < end for start, end in spans))
    return 100 * seen // wanted if wanted else 0
