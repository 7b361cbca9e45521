"""An EKS cluster's audit log with losses, copies and a change of policy that are known: what estimates must recover."""

import dataclasses
import datetime as dt
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable

from dayseal.digest.objects import digest_object
from dayseal.digest.tally import Tally, merge_all

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
HOUR_US = 3_600_000_000
NODES = 8


@dataclasses.dataclass(frozen=True, slots=True)
class Renewal:
    """One renewal: when, by which node, over which of two API servers."""

    at_us: int
    node: int
    server: int


def renewals(start: dt.datetime, end: dt.datetime, chance: random.Random, nodes: int = NODES) -> list[Renewal]:
    """Give the renewals of some nodes, every 10 s and up to 4 % more, each over its API server."""
    found = []
    first, last = (round((moment - EPOCH).total_seconds() * 1_000_000) for moment in (start, end))
    for node in range(nodes):
        at = first + chance.randrange(10_000_000)
        while at < last:
            found.append(Renewal(at, node, node % 2))
            at += round(10_000_000 * (1 + 0.04 * chance.random())) + chance.randrange(20_000)
    return sorted(found, key=lambda renewal: renewal.at_us)


def lose(all_: Iterable[Renewal], lost: Callable[[Renewal], bool]) -> tuple[list[Renewal], dict[int, float]]:
    """Give what is left, and the true share that was lost of each hour (hours since 1970)."""
    left, hours, gone = [], Counter[int](), Counter[int]()
    for renewal in all_:
        hour = renewal.at_us // HOUR_US
        hours[hour] += 1
        if lost(renewal):
            gone[hour] += 1
        else:
            left.append(renewal)
    return left, {hour: gone[hour] / count for hour, count in hours.items()}


def renewal_lines(found: Iterable[Renewal]) -> list[bytes]:
    """Write renewals as lines of a CloudWatch export."""
    lines = []
    for renewal in found:
        name = f"ip-10-0-{renewal.node}-12.eu-central-1.compute.internal"
        time = _time(renewal.at_us)
        lines.append(
            f'{time[:23]}Z {{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata",'
            f'"auditID":"{renewal.at_us:020}{renewal.node:02}","stage":"ResponseComplete",'
            f'"requestURI":"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{name}?timeout=10s",'
            f'"verb":"update","user":{{"username":"system:node:{name}","groups":["system:nodes","system:authenticated"]}},'
            f'"objectRef":{{"resource":"leases","namespace":"kube-node-lease","name":"{name}",'
            f'"uid":"7c9e6679-7425-40de-944b-e07fc1f9{renewal.node:04}","apiGroup":"coordination.k8s.io"}},'
            f'"responseStatus":{{"code":200}},"stageTimestamp":"{time}"}}'.encode()
        )
    return lines


def exec_line(at: dt.datetime, *, level: str, user: str = "arn:aws:iam::111122223333:user/anna") -> bytes:
    """Write one `kubectl exec` that was recorded at some level."""
    time = _time(round((at - EPOCH).total_seconds() * 1_000_000))
    event = {
        "kind": "Event",
        "level": level,
        "auditID": "00000000-0000-4000-8000-000000000000",
        "stage": "ResponseComplete",
        "requestURI": "/api/v1/namespaces/shop/pods/web/exec?command=sh",
        "verb": "create",
        "user": {"username": user, "groups": ["system:authenticated"]},
        "objectRef": {"resource": "pods", "namespace": "shop", "name": "web", "subresource": "exec"},
        "responseStatus": {"code": 101},
        "stageTimestamp": time,
    }
    return f"{time[:23]}Z {json.dumps(event, separators=(',', ':'))}".encode()


def digested(lines: Iterable[bytes]) -> Tally:
    """Give the tally of an object of these lines."""
    stored = b"\n".join(lines)
    return merge_all(tally for _, tally in digest_object(io.BytesIO(stored), key="k", version="").tallies)


def _time(at_us: int) -> str:
    return f"{EPOCH + dt.timedelta(microseconds=at_us):%Y-%m-%dT%H:%M:%S.%fZ}"
