"""Nothing was switched off between two checks."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from dayseal.checks.continuity import judge_continuity, name_actors
from dayseal.model import Finding, Verdict, Window
from dayseal.model.route import ChangeTrail, ConfigChange, PreviousCheck, RouteFacts
from support.route_facts import (
    BUCKET,
    HEALTHY,
    NOW,
    PROMISED,
    STREAM,
    archived,
    change,
    denied,
    key,
    known,
    log_group,
    route,
    stream,
    trail,
    way,
)

_KEY = "arn:aws:kms:eu-central-1:9:key/k"
YESTERDAY = PreviousCheck(NOW - dt.timedelta(days=1))


def switched(on: bool, minute: int = 0, name: str = "prod", **more: Any) -> ConfigChange:  # noqa: ANN401, FBT001 - a test's word
    """Switch the audit log of a cluster on or off."""
    request = {"name": name, "logging": {"clusterLogging": [{"types": ["audit"], "enabled": on}]}}
    return change("UpdateClusterConfig", request, minute, **more)


def after(*changes: ConfigChange, facts: RouteFacts = HEALTHY, previous: PreviousCheck | None = YESTERDAY) -> Finding:
    """Judge the healthy route after these changes."""
    return judge_continuity(dataclasses.replace(facts, changes=trail(*changes)), PROMISED, previous)


def test_no_change_passes_and_says_what_the_trail_cannot_show() -> None:
    """Calls on single objects are data events."""
    finding = after()
    assert finding.verdict is Verdict.PASS
    assert "0 changes since 2026-11-22T12:00:00Z, none reduced logging" in finding.summary
    assert "calls on single objects (DeleteObject, PutObjectRetention) are not in this trail" in finding.summary


def test_audit_off_and_on_again_between_two_checks_fails_with_the_interval() -> None:
    """Both checks see it on; only the trail knows of the half hour between."""
    finding = after(switched(on=False, minute=5), switched(on=True, minute=35))
    assert finding.verdict is Verdict.FAIL
    assert "audit log switched off at 2026-11-23T06:05:00Z until 2026-11-23T06:35:00Z" in finding.summary
    assert finding.fix.endswith("AttributeKey=EventId,AttributeValue=event-5")


def test_what_was_not_undone_is_said_so() -> None:
    """It lasts, for all the trail shows."""
    assert "and not undone since" in after(switched(on=False)).summary


def test_changes_that_failed_or_are_about_others_do_not_count() -> None:
    """A refused call, another cluster, another bucket, and what came before the last check."""
    assert after(switched(on=False, error="AccessDenied")).verdict is Verdict.PASS
    assert after(switched(on=False, name="other")).verdict is Verdict.PASS
    assert after(change("DeleteBucket", {"bucketName": "other"})).verdict is Verdict.PASS
    early = dataclasses.replace(switched(on=False), at=NOW - dt.timedelta(days=2))
    assert after(early).verdict is Verdict.PASS
    assert after(early, previous=None).verdict is Verdict.FAIL


GROUP = {"logGroupName": "/aws/eks/prod/cluster"}
RULE = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 400}}}
OPENED = '{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}'


@pytest.mark.parametrize(
    ("name", "request_", "words"),
    [
        ("DeleteLogGroup", GROUP, "deleted with all it held"),
        ("DeleteLogStream", GROUP | {"logStreamName": "kube-apiserver-audit-1"}, "kube-apiserver-audit-1 deleted"),
        ("PutRetentionPolicy", GROUP | {"retentionInDays": 7}, "retention set to 7 days"),
        ("DeleteSubscriptionFilter", GROUP | {"filterName": "to-archive"}, "filter to-archive deleted"),
        (
            "PutSubscriptionFilter",
            GROUP | {"filterName": "to-archive", "filterPattern": "ERROR"},
            "which drops audit records",
        ),
        ("DeleteDeliveryStream", {"deliveryStreamName": "audit"}, "stream audit deleted"),
        (
            "UpdateDestination",
            {"deliveryStreamName": "audit", "extendedS3DestinationUpdate": {"bucketARN": "arn:aws:s3:::x"}},
            "turned to bucket x",
        ),
        (
            "PutBucketLifecycle",
            {
                "bucketName": BUCKET,
                "LifecycleConfiguration": {"Rule": {"Status": "Enabled", "Expiration": {"Days": 30}}},
            },
            "delete after 30 days",
        ),
        ("PutBucketObjectLockConfiguration", {"bucketName": BUCKET, "ObjectLockConfiguration": RULE}, "GOVERNANCE 400"),
        ("PutBucketVersioning", {"bucketName": BUCKET, "VersioningConfiguration": {"Status": "Suspended"}}, "off"),
        ("PutBucketPolicy", {"bucketName": BUCKET, "bucketPolicy": OPENED}, "bucket policy opened to account"),
        ("DeleteDetector", {"detectorId": "d1"}, "detector deleted"),
    ],
)
def test_a_change_that_reduced_logging_fails(name: str, request_: dict[str, Any], words: str) -> None:
    """Each with what it did, in the request's own numbers."""
    finding = after(change(name, request_))
    assert finding.verdict is Verdict.FAIL
    assert words in finding.summary


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("PutRetentionPolicy", GROUP | {"retentionInDays": 400}),
        ("DeleteRetentionPolicy", GROUP),
        ("DeleteLogStream", GROUP | {"logStreamName": "authenticator-1"}),
        ("PutSubscriptionFilter", GROUP | {"filterName": "f", "filterPattern": "", "destinationArn": STREAM}),
        ("DeleteBucketLifecycle", {"bucketName": BUCKET}),
        ("UpdateClusterConfig", {"name": "prod", "resourcesVpcConfig": {}}),
        ("PutAccountPolicy", {"policyType": "FIELD_INDEX_POLICY", "policyName": "x"}),
    ],
)
def test_a_change_that_took_nothing_away_passes(name: str, request_: dict[str, Any]) -> None:
    """Configuration changes every day; only reductions are findings."""
    assert after(change(name, request_)).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("PutAccountPolicy", {"policyType": "RETENTION_POLICY", "policyName": "x", "policyDocument": "{}"}),
        ("UpdateDestination", {"deliveryStreamName": "audit"}),
        ("DeleteBucketPolicy", {"bucketName": BUCKET}),
        ("PutSubscriptionFilter", GROUP | {"filterName": "f", "filterPattern": "[a]"}),
        ("PutTransformer", GROUP),
    ],
)
def test_a_change_whose_effect_cannot_be_told_is_unknown(name: str, request_: dict[str, Any]) -> None:
    """The request alone does not say whether anything was lost."""
    finding = after(change(name, request_))
    assert finding.verdict is Verdict.UNKNOWN
    assert "cannot be told from the trail" in finding.summary


