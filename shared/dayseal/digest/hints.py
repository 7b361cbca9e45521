"""Which cluster a record says it is from."""

import re
from typing import Final

from dayseal.audit.wire import LabelsWire
from dayseal.digest.bounded import short
from dayseal.model import ClusterHint

EKS_AUDIT_STREAM: Final = "kube-apiserver-audit-"

_EKS_GROUP = re.compile(r"/aws/eks/([^/]+)/cluster\Z")
_AKS_RESOURCE = re.compile(
    r"/subscriptions/([^/]+)/resourcegroups/[^/]+/providers/microsoft\.containerservice/managedclusters/([^/]+)\Z"
)


def eks_hint(owner: str, log_group: str) -> ClusterHint:
    """Read an envelope's owner and log group; a group of another form names no cluster."""
    match = _EKS_GROUP.match(log_group)
    return ClusterHint("eks", short(owner), "", short(match[1]) if match else "", short(log_group))


def gke_hint(labels: LabelsWire) -> ClusterHint:
    """Read an entry's resource labels."""
    project, location, name = short(labels.project_id), short(labels.location), short(labels.cluster_name)
    return ClusterHint("gke", project, location, name, f"projects/{project}/locations/{location}/clusters/{name}")


def aks_hint(resource_id: str) -> ClusterHint:
    """Read a record's resource id, whatever its case; an id of another form names no cluster."""
    lower = resource_id.lower()
    match = _AKS_RESOURCE.match(lower)
    account, name = (match[1], match[2]) if match else ("", "")
    return ClusterHint("aks", short(account), "", short(name), short(lower))
