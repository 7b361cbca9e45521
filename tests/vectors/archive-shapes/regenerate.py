"""Write the objects of this folder, and what each of them holds."""

import json
import zlib
from pathlib import Path

from dayseal.audit.formats.shapes import Shape
from dayseal.merkle.tree import root_of
from unit.digest.naive_records import naive_leaf_hashes

HERE = Path(__file__).resolve().parent

Json = dict[str, object]
Objects = dict[str, tuple[bytes, Json]]
"""An object's bytes by its name, and what it holds: per cluster its events, unparsable, truncated."""

EKS = "eks:111122223333::prod:/aws/eks/prod/cluster"
AKS_ID = "/SUBSCRIPTIONS/0000/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD"
AKS = f"aks:0000::prod:{AKS_ID.lower()}"
NONE = ""


def event(number: int, **more: object) -> Json:
    """Make an audit event."""
    return {
        "kind": "Event",
        "level": "Metadata",
        "auditID": f"00000000-0000-4000-8000-{number:012}",
        "stage": "ResponseComplete",
        "requestURI": "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-a",
        "verb": "update",
        "user": {"username": "system:node:node-a"},
        "objectRef": {"resource": "leases", "namespace": "kube-node-lease", "name": "node-a"},
        "stageTimestamp": f"2026-11-22T06:00:{number:02}.000000Z",
        **more,
    }


def envelope(stream: str, messages: list[str], kind: str = "DATA_MESSAGE") -> bytes:
    """Make a CloudWatch envelope."""
    events = [{"id": f"38{n:054}", "timestamp": 1_795_327_200_000 + n, "message": m} for n, m in enumerate(messages)]
    return dump(
        {
            "messageType": kind,
            "owner": "111122223333",
            "logGroup": "/aws/eks/prod/cluster",
            "logStream": stream,
            "subscriptionFilters": ["archive"],
            "logEvents": events,
        }
    )


def entry(number: int, cluster: str, **more: object) -> Json:
    """Make a GKE log entry."""
    return {
        "insertId": f"i{number}",
        "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
        "protoPayload": {
            "authenticationInfo": {"principalEmail": "system:node:node-a"},
            "methodName": "io.k8s.coordination.v1.leases.update",
            "resourceName": "coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-a",
        },
        "resource": {"type": "k8s_cluster", "labels": {"project_id": "p", "location": "l", "cluster_name": cluster}},
        "timestamp": f"2026-11-22T06:00:{number:02}.000001Z",
        "receiveTimestamp": f"2026-11-22T06:00:{number + 1:02}.000001Z",
        **more,
    }


def diagnostic(log: object, category: str = "kube-audit") -> bytes:
    """Make an Azure diagnostic record."""
    return dump({"category": category, "resourceId": AKS_ID, "properties": {"log": log, "pod": "kube-apiserver-1"}})


def dump(value: object) -> bytes:
    """Write compact JSON."""
    return json.dumps(value, separators=(",", ":")).encode()


