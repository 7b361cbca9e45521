"""The resources kube-apiserver serves itself: which group they are in and whether they live in namespaces.

Facts of the Kubernetes API, 1.24 to 1.37; what was removed before is not known here.
"""

from collections.abc import Iterator
from typing import Final

RESOURCE_VERBS: Final = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
PATH_VERBS: Final = ("get", "head", "post", "put", "patch", "delete", "options")
RARE_VERBS: Final = frozenset({"proxy", "connect", "trace", ""})  # legal, and hardly ever seen
CONNECT_SUBRESOURCES: Final = frozenset({"exec", "attach", "portforward", "proxy"})  # they never have bodies
REMOVED_GROUPS: Final = frozenset({"extensions", "settings.k8s.io"})  # no server of today serves them

_NAMESPACED: Final = {
    "": "bindings configmaps endpoints events limitranges persistentvolumeclaims pods podtemplates "
    "replicationcontrollers resourcequotas secrets serviceaccounts services",
    "apps": "controllerrevisions daemonsets deployments replicasets statefulsets",
    "authorization.k8s.io": "localsubjectaccessreviews",
    "autoscaling": "horizontalpodautoscalers",
    "batch": "cronjobs jobs",
    "certificates.k8s.io": "podcertificaterequests",
    "coordination.k8s.io": "leases leasecandidates",
    "discovery.k8s.io": "endpointslices",
    "events.k8s.io": "events",
    "networking.k8s.io": "ingresses networkpolicies",
    "policy": "poddisruptionbudgets",
    "rbac.authorization.k8s.io": "roles rolebindings",
    "resource.k8s.io": "resourceclaims resourceclaimtemplates",
    "scheduling.k8s.io": "workloads",
    "storage.k8s.io": "csistoragecapacities",
}
_CLUSTER_WIDE: Final = {
    "": "componentstatuses namespaces nodes persistentvolumes",
    "admissionregistration.k8s.io": "mutatingadmissionpolicies mutatingadmissionpolicybindings "
    "mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings "
    "validatingwebhookconfigurations",
    "apiextensions.k8s.io": "customresourcedefinitions",
    "apiregistration.k8s.io": "apiservices",
    "authentication.k8s.io": "selfsubjectreviews tokenreviews",
    "authorization.k8s.io": "selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews",
    "certificates.k8s.io": "certificatesigningrequests clustertrustbundles",
    "flowcontrol.apiserver.k8s.io": "flowschemas prioritylevelconfigurations",
    "internal.apiserver.k8s.io": "storageversions",
    "networking.k8s.io": "ingressclasses ipaddresses servicecidrs",
    "node.k8s.io": "runtimeclasses",
    "policy": "podsecuritypolicies",
    "rbac.authorization.k8s.io": "clusterroles clusterrolebindings",
    "resource.k8s.io": "deviceclasses devicetaintrules resourceslices",
    "scheduling.k8s.io": "priorityclasses",
    "storage.k8s.io": "csidrivers csinodes storageclasses volumeattachments volumeattributesclasses",
    "storagemigration.k8s.io": "storageversionmigrations",
}


def _scopes() -> Iterator[tuple[tuple[str, str], bool]]:
    for table, namespaced in ((_NAMESPACED, True), (_CLUSTER_WIDE, False)):
        for group, names in table.items():
            yield from (((group, name), namespaced) for name in names.split())


_SCOPES: Final = dict(_scopes())
BUILTIN_GROUPS: Final = frozenset(group for group, _ in _SCOPES)


def is_builtin(group: str, resource: str) -> bool:
    """Say whether kube-apiserver itself serves this resource."""
    return (group, resource) in _SCOPES


def is_namespaced(group: str, resource: str) -> bool | None:
    """Say whether objects of this resource live in namespaces; None where it is not built in."""
    return _SCOPES.get((group, resource))


def groups_of(resource: str) -> tuple[str, ...]:
    """Give the groups that have a built-in resource of this name, the core group first."""
    return tuple(sorted(group for group, name in _SCOPES if name == resource))


def resources_of(group: str) -> tuple[str, ...]:
    """Give the built-in resources of a group."""
    return tuple(name for found, name in _SCOPES if found == group)
