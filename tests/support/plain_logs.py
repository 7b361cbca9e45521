"""A few plain kube-apiserver log files, for tests of the verbs: small, dated in the past, without oddities."""

import datetime as dt
import json
from pathlib import Path

DAY = dt.date(2024, 5, 1)
NODES = ("node-a", "node-b")
EXEC_ID = "11111111-2222-4333-8444-555555555555"


def write_day(folder: Path, day: dt.date = DAY, *, skip_minutes: range = range(0)) -> Path:
    """Write `audit-<day>.log`: a lease renewal of each node every 30 s, and one `kubectl exec` at noon."""
    start = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    lines = []
    for step in range(24 * 120):
        moment = start + dt.timedelta(seconds=30 * step)
        if step // 2 in skip_minutes:
            continue
        lines += [_lease(moment + dt.timedelta(milliseconds=n), name) for n, name in enumerate(NODES)]
    lines.insert(len(lines) // 2, _exec(start + dt.timedelta(hours=12)))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"audit-{day}.log"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def _event(moment: dt.datetime, audit_id: str, username: str) -> dict[str, object]:
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": audit_id,
        "stage": "ResponseComplete",
        "user": {"username": username, "groups": ["system:authenticated"]},
        "sourceIPs": ["203.0.113.7"],
        "responseStatus": {"code": 200},
        "requestReceivedTimestamp": stamp,
        "stageTimestamp": stamp,
    }


def _lease(moment: dt.datetime, node: str) -> dict[str, object]:
    reference = {"resource": "leases", "namespace": "kube-node-lease", "name": node, "apiGroup": "coordination.k8s.io"}
    return _event(moment, f"lease-{node}-{moment:%H%M%S}", f"system:node:{node}") | {
        "verb": "update",
        "requestURI": f"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{node}?timeout=10s",
        "objectRef": reference | {"apiVersion": "v1"},
    }


def _exec(moment: dt.datetime) -> dict[str, object]:
    reference = {"resource": "pods", "namespace": "default", "name": "web-0", "subresource": "exec", "apiVersion": "v1"}
    return _event(moment, EXEC_ID, "alice@example.com") | {
        "verb": "get",
        "requestURI": "/api/v1/namespaces/default/pods/web-0/exec?command=sh",
        "objectRef": reference,
    }