def member(data: bytes) -> bytes:
    """Make a gzip member that stores its data as it is."""
    packer = zlib.compressobj(0, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def eks_objects() -> Objects:
    """Make what Firehose and an export task write."""
    texts = [dump(event(n)).decode() for n in range(3)]
    audit, other = "kube-apiserver-audit-0a1b", "authenticator-0a1b"
    probe = envelope("", ["CWL CONTROL MESSAGE"], "CONTROL_MESSAGE")
    firehose = [probe, envelope(audit, [*texts, "{cut [Truncated...]", "[1]"]), envelope(other, ["time=1", "x"])]
    packed = b"".join(map(member, firehose))
    says: Json = {"control": 1, "foreign": 2, "tallies": {EKS: [5, 1, 1]}}
    half = envelope(audit, ["{\\ud800"]).replace(b"{\\\\ud800", b"{\\ud800")
    whole = envelope(audit, texts[:1])
    wrong = whole.replace(b'"id"', b'"ix"')
    garbage = b"".join([b"junk\n \t\nmore\xff\n", whole, b"\n", whole[:-2], half, b" tail", wrong, whole[:90]])
    export = [b"2026-11-22T06:00:00.123Z " + dump(event(n)) for n in range(2)]
    export += [dump(event(3)), b'2026-11-22T06:00:04.000Z {"kind" [Truncated...]']
    export += [b"2026-11-22T06:00:05Z " + dump(event(5))]
    return {
        "eks-firehose.gz": (packed, says),
        "eks-firehose-double.gz": (member(packed), says),
        "eks-firehose-garbage.json": (
            garbage,
            {"tallies": {EKS: [2, 1, 0], NONE: [6, 6, 0]}, "anomalies": ["garbage"]},
        ),
        "eks-export.gz": (member(b"\n".join(export)), {"tallies": {NONE: [5, 1, 1]}}),
    }


def gke_objects() -> Objects:
    """Make what a Cloud Storage sink writes."""
    other_log = entry(2, "a", resource={"type": "gke_cluster"})
    split = [entry(n, "b", split={"uid": "u", "index": n, "totalSplits": 2}) for n in range(2)]
    lines = [dump(entry(0, "a")), dump(entry(1, "b")), dump(other_log), *map(dump, split), b"no json"]
    place = "projects/p/locations/l/clusters"
    tallies = {NONE: [1, 1, 0], f"gke:p:l:a:{place}/a": [1, 0, 0], f"gke:p:l:b:{place}/b": [3, 0, 0]}
    return {"gke-sink.json": (b"\n".join(lines) + b"\n", {"foreign": 1, "tallies": tallies})}


def aks_objects() -> Objects:
    """Make what a diagnostic setting writes."""
    texts = [dump(event(n)).decode() for n in range(4)]
    skipped = dump(event(4, requestObject="skipped-too-big-size-object")).decode()
    lines = [diagnostic(texts[0] + "\n"), diagnostic(event(1)), diagnostic(texts[2][:100]), diagnostic(skipped)]
    lines += [diagnostic("not an event"), diagnostic("x", "guard"), diagnostic(texts[3]) + b"\r"]
    says: Json = {"foreign": 1, "skippedBodies": 1, "tallies": {AKS: [6, 1, 1]}}
    return {"aks-diagnostic.json": (b"\xef\xbb\xbf" + b"\n".join(lines), says)}


def plain_objects() -> Objects:
    """Make what kube-apiserver writes, and what nobody should."""
    lines = [dump(event(0)), b"", b"", dump(event(1)) + b"\r", dump(event(2))[:-1] + b',"n":' + b"9" * 400 + b"}"]
    lines += [
        dump(event(3))[:-1] + b',"s":"\xff"}',
        b'{"kind":"Event","level":1,"stageTimestamp":"yesterday"}',
        b"\x00\x00",
    ]
    four = b"".join(dump(event(n)) + b"\n" for n in range(4))
    cut, trailing = member(four) + member(four)[:-200], member(four) + b"\0\0"
    return {
        "kube-apiserver.log": (b"\n".join(lines), {"tallies": {NONE: [6, 2, 0]}}),
        "kube-cut.gz": (cut, {"tallies": {NONE: [8, 1, 0]}, "anomalies": ["cut-member"]}),
        "kube-trailing.gz": (trailing, {"tallies": {NONE: [4, 0, 0]}, "anomalies": ["trailing-bytes"]}),
        "unknown.txt": (b"one\n\ntwo\n[]\n", {"tallies": {NONE: [3, 3, 0]}}),
    }


def main() -> None:
    """Write everything."""
    shapes = {"eks-f": Shape.FIREHOSE, "eks-e": Shape.EXPORT, "gke": Shape.GKE, "aks": Shape.AKS, "kube": Shape.KUBE}
    expected = {}
    for name, (stored, said) in {**eks_objects(), **gke_objects(), **aks_objects(), **plain_objects()}.items():
        shape = next((shape for start, shape in shapes.items() if name.startswith(start)), Shape.UNKNOWN)
        hashes = naive_leaf_hashes(stored, shape)
        (HERE / name).write_bytes(stored)
        expected[name] = {
            "splitter": shape.splitter,
            "events": len(hashes),
            "eventsRoot": root_of(hashes).hex(),
            **said,
        }
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
