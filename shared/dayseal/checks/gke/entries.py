"""What is known of a Kubernetes audit entry of one GKE cluster: of every such entry, and of single samples."""

import dataclasses
import enum
import json
import re
from collections.abc import Mapping
from typing import Final

from dayseal.model import ClusterId

ACTIVITY: Final = "cloudaudit.googleapis.com/activity"
DATA_ACCESS: Final = "cloudaudit.googleapis.com/data_access"
LOGS: Final = (ACTIVITY, DATA_ACCESS)
_SNAKE: Final = re.compile(r"_([a-z])")
_TYPE: Final = "type.googleapis.com/google.cloud.audit.AuditLog"
_SEVERITIES: Final = ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")
_NOTICE: Final = 3  # what a request that went well is logged at, at most
# Labels and payloads have keys of their own; what is elsewhere has protobuf names, in either spelling.
_OWN_KEYS: Final = ("labels.", "resource.labels.", "jsonPayload.")
_NOT_AUDIT: Final = ("jsonPayload", "textPayload", "httpRequest")  # an audit entry's payload is protoPayload


class Unknown(enum.Enum):
    """Why a field has no value to compare."""

    DEPENDS = "other entries have it otherwise"
    ABSENT = "the entry does not have it"


@dataclasses.dataclass(frozen=True, slots=True)
class StartsWith:
    """A text of which the start is known."""

    text: str


Field = str | StartsWith | Unknown


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One entry, or what every entry of a log has in common (`whole` False: it has more fields than these).

    `severity` bounds its severity, as places in the order of severities.
    """

    words: str
    fields: Mapping[str, Field]
    whole: bool
    severity: tuple[int, int]

    def get(self, path: str) -> Field:
        """Give what is known of a field; names of protobuf fields may be in either spelling."""
        found = self.fields.get(_camel(path))
        if found is not None:
            return found
        return Unknown.ABSENT if self.whole or path.startswith(_NOT_AUDIT) else Unknown.DEPENDS

    def has_below(self, path: str) -> bool:
        """Say whether a field of that path is a message with fields that are known."""
        prefix = f"{_camel(path)}."
        return any(name.startswith(prefix) for name in self.fields)

    @property
    def log_id(self) -> str:
        """The log's id, unescaped."""
        name = self.fields.get("logName")
        return name.partition("/logs/")[2].replace("%2F", "/") if isinstance(name, str) else ""


def severity_place(name: str) -> int | None:
    """Give a severity's place in their order, None for a text that is none."""
    return _SEVERITIES.index(name.upper()) if name.upper() in _SEVERITIES else None


def every_entry(cluster: ClusterId, log_id: str) -> Entry:
    """Give what all Kubernetes audit entries of a cluster in one log have in common."""
    fields: dict[str, Field] = {
        "logName": f"projects/{cluster.account}/logs/{log_id.replace('/', '%2F')}",
        "resource.type": "k8s_cluster",
        "resource.labels.project_id": cluster.account,
        "resource.labels.location": cluster.location,
        "resource.labels.cluster_name": cluster.name,
        "protoPayload.@type": _TYPE,
        "protoPayload.serviceName": "k8s.io",
        "protoPayload.methodName": StartsWith("io.k8s."),
    }
    return Entry(f"every entry of {log_id}", fields, whole=False, severity=(0, len(_SEVERITIES) - 1))


def samples_of(cluster: ClusterId, log_id: str) -> tuple[Entry, ...]:
    """Give one entry of each sort a cluster writes to a log: a filter that drops one of them drops audit records."""
    rows = _WRITES if log_id == ACTIVITY else _READS
    return tuple(_sample(cluster, log_id, *row) for row in rows)


def read_entry(record: bytes, cluster: ClusterId) -> Entry | None:
    """Read a record as the archive holds it; None when it is no entry of this cluster."""
    try:
        value = json.loads(record)
    except (ValueError, RecursionError):
        return None
    fields = _flatten(value) if isinstance(value, dict) else {}
    if fields.get("resource.labels.cluster_name") != cluster.name or fields.get("resource.type") != "k8s_cluster":
        return None
    place = severity_place(_text(fields.get("severity")))
    method = _text(fields.get("protoPayload.methodName"))
    bounds = (0, _NOTICE) if place is None else (place, place)
    return Entry(f"an entry of {method or 'no method'}", fields, whole=True, severity=bounds)


def _sample(cluster: ClusterId, log_id: str, method: str, resource: str, who: str) -> Entry:
    common = every_entry(cluster, log_id).fields
    more: dict[str, Field] = {
        "insertId": "00000000-0000-4000-8000-000000000000",
        "protoPayload.methodName": method,
        "protoPayload.resourceName": resource,
        "protoPayload.authenticationInfo.principalEmail": who,
        "timestamp": Unknown.DEPENDS,
        "receiveTimestamp": Unknown.DEPENDS,
    }
    fields = {**common, **more, "labels.authorization.k8s.io/decision": "allow"}
    return Entry(f"an entry of {method} by {who}", fields, whole=False, severity=(0, _NOTICE))


_WRITES: Final = (
    ("io.k8s.core.v1.secrets.create", "core/v1/namespaces/default/secrets/s", "somebody@example.com"),
    ("io.k8s.core.v1.pods.exec.create", "core/v1/namespaces/default/pods/p/exec", "somebody@example.com"),
    ("io.k8s.coordination.v1.leases.update", "coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n",
     "system:node:gke-n"),
    ("io.k8s.authorization.rbac.v1.clusterrolebindings.delete",
     "rbac.authorization.k8s.io/v1/clusterrolebindings/b", "system:serviceaccount:kube-system:ci"),
)  # fmt: skip
_READS: Final = (
    ("io.k8s.core.v1.secrets.get", "core/v1/namespaces/default/secrets/s", "somebody@example.com"),
    ("io.k8s.core.v1.pods.exec.get", "core/v1/namespaces/default/pods/p/exec", "somebody@example.com"),
    ("io.k8s.core.v1.configmaps.list", "core/v1/configmaps", "system:serviceaccount:kube-system:dns"),
    ("io.k8s.get", "healthz", "system:anonymous"),
)


def _flatten(value: Mapping[str, object]) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    pending: list[tuple[str, object]] = list(value.items())
    while pending:
        path, inner = pending.pop()
        if isinstance(inner, dict):
            pending += [(f"{path}.{key}", more) for key, more in inner.items()]
        elif isinstance(inner, str) and path not in {"timestamp", "receiveTimestamp"}:
            fields[path] = inner
        else:  # numbers, lists and times are compared in ways this reader does not know
            fields[path] = Unknown.DEPENDS
    return fields


def _camel(path: str) -> str:
    if path.startswith(_OWN_KEYS):
        return path
    return _SNAKE.sub(lambda found: found[1].upper(), path)


def _text(field: Field | None) -> str:
    return field if isinstance(field, str) else ""
