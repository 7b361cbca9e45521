"""The one table of detections: what each looks at, how grave it is, and its technique in MITRE ATT&CK.

Numbers 1 to 14 of the list this follows are here; 15, changes to the audit trail itself, happens at the provider and
is judged by check `continuity`.
"""

import dataclasses
import enum
from collections.abc import Callable
from typing import Final, NamedTuple

from dayseal.audit.detections import predicates as ask
from dayseal.audit.detections.acts import ADMISSION, WORKLOADS, Act
from dayseal.audit.detections.bursts import FAILED_LOGINS, FORBIDDEN, SECRETS
from dayseal.errors import UsageError

Predicate = Callable[[Act], bool]


class Severity(enum.StrEnum):
    """How grave a sign is, if nobody can explain it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Sign(NamedTuple):
    """A detection that was seen, and how grave."""

    detection: str
    severity: str


@dataclasses.dataclass(frozen=True, slots=True)
class Detection:
    """One detection. `asks` decides on one request; it is None where several events, or the use of credentials, decide.

    `severity` becomes high where `graver` holds. `fields` are what is read, in Kubernetes' words. `about` are the
    resources it is asked of, all where it is empty.
    """

    id: str
    title: str
    severity: Severity
    technique: str
    fields: tuple[str, ...]
    condition: str
    asks: Predicate | None = None
    graver: Predicate | None = None
    graver_when: str = ""
    about: frozenset[str] = frozenset()


_BODIES: Final = ("requestObject", "responseObject")
_OBJECT: Final = ("verb", "objectRef", "user.username", "responseStatus.code")

DETECTIONS: Final = (
    Detection(
        "anonymous-allowed", "A request of nobody was allowed", Severity.HIGH, "T1078.001",
        ("user.username", "annotations[authorization.k8s.io/decision]", "requestURI", "responseStatus.code"),
        "user system:anonymous or none, decision allow, path not /healthz, /livez, /readyz or /version",
        ask.is_anonymous,
    ),
    Detection(
        FAILED_LOGINS.id, "Logins failed again and again", Severity.MEDIUM, "T1110",
        ("responseStatus.code", "sourceIPs"),
        "10 or more requests with code 401 (at stage ResponseStarted, only there) in 5 minutes from one last address",
    ),
    Detection(
        FORBIDDEN.id, "Somebody tries what is allowed", Severity.MEDIUM, "T1613",
        ("user.username", "verb", "objectRef", "responseStatus.code", "annotations[authorization.k8s.io/decision]"),
        "10 or more different kinds of request refused for lack of rights, by one user within 5 minutes",
    ),
    Detection(
        "pod-shell", "A person opened a way into a pod", Severity.MEDIUM, "T1609", _OBJECT,
        "exec, attach, portforward or ephemeralcontainers of pods, by get, create, patch, update; user not platform",
        ask.is_shell,
        about=frozenset({"pods"}),
    ),
    Detection(
        "proxy", "Something was reached through the API server", Severity.MEDIUM, "T1609", _OBJECT,
        "subresource proxy of nodes, pods or services, by any verb, user not control plane or node",
        ask.is_proxy, ask.is_node_proxy, "the target is a node: a GET can run commands there",
        about=frozenset({"nodes", "pods", "services"}),
    ),
    Detection(
        "secrets-listing", "A person listed the secrets of the whole cluster", Severity.HIGH, "T1552.007", _OBJECT,
        "list or watch of secrets at cluster scope, user not the platform",
        ask.is_secret_listing,
        about=frozenset({"secrets"}),
    ),
    Detection(
        SECRETS.id, "A person read many secrets", Severity.HIGH, "T1552.007", _OBJECT,
        "get of 20 or more different secrets within an hour, user not the platform",
    ),
    Detection(
        "token-minting", "Somebody asked for a service account's token", Severity.MEDIUM, "T1528", _OBJECT,
        "create of serviceaccounts/token that succeeded, user not a node and not the controller manager",
        ask.is_token_minting, ask.is_in_kube_system, "the account is one of kube-system",
        about=frozenset({"serviceaccounts"}),
    ),
    Detection(
        "certificate-minting", "A client certificate was asked for or approved by hand", Severity.MEDIUM, "T1649",
        (*_OBJECT, *_BODIES),
        "create of a certificatesigningrequest for signer kubernetes.io/kube-apiserver-client; or a change of its "
        "approval, user not the platform",
        ask.is_certificate_minting, ask.is_for_another,
        "common name is not the requester, or the organisation is system:masters",
        about=frozenset({"certificatesigningrequests"}),
    ),
    Detection(
        "privileged-workload", "A workload may reach into its node", Severity.HIGH, "T1611", (*_OBJECT, *_BODIES),
        "create, update or patch of pods or what makes pods with privileged, hostPID, hostNetwork, hostIPC, hostPath "
        "or a strong capability; user not a node and not one of the controllers that make pods of templates",
        ask.is_privileged_workload,
        about=WORKLOADS,
    ),
    Detection(
        "admin-grant", "Administrator's rights were given", Severity.HIGH, "T1098.006", (*_OBJECT, *_BODIES),
        "a write of a rolebinding or clusterrolebinding to cluster-admin or admin, or to system:anonymous, "
        "system:unauthenticated, system:authenticated or system:masters",
        ask.is_admin_grant,
        about=frozenset({"rolebindings", "clusterrolebindings"}),
    ),
    Detection(
        "powerful-role", "A role allows too much", Severity.MEDIUM, "T1098.006", (*_OBJECT, *_BODIES),
        'a change of a role or clusterrole with "*", escalate, bind or impersonate, or with nodes/proxy, secrets or '
        "serviceaccounts/token, user not the platform",
        ask.is_powerful_role,
        about=frozenset({"roles", "clusterroles"}),
    ),
    Detection(
        "impersonation", "A person acted as somebody else", Severity.MEDIUM, "T1550",
        ("user.username", "impersonatedUser"),
        "impersonatedUser is there, user not the platform",
        ask.is_impersonation, ask.is_as_master, "the impersonated groups hold system:masters",
    ),
    Detection(
        "admission-tampering", "What checks requests was changed", Severity.HIGH, "T1562.001", _OBJECT,
        "a write of any resource of admissionregistration.k8s.io, user not the platform",
        ask.is_admission_tampering,
        about=ADMISSION,
    ),
    Detection(
        "identity-mapping", "Who is who was changed", Severity.HIGH, "T1098", _OBJECT,
        "a write of configmap kube-system/aws-auth or kube-system/coredns-custom, user not the platform",
        ask.is_identity_mapping,
        about=frozenset({"configmaps"}),
    ),
    Detection(
        "static-pod", "A node runs a pod of its own", Severity.LOW, "T1610", (*_OBJECT, *_BODIES),
        "create of a pod with annotation kubernetes.io/config.mirror by a node",
        ask.is_mirror_pod,
        about=frozenset({"pods"}),
    ),
    Detection(
        "shared-credential", "One credential was used from several places at once", Severity.HIGH, "T1550.001",
        ("user.extra[authentication.kubernetes.io/credential-id]", "user.extra[accessKeyId]", "sourceIPs"),
        "one credential from two or more last addresses in one hour; addresses of one /24 (IPv6: /64) count as one "
        "for nodes and the control plane",
    ),
    Detection(
        "two-credentials", "One user had credentials in use in several networks", Severity.MEDIUM, "T1550.001",
        ("user.username", "user.extra[authentication.kubernetes.io/credential-id]", "sourceIPs"),
        "one user who is no service account with two or more credentials from different /16 networks (IPv6: /48) in "
        "one hour",
    ),
    Detection(
        "changing-agent", "One credential was used by different programs", Severity.LOW, "T1550.001",
        ("user.extra[authentication.kubernetes.io/credential-id]", "userAgent"),
        "one token of a service account, or certificate of a node, with two or more programs in its user agents in "
        "one hour",
    ),
)  # fmt: skip

_BY_ID: Final = {one.id: one for one in DETECTIONS}
_ABOUT: Final = frozenset(resource for one in DETECTIONS for resource in one.about)
_ASKING: Final = {
    resource: tuple(one for one in DETECTIONS if one.asks is not None and (not one.about or resource in one.about))
    for resource in (*_ABOUT, "")
}


def find_detection(detection: str) -> Detection:
    """Give the detection of that id.

    Raises:
        UsageError: there is none.
    """
    if detection not in _BY_ID:
        raise UsageError(f"detection: {detection!r}, one of {', '.join(_BY_ID)} promised")
    return _BY_ID[detection]


def signs_of(act: Act) -> tuple[Sign, ...]:
    """Give every sign that one request shows, in the order of the table."""
    return tuple(
        Sign(one.id, (Severity.HIGH if one.graver is not None and one.graver(act) else one.severity).value)
        for one in _ASKING.get(act.target.resource, _ASKING[""])
        if one.asks is not None and one.asks(act)
    )
