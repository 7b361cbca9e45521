"""An act as the Cloud Audit Logs entry GKE writes: no level, no stage, keys sorted."""

from http import HTTPStatus
from typing import Final

from dayseal.demo.generator.acts import Act, Body
from dayseal.model import ClusterId

_RPC_CODES: Final = {401: 16, 403: 7, 404: 5, 409: 10}
ACTIVITY: Final = "activity"
DATA_ACCESS: Final = "data_access"


def log_of(act: Act) -> str:
    """Name the log: writes go to Admin Activity; reads, and access reviews, to Data Access."""
    return DATA_ACCESS if act.is_read or act.resource == "subjectaccessreviews" else ACTIVITY


def log_entry(act: Act, cluster: ClusterId) -> dict[str, object]:
    """Give the LogEntry document with slots `id`, `stage` and `arrived`.

    Source: entries captured from live clusters by gke-labs/kube-agents.
    """
    method, resource = _method(act), _resource_name(act)
    permission: dict[str, object] = {"permission": method, "resource": resource}
    if act.code < HTTPStatus.BAD_REQUEST:
        permission = {"granted": True, **permission}
    payload: dict[str, object] = {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "authenticationInfo": {"principalEmail": act.actor.username} if act.actor.username else {},
        "authorizationInfo": [permission],
        "methodName": method,
    }
    if act.request is not None and act.level != "Metadata":
        payload["request"] = _typed(act.request)
    payload["requestMetadata"] = {"callerIp": act.actor.ip, "callerSuppliedUserAgent": act.actor.agent}
    payload["resourceName"] = resource
    if act.response is not None and act.level == "RequestResponse":
        payload["response"] = _typed(act.response)
    payload["serviceName"] = "k8s.io"
    payload["status"] = _status(act)
    labels = _labels(act)
    return {
        "insertId": "<<id>>",
        **({"labels": labels} if labels else {}),
        "logName": f"projects/{cluster.account}/logs/cloudaudit.googleapis.com%2F{log_of(act)}",
        "operation": {"first": True, "id": "<<id>>", "last": True, "producer": "k8s.io"},
        "protoPayload": payload,
        "receiveTimestamp": "<<arrived>>",
        "resource": {
            "labels": {
                "cluster_name": cluster.name,
                "location": cluster.location,
                "project_id": cluster.account,
            },
            "type": "k8s_cluster",
        },
        "timestamp": "<<stage>>",
    }


def _labels(act: Act) -> dict[str, str]:
    if act.code == HTTPStatus.UNAUTHORIZED:  # nobody was authorized, so nothing is labelled
        return {}
    forbidden = act.code == HTTPStatus.FORBIDDEN
    labels = {
        **{key: value for key, value in act.actor.extra if key.startswith("authentication.kubernetes.io/")},
        **dict(act.note),
        "authorization.k8s.io/decision": "forbid" if forbidden else "allow",
        "authorization.k8s.io/reason": "" if forbidden else act.actor.reason,
    }
    return dict(sorted(labels.items()))


def _method(act: Act) -> str:
    if act.path:
        return f"io.k8s.{act.verb}"
    group = act.group.removesuffix(".k8s.io") or "core"
    parts = ["io.k8s", ".".join(reversed(group.split("."))), act.version, act.resource]
    return ".".join([*parts, *([act.subresource] if act.subresource else []), act.verb])


def _resource_name(act: Act) -> str:
    if act.path:
        return act.path.lstrip("/")
    parts = [act.group or "core", act.version]
    if act.namespace:
        parts += ["namespaces", act.namespace]
    parts.append(act.resource)
    return "/".join([*parts, *(part for part in (act.name, act.subresource) if part)])


def _status(act: Act) -> dict[str, object]:
    if act.code in _RPC_CODES:
        return {"code": _RPC_CODES[act.code], "message": act.failure[1]}
    return {"code": 0}


def _typed(body: Body | str) -> object:
    """Put the protobuf type in front, as Cloud Audit Logs does."""
    if isinstance(body, str):
        return body
    if "kind" not in body:
        return {"@type": "k8s.io/Patch", **body}
    group, _, version = str(body["apiVersion"]).rpartition("/")
    group = group or "core"
    return {"@type": f"{group if '.' in group else group + '.k8s.io'}/{version}.{body['kind']}", **body}
