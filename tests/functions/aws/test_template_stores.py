from typing import Final

import pytest

from support.iam_policies import Request, is_allowed, is_denied
from support.stack_template import ACCOUNT, BREAK_GLASS, FOUNDER, RUNNING, Stack

ADMIN: Final = f"arn:aws:iam::{ACCOUNT}:role/administrator"
BUCKETS: Final = ("LedgerBucket", "GuardBucket", "InboxBucket", "DetailsBucket", "WorkBucket", "EvidenceBucket")
KEPT: Final = ("LedgerBucket", "GuardBucket", "InboxBucket", "DetailsBucket")
CREATION: Final = {"s3:ObjectCreationOperation": "true"}
CREATE: Final = {**CREATION, "s3:if-none-match": "*"}
SWAP: Final = {**CREATION, "s3:if-match": '"etag"'}


@pytest.fixture(scope="module")
def stack() -> Stack:
    """Give the stack as it runs, after its ledger was founded."""
    return Stack(**RUNNING)


def roles(stack: Stack) -> tuple[str, ...]:
    """Give every role of the stack, and two outside of it."""
    return (*(stack.arn(key) for key in stack.of_type("AWS::IAM::Role")), ADMIN, BREAK_GLASS)


@pytest.mark.parametrize("bucket", BUCKETS)
def test_no_bucket_can_become_public(stack: Stack, bucket: str) -> None:
    """One click must not be able to show what these hold; ACLs are off, so the policy is all there is."""
    properties = stack.properties(bucket)
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    encryption = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]


@pytest.mark.parametrize("bucket", BUCKETS)
def test_no_bucket_answers_without_tls(stack: Stack, bucket: str) -> None:
    """Reading and listing too."""
    for action, resource in (("s3:GetObject", f"{stack.arn(bucket)}/a"), ("s3:ListBucket", stack.arn(bucket))):
        assert is_denied(stack, Request(ADMIN, action, resource, {"aws:SecureTransport": "false"}))
        assert not is_denied(stack, Request(ADMIN, action, resource))


@pytest.mark.parametrize("bucket", KEPT)
def test_what_is_not_the_ledger_outlives_the_stack_and_its_deployer_too(stack: Stack, bucket: str) -> None:
    """A lost guard stops the ledger, a lost inbox loses statements; a deleted stack must not mean either."""
    assert stack.resources[bucket]["DeletionPolicy"] == stack.resources[bucket]["UpdateReplacePolicy"] == "Retain"
    policy = bucket.replace("Bucket", "Policy")
    assert stack.resources[policy]["DeletionPolicy"] == "Retain"
    for action in ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutLifecycleConfiguration", "s3:DeleteBucket"):
        assert is_denied(stack, Request(ADMIN, action, stack.arn(bucket)))
        assert not is_denied(stack, Request(BREAK_GLASS, action, stack.arn(bucket)))


def test_no_role_of_the_stack_may_delete_an_object_anywhere(stack: Stack) -> None:
    """The writer can add, never delete: in work and evidence too, where no policy forbids it."""
    deleting = ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention")
    found = [
        (who, action, bucket)
        for who in roles(stack)
        for action in deleting
        for bucket in BUCKETS
        if is_allowed(stack, Request(who, action, f"{stack.arn(bucket)}/a"))
    ]
    assert found == []


