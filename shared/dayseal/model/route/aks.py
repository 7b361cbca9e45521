"""The AKS side of a route: the cluster, its diagnostic settings, log tables, storage accounts, rights, operations."""

import dataclasses
import datetime as dt

from dayseal.model.route.answers import Answer
from dayseal.model.route.operations import ClusterOperation


@dataclasses.dataclass(frozen=True, slots=True)
class AksCluster:
    """What managedClusters get or list says, as answered; None where the field is absent.

    `state` is the provisioningState, `power` the power state's code (`Running`, `Stopped`, `""`: absent).
    `oms_agent` and `prometheus` say whether those add-ons are on; neither is about audit, whatever they say.
    `defender` is the cluster's own Defender profile (`securityProfile.defender.securityMonitoring.enabled`).
    `identities` are the object ids the cluster acts as: its own and its kubelets'. `all_identities`: both are told;
    a cluster with a service principal tells neither.
    """

    state: str
    power: str = ""
    version: str = ""
    created_at: dt.datetime | None = None
    oms_agent: bool | None = None
    prometheus: bool | None = None
    defender: bool | None = None
    nodes: int | None = None
    identities: tuple[str, ...] = ()
    all_identities: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class LogSwitch:
    """One entry of a diagnostic setting's `logs`: a `category` or a category `group`, the other is `""`.

    `retention_days` is its `retentionPolicy` (0: none), which the provider has ignored since 2025-09-30.
    """

    category: str = ""
    group: str = ""
    enabled: bool = True
    retention_days: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class DiagnosticSetting:
    """One diagnostic setting of the cluster; destinations are resource ids as answered, `""` where it has none.

    `event_hub_rule` is the authorization rule's id, `event_hub` the hub's name (`""`: one hub for each category).
    `dedicated` says that a workspace gets resource specific tables (logAnalyticsDestinationType `Dedicated`).
    """

    name: str
    logs: tuple[LogSwitch, ...]
    storage_account: str = ""
    workspace: str = ""
    event_hub_rule: str = ""
    event_hub: str = ""
    partner: str = ""
    dedicated: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class LogCategory:
    """One log category that the cluster can write, and the groups it is in (diagnosticSettingsCategories)."""

    name: str
    groups: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class LogTable:
    """One table of a Log Analytics workspace: `AKSAudit`, `AKSAuditAdmin` or `AzureDiagnostics`.

    `plan` is `Analytics`, `Basic` or `Auxiliary`. `hot_days` is retentionInDays, `total_days`
    totalRetentionInDays, None where absent.
    """

    name: str
    plan: str
    hot_days: int | None
    total_days: int | None


@dataclasses.dataclass(frozen=True, slots=True)
class WorkspaceAnswer:
    """What is known of the audit tables of one workspace that a setting names; None: there is no such workspace."""

    workspace: str
    tables: Answer[tuple[LogTable, ...] | None]


@dataclasses.dataclass(frozen=True, slots=True)
class StorageAccount:
    """One storage account's own switches, as answered.

    `open_network` is False for publicNetworkAccess `Disabled`, `default_action` is networkAcls' (`Allow`, `Deny`),
    `bypass` what passes it all the same (`AzureServices`, `Logging`, `Metrics`). `shared_key` says whether
    account keys work: whoever may list those may do everything with the blobs.
    """

    resource_id: str
    open_network: bool = True
    default_action: str = "Allow"
    bypass: tuple[str, ...] = ()
    shared_key: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class AccountAnswer:
    """What is known of one storage account that a setting names; None: there is no such account."""

    account: str
    state: Answer[StorageAccount | None]


@dataclasses.dataclass(frozen=True, slots=True)
class RoleAssignment:
    """One role assignment with what its role allows, at the scope where it was made.

    `principal` is an object id, `kind` `User`, `Group` or `ServicePrincipal`. Actions may hold `*`. `condition`
    is its text, `""` without one. An assignment whose role could not be read has `actions` None.
    """

    principal: str
    kind: str
    role: str
    scope: str
    actions: tuple[str, ...] | None = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    condition: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class AksSource:
    """Everything asked about one AKS cluster's own side of the route.

    `resource_id` is the cluster's. `cluster` None: Azure Resource Manager knows no such cluster any more; one that
    Resource Graph left out, which shows only what the identity can read, is Missing, reason INCOMPLETE.
    `workspaces` and `accounts` answer every one that a setting names. `cluster_rights` are the role assignments
    at the cluster, `archive_rights` those at the archive's container, each with all it inherits from above.
    `operations` are those of the Activity Log since `operations_from`, one for each correlation id.
    """

    resource_id: str
    cluster: Answer[AksCluster | None]
    settings: Answer[tuple[DiagnosticSetting, ...]]
    categories: Answer[tuple[LogCategory, ...]]
    workspaces: tuple[WorkspaceAnswer, ...]
    accounts: tuple[AccountAnswer, ...]
    cluster_rights: Answer[tuple[RoleAssignment, ...]]
    archive_rights: Answer[tuple[RoleAssignment, ...]]
    operations: Answer[tuple[ClusterOperation, ...]]
    operations_from: dt.datetime | None = None
