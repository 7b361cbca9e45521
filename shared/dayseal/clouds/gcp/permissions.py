"""Every permission dayseal needs on Google Cloud: where it is granted, and what is not known without it."""

import dataclasses
import enum
from typing import Final

from dayseal.model.route import Call


class Where(enum.StrEnum):
    """On which resource a permission is needed."""

    SCOPE = "scope"  # the organisation, folder or projects that are searched
    ABOVE = "above"  # each folder and organisation above a cluster's project
    CLUSTER = "cluster"  # the cluster's project
    ARCHIVE = "archive"  # the archive's bucket
    OWNER = "owner"  # the archive's project, and what lies above it
    LEDGER = "ledger"  # of the buckets that hold ledger, inbox, details and guard
    KEY = "key"


@dataclasses.dataclass(frozen=True, slots=True)
class Permission:
    """One IAM permission: where it is needed, what for, and the API method (`service:method`) that asks for it."""

    name: str
    where: Where
    why: str
    call: str


_SCOPE, _ABOVE, _CLUSTER, _ARCHIVE = Where.SCOPE, Where.ABOVE, Where.CLUSTER, Where.ARCHIVE
_OWNER, _LEDGER, _KEY = Where.OWNER, Where.LEDGER, Where.KEY
_POLICIES: Final = "audit-coverage: audit configs; archive-central: who may"
_ENTRIES: Final = "continuity, export-health: changes, errors of sinks"

PERMISSIONS: Final = (
    Permission(
        "cloudasset.assets.searchAllResources", _SCOPE, "discovery: the projects that have clusters",
        "cloudasset:searchAllResources",
    ),
    Permission("container.clusters.list", _CLUSTER, "discovery: a project's clusters", "container:clusters.list"),
    Permission(
        "container.operations.list", _CLUSTER, "arrival: upgrades and repairs that silence a cluster",
        "container:operations.list",
    ),
    Permission(
        "resourcemanager.projects.get", _CLUSTER, "audit-coverage, export-route: what lies above a project",
        "cloudresourcemanager:projects.get",
    ),
    Permission(
        "resourcemanager.folders.get", _ABOVE, "audit-coverage, export-route: what lies above a folder",
        "cloudresourcemanager:folders.get",
    ),
    Permission("resourcemanager.projects.getIamPolicy", _CLUSTER, _POLICIES,
               "cloudresourcemanager:projects.getIamPolicy"),
    Permission("resourcemanager.folders.getIamPolicy", _ABOVE, _POLICIES,
               "cloudresourcemanager:folders.getIamPolicy"),
    Permission("resourcemanager.organizations.getIamPolicy", _ABOVE, _POLICIES,
               "cloudresourcemanager:organizations.getIamPolicy"),
    Permission("resourcemanager.projects.getIamPolicy", _OWNER, "archive-central: who may by inheritance",
               "cloudresourcemanager:projects.getIamPolicy"),
    Permission("logging.sinks.list", _CLUSTER, "export-route: the ways out of the project", "logging:sinks.list"),
    Permission("logging.sinks.list", _ABOVE, "export-route: sinks above that carry or intercept", "logging:sinks.list"),
    Permission("logging.settings.get", _ABOVE, "retention: whether new projects keep anything by themselves",
               "logging:settings.get"),
    Permission("logging.buckets.list", _CLUSTER, "retention: the project's log buckets", "logging:buckets.list"),
    Permission("logging.buckets.get", _ABOVE, "retention: log buckets elsewhere that sinks fill",
               "logging:buckets.get"),
    Permission("logging.logEntries.list", _CLUSTER, _ENTRIES, "logging:entries.list"),
    Permission("logging.logEntries.list", _ABOVE, _ENTRIES, "logging:entries.list"),
    Permission("monitoring.timeSeries.list", _CLUSTER, "export-health, arrival: counters of entries and errors",
               "monitoring:timeSeries.list"),
    Permission("monitoring.alertPolicies.list", _CLUSTER, "export-health: alarms that stay silent on missing data",
               "monitoring:alertPolicies.list"),
    Permission("securitycentermanagement.securityCenterServices.list", _CLUSTER, "monitored: who reads audit entries",
               "securitycentermanagement:securityCenterServices.list"),
    Permission("storage.buckets.get", _ARCHIVE, "archive-immutable, retention: lock, lifecycle, public access",
               "storage:buckets.get"),
    Permission("storage.buckets.getIamPolicy", _ARCHIVE, "archive-central, export-route: who may read, write, change",
               "storage:buckets.getIamPolicy"),
    Permission("storage.objects.list", _ARCHIVE, "sealing: a day's objects; export-health: the newest one",
               "storage:objects.list"),
    Permission("storage.objects.get", _ARCHIVE, "sealing: the stored bytes and their lock", "storage:objects.get"),
    Permission("cloudkms.cryptoKeys.get", _ARCHIVE, "archive-immutable: whether the bucket's key works",
               "cloudkms:cryptoKeys.get"),
    Permission("storage.objects.create", _LEDGER, "sealing: statements, tiles, checkpoints", "storage:objects.insert"),
    Permission("storage.objects.delete", _LEDGER, "sealing: `checkpoint` and the guard are replaced",
               "storage:objects.rewrite"),
    Permission("storage.objects.get", _LEDGER, "sealing, looking up: what the ledger holds", "storage:objects.get"),
    Permission("storage.objects.list", _LEDGER, "sealing, fsck: the ledger's objects", "storage:objects.list"),
    Permission("cloudkms.cryptoKeyVersions.viewPublicKey", _KEY, "sealing: that the key is the pinned one",
               "cloudkms:cryptoKeyVersions.getPublicKey"),
    Permission("cloudkms.cryptoKeyVersions.useToSign", _KEY, "sealing: attestations and checkpoints",
               "cloudkms:cryptoKeyVersions.asymmetricSign"),
)  # fmt: skip


def permission_of(call: Call) -> str:
    """Give the IAM permission a call needs; the call's own name where the table does not know it."""
    return next((p.name for p in PERMISSIONS if p.call == call.text), call.text)