def test_the_guard_lies_outside_the_ledger_and_keeps_every_head(stack: Stack) -> None:
    """Whoever rolls one bucket back has not rolled back the other; an old head can be looked at for a year."""
    assert stack.arn("GuardBucket") != stack.arn("LedgerBucket")
    guard = stack.properties("GuardBucket")
    assert guard["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "ObjectLockConfiguration" not in guard  # a register is replaced, and `BucketGuard` wants that to work
    rules = guard["LifecycleConfiguration"]["Rules"]
    assert [rule["NoncurrentVersionExpiration"] for rule in rules if "NoncurrentVersionExpiration" in rule] == [
        {"NoncurrentDays": 365}
    ]
    assert not any("ExpirationInDays" in rule for rule in rules)


def test_only_the_recorder_moves_the_guard_and_only_from_what_it_read(stack: Stack) -> None:
    """An unconditional write is how two recorders would fork a ledger."""
    head = f"{stack.arn('GuardBucket')}/head.json"
    recorder = stack.arn("RecorderRole")
    assert is_allowed(stack, Request(recorder, "s3:PutObject", head, SWAP))
    assert is_allowed(stack, Request(recorder, "s3:PutObject", head, CREATE))
    assert not is_allowed(stack, Request(recorder, "s3:PutObject", head, CREATION))
    others = [who for who in roles(stack) if who != recorder]
    assert [who for who in others if not is_denied(stack, Request(who, "s3:PutObject", head, SWAP))] == []
    assert all(is_denied(stack, Request(who, "s3:DeleteObject", head)) for who in roles(stack))
    founding = Stack(**{**RUNNING, "Schedules": "DISABLED", "FounderArn": FOUNDER})
    assert not is_denied(founding, Request(FOUNDER, "s3:PutObject", head, CREATE))


@pytest.mark.parametrize("bucket", ["InboxBucket", "DetailsBucket"])
def test_a_submission_is_neither_replaced_nor_deleted(stack: Stack, bucket: str) -> None:
    """An inbox key that holds one thing once is what makes two runs of one attestor linear."""
    key = f"{stack.arn(bucket)}/inbox/0123456789abcdef/a/00000001.json"
    assert is_denied(stack, Request(ADMIN, "s3:PutObject", key, CREATION))
    assert is_denied(stack, Request(ADMIN, "s3:PutObject", key, SWAP))
    assert not is_denied(stack, Request(ADMIN, "s3:PutObject", key, CREATE))
    assert is_denied(stack, Request(ADMIN, "s3:DeleteObject", key))


def test_the_inbox_forgets_after_30_days(stack: Stack) -> None:
    """What was not admitted by then never will be; attestors raise the alarm after one day."""
    inbox = stack.properties("InboxBucket")
    rules = inbox["LifecycleConfiguration"]["Rules"]
    assert [rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule] == [30]
    assert "ObjectLockConfiguration" not in inbox
    assert inbox["NotificationConfiguration"]["EventBridgeConfiguration"]["EventBridgeEnabled"] is True


def test_details_are_locked_for_the_archives_term_and_then_go() -> None:
    """They hold personal data: not shorter than the logs they explain, and not longer."""
    details = Stack(**RUNNING, DetailsLockDays="90").properties("DetailsBucket")
    assert details["ObjectLockConfiguration"]["Rule"] == {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": "90"}}
    rule = details["LifecycleConfiguration"]["Rules"][0]
    assert (rule["ExpirationInDays"], rule["NoncurrentVersionExpiration"]) == ("90", {"NoncurrentDays": 1})


def test_work_and_evidence_expire(stack: Stack) -> None:
    """They are copies: kept as long as a run, or a download, may take."""
    found = [stack.properties(name)["LifecycleConfiguration"]["Rules"][0] for name in ("WorkBucket", "EvidenceBucket")]
    assert [rule["ExpirationInDays"] for rule in found] == [7, "7"]


def test_only_those_who_judge_write_details_and_nobody_reads_them_back_from_the_api(stack: Stack) -> None:
    """Personal data has a scope of its own; look-ups and evidence without events never touch it."""
    key = f"{stack.arn('DetailsBucket')}/details/{'0' * 64}.json"
    writers = [who for who in roles(stack) if is_allowed(stack, Request(who, "s3:PutObject", key, CREATE))]
    readers = [who for who in roles(stack) if is_allowed(stack, Request(who, "s3:GetObject", key))]
    assert writers == readers == [stack.arn("SealRole")]
