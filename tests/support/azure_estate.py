"""Things to put into the Azure of the tests: subscriptions with clusters, a healthy export, a locked archive."""

import datetime as dt
from typing import Any, Final

from support.azure_insights import setting
from support.azure_log_analytics import Records
from support.azure_rights import READER
from support.azure_storage_arm import immutable
from support.azure_world import World

ROOT: Final = "root"
TEAM: Final = "team-a"
KIND: Final = "Microsoft.ContainerService/managedClusters"
CENTRAL: Final = "99999999-9999-9999-9999-999999999999"
ACCOUNT: Final = "centralaudit"
CONTAINER: Final = "insights-logs-kube-audit"
WORKSPACE_GUID: Final = "abcdef00-0000-0000-0000-000000000000"
NOW: Final = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
ACCOUNT_ID: Final = (
    f"/subscriptions/{CENTRAL}/resourceGroups/audit/providers/Microsoft.Storage/storageAccounts/{ACCOUNT}"
)
WORKSPACE: Final = (
    f"/subscriptions/{CENTRAL}/resourceGroups/audit/providers/Microsoft.OperationalInsights/workspaces/central"
)


MANAGEMENT: Final = "providers/Microsoft.Management/managementGroups"


def subscription_id(number: int) -> str:
    """Give the id of a subscription."""
    return f"00000000-0000-0000-0000-{number:012d}"


def cluster_id(subscription: str, name: str, group: str = "rg") -> str:
    """Give a cluster's resource id."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{KIND}/{name}"


def aks_cluster(
    subscription: str,
    name: str,
    *,
    location: str = "westeurope",
    group: str = "rg",
    uid: str = "",
    **properties: Any,  # noqa: ANN401 - any property
) -> dict[str, Any]:
    """Give a cluster as AKS lists it; `properties` are set or, where None, left out."""
    told = {
        "provisioningState": "Succeeded",
        "powerState": {"code": "Running"},
        "kubernetesVersion": "1.33",
        "currentKubernetesVersion": "1.33.1",
        "dnsPrefix": name,
        "agentPoolProfiles": [{"name": "nodepool1", "count": 3, "osType": "Linux"}],
        "addonProfiles": {"omsAgent": {"enabled": True, "config": {}}},
        "azureMonitorProfile": {"metrics": {"enabled": False}},
        "identityProfile": {"kubeletidentity": {"objectId": "aaaaaaaa-0000-0000-0000-000000000002"}},
        "nodeResourceGroup": f"MC_{group}_{name}_{location}",
        "resourceUID": uid or f"uid-{group}-{name}",
        **properties,
    }
    return {
        "id": cluster_id(subscription, name, group),
        "location": location,
        "name": name,
        "type": "Microsoft.ContainerService/ManagedClusters",
        "identity": {"type": "SystemAssigned", "principalId": "aaaaaaaa-0000-0000-0000-000000000001"},
        "systemData": {"createdAt": "2025-01-01T00:00:00.1234567Z"},
        "properties": {key: value for key, value in told.items() if value is not None},
    }


def add_subscription(
    world: World, subscription: str, *clusters: dict[str, Any], above: str = TEAM, now: dt.datetime = NOW
) -> None:
    """Make a subscription with clusters, in a management group below the root; Resource Graph knows of them.

    Each sends kube-audit to the central account and workspace, which heard of it lately.
    """
    world.arm.groups.setdefault(ROOT, [])
    if above not in world.arm.groups:
        world.arm.groups[above] = []
        world.arm.groups[ROOT].append(above)
    world.arm.groups[above].append(subscription)
    world.arm.subscriptions.add(subscription)
    world.arm.clusters[subscription] = list(clusters)
    world.arm.index += [cluster["id"] for cluster in clusters]
    world.arm.known |= {cluster["id"]: cluster for cluster in clusters}
    world.rights.parents[subscription] = [above, ROOT]
    world.security.set(subscription, "Containers")
    to: dict[str, Any] = {
        "storageAccountId": ACCOUNT_ID,
        "workspaceId": WORKSPACE,
        "logAnalyticsDestinationType": "Dedicated",
    }
    for cluster in clusters:
        where = cluster["id"]
        world.insights.add_resource(where, setting("audit", "kube-audit", **to))
        grown = now - dt.timedelta(minutes=10)
        world.blobs.put(
            ACCOUNT, CONTAINER, f"resourceId={where.upper()}/{grown:y=%Y/m=%m/d=%d/h=%H}/m=00/PT1H.json", grown
        )
        at = now - dt.timedelta(hours=2)
        world.logs.records.setdefault(WORKSPACE_GUID, []).append(Records("AKSAudit", "kube-audit", where, at, 5_000))


def add_export(world: World) -> None:
    """Make the central account, whose container is locked, with a workspace, in a subscription of their own."""
    world.arm.subscriptions.add(CENTRAL)
    world.arm.clusters[CENTRAL] = []
    world.arm.index.append(ACCOUNT_ID)
    world.rights.parents[CENTRAL] = [ROOT]
    world.rights.assign("cccccccc-0000-0000-0000-000000000003", READER, f"/{MANAGEMENT}/{ROOT}")
    world.storage.add_account(ACCOUNT_ID)
    world.storage.add_container(ACCOUNT_ID, CONTAINER, **immutable())
    world.logs.add_workspace(WORKSPACE, WORKSPACE_GUID, AKSAudit=("Analytics", 92, 400))
