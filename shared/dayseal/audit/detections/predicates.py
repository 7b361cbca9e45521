"""What each detection asks of a request; the table beside says how grave it is and what it is called elsewhere."""

from typing import Final

from dayseal.audit.detections.acts import POD_MAKERS, SHELLS, WORKLOADS, WRITES, Act
from dayseal.audit.detections.bodies import (
    Binding,
    Role,
    Rule,
    SigningRequest,
    Workload,
    reaches_out,
    stored_or_asked,
)
from dayseal.audit.detections.credentials import CLIENT_SIGNER, subject_of_request
from dayseal.audit.names import ANONYMOUS, CONTROL_PLANE, NODE, user_class

_CHANGES: Final = frozenset({"create", "update", "patch"})
_OPEN_PATHS: Final = ("/healthz", "/livez", "/readyz")
_RBAC: Final = "rbac.authorization.k8s.io"
_ADMISSION: Final = "admissionregistration.k8s.io"
_CERTIFICATES: Final = "certificates.k8s.io"
_ADMIN_ROLES: Final = frozenset({"cluster-admin", "admin"})
_EVERYBODY: Final = frozenset({"system:anonymous", "system:unauthenticated", "system:authenticated", "system:masters"})
_POWERFUL_VERBS: Final = frozenset({"*", "escalate", "bind", "impersonate"})
_POWERFUL_RESOURCES: Final = frozenset({"*", "nodes/proxy", "secrets", "serviceaccounts/token"})
_MAPS: Final = frozenset({("kube-system", "aws-auth"), ("kube-system", "coredns-custom")})
_MASTERS: Final = "system:masters"
_CREATED: Final = (0, 200, 201)


def is_anonymous(act: Act) -> bool:
    """A request of nobody was allowed, and not one of those everybody may make."""
    if act.decision != "allow" or not act.ok or user_class(act.user) != ANONYMOUS:
        return False
    return act.path != "/version" and not act.path.startswith(_OPEN_PATHS)


def is_shell(act: Act) -> bool:
    """A person opened a way into a pod. Since kubectl 1.30 that is a GET."""
    target = act.target
    wanted = target.verb in {"get", "create", "patch", "update"}
    return target.resource == "pods" and target.subresource in SHELLS and wanted and act.ok and not act.by_platform


def is_proxy(act: Act) -> bool:
    """Somebody reached a kubelet, pod or service through the API server; on a kubelet a GET can run commands."""
    of = act.target.subresource == "proxy" and act.target.resource in {"nodes", "pods", "services"}
    return of and act.ok and user_class(act.user) not in (CONTROL_PLANE, NODE)


def is_node_proxy(act: Act) -> bool:
    """As `is_proxy`, to a kubelet."""
    return act.target.resource == "nodes"


def is_secret_listing(act: Act) -> bool:
    """A person listed or watched the secrets of the whole cluster."""
    target = act.target
    whole = target.resource == "secrets" and target.verb in {"list", "watch"} and not target.namespace
    return whole and not target.name and act.ok and not act.by_platform


def is_token_minting(act: Act) -> bool:
    """Somebody asked for a service account's token whose work that is not."""
    if (act.target.resource, act.target.subresource, act.target.verb) != ("serviceaccounts", "token", "create"):
        return False
    return act.code in _CREATED and user_class(act.user) != NODE and act.user != "system:kube-controller-manager"


def is_in_kube_system(act: Act) -> bool:
    """The object lies in kube-system."""
    return act.target.namespace == "kube-system"


def is_certificate_minting(act: Act) -> bool:
    """Somebody asked for a client certificate, or a person approved one."""
    target = act.target
    if (
        target.resource != "certificatesigningrequests"
        or target.group not in (_CERTIFICATES, "certificates")
        or not act.ok
    ):
        return False
    if target.subresource == "approval":
        return target.verb in _CHANGES and not act.by_platform
    if target.subresource or target.verb != "create":
        return False
    body = stored_or_asked(act.request, act.response, SigningRequest)
    return body is not None and body.spec is not None and body.spec.signer_name == CLIENT_SIGNER


def is_for_another(act: Act) -> bool:
    """The certificate names somebody else than who asked for it, or makes its holder an administrator."""
    body = stored_or_asked(act.request, act.response, SigningRequest)
    asked = subject_of_request(body)
    if asked is None or body is None or body.spec is None:
        return False
    name, groups = asked
    return name != (body.spec.username or act.user) or _MASTERS in groups


def is_privileged_workload(act: Act) -> bool:
    """A pod, or what makes pods, may reach into its node. Pods that controllers make of a template are not asked."""
    target = act.target
    if target.resource not in WORKLOADS or target.subresource or target.verb not in _CHANGES or not act.ok:
        return False
    if act.user in POD_MAKERS or user_class(act.user) == NODE:
        return False
    body = stored_or_asked(act.request, act.response, Workload)
    return body is not None and any(reaches_out(spec) for spec in body.pods)


def is_admin_grant(act: Act) -> bool:
    """A binding gives an administrator's role, or gives to everybody."""
    target = act.target
    if (
        target.group not in (_RBAC, "rbac")
        or target.verb not in WRITES
        or not act.ok
        or not target.resource.endswith("bindings")
    ):
        return False
    body = stored_or_asked(act.request, act.response, Binding)
    if body is None:
        return False
    role = body.role_ref.name if body.role_ref else ""
    return role in _ADMIN_ROLES or any(one.name in _EVERYBODY for one in body.subjects or ())


def is_powerful_role(act: Act) -> bool:
    """A role allows everything, to raise rights, or to take over others' identities."""
    target = act.target
    if target.group not in (_RBAC, "rbac") or target.verb not in _CHANGES or not act.ok:
        return False
    if target.resource not in {"roles", "clusterroles"} or act.by_platform:
        return False
    body = stored_or_asked(act.request, act.response, Role)
    return body is not None and any(_is_powerful(rule) for rule in body.rules or ())


def is_impersonation(act: Act) -> bool:
    """A person acted as somebody else."""
    return act.impersonated != "" and not act.by_platform


def is_as_master(act: Act) -> bool:
    """Whom they acted as is an administrator without limits."""
    return _MASTERS in act.impersonated_groups


def is_admission_tampering(act: Act) -> bool:
    """A person changed what checks or changes requests before they are stored."""
    target = act.target
    of = target.group in (_ADMISSION, "admissionregistration") and target.verb in WRITES
    return of and act.ok and not act.by_platform


def is_identity_mapping(act: Act) -> bool:
    """The map from cloud identities to users, or the cluster's DNS, was changed by hand."""
    target = act.target
    if target.resource != "configmaps" or target.verb not in WRITES or act.by_platform:
        return False
    return act.ok and (target.namespace, target.name) in _MAPS


def is_mirror_pod(act: Act) -> bool:
    """A node runs a pod from a file of its own, which no admission check saw."""
    target = act.target
    if (target.resource, target.subresource, target.verb) != ("pods", "", "create") or not act.ok:
        return False
    if user_class(act.user) != NODE:
        return False
    body = stored_or_asked(act.request, act.response, Workload)
    return body is not None and body.is_mirror


def _is_powerful(rule: Rule) -> bool:
    return not _POWERFUL_VERBS.isdisjoint(rule.verbs or ()) or not _POWERFUL_RESOURCES.isdisjoint(rule.resources or ())
