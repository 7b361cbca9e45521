"""Seeded audit logs with the real mix of events, laid out in each archive shape.

The mix of a cluster of 20 nodes: nine events in ten carry metadata only, most of them lease
renewals; six in a hundred carry a request, four both bodies. By bytes about 65, 10 and 25 in 100.
"""

import dataclasses
import datetime as dt
import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

_NODES = 20
_CONTROLLERS = ("kube-controller-manager", "kube-scheduler", "cert-manager", "ingress", "external-dns", "autoscaler")
_START = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
AKS_ID = "/SUBSCRIPTIONS/BFC31CC5-D3BD-4B36-A40E-D13688D546EC/RESOURCEGROUPS/PROD/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD"  # noqa: E501 - one id
_WORDS = ["app", "web", "api", "cache", "queue", "worker", "ready", "running", "pending", "image", "config", "secret"]

Json = dict[str, object]


@dataclasses.dataclass(frozen=True, slots=True)
class Shaped:
    """One shape: its name, and how events become an object's text in parts, each its own gzip member."""

    name: str
    parts: Callable[["EventMaker", int], Iterator[bytes]]


class EventMaker:
    """Makes audit events one after the other, in order of time."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a corpus, not a key
        self.moment = _START
        self._version = 10_000_000

    def uid(self) -> str:
        """Give a random UUID."""
        bits = self.chance.getrandbits(128)
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def event(self) -> Json:
        """Make the next event."""
        self.moment += dt.timedelta(microseconds=self.chance.randrange(60_000))
        self._version += self.chance.randrange(1, 9)
        roll = self.chance.random()
        if roll < 0.77:  # noqa: PLR2004 - 85 of 90 in a hundred, see above
            return self._renewal()
        if roll < 0.90:  # noqa: PLR2004 - the rest of the metadata
            return self._read()
        return self._patch() if roll < 0.96 else self._write()  # noqa: PLR2004 - 6 and 4 in a hundred

    def _renewal(self) -> Json:
        if self.chance.random() < 0.6:  # noqa: PLR2004 - nodes more than controllers
            name = f"ip-10-0-{self.chance.randrange(_NODES)}-12.eu-central-1.compute.internal"
            user, space = f"system:node:{name}", "kube-node-lease"
            agent = "kubelet/v1.34.1 (linux/amd64) kubernetes/8f8b3dd"
            groups = ["system:nodes", "system:authenticated"]
        else:
            name = self.chance.choice(_CONTROLLERS)
            user, space = f"system:serviceaccount:kube-system:{name}", "kube-system"
            agent = f"{name}/v2.1 (linux/amd64) leader-election"
            groups = ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"]
        path = f"/apis/coordination.k8s.io/v1/namespaces/{space}/leases/{name}"
        ref = self._ref("leases", space, name, "coordination.k8s.io")
        return self._audit("Metadata", "update", f"{path}?timeout=10s", user, groups, agent, ref, 200, {})

    def _read(self) -> Json:
        resource = self.chance.choice(["pods", "secrets", "configmaps", "endpointslices", "nodes"])
        verb = self.chance.choice(["get", "list", "watch"])
        user = f"system:serviceaccount:{self.chance.choice(_WORDS)}:{self.chance.choice(_CONTROLLERS)}"
        query = f"allowWatchBookmarks=true&resourceVersion={self._version}&watch=true"
        path = f"/api/v1/namespaces/default/{resource}?{query}"
        ref: Json = {"resource": resource, "namespace": "default", "apiVersion": "v1"}
        groups = ["system:serviceaccounts", "system:authenticated"]
        return self._audit("Metadata", verb, path, user, groups, "Go-http-client/2.0", ref, 200, {})

    def _patch(self) -> Json:
        name = f"{self.chance.choice(_WORDS)}-{self.chance.getrandbits(40):x}"
        node = f"system:node:ip-10-0-{self.chance.randrange(_NODES)}-12.eu-central-1.compute.internal"
        ref = {**self._ref("pods", "default", name, ""), "subresource": "status"}
        body = {"metadata": {"uid": self.uid()}, "status": {"conditions": self._conditions(), "podIP": "10.0.3.7"}}
        path = f"/api/v1/namespaces/default/pods/{name}/status"
        groups = ["system:nodes", "system:authenticated"]
        return self._audit("Request", "patch", path, node, groups, "kubelet/v1.34.1", ref, 200, {"requestObject": body})

    def _write(self) -> Json:
        name = f"{self.chance.choice(_WORDS)}-{self.chance.getrandbits(40):x}"
        users = ["arn:aws:sts::111122223333:assumed-role/admin/anna", "system:kube-controller-manager"]
        user = self.chance.choice(users)
        body = self._pod(name)
        bodies: Json = {"requestObject": body, "responseObject": {**body, "status": {"conditions": self._conditions()}}}
        ref = self._ref("pods", "default", name, "")
        path = "/api/v1/namespaces/default/pods"
        return self._audit("RequestResponse", "create", path, user, ["admins"], "kubectl/v1.34.1", ref, 201, bodies)

    def _audit(
        self,
        level: str,
        verb: str,
        uri: str,
        user: str,
        groups: list[str],
        agent: str,
        ref: Json,
        code: int,
        bodies: Json,
    ) -> Json:
        received = self.moment - dt.timedelta(microseconds=self.chance.randrange(9_000))
        extra = {"authentication.kubernetes.io/credential-id": [f"X509SHA256={hash_of(user):064x}"]}
        return {
            "kind": "Event",
            "apiVersion": "audit.k8s.io/v1",
            "level": level,
            "auditID": self.uid(),
            "stage": "ResponseComplete",
            "requestURI": uri,
            "verb": verb,
            "user": {"username": user, "groups": groups, "extra": extra},
            "sourceIPs": [f"10.0.{hash_of(user) % _NODES}.12"],
            "userAgent": agent,
            "objectRef": ref,
            "responseStatus": {"metadata": {}, "code": code},
            **bodies,
            "requestReceivedTimestamp": f"{received:%Y-%m-%dT%H:%M:%S.%fZ}",
            "stageTimestamp": f"{self.moment:%Y-%m-%dT%H:%M:%S.%fZ}",
            "annotations": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": ""},
        }

    def _ref(self, resource: str, namespace: str, name: str, group: str) -> Json:
        uid = f"{hash_of(name):032x}"
        return {
            "resource": resource,
            "namespace": namespace,
            "name": name,
            "uid": uid,
            **({"apiGroup": group} if group else {}),
            "apiVersion": "v1",
            "resourceVersion": str(self._version),
        }

    def _conditions(self) -> list[Json]:
        now = f"{self.moment:%Y-%m-%dT%H:%M:%SZ}"
        return [
            {"type": kind, "status": "True", "lastTransitionTime": now, "message": self._prose(4)}
            for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")
        ]

    def _pod(self, name: str) -> Json:
        containers = [
            {
                "name": self.chance.choice(_WORDS),
                "image": f"registry.example.com/{self._prose(1)}:{self.chance.getrandbits(24):x}",
                "env": [{"name": self._prose(1).upper(), "value": self._prose(2)} for _ in range(6)],
                "resources": {"limits": {"cpu": "500m", "memory": "512Mi"}},
            }
            for _ in range(2)
        ]
        labels = {self._prose(1): self._prose(1) for _ in range(5)}
        metadata = {"name": name, "uid": self.uid(), "labels": labels, "creationTimestamp": "2026-11-22T06:00:00Z"}
        spec = {"containers": containers, "nodeName": "a"}
        return {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": spec}

    def _prose(self, words: int) -> str:
        return "-".join(self.chance.choice(_WORDS) for _ in range(words))


def hash_of(text: str) -> int:
    """Give a number that looks random and stays the same for the same text."""
    return random.Random(text).getrandbits(120)  # noqa: S311 - a corpus, not a key


def dump(value: object) -> str:
    """Write compact JSON."""
    return json.dumps(value, separators=(",", ":"))


def write_objects(folder: Path, shape: Shaped, *, objects: int, text_bytes: int) -> list[Path]:
    """Write `objects` gzip files of about `text_bytes` each; files that are there already are kept."""
    paths = []
    for number in range(objects):
        path = folder / f"{shape.name}-{text_bytes}-{number}.gz"
        if not path.exists():
            parts = shape.parts(EventMaker(number), text_bytes)
            path.write_bytes(b"".join(gzip.compress(part, 6, mtime=0) for part in parts))
        paths.append(path)
    return paths
