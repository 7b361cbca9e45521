"""Manifests of kube-apiserver as a control plane has them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

IMAGE = "registry.k8s.io/kube-apiserver:v1.34.2"
GOOD_FLAGS = (
    "--audit-policy-file=/etc/kubernetes/audit/policy.yaml",
    "--audit-log-path=/var/log/kubernetes/audit/audit.log",
)
GOOD_MOUNTS = {"/etc/kubernetes/audit": ("/etc/kubernetes/audit", True), "/var/log/kubernetes/audit": ("/srv", False)}


def manifest(
    *flags: str,
    image: str = IMAGE,
    program: Sequence[str] = ("kube-apiserver",),
    env: Sequence[Mapping[str, Any]] = (),
    mounts: Mapping[str, tuple[str | None, bool]] | None = None,
) -> bytes:
    """Write one; a mount is its path in the container, to the node's path (None: emptyDir) and whether read-only."""
    volumes, mounted = [], []
    for number, (at, (host, read_only)) in enumerate((GOOD_MOUNTS if mounts is None else mounts).items()):
        name = f"v{number}"
        mounted.append({"name": name, "mountPath": at, "readOnly": read_only})
        volumes.append({"name": name, **({"emptyDir": {}} if host is None else {"hostPath": {"path": host}})})
    container = {
        "name": "kube-apiserver",
        "image": image,
        "command": [*program],
        "args": [*flags],
        "env": [*env],
        "volumeMounts": mounted,
    }
    spec = {"containers": [{"name": "proxy", "command": ["proxy"]}, container], "volumes": volumes}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "spec": spec}).encode()