def test_a_filter_deleted_beside_another_that_carried_everything_is_no_loss() -> None:
    """Replacing a filter means two for a while."""
    deleted = change("DeleteSubscriptionFilter", GROUP | {"filterName": "old"})
    for created_at, verdict in (
        (NOW - dt.timedelta(days=9), Verdict.PASS),
        (None, Verdict.UNKNOWN),
        (NOW - dt.timedelta(hours=1), Verdict.FAIL),
    ):
        facts = route(filters=known((way(created_at=created_at),)))
        assert after(deleted, facts=facts).verdict is verdict


def test_another_filter_that_carries_everything_ends_the_interval() -> None:
    """From then on the records flow again, under another name."""
    made = change(
        "PutSubscriptionFilter", GROUP | {"filterName": "new", "filterPattern": "", "destinationArn": STREAM}, 20
    )
    facts = route(filters=known((way("new", created_at=made.at),)))
    finding = after(change("DeleteSubscriptionFilter", GROUP | {"filterName": "old"}), made, facts=facts)
    assert "filter old deleted at 2026-11-23T06:00:00Z until 2026-11-23T06:20:00Z" in finding.summary


def test_a_stream_version_that_moved_without_a_change_in_the_trail_is_unknown() -> None:
    """Firehose counts its changes by itself."""
    previous = PreviousCheck(YESTERDAY.at, ((STREAM, "2"),))
    finding = after(previous=previous)
    assert finding.verdict is Verdict.UNKNOWN
    assert "version of stream audit moved from 2 to 3" in finding.summary
    assert after(previous=previous, facts=route(streams=(stream(version_id="2"),))).verdict is Verdict.PASS


def test_a_trail_that_does_not_reach_back_is_unknown() -> None:
    """The trail keeps 90 days; what it does not show may have happened."""
    finding = after(previous=PreviousCheck(NOW - dt.timedelta(days=100)))
    assert finding.verdict is Verdict.UNKNOWN
    assert "the trail does not show 2026-08-15T12:00:00Z to 2026-08-25T12:00:00Z" in finding.summary
    short = known(ChangeTrail(Window(YESTERDAY.at, NOW - dt.timedelta(hours=3)), (), ()))
    assert judge_continuity(dataclasses.replace(HEALTHY, changes=short), PROMISED, YESTERDAY).verdict is Verdict.UNKNOWN


def test_a_trail_nobody_may_read_is_unknown() -> None:
    """An error never becomes FAIL, and silence never PASS."""
    facts = dataclasses.replace(HEALTHY, changes=denied("cloudtrail:LookupEvents", "eu-central-1"))
    finding = judge_continuity(facts, PROMISED, YESTERDAY)
    assert finding.verdict is Verdict.UNKNOWN
    assert "permission cloudtrail:LookupEvents missing" in finding.summary


def test_actors_are_told_apart_from_the_finding() -> None:
    """The finding goes into the ledger and names the event; who did it belongs into the details."""
    facts = dataclasses.replace(HEALTHY, changes=trail(switched(on=False)))
    assert "alice" not in repr(judge_continuity(facts, PROMISED, YESTERDAY))
    assert name_actors(facts, PROMISED, YESTERDAY) == (("event-0", "arn:aws:iam::1:user/alice"),)


@pytest.mark.parametrize(
    ("facts", "what"),
    [
        (route(log_group=log_group(400, key=_KEY)), "the log group's key"),
        (route(streams=(stream(key(name=_KEY), key=_KEY),)), "the key of stream audit"),
        (archived(key=key(name=_KEY)), "the archive's key"),
    ],
)
def test_every_key_that_logs_are_encrypted_under_is_watched(facts: RouteFacts, what: str) -> None:
    """A key that only the log group or only the stream names takes as much with it as the bucket's."""
    gone = change("ScheduleKeyDeletion", {"keyId": _KEY.rpartition("/")[2]})
    finding = after(gone, facts=facts)
    assert finding.verdict is Verdict.FAIL
    assert f"{what} was disabled or its deletion scheduled" in finding.summary
    other = change("ScheduleKeyDeletion", {"keyId": "another"})
    assert after(other, facts=facts).verdict is Verdict.PASS
    assert after(change("DisableKey", {}), facts=facts).verdict is Verdict.PASS
