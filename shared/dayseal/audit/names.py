"""What the names in an event mean: classes of users and paths, GKE method and resource names."""

import dataclasses
import re

SERVICE_ACCOUNT = "service-account"
NODE = "node"
CONTROL_PLANE = "control-plane"
HUMAN = "human"
ANONYMOUS = "anonymous"
OTHER = "other"

_CONTROL_PLANE_NAMES = frozenset({"aksService", "aks-support", "kubelet-nodepool-bootstrap", "nodeclient", "apiserver"})
_CONTROL_PLANE_PREFIXES = ("system:", "eks:", "gke:", "aks:")
_GOOGLE_ROBOT = "@container-engine-robot.iam.gserviceaccount.com"
_GOOGLE_SERVICE_ACCOUNT = ".gserviceaccount.com"
_HUMAN_NAMES = frozenset(
    {"kubernetes-admin", "kubernetes-super-admin", "masterclient", "clusterAdmin", "clusterUser", "admin"}
)
_HUMAN_PREFIXES = ("arn:aws:", "arn:aws-cn:", "arn:aws-us-gov:")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z", re.ASCII)  # an Entra object id
_PATHS = frozenset(
    {
        *("api", "apis", "healthz", "livez", "readyz", "version", "openapi", "metrics", "logs"),
        *("swagger.json", ".well-known", "debug"),
    }
)
_VERSION = re.compile(r"v[0-9]+(?:(?:alpha|beta)[0-9]+)?\Z", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """What a request was about; `resource` starts with `/` and is a path class where there is no resource."""

    verb: str
    group: str
    resource: str
    subresource: str
    namespace: str
    name: str


def user_class(username: str) -> str:
    """Give the class of a user: service-account, node, control-plane, human, anonymous or other.

    Human are e-mail addresses (but Google service accounts), AWS ARNs, Entra object ids and the
    known administrator certificates; other is everything no rule knows.
    """
    if not username or username == "system:anonymous":
        return ANONYMOUS
    if username.startswith("system:serviceaccount:"):
        return SERVICE_ACCOUNT
    if username.startswith("system:node:"):
        return NODE
    if username.startswith(_CONTROL_PLANE_PREFIXES) or username.endswith(_GOOGLE_ROBOT):
        return CONTROL_PLANE
    if username in _CONTROL_PLANE_NAMES:
        return CONTROL_PLANE
    if username.endswith(_GOOGLE_SERVICE_ACCOUNT):
        return OTHER
    if "@" in username or username in _HUMAN_NAMES or username.startswith(_HUMAN_PREFIXES) or _GUID.match(username):
        return HUMAN
    return OTHER


def path_class(request_uri: str) -> str:
    """Give `/` and the first segment of a path that names no resource, or `/other` for one no rule knows."""
    first = request_uri.split("?", 1)[0].lstrip("/").split("/", 1)[0]
    return f"/{first}" if first in _PATHS or not first else "/other"


def gke_target(method_name: str, resource_name: str) -> Target:
    """Read a GKE entry's `methodName` (`io.k8s.core.v1.pods.status.patch`) and `resourceName`.

    The verb is the method's last part. The rest comes from the resource name
    (`core/v1/namespaces/NS/pods/NAME/status`), where `core` means no group.
    """
    verb = method_name.rsplit(".", 1)[-1]
    parts = resource_name.split("/")
    if len(parts) < 3 or not _VERSION.match(parts[1]):  # noqa: PLR2004 - group, version, resource
        return Target(verb, "", path_class(resource_name), "", "", "")
    group = "" if parts[0] == "core" else parts[0]
    namespace, rest = "", parts[2:]
    if rest[0] == "namespaces" and len(rest) > 2:  # noqa: PLR2004 - else the namespace itself is the object
        namespace, rest = rest[1], rest[2:]
    name = rest[1] if len(rest) > 1 else ""
    return Target(verb, group, rest[0], "/".join(rest[2:]), namespace, name)
