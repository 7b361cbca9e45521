"""A healthy AKS route, and the ways to break one fact of it."""

import dataclasses
import datetime as dt
import json
from typing import Any, Final

from dayseal.model import ArchiveObject, ClusterId, Listing, Window
from dayseal.model.route import (
    AccountAnswer,
    AksCluster,
    AksSource,
    ArchiveFacts,
    BatchObjects,
    ChangeTrail,
    ClusterOperation,
    ConfigChange,
    DeliveryFacts,
    Detector,
    DiagnosticSetting,
    Known,
    LegalHold,
    Locking,
    LockRule,
    LockStrength,
    LogCategory,
    LogSwitch,
    LogTable,
    Missing,
    NewestObject,
    PublicAccess,
    Reason,
    RoleAssignment,
    RouteFacts,
    StorageAccount,
    WatchedPlace,
    WorkspaceAnswer,
)
from support.route_facts import DAY, NOW, known

SUBSCRIPTION: Final = "11111111-1111-1111-1111-111111111111"
CENTRAL: Final = "99999999-9999-9999-9999-999999999999"
OWN: Final = f"subscriptions/{SUBSCRIPTION}"
RESOURCE: Final = f"/{OWN}/resourceGroups/shop/providers/Microsoft.ContainerService/managedClusters/prod"
CLUSTER: Final = ClusterId("aks", SUBSCRIPTION, "westeurope", "prod", "65f0c1")
ACCOUNT: Final = "centralaudit"
CONTAINER: Final = f"{ACCOUNT}/insights-logs-kube-audit"
_STORAGE: Final = "providers/Microsoft.Storage/storageAccounts"
ACCOUNT_ID: Final = f"/subscriptions/{CENTRAL}/resourceGroups/audit/{_STORAGE}/{ACCOUNT}"
WORKSPACE: Final = f"/{OWN}/resourceGroups/shop/providers/Microsoft.OperationalInsights/workspaces/shop-logs"
KEY: Final = f"resourceId={RESOURCE.upper()}/y=2026/m=11/d=23/h=11/m=00/PT1H.json"
LONG_AGO: Final = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
IDENTITY: Final = "aaaaaaaa-0000-0000-0000-000000000001"
ROBOT: Final = "bbbbbbbb-0000-0000-0000-000000000002"
DEFENDER: Final = Detector("Defender for Containers", "Containers", enabled=True, reads_audit=True)
GROUPS: Final = (
    LogCategory("kube-audit", ("allLogs", "audit")),
    LogCategory("kube-audit-admin", ("allLogs", "audit")),
    LogCategory("guard", ("allLogs",)),
    LogCategory("cluster-autoscaler", ("allLogs",)),
)


def aks_denied(call: str, resource: str = OWN) -> Missing:
    """Refuse a call for want of a permission."""
    return Missing(Reason.DENIED, known(0, call, resource).source, "AuthorizationFailed", f"{call.split(':')[1]}/read")


def setting(
    *names: str,
    name: str = "audit",
    to: str = ACCOUNT_ID,
    off: bool = False,
    **more: Any,  # noqa: ANN401 - any field of a setting
) -> DiagnosticSetting:
    """Give a setting with categories, or groups where a name starts with `@`, to the archive's account."""
    logs = tuple(
        LogSwitch(group=n[1:], enabled=not off) if n.startswith("@") else LogSwitch(n, enabled=not off) for n in names
    )
    return DiagnosticSetting(name, logs, storage_account=to, **more)


def aks(**source: Any) -> RouteFacts:  # noqa: ANN401 - any field of the source
    """Give the healthy route with some facts of its source replaced."""
    return dataclasses.replace(HEALTHY_AKS, source=dataclasses.replace(HEALTHY_AKS.aks, **source))


def aks_set(*settings: DiagnosticSetting, **more: Any) -> RouteFacts:  # noqa: ANN401 - any field of the source
    """Give the healthy route with other diagnostic settings."""
    return aks(settings=known(settings, "insights:diagnosticSettings", RESOURCE), **more)


def aks_cluster(**fields: Any) -> RouteFacts:  # noqa: ANN401 - any field of the cluster
    """Give the healthy route with some fields of its cluster replaced."""
    now = known_cluster()
    return aks(cluster=known(dataclasses.replace(now, **fields), "containerservice:managedClusters", RESOURCE))


def known_cluster() -> AksCluster:
    """Give the healthy cluster."""
    return AksCluster("Succeeded", "Running", "1.32.1", LONG_AGO, defender=False, identities=(IDENTITY,))


def aks_archived(**archive: Any) -> RouteFacts:  # noqa: ANN401 - any field of the archive
    """Give the healthy route with some facts of its archive replaced."""
    assert HEALTHY_AKS.archive is not None
    return dataclasses.replace(HEALTHY_AKS, archive=dataclasses.replace(HEALTHY_AKS.archive, **archive))


def aks_delivering(**delivery: Any) -> RouteFacts:  # noqa: ANN401 - any field of the deliveries
    """Give the healthy route with some signs of life replaced."""
    return dataclasses.replace(HEALTHY_AKS, delivery=dataclasses.replace(HEALTHY_AKS.delivery, **delivery))


