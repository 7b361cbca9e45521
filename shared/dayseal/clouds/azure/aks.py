"""AKS's own side of Resource Manager: clusters as listed and as read one by one, and whether all of them are shown."""

import dataclasses
import functools
import re
from typing import Final

from dayseal.clouds.azure.calls import Ask, Calls, Json, Listed
from dayseal.clouds.azure.places import PROVIDER, cluster_of
from dayseal.clouds.azure.values import flag, maybe_moment, part, parts, text, texts, whole
from dayseal.errors import FormatError
from dayseal.model import ClusterId
from dayseal.model.route import AksCluster, Answer, Call

_VERSION: Final = "2025-05-01"
_PERMISSIONS_VERSION: Final = "2022-04-01"
_READ: Final = "Microsoft.ContainerService/managedClusters/read"


@dataclasses.dataclass(frozen=True, slots=True)
class AksDescribed:
    """One cluster's resource id, and what Resource Manager says of it (None: there is no such cluster any more)."""

    resource_id: str
    answer: Answer[AksCluster | None]


@dataclasses.dataclass(frozen=True, slots=True)
class ListedCluster:
    """One cluster of a listing: its identity, its resource id, and its facts."""

    cluster: ClusterId
    resource_id: str
    facts: AksCluster


@dataclasses.dataclass(frozen=True, slots=True)
class SubscriptionClusters:
    """What Resource Manager lists in one subscription; `unreadable` are those whose entry lacks what it promises."""

    clusters: tuple[ListedCluster, ...]
    unreadable: tuple[str, ...] = ()


def list_clusters(calls: Calls, subscription: str) -> Answer[SubscriptionClusters]:
    """List all clusters of a subscription that this identity may see."""
    call = Call("containerservice", "managedClusters.list", f"subscriptions/{subscription}")
    path = f"/subscriptions/{subscription}/providers/Microsoft.ContainerService/managedClusters"
    return calls.list(Ask(call, path, _VERSION)).answer(_clusters)


def get_cluster(calls: Calls, resource_id: str) -> Answer[ListedCluster | None]:
    """Read one cluster; None: Resource Manager itself says that there is none."""
    call = Call("containerservice", "managedClusters.get", resource_id)
    return calls.ask(Ask(call, resource_id, _VERSION), _cluster, absent=lambda: None)


def sees_all(calls: Calls, subscription: str) -> Answer[bool]:
    """Say whether this identity may read every cluster of a subscription: listings leave out what it may not."""
    call = Call("authorization", "permissions.list", f"subscriptions/{subscription}")
    path = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/permissions"
    return calls.list(Ask(call, path, _PERMISSIONS_VERSION)).answer(functools.partial(_may, _READ))


def _may(action: str, listed: Listed) -> bool:
    """Say whether one of an identity's roles allows an action that this role does not take back."""
    return any(
        any(_covers(pattern, action) for pattern in texts(entry, "actions"))
        and not any(_covers(pattern, action) for pattern in texts(entry, "notActions"))
        for entry in listed.items()
    )


def _covers(pattern: str, action: str) -> bool:
    parts_of = (re.escape(piece) for piece in pattern.split("*"))
    return re.fullmatch(".*".join(parts_of), action, re.IGNORECASE) is not None


def _clusters(listed: Listed) -> SubscriptionClusters:
    found, unreadable = [], []
    for item in listed.items():
        try:
            found.append(_cluster(item))
        except FormatError:
            unreadable.append(str(item.get("id") or item.get("name") or "?"))
    return SubscriptionClusters(tuple(sorted(found, key=lambda one: one.cluster)), tuple(unreadable))


def _cluster(item: Json) -> ListedCluster:
    where = cluster_of(text(item, "id"))
    properties = part(item, "properties")
    if where is None:
        raise FormatError(f"cluster {text(item, 'id')[:80]!r}, a managedClusters resource id promised")
    uid = text(properties, "resourceUID")
    cluster = ClusterId(PROVIDER, where.subscription, text(item, "location"), text(item, "name"), uid)
    return ListedCluster(cluster, text(item, "id"), _facts(item, properties))


def _facts(item: Json, properties: Json) -> AksCluster:
    state = text(properties, "provisioningState")
    if not state:
        raise FormatError("cluster without provisioningState")
    security = part(part(part(properties, "securityProfile"), "defender"), "securityMonitoring")
    pools = [whole(pool, "count") for pool in parts(properties, "agentPoolProfiles")]
    return AksCluster(
        state=state,
        power=text(part(properties, "powerState"), "code"),
        version=text(properties, "currentKubernetesVersion") or text(properties, "kubernetesVersion"),
        created_at=maybe_moment(part(item, "systemData"), "createdAt"),
        oms_agent=_addon(part(properties, "addonProfiles"), "omsagent"),
        prometheus=flag(part(part(properties, "azureMonitorProfile"), "metrics"), "enabled"),
        defender=flag(security, "enabled"),
        nodes=sum(n for n in pools if n is not None) if pools else None,
        identities=_identities(item, properties),
        all_identities=bool(_of_control_plane(item) and part(properties, "identityProfile")),
    )


def _addon(addons: Json, name: str) -> bool | None:
    spelled = next((key for key in addons if key.casefold() == name), None)
    return None if spelled is None else flag(part(addons, spelled), "enabled")


def _of_control_plane(item: Json) -> tuple[str, ...]:
    own = part(item, "identity")
    assigned = part(own, "userAssignedIdentities")
    found = [text(own, "principalId"), *(text(part(assigned, name), "principalId") for name in assigned)]
    return tuple(one for one in found if one)


def _identities(item: Json, properties: Json) -> tuple[str, ...]:
    kubelets = part(properties, "identityProfile")
    found = [*_of_control_plane(item), *(text(part(kubelets, name), "objectId") for name in kubelets)]
    return tuple(dict.fromkeys(one for one in found if one))
