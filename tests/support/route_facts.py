"""A healthy EKS route, and the ways to break one fact of it."""

import dataclasses
import datetime as dt
import json
from typing import Any, Final, TypeVar

from dayseal.checks.route_terms import RouteThresholds
from dayseal.model import ArchiveObject, ClusterId, Listing, Window
from dayseal.model.route import (
    AccountPolicy,
    Answer,
    ArchiveFacts,
    BatchObjects,
    Call,
    ChangeTrail,
    ConfigChange,
    DeliveryFacts,
    DeliveryStream,
    Detector,
    EksCluster,
    EksSource,
    EncryptionKey,
    FilterCounters,
    Known,
    Locking,
    LockRule,
    LockStrength,
    LoggingEntry,
    LogGroup,
    Missing,
    NewestObject,
    PolicyKind,
    PublicAccess,
    Reading,
    Reason,
    RouteFacts,
    StreamAnswer,
    StreamCounters,
    SubscriptionFilter,
    WatchedPlace,
)

T = TypeVar("T")
MINE: Final = "111122223333"
CENTRAL: Final = "999988887777"
REGION: Final = "eu-central-1"
CLUSTER: Final = ClusterId("eks", MINE, REGION, "prod", "OIDC1")
DAY: Final = dt.date(2026, 11, 22)
NOW: Final = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
GROUP: Final = "/aws/eks/prod/cluster"
BUCKET: Final = "central-audit"
STREAM: Final = f"arn:aws:firehose:{REGION}:{MINE}:deliverystream/audit"
PROMISED: Final = RouteThresholds()
HOUR: Final = Window(NOW - dt.timedelta(hours=1), NOW)
CALL: Final = Call("test", "Ask", "the route")


def known(value: T, call: str = "test:Ask", resource: str = "the route") -> Known[T]:
    """Give a value as some call answered it."""
    service, operation = call.split(":")
    return Known(value, Call(service, operation, resource))


def denied(call: str, resource: str = "prod") -> Missing:
    """Refuse a call for want of the permission of its own name."""
    service, operation = call.split(":")
    return Missing(Reason.DENIED, Call(service, operation, resource), "AccessDeniedException", call)


def throttled(call: str, resource: str = "prod") -> Missing:
    """Let a call fail for too many requests."""
    service, operation = call.split(":")
    return Missing(Reason.THROTTLED, Call(service, operation, resource), "ThrottlingException")


def logging(*entries: tuple[str, bool]) -> Known[EksCluster | None]:
    """Give a cluster with these entries: comma-separated types, on or off."""
    found = tuple(LoggingEntry(tuple(types.split(",")), on) for types, on in entries)
    return Known(EksCluster("ACTIVE", found), Call("eks", "DescribeCluster", "prod"))


def log_group(days: int | None, **more: Any) -> Known[LogGroup | None]:  # noqa: ANN401 - any field of a log group
    """Give the log group with a retention."""
    return Known(LogGroup(GROUP, days, **more), Call("logs", "DescribeLogGroups", GROUP))


def way(name: str = "to-archive", pattern: str = "", destination: str = STREAM, **more: Any) -> SubscriptionFilter:  # noqa: ANN401 - any field of a filter
    """Give a subscription filter."""
    return SubscriptionFilter(name, pattern, destination, **more)


def stream(
    own_key: Answer[EncryptionKey | None] | None = None,
    **more: Any,  # noqa: ANN401 - any field of a stream
) -> StreamAnswer:
    """Give the stream behind the filter, and the state of its own key."""
    fields = {"arn": STREAM, "status": "ACTIVE", "version_id": "3", "bucket": BUCKET, "prefix": "eks/"} | more
    found = Known(DeliveryStream(**fields), Call("firehose", "DescribeDeliveryStream", STREAM))
    return StreamAnswer(STREAM, found, own_key)


def counters(
    forwarded: float | None = 5000,
    errors: float | None = None,
    retried: float | None = None,
    destination: str = STREAM,
    **more: Any,  # noqa: ANN401 - any field of the counters
) -> FilterCounters:
    """Give what the filter counted."""
    found = FilterCounters(
        "to-archive",
        destination,
        own=True,
        forwarded=reading("ForwardedLogEvents", forwarded),
        errors=reading("DeliveryErrors", errors),
        retried=reading("DeliveryThrottling", retried),
    )
    return dataclasses.replace(found, **more)


def written(share: float | None = 1.0, arn: str = STREAM) -> StreamCounters:
    """Give the share of a stream's writes that succeeded."""
    return StreamCounters(arn, reading("DeliveryToS3.Success", share))


def key(state: str = "Enabled", name: str = "arn:aws:kms:eu-west-1:9:key/k") -> Known[EncryptionKey | None]:
    """Give a customer's key in some state."""
    return known(EncryptionKey(name, state, usable=state == "Enabled"), "kms:DescribeKey", name)


def policy(kind: PolicyKind, document: dict[str, Any], selection: str = "", name: str = "org") -> AccountPolicy:
    """Give an account policy of CloudWatch Logs."""
    return AccountPolicy(kind, name, json.dumps(document), selection)


