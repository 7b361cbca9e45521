"""Every action dayseal needs in Azure: where a role must allow it, and what is not known without it."""

import dataclasses
import enum
from typing import Final

from dayseal.model.route import Call


class Where(enum.StrEnum):
    """At which scope an action is needed."""

    SCOPE = "scope"  # the management groups or subscriptions that are searched
    CLUSTER = "cluster"  # the cluster's subscription
    WORKSPACE = "workspace"  # the Log Analytics workspaces that clusters or subscriptions write to
    ARCHIVE = "archive"  # the archive's storage account
    LEDGER = "ledger"  # the containers of ledger, inbox, details and guard
    KEY = "key"


@dataclasses.dataclass(frozen=True, slots=True)
class Permission:
    """One action: where it is needed, what for, and the call (`service:method`) that asks for it.

    `data` says that it is one of a role's data actions.
    """

    name: str
    where: Where
    why: str
    call: str
    data: bool = False


_SCOPE, _CLUSTER, _WORKSPACE = Where.SCOPE, Where.CLUSTER, Where.WORKSPACE
_ARCHIVE, _LEDGER, _KEY = Where.ARCHIVE, Where.LEDGER, Where.KEY
_ACCOUNT: Final = "Microsoft.Storage/storageAccounts"
_BLOBS: Final = f"{_ACCOUNT}/blobServices/containers/blobs"
_SPACE: Final = "Microsoft.OperationalInsights/workspaces"

PERMISSIONS: Final = (
    Permission("Microsoft.ResourceGraph/resources/read", _SCOPE, "discovery: the index of clusters and accounts",
               "resourcegraph:resources"),
    Permission("Microsoft.Management/managementGroups/descendants/read", _SCOPE,
               "discovery: every subscription below a management group", "management:descendants.list"),
    Permission("Microsoft.Authorization/permissions/read", _SCOPE,
               "discovery: that no cluster is hidden from this identity", "authorization:permissions.list"),
    Permission("Microsoft.ContainerService/managedClusters/read", _SCOPE, "discovery: a subscription's clusters",
               "containerservice:managedClusters.list"),
    Permission("Microsoft.ContainerService/managedClusters/read", _CLUSTER, "discovery: that a cluster is gone",
               "containerservice:managedClusters.get"),
    Permission("Microsoft.Insights/diagnosticSettings/read", _CLUSTER, "audit-enabled, export-route: what goes where",
               "insights:diagnosticSettings.list"),
    Permission("Microsoft.Insights/diagnosticSettingsCategories/read", _CLUSTER,
               "audit-enabled: what a category group holds", "insights:diagnosticSettingsCategories.list"),
    Permission("Microsoft.Insights/eventtypes/values/read", _CLUSTER, "continuity, arrival: the Activity Log",
               "insights:eventtypes.list"),
    Permission("Microsoft.Insights/metricAlerts/read", _CLUSTER, "export-health: alarms that stay silent",
               "insights:metricAlerts.list"),
    Permission("Microsoft.Insights/scheduledQueryRules/read", _CLUSTER, "export-health: alarms that stay silent",
               "insights:scheduledQueryRules.list"),
    Permission("Microsoft.Authorization/roleAssignments/read", _CLUSTER, "archive-central: who rules the cluster",
               "authorization:roleAssignments.list"),
    Permission("Microsoft.Authorization/roleDefinitions/read", _CLUSTER, "archive-central: what a role allows",
               "authorization:roleDefinitions.get"),
    Permission("Microsoft.Security/pricings/read", _CLUSTER, "monitored: Defender for Containers",
               "security:pricings.list"),
    Permission(f"{_SPACE}/read", _WORKSPACE, "arrival: where to ask a workspace", "operationalinsights:workspaces.get"),
    Permission(f"{_SPACE}/tables/read", _WORKSPACE, "retention: how long a table keeps records",
               "operationalinsights:tables.get"),
    Permission(f"{_SPACE}/query/read", _WORKSPACE, "arrival, continuity: that a workspace may be queried at all",
               "loganalytics:query"),
    *(Permission(f"{_SPACE}/query/{table}/read", _WORKSPACE, "arrival: counts of records", "loganalytics:query")
      for table in ("AKSAudit", "AKSAuditAdmin", "AzureDiagnostics")),
    Permission(f"{_SPACE}/query/AzureActivity/read", _WORKSPACE, "continuity: the Activity Log where it is kept",
               "loganalytics:query"),
    Permission(f"{_ACCOUNT}/read", _ARCHIVE, "export-route, archive-immutable: network, public access, keys",
               "storage:storageAccounts.get"),
    Permission(f"{_ACCOUNT}/blobServices/read", _ARCHIVE, "archive-immutable: versions, soft delete",
               "storage:blobServices.get"),
    Permission(f"{_ACCOUNT}/blobServices/containers/read", _ARCHIVE,
               "archive-immutable: immutability policy and legal hold", "storage:blobContainers.get"),
    Permission(f"{_ACCOUNT}/managementPolicies/read", _ARCHIVE, "retention, archive-immutable: lifecycle rules",
               "storage:managementPolicies.get"),
    Permission(f"{_ACCOUNT}/encryptionScopes/read", _ARCHIVE, "archive-immutable: whether the archive's key works",
               "storage:encryptionScopes.get"),
    Permission("Microsoft.Authorization/locks/read", _ARCHIVE, "archive-central: locks on the archive's account",
               "authorization:managementLocks.list"),
    Permission("Microsoft.Authorization/roleAssignments/read", _ARCHIVE, "archive-central: who may read, write, change",
               "authorization:roleAssignments.list"),
    Permission("Microsoft.Authorization/roleDefinitions/read", _ARCHIVE, "archive-central: what a role allows",
               "authorization:roleDefinitions.get"),
    Permission(f"{_BLOBS}/read", _ARCHIVE, "sealing: a day's blobs; export-health: the newest one",
               "storage:blobs.list", data=True),
    Permission(f"{_BLOBS}/read", _ARCHIVE, "sealing: the stored bytes and their lock", "storage:blobs.get", data=True),
    Permission(f"{_BLOBS}/read", _LEDGER, "sealing, looking up: what the ledger holds", "storage:blobs.get", data=True),
    Permission(f"{_BLOBS}/write", _LEDGER, "sealing: statements, tiles, checkpoints", "storage:blobs.create",
               data=True),
    Permission(f"{_BLOBS}/write", _LEDGER, "sealing: `checkpoint` and the guard are replaced", "storage:blobs.replace",
               data=True),
    Permission("Microsoft.KeyVault/vaults/keys/read", _KEY, "sealing: that the key is the pinned one",
               "keyvault:keys.get", data=True),
    Permission("Microsoft.KeyVault/vaults/keys/sign/action", _KEY, "sealing: attestations and checkpoints",
               "keyvault:keys.sign", data=True),
)  # fmt: skip


def permission_of(call: Call) -> str:
    """Give the action a call needs; the call's own name where the table does not know it."""
    return next((p.name for p in PERMISSIONS if p.call == call.text), call.text)
