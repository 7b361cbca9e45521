"""Clusters in every state that the checks tell apart, each named after what is wrong with it."""

import datetime as dt
import json
from typing import Any, Final

from dayseal.clouds.aws.places import Place
from support.moto_world import AUDIT_ON, EU, LOCK_400, US, Entries, World

GOVERNANCE_1: Final = {"Mode": "GOVERNANCE", "Days": 1}
_OFF: Final[Entries] = ((("api", "audit"), False),)
# Split over two entries, and the one that is off comes first.
_SPLIT: Final[Entries] = ((("api", "scheduler"), False), (("authenticator",), True), (("audit",), True))

# In the first account, EU: name -> what differs from a healthy route.
_LOGGING: Final[dict[str, Entries | None]] = {"split-on": _SPLIT, "audit-off": _OFF, "no-logging": None}
_DAYS: Final[dict[str, int | None]] = {"hot-92": 92, "never-expires": None, "short": 30}
_BUCKETS: Final = ("no-default-rule", "governance", "own-bucket", "short-life", "dead-export")
_HEALTHY: Final = ("prod", "split-on", "audit-off", "no-logging", "hot-92", "never-expires", "short")


def furnish(world: World) -> dict[str, Place]:
    """Fill a world with clusters; gives where each of them is. GuardDuty reads audit events in EU only."""
    eu, us = Place(world.first, EU), Place(world.first, US)
    second_eu, second_us = Place(world.second, EU), Place(world.second, US)
    central = world.add_bucket(world.home, "central")
    _open_to_firehose(world, central)
    world.put_hourly(world.home, central)
    audit = {place: world.add_stream(place, "audit", central) for place in (eu, us, second_eu, second_us)}
    where = dict.fromkeys(_HEALTHY, eu)
    for name in _HEALTHY:
        _route(world, eu, name, audit[eu], logging=_LOGGING.get(name, AUDIT_ON), days=_DAYS.get(name, 400))
    where |= dict.fromkeys(_filters(world, eu, audit[eu]), eu)
    where |= dict.fromkeys(_buckets(world, eu), eu)
    for place, name in ((second_eu, "policy-short"), (second_us, "unwatched"), (us, "toggled")):
        _route(world, place, name, audit[place])
        where[name] = place
    world.put_account_policy(second_eu, "RETENTION_POLICY", {"retentionInDays": 30, "enforcementMode": "RETROACTIVE"})
    _far_stream(world, second_eu, central)
    where |= dict.fromkeys(_own_signs(world, eu, audit[eu]), eu)
    where |= dict.fromkeys(_keys(world, eu, central), eu)
    _toggle(world, us)
    for place in (eu, us, second_eu):
        world.watch(place)
    return {**where, "far-stream": second_eu}


def _route(
    world: World,
    place: Place,
    name: str,
    stream: str,
    *,
    logging: Entries | None = AUDIT_ON,
    days: int | None = 400,
    pattern: str = "",
    forwarded: int | None = 5_000,
    **more: Any,  # noqa: ANN401 - a filter's own fields
) -> str:
    world.add_cluster(place, name, logging)
    group = world.add_group(place, name, days)
    world.add_filter(place, group, stream, pattern, **more)
    world.count(place, "IncomingLogEvents", 5_000, LogGroupName=group)
    counted = {"ForwardedLogEvents": forwarded, "DeliveryErrors": 0}
    for metric, value in ((metric, value) for metric, value in counted.items() if value is not None):
        world.count(place, metric, value, LogGroupName=group, DestinationType="Firehose", FilterName="to-archive")
    return group


def _filters(world: World, place: Place, stream: str) -> tuple[str, ...]:
    """Clusters whose way out is wrong."""
    lost = stream.replace("/audit", "/deleted")
    _route(world, place, "filtered", stream, pattern='{ $.verb != "get" }')
    _route(world, place, "selected", stream, fieldSelectionCriteria='@aws.account = "1"')
    group = _route(world, place, "transformed", stream, applyOnTransformedLogs=True)
    logs = world.client("logs", place.account, place.region)
    logs.put_transformer(
        logGroupIdentifier=group, transformerConfig=[{"parseJSON": {}}, {"deleteKeys": {"withKeys": ["user"]}}]
    )
    _route(world, place, "dead-stream", lost)
    _route(world, place, "lambda-export", f"arn:aws:lambda:{place.region}:{place.account}:function:ship")
    world.add_cluster(place, "group-gone")
    world.add_cluster(place, "no-export")
    world.add_group(place, "no-export")
    return ("filtered", "selected", "transformed", "dead-stream", "lambda-export", "group-gone", "no-export")


