"""Every permission dayseal needs on AWS: the action, in whose account, and what is not known without it."""

import dataclasses
import enum
from typing import Final

from dayseal.model.route import Call


class Where(enum.StrEnum):
    """In which account a permission is needed."""

    HOME = "home"  # the account our own credentials belong to, or the organisation's delegated administrator
    CLUSTER = "cluster"
    ARCHIVE = "archive"
    TRAIL = "trail"  # the account of the bucket in which the settings say a trail's log files lie
    LEDGER = "ledger"  # of the buckets that hold ledger, inbox, details and guard


@dataclasses.dataclass(frozen=True, slots=True)
class Permission:
    """One IAM action: where it is needed, what for, and the API operation where that has another name."""

    action: str
    where: Where
    why: str
    operation: str = ""

    @property
    def name(self) -> str:
        """The action, as other clouds' permissions have it."""
        return self.action

    @property
    def call(self) -> str:
        """The operation that needs it, as `service:Operation`."""
        return self.operation or self.action


_HOME, _CLUSTER, _ARCHIVE, _TRAIL, _LEDGER = Where.HOME, Where.CLUSTER, Where.ARCHIVE, Where.TRAIL, Where.LEDGER

PERMISSIONS: Final = (
    Permission("sts:GetCallerIdentity", _HOME, "discovery: which account our credentials belong to"),
    Permission("sts:AssumeRole", _HOME, "discovery: into every other account"),
    Permission("organizations:ListAccounts", _HOME, "discovery: the organisation's accounts"),
    Permission("eks:ListClusters", _CLUSTER, "discovery: the clusters of a Region"),
    Permission("eks:DescribeCluster", _CLUSTER, "discovery: a cluster's identity; audit-enabled, audit-coverage"),
    Permission("logs:DescribeLogGroups", _CLUSTER, "retention: the log group's term, class and protection"),
    Permission("logs:DescribeAccountPolicies", _CLUSTER, "retention, export-route: policies that overrule a log group"),
    Permission("logs:DescribeSubscriptionFilters", _CLUSTER, "export-route: the ways out of the log group"),
    Permission("logs:GetTransformer", _CLUSTER, "export-route: whether exported records were rewritten"),
    Permission("logs:DescribeDestinations", _CLUSTER, "export-route: what lies behind a destination"),
    Permission("logs:DescribeExportTasks", _CLUSTER, "export-route: exports that cover a day"),
    Permission("firehose:DescribeDeliveryStream", _CLUSTER, "export-route, continuity: the stream and its version"),
    Permission("kms:DescribeKey", _CLUSTER, "retention, archive-immutable: whether log group's and stream's keys work"),
    Permission("cloudwatch:ListMetrics", _CLUSTER, "export-health: which filters have counters"),
    Permission("cloudwatch:GetMetricData", _CLUSTER, "export-health, arrival: counters of events and errors"),
    Permission("cloudwatch:DescribeAlarms", _CLUSTER, "export-health: alarms that stay silent on missing data"),
    Permission("guardduty:ListDetectors", _CLUSTER, "monitored: the detectors of a Region"),
    Permission("guardduty:GetDetector", _CLUSTER, "monitored: whether a detector reads audit events"),
    Permission("cloudtrail:LookupEvents", _CLUSTER, "continuity: changes since the last check"),
    Permission("s3:ListBucket", _ARCHIVE, "archive-central: that the bucket exists and whose it is", "s3:HeadBucket"),
    Permission("s3:ListBucket", _ARCHIVE, "export-health: the newest object, objects astray", "s3:ListObjectsV2"),
    Permission("s3:ListBucketVersions", _ARCHIVE, "sealing: a day's objects", "s3:ListObjectVersions"),
    Permission("s3:GetObjectVersion", _ARCHIVE, "sealing: the stored bytes and their lock", "s3:GetObject"),
    Permission("s3:GetObjectVersion", _ARCHIVE, "integrity, archive-immutable: an object's lock", "s3:HeadObject"),
    Permission(
        "s3:GetObjectRetention",
        _ARCHIVE,
        "archive-immutable: or S3 leaves the lock out of its answers",
        "s3:GetObjectRetention",
    ),
    Permission(
        "s3:GetBucketObjectLockConfiguration",
        _ARCHIVE,
        "archive-immutable: the default lock",
        "s3:GetObjectLockConfiguration",
    ),
    Permission("s3:GetBucketVersioning", _ARCHIVE, "archive-immutable: whether versions are kept"),
    Permission(
        "s3:GetLifecycleConfiguration",
        _ARCHIVE,
        "retention: what is deleted or moved, and when",
        "s3:GetBucketLifecycleConfiguration",
    ),
    Permission(
        "s3:GetBucketPublicAccessBlock",
        _ARCHIVE,
        "archive-central: whether public access is blocked",
        "s3:GetPublicAccessBlock",
    ),
    Permission("s3:GetBucketPolicy", _ARCHIVE, "archive-central: who may read, write and change"),
    Permission(
        "s3:GetEncryptionConfiguration",
        _ARCHIVE,
        "archive-immutable: the key the objects need",
        "s3:GetBucketEncryption",
    ),
    Permission(
        "s3:GetReplicationConfiguration",
        _ARCHIVE,
        "archive-central: where else the objects are copied",
        "s3:GetBucketReplication",
    ),
    Permission(
        "s3:ListBucket", _TRAIL, "continuity: a trail's log files, if the settings name them", "s3:ListObjectsV2"
    ),
    Permission("s3:GetObject", _TRAIL, "continuity: what they say"),
    Permission("kms:DescribeKey", _ARCHIVE, "archive-immutable: whether that key works"),
    Permission("kms:Decrypt", _ARCHIVE, "sealing: objects under a customer's key; also a trail's log files"),
    Permission("s3:PutObject", _LEDGER, "sealing: statements, tiles, checkpoints, the guard"),
    Permission("s3:GetObject", _LEDGER, "sealing, looking up: what the ledger holds"),
    Permission("s3:GetObjectVersion", _LEDGER, "sealing, looking up: as it was first written", "s3:GetObject"),
    Permission("s3:ListBucket", _LEDGER, "sealing, fsck: the ledger's objects", "s3:ListObjectsV2"),
    Permission("s3:ListBucketVersions", _LEDGER, "sealing, fsck: what was overwritten", "s3:ListObjectVersions"),
    Permission("kms:GetPublicKey", _HOME, "sealing: that the key is the pinned one"),
    Permission("kms:Sign", _HOME, "sealing: attestations and checkpoints"),
)


def permission_of(call: Call) -> str:
    """Give the IAM action a call needs; the call's own name where the table does not know it."""
    return next((p.action for p in PERMISSIONS if p.call == call.text), call.text)