def lock(mode: str = "COMPLIANCE", days: int = 400) -> Known[Locking]:
    """Give Object Lock with a default rule."""
    strength = LockStrength.FIRM if mode == "COMPLIANCE" else LockStrength.BYPASSABLE
    return known(Locking(enabled=True, rule=LockRule(mode, strength, days)), "s3:GetObjectLockConfiguration")


def bucket_policy(*statements: dict[str, Any]) -> Known[str | None]:
    """Give a bucket policy's text."""
    return known(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), "s3:GetBucketPolicy", BUCKET)


def allow(principal: Any, action: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON of the policy language
    """Give an Allow over bucket and objects."""
    resource = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource} | more


def deny(principal: Any, action: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON of the policy language
    """Give a Deny over bucket and objects."""
    return allow(principal, action) | {"Effect": "Deny"} | more


def reading(metric: str, value: float | None) -> Known[Reading]:
    """Give one metric of the last hour."""
    return known(Reading(metric, GROUP, HOUR, value), "cloudwatch:GetMetricData")


def objects(*keys: str, days: int = 400, mode: str = "COMPLIANCE", markers: tuple[str, ...] = ()) -> BatchObjects:
    """Give the day's objects, each locked for `days` from the day on; no mode means no lock."""
    start = dt.datetime.combine(DAY, dt.time(), tzinfo=dt.UTC)
    until = start + dt.timedelta(days=days) if mode else None
    found = tuple(
        ArchiveObject(key, f"v{number}", 10, start, mode, until) for number, key in enumerate(keys or ("a", "b"))
    )
    return BatchObjects(DAY, known(Listing(found, delete_markers=markers), "s3:ListObjectVersions", BUCKET))


def change(name: str, request: dict[str, Any], minute: int = 0, **more: Any) -> ConfigChange:  # noqa: ANN401 - any field
    """Give a change `minute` minutes after six in the morning."""
    at = dt.datetime(2026, 11, 23, 6, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)
    return ConfigChange(at, name, f"event-{minute}", json.dumps(request), "arn:aws:iam::1:user/alice", **more)


def trail(*changes: ConfigChange) -> Known[ChangeTrail]:
    """Give a trail that speaks for the last 90 days."""
    window = Window(NOW - dt.timedelta(days=90), NOW)
    return known(ChangeTrail(window, ("UpdateClusterConfig",), changes), "cloudtrail:LookupEvents", REGION)


SOURCE: Final = EksSource(
    cluster=logging(("audit,authenticator", True)),
    log_group_name=GROUP,
    log_group=log_group(400),
    log_group_key=known(None, "logs:DescribeLogGroups"),
    account_policies=known((), "logs:DescribeAccountPolicies"),
    filters=known((way(),), "logs:DescribeSubscriptionFilters"),
    transformer=known(None, "logs:GetTransformer"),
    streams=(stream(),),
    exports=known((), "logs:DescribeExportTasks"),
)
ARCHIVE: Final = ArchiveFacts(
    store="s3",
    name=BUCKET,
    prefix="eks/",
    exists=known(value=True, call="s3:HeadBucket"),
    owner=known(CENTRAL, "s3:HeadBucket"),
    locking=lock(),
    versioned=known(value=True, call="s3:GetBucketVersioning"),
    lifecycle=known((), "s3:GetBucketLifecycleConfiguration"),
    public_access=known(PublicAccess(blocked=True, words="all four blocked"), "s3:GetPublicAccessBlock"),
    policy=known(None, "s3:GetBucketPolicy"),
    key=known(None, "s3:GetBucketEncryption"),
    replication=known((), "s3:GetBucketReplication"),
)
DELIVERY: Final = DeliveryFacts(
    incoming=reading("IncomingLogEvents", 5000),
    filters=(counters(),),
    streams=(written(),),
    newest=known(NewestObject("eks/x", NOW - dt.timedelta(minutes=5)), "s3:ListObjectsV2"),
    astray=known(0, "s3:ListObjectsV2"),
    alarms=known((), "cloudwatch:DescribeAlarms"),
)
GUARDDUTY: Final = Detector("GuardDuty", "d1", enabled=True, reads_audit=True)
HEALTHY: Final = RouteFacts(
    cluster=CLUSTER,
    asked_at=NOW,
    source=SOURCE,
    archive=ARCHIVE,
    delivery=DELIVERY,
    changes=trail(),
    watched=(WatchedPlace(REGION, known((GUARDDUTY,), "guardduty:GetDetector")),),
)


def route(**source: Any) -> RouteFacts:  # noqa: ANN401 - any field of the source
    """Give the healthy route with some facts of its source replaced."""
    return dataclasses.replace(HEALTHY, source=dataclasses.replace(SOURCE, **source))


def archived(**archive: Any) -> RouteFacts:  # noqa: ANN401 - any field of the archive
    """Give the healthy route with some facts of its archive replaced."""
    return dataclasses.replace(HEALTHY, archive=dataclasses.replace(ARCHIVE, **archive))


def delivering(**delivery: Any) -> RouteFacts:  # noqa: ANN401 - any field of the deliveries
    """Give the healthy route with some signs of life replaced."""
    return dataclasses.replace(HEALTHY, delivery=dataclasses.replace(DELIVERY, **delivery))