def _own_signs(world: World, place: Place, stream: str) -> tuple[str, ...]:
    """Clusters that share a live stream and archive with healthy ones, and do not deliver there themselves."""
    _route(world, place, "not-forwarded", stream, forwarded=0)
    _route(world, place, "uncounted", stream, forwarded=None)
    group = _route(world, place, "infrequent", stream)
    world.gaps.shape_group(place.account, place.region, group, logGroupClass="INFREQUENT_ACCESS")
    return ("not-forwarded", "uncounted", "infrequent")


def _keys(world: World, place: Place, central: str) -> tuple[str, ...]:
    """Clusters whose logs are under a key that is about to go: the log group's, and one only the stream names."""
    kms = world.client("kms", place.account, place.region)
    made = [kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
    for arn in made:
        kms.schedule_key_deletion(KeyId=arn.rpartition("/")[2], PendingWindowInDays=7)
    audit = f"arn:aws:firehose:{place.region}:{place.account}:deliverystream/audit"
    group = _route(world, place, "group-key", audit)
    world.gaps.shape_group(place.account, place.region, group, kmsKeyId=made[0])
    own = {"KMSEncryptionConfig": {"AWSKMSKeyARN": made[1]}}
    _route(world, place, "stream-key", world.add_stream(place, "keyed", central, EncryptionConfiguration=own))
    return ("group-key", "stream-key")


def _buckets(world: World, place: Place) -> tuple[str, ...]:
    """Clusters whose archive is wrong, each with a stream and a bucket of its own."""
    rules: dict[str, dict[str, Any] | None] = {"no-default-rule": None, "governance": GOVERNANCE_1}
    for name in _BUCKETS:
        owner = place.account if name == "own-bucket" else world.home
        bucket = world.add_bucket(owner, name, rules.get(name, LOCK_400))
        _route(world, place, name, world.add_stream(place, name, bucket, prefix=""))
        world.put_hourly(owner, bucket, "", dt.timedelta(days=2 if name == "dead-export" else 0, minutes=5))
    expire = {"ID": "tidy", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}}
    moves = {
        "ID": "cold",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Transitions": [{"Days": 10, "StorageClass": "GLACIER"}],
    }
    world.client("s3", world.home).put_bucket_lifecycle_configuration(
        Bucket=world.bucket("short-life"), LifecycleConfiguration={"Rules": [expire, moves]}
    )
    return _BUCKETS


def _far_stream(world: World, place: Place, central: str) -> None:
    """A stream of the archive's own account, behind a logical destination."""
    home = Place(world.home, EU)
    stream = world.add_stream(home, "central-audit", central)
    made = world.client("logs", world.home).put_destination(
        destinationName="audit-archive", targetArn=stream, roleArn=f"arn:aws:iam::{world.home}:role/logs"
    )
    _route(world, place, "far-stream", made["destination"]["arn"])


def _toggle(world: World, place: Place) -> None:
    """The audit log of `toggled` was off for an hour yesterday."""
    start = world.now - dt.timedelta(days=1)
    for minutes, on in ((0, False), (60, True)):
        entries = [{"types": ["audit"], "enabled": on}]
        event = {
            "eventName": "UpdateClusterConfig",
            "userIdentity": {"type": "AssumedRole", "arn": f"arn:aws:sts::{place.account}:assumed-role/admin/mallory"},
            "requestParameters": {"name": "toggled", "logging": {"clusterLogging": entries}},
        }
        world.gaps.record(place.account, place.region, event, start + dt.timedelta(minutes=minutes))


def _open_to_firehose(world: World, bucket: str) -> None:
    arns = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    service = {"Service": "firehose.amazonaws.com"}
    allow = {"Effect": "Allow", "Principal": service, "Action": "s3:PutObject", "Resource": arns}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    world.client("s3", world.home).put_bucket_policy(Bucket=bucket, Policy=policy)
