"""Every API call dayseal makes in Azure: how often, and with which parameters beside the resource's id."""

from typing import Final

from dayseal.model.route.api_call import ApiCall

_CLUSTER: Final = "once a cluster"
_SUBSCRIPTION: Final = "once a subscription with clusters"
_SEARCHED: Final = "once a subscription that is searched"
_OWNER: Final = "once a subscription with clusters, archives or workspaces"
_WORKSPACE: Final = "once a workspace that a setting names"
_ACCOUNT: Final = "once a storage account that a setting names"
_ARCHIVE: Final = "once an archive"
_SEAL: Final = "when sealing"
_FILTER: Final = ("$filter",)

API_CALLS: Final = (
    ApiCall("management:descendants.list", "once a management group of the settings"),
    ApiCall(
        "resourcegraph:resources",
        "once a management group, 500 subscriptions of the settings and 1,000 clusters; once an archive whose account"
        " no setting names",
        ("managementGroups", "subscriptions", "query", "options"),
    ),
    ApiCall("containerservice:managedClusters.list", _SEARCHED),
    ApiCall("containerservice:managedClusters.get", "once a cluster that is enrolled or indexed, and not listed"),
    ApiCall("authorization:permissions.list", _SEARCHED),
    ApiCall("insights:diagnosticSettings.list", _CLUSTER),
    ApiCall("insights:diagnosticSettingsCategories.list", _CLUSTER),
    ApiCall(
        "insights:eventtypes.list",
        f"{_SUBSCRIPTION}; with `--changes` and {_SEAL} once more for its diagnostic settings, once for an archive's"
        " resource group, once for a workspace's subscription",
        _FILTER,
    ),
    ApiCall("insights:metricAlerts.list", _OWNER),
    ApiCall("insights:scheduledQueryRules.list", _OWNER),
    ApiCall("authorization:roleAssignments.list", "once a cluster and a container of an archive", _FILTER),
    ApiCall("authorization:roleDefinitions.get", "once a role that somebody has there"),
    ApiCall("security:pricings.list", _SUBSCRIPTION),
    ApiCall("operationalinsights:workspaces.get", _WORKSPACE),
    ApiCall("operationalinsights:tables.get", "three times a workspace that a setting names"),
    ApiCall(
        "loganalytics:query",
        f"once a table that counts; {_SEAL} twice; twice a workspace that keeps the Activity Log, where changes of"
        " longer ago are wanted",
        ("query", "timespan"),
    ),
    ApiCall("storage:storageAccounts.get", _ACCOUNT),
    ApiCall("storage:blobServices.get", _ARCHIVE),
    ApiCall("storage:blobContainers.get", "once a container of an archive"),
    ApiCall("storage:managementPolicies.get", _ARCHIVE),
    ApiCall("storage:encryptionScopes.get", "once an archive with an encryption scope of its own"),
    ApiCall("authorization:managementLocks.list", _ARCHIVE, _FILTER),
    ApiCall(
        "storage:blobs.list",
        f"once to three times a cluster and container; {_SEAL} once a folder and 5,000 blobs",
        ("prefix", "delimiter", "include"),
    ),
    ApiCall("storage:blobs.get", f"{_SEAL}: once a block of a blob, and a blob of the ledger"),
    ApiCall("storage:blobs.create", f"{_SEAL}: once a blob of the ledger", ("If-None-Match",)),
    ApiCall("storage:blobs.replace", f"{_SEAL}: for `checkpoint` and the guard", ("If-Match",)),
    ApiCall("keyvault:keys.get", f"{_SEAL}: once a key in Key Vault; once a customer's key of an archive"),
    ApiCall("keyvault:keys.sign", f"{_SEAL}: once a signature", ("alg", "value")),
)
