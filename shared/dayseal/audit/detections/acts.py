"""One request as detections see it: the same for every provider, made only of events that may matter."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from dayseal.audit.detections.bodies import shows_reach
from dayseal.audit.names import HUMAN, OTHER, Target, path_class, user_class
from dayseal.audit.wire import NO_USER, EntryWire, EventWire, is_there, whole_number
from dayseal.audit.wire_reading import NULL

WRITES: Final = frozenset({"create", "update", "patch", "delete", "deletecollection"})
WORKLOADS: Final = frozenset(
    {
        *("pods", "deployments", "daemonsets", "statefulsets", "replicasets", "jobs", "cronjobs"),
        *("replicationcontrollers", "podtemplates"),
    }
)
ADMISSION: Final = frozenset(
    {
        *("mutatingwebhookconfigurations", "validatingwebhookconfigurations", "validatingadmissionpolicies"),
        *("validatingadmissionpolicybindings", "mutatingadmissionpolicies", "mutatingadmissionpolicybindings"),
    }
)
SHELLS: Final = frozenset({"exec", "attach", "portforward", "ephemeralcontainers"})

_ANY: Final = frozenset({"get", "list", "watch", "connect", *WRITES})
_CHANGES: Final = frozenset({"create", "update", "patch"})
_ROLES: Final = ("roles", "clusterroles", "rolebindings", "clusterrolebindings")
# What a request must be about to be looked at: resource, subresource, verbs.
_WATCHED: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    **{name: {"": _CHANGES} for name in WORKLOADS},
    "pods": {"": _CHANGES, "proxy": _ANY, **dict.fromkeys(SHELLS, _ANY)},
    "nodes": {"proxy": _ANY},
    "services": {"proxy": _ANY},
    "secrets": {"": _ANY},
    "serviceaccounts": {"token": frozenset({"create"})},
    "tokenreviews": {"": frozenset({"create"})},
    "certificatesigningrequests": {"": frozenset({"create"}), "approval": _CHANGES, "status": _CHANGES},
    "configmaps": {"": WRITES},
    **{name: {"": WRITES} for name in (*_ROLES, *ADMISSION)},
}
MINTING: Final = frozenset({"serviceaccounts", "certificatesigningrequests"})  # looked at whoever asks
_MACHINERY: Final = ("system:", "eks:", "gke:", "aks:")
# They make pods out of templates, which were looked at when somebody wrote them.
POD_MAKERS: Final = frozenset(
    {
        "system:kube-controller-manager",
        *(
            f"system:serviceaccount:kube-system:{name}-controller"
            for name in ("replicaset", "daemon-set", "statefulset", "job", "cronjob", "replication", "deployment")
        ),
    }
)
_CONNECTED: Final = frozenset({"exec", "attach", "portforward", "proxy"})
_REFUSED: Final = frozenset({b"401", b"403"})
_REFUSED_RPC: Final = frozenset({b"7", b"16"})
_NOBODY: Final = frozenset({"", "system:anonymous"})
_OF_RPC: Final = {0: 200, 3: 400, 5: 404, 6: 409, 7: 403, 10: 409, 16: 401}
_FAILED: Final = 400
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_QUOTA_WORDS: Final = 'is forbidden: User "'  # a quota or an admission plugin gives 7 as well, in other words


class Act(NamedTuple):
    """A request that was answered. What a record does not say is empty.

    `code` is the HTTP code (GKE's google.rpc codes are translated), 0 unknown. `decision` is the authorizer's: `allow`,
    `forbid` or empty. `path` is a request URI without its query. `impersonated` is whom the user acted as, empty:
    nobody. `source` is the last address, the only one that no client chooses. `issued` is the id of the credential that
    the request made. `request` and `response` are bodies as JSON, `b""` where there is none.
    """

    target: Target
    user: str
    path: str = ""
    code: int = 0
    decision: str = ""
    impersonated: str = ""
    impersonated_groups: tuple[str, ...] = ()
    source: str = ""
    time: str = ""
    audit_id: str = ""
    issued: str = ""
    request: bytes = b""
    response: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether it succeeded, as far as the record says."""
        return self.code < _FAILED

    @property
    def by_platform(self) -> bool:
        """Whether the user is the cluster's own machinery: nodes, control plane, service accounts, nobody."""
        return user_class(self.user) not in (HUMAN, OTHER)

    @property
    def text(self) -> str:
        """The request in one line. PERSONAL."""
        target = self.target
        resource = f"{target.resource}/{target.subresource}" if target.subresource else target.resource
        place = "/".join(part for part in (target.namespace, target.name) if part)
        parts = (self.user or "(no user)", target.verb, resource, place, str(self.code or ""), self.source)
        return " ".join(part for part in (*parts, self.audit_id) if part)


def is_watched(event: EventWire) -> bool:
    """Say whether a detection may want to see this event; quick, for it is asked of every event that is parsed."""
    ref, user = event.object_ref, event.user.username
    of = _WATCHED.get(ref.resource)
    if of is not None and event.verb in of.get(ref.subresource, ()):
        asked, answered = event.request_object, event.response_object
        if ref.resource in WORKLOADS and not ref.subresource:
            if user not in POD_MAKERS and shows_reach(asked, answered):
                return True
        elif (
            not user.startswith(_MACHINERY)
            or asked is not NULL  # of machinery, only what it wrote tells something
            or answered is not NULL
            or ref.resource in MINTING
            or ref.subresource == "proxy"
        ):
            return True
    return user in _NOBODY or event.impersonated_user is not NO_USER or bytes(event.response_status.code) in _REFUSED


def is_watched_entry(entry: EntryWire, target: Target) -> bool:
    """Say the same of a GKE entry."""
    payload = entry.proto_payload
    user, asked, answered = payload.authentication_info.principal_email, payload.request, payload.response
    of = _WATCHED.get(target.resource)
    if of is not None and target.verb in of.get(target.subresource, ()):
        if target.resource in WORKLOADS and not target.subresource:
            if user not in POD_MAKERS and shows_reach(asked, answered):
                return True
        elif (
            not user.startswith(_MACHINERY)
            or asked is not NULL  # of machinery, only what it wrote tells something
            or answered is not NULL
            or target.resource in MINTING
            or target.subresource == "proxy"
        ):
            return True
    return user in _NOBODY or bytes(payload.status.code) in _REFUSED_RPC


def act_of_event(event: EventWire) -> Act | None:
    """Give the request of an event, once for each request: None for a stage before its end.

    A request that nobody was logged in for has no end: 401 stands at stage ResponseStarted, and only there. What is
    connected (a shell, a proxy) may last, or its end may be lost: its start counts too.
    """
    code = whole_number(event.response_status.code) or 0
    connects = event.object_ref.subresource in _CONNECTED
    if event.stage == "RequestReceived":
        return None
    if event.stage == "ResponseStarted" and code != _UNAUTHORIZED and not connects:
        return None
    ref, notes, impersonated = event.object_ref, event.annotations, event.impersonated_user
    path = event.request_uri.partition("?")[0]
    resource = ref.resource or path_class(path)
    return Act(
        Target(event.verb, ref.api_group, resource, ref.subresource, ref.namespace, ref.name),
        event.user.username,
        path,
        code,
        notes.decision,
        impersonated.username,
        impersonated.groups,
        event.source_ips[-1] if event.source_ips else "",
        event.time,
        event.audit_id,
        notes.issued or notes.issued_old,
        bytes(event.request_object) if is_there(event.request_object) else b"",
        bytes(event.response_object) if is_there(event.response_object) else b"",
    )


def act_of_entry(entry: EntryWire, target: Target) -> Act:
    """Give the request of a GKE entry, which names neither path nor impersonated user."""
    payload, labels = entry.proto_payload, entry.labels
    rpc = whole_number(payload.status.code) or 0
    code = _OF_RPC.get(rpc, 500)
    if code == _FORBIDDEN and _QUOTA_WORDS not in payload.status.message:
        code = 400  # refused, but not for lack of a right
    return Act(
        target=target,
        user=payload.authentication_info.principal_email,
        path="/" + payload.resource_name if target.resource.startswith("/") else "",
        code=code,
        decision=labels.decision,
        source=payload.request_metadata.caller_ip,
        time=entry.timestamp,
        audit_id=entry.insert_id,
        issued=labels.issued or labels.issued_old,
        request=bytes(payload.request) if is_there(payload.request) else b"",
        response=bytes(payload.response) if is_there(payload.response) else b"",
    )