def worm(
    days: int = 400, mode: str = "Locked", *, appends: bool = True, hold: LegalHold | None = None
) -> Known[Locking]:
    """Give an immutability policy, `mode` `Locked` or `Unlocked`, or none of 0 days; and a legal hold."""
    strength = LockStrength.FIRM if mode == "Locked" else LockStrength.REVOCABLE
    rule = LockRule(mode, strength, days, blocks_writer=not appends) if days else None
    return known(Locking(rule is not None, rule, hold), "storage:blobContainers.get", CONTAINER)


def account(**fields: Any) -> tuple[AccountAnswer, ...]:  # noqa: ANN401 - any field of the account
    """Give what the archive's account answers."""
    return (AccountAnswer(ACCOUNT_ID, known(StorageAccount(ACCOUNT_ID, **fields), "storage:accounts", ACCOUNT_ID)),)


def workspace(*tables: LogTable) -> tuple[WorkspaceAnswer, ...]:
    """Give the workspace's tables."""
    return (WorkspaceAnswer(WORKSPACE, known(tables, "operationalinsights:tables", WORKSPACE)),)


def role(principal: str, scope: str, *actions: str, kind: str = "ServicePrincipal", **more: Any) -> RoleAssignment:  # noqa: ANN401 - any field
    """Give a role assignment that allows some actions."""
    return RoleAssignment(principal, kind, "custom", scope, actions, **more)


def rights(*assignments: RoleAssignment) -> Known[tuple[RoleAssignment, ...]]:
    """Give role assignments."""
    return known(assignments, "authorization:roleAssignments", OWN)


def aks_operation(verb: str, start: dt.datetime, minutes: float = 4, name: str = "op-1") -> ClusterOperation:
    """Give an operation on the cluster, e.g. `stop/action`."""
    kind = f"Microsoft.ContainerService/managedClusters/{verb}"
    return ClusterOperation(name, kind, "Succeeded", start, start + dt.timedelta(minutes=minutes), RESOURCE)


def blobs(*locks: tuple[str, int]) -> BatchObjects:
    """Give the day's blobs, each with a version-level lock's mode and days; no mode means no lock of its own."""
    start = dt.datetime.combine(DAY, dt.time(1), tzinfo=dt.UTC)
    found = tuple(
        ArchiveObject(f"b{n}", "", 10, start, mode, start + dt.timedelta(days=days) if mode else None)
        for n, (mode, days) in enumerate(locks)
    )
    return BatchObjects(DAY, known(Listing(found), "storage:blobs", CONTAINER))


def aks_change(operation: str, resource: str, minute: int = 0, body: Any = None, **more: Any) -> ConfigChange:  # noqa: ANN401 - any request
    """Give a change `minute` minutes after six in the morning; the log often has no body."""
    at = dt.datetime(2026, 11, 23, 6, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)
    said = {"resourceId": resource} | ({"body": body} if body is not None else {})
    return ConfigChange(at, operation, f"event-{minute}", json.dumps(said), "alice@example.com", **more)


def aks_trail(*changes: ConfigChange) -> RouteFacts:
    """Give the healthy route with an Activity Log of the last 90 days."""
    window = Window(NOW - dt.timedelta(days=90), NOW)
    answer = known(ChangeTrail(window, ("x",), changes), "insights:eventtypes", OWN)
    return dataclasses.replace(HEALTHY_AKS, changes=answer)


_NOT_ASKED: Final = Missing(Reason.NOT_ASKED, known(0, "loganalytics:query").source)
HEALTHY_AKS: Final = RouteFacts(
    cluster=CLUSTER,
    asked_at=NOW,
    source=AksSource(
        resource_id=RESOURCE,
        cluster=known(known_cluster(), "containerservice:managedClusters", RESOURCE),
        settings=known((setting("kube-audit", "guard"),), "insights:diagnosticSettings", RESOURCE),
        categories=known(GROUPS, "insights:diagnosticSettingsCategories", RESOURCE),
        workspaces=(),
        accounts=account(),
        cluster_rights=rights(),
        archive_rights=rights(),
        operations=known((), "insights:eventtypes", OWN),
        operations_from=NOW - dt.timedelta(days=89),
    ),
    archive=ArchiveFacts(
        store="azure",
        name=CONTAINER,
        prefix="",
        exists=known(value=True, call="storage:blobContainers.get"),
        owner=known(CENTRAL, "storage:accounts", ACCOUNT_ID),
        locking=worm(),
        versioned=known(value=False, call="storage:blobServices.get"),
        lifecycle=known((), "storage:managementPolicies.get", ACCOUNT),
        public_access=known(PublicAccess(blocked=True, words="allowBlobPublicAccess false"), "storage:accounts"),
        policy=known(None, "storage:accounts"),
        key=known(None, "storage:accounts"),
        replication=known((), "storage:accounts"),
        undelete_days=known(7, "storage:blobServices.get"),
    ),
    delivery=DeliveryFacts(
        incoming=_NOT_ASKED,
        filters=(),
        streams=(),
        newest=known(NewestObject(KEY, NOW - dt.timedelta(minutes=10)), "storage:blobs", CONTAINER),
        astray=_NOT_ASKED,
        alarms=known((), "insights:metricAlerts"),
    ),
    changes=known(ChangeTrail(Window(NOW - dt.timedelta(days=90), NOW), ("x",), ()), "insights:eventtypes", OWN),
    watched=(WatchedPlace(OWN, known((DEFENDER,), "security:pricings", OWN)),),
)
