from collections.abc import Mapping
from typing import Final

import pytest

from support.iam_policies import Request, is_allowed, is_denied
from support.stack_template import ACCOUNT, BREAK_GLASS, FOUNDER, RUNNING, Stack

ADMIN: Final = f"arn:aws:iam::{ACCOUNT}:role/administrator"
STRANGER: Final = "arn:aws:iam::999999999999:role/somebody"
CREATE: Final = {"s3:if-none-match": "*", "s3:ObjectCreationOperation": "true"}
REPLACE: Final = {"s3:ObjectCreationOperation": "true"}
PART: Final = {"s3:ObjectCreationOperation": "false"}
WEAKENING: Final = (
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketRequestPayment",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutIntelligentTieringConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
)


@pytest.fixture(scope="module")
def stack() -> Stack:
    """Give the stack as it runs, after its ledger was founded."""
    return Stack(**RUNNING)


def everybody(stack: Stack) -> tuple[str, ...]:
    """Give every role of the stack, and those outside of it that matter."""
    return (*(stack.arn(key) for key in stack.of_type("AWS::IAM::Role")), ADMIN, BREAK_GLASS, FOUNDER, STRANGER)


def at(stack: Stack, key: str) -> str:
    """Give the ARN of an object in the ledger."""
    return f"{stack.arn('LedgerBucket')}/ledger/{key}"


@pytest.mark.parametrize("key", ["checkpoint", "tile/0/000", "attestations/eks/a/2026-11-22/0.json"])
@pytest.mark.parametrize("action", ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"])
def test_nobody_may_delete_from_the_ledger(stack: Stack, action: str, key: str) -> None:
    """Object Lock stops no delete marker, and S3 lets a create succeed on top of one."""
    assert [who for who in everybody(stack) if not is_denied(stack, Request(who, action, at(stack, key)))] == []


def test_everything_in_the_ledger_is_locked_by_default(stack: Stack) -> None:
    """A lock that a writer must remember is a lock that one write forgets."""
    bucket = Stack(**RUNNING, LedgerLockDays="400").properties("LedgerBucket")
    assert bucket["ObjectLockEnabled"] is True
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": "400"}}
    assert bucket["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Enabled", "Rule": rule}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert stack.resources["LedgerBucket"]["DeletionPolicy"] == "Retain"
    assert stack.resources["LedgerBucket"]["UpdateReplacePolicy"] == "Retain"


def test_the_ledgers_lifecycle_expires_nothing(stack: Stack) -> None:
    """A rule that expires would leave delete markers, as lawfully as nobody wants."""
    rules = stack.properties("LedgerBucket")["LifecycleConfiguration"]["Rules"]
    assert [sorted(rule) for rule in rules] == [["AbortIncompleteMultipartUpload", "Id", "Status"]]


def test_only_the_recorder_writes_into_the_ledger(stack: Stack) -> None:
    """What nobody else can write, nobody else can forge, an administrator of the account included."""
    request = ("s3:PutObject", at(stack, "tile/0/000"), CREATE)
    assert is_allowed(stack, Request(stack.arn("RecorderRole"), *request))
    others = [who for who in everybody(stack) if who != stack.arn("RecorderRole")]
    assert [who for who in others if not is_denied(stack, Request(who, *request))] == []


def test_whoever_founds_the_ledger_may_write_only_while_it_is_being_founded(stack: Stack) -> None:
    """`dayseal init` runs with a person's credentials, once."""
    founding = Stack(**{**RUNNING, "Schedules": "DISABLED", "FounderArn": FOUNDER})
    request = Request(FOUNDER, "s3:PutObject", at(stack, "commits/00000000-3-aa"), CREATE)
    assert not is_denied(founding, request)
    assert is_denied(stack, request)
    assert is_denied(founding, Request(ADMIN, request.action, request.resource, CREATE))


@pytest.mark.parametrize("key", ["tile/0/000", "checkpoints/00000001", "checkpoint2", "checkpoint/x", "x/checkpoint"])
def test_a_create_without_a_condition_is_refused(stack: Stack, key: str) -> None:
    """Without If-None-Match the recorder's own mistake could put a second version over what is proved."""
    recorder = stack.arn("RecorderRole")
    assert not is_allowed(stack, Request(recorder, "s3:PutObject", at(stack, key), REPLACE))
    assert is_allowed(stack, Request(recorder, "s3:PutObject", at(stack, key), CREATE))
    assert is_allowed(stack, Request(recorder, "s3:PutObject", at(stack, key), PART))  # of an upload; harmless alone


def test_the_checkpoint_may_be_replaced(stack: Stack) -> None:
    """It is the one mutable file of a log; each version of it is kept and locked."""
    assert is_allowed(stack, Request(stack.arn("RecorderRole"), "s3:PutObject", at(stack, "checkpoint"), REPLACE))


@pytest.mark.parametrize(
    "told",
    [
        {"s3:x-amz-server-side-encryption": "aws:kms"},
        {"s3:x-amz-server-side-encryption": "aws:kms:dsse"},
        {"s3:x-amz-server-side-encryption-customer-algorithm": "AES256"},
    ],
)
def test_no_other_key_than_s3s_own_encrypts_the_ledger(stack: Stack, told: Mapping[str, str]) -> None:
    """Whoever holds a key that the ledger needs can blind it."""
    recorder = stack.arn("RecorderRole")
    context = {**CREATE, **told}
    assert not is_allowed(stack, Request(recorder, "s3:PutObject", at(stack, "tile/0/000"), context))
    plain = {**CREATE, "s3:x-amz-server-side-encryption": "AES256"}
    assert is_allowed(stack, Request(recorder, "s3:PutObject", at(stack, "tile/0/000"), plain))
    default = stack.properties("LedgerBucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert default == [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]


@pytest.mark.parametrize("action", WEAKENING)
def test_only_the_break_glass_role_changes_what_guards_the_ledger(stack: Stack, action: str) -> None:
    """Whoever deploys the stack must not be able to undo it in passing; one named role can, so nobody is locked out."""
    bucket = stack.arn("LedgerBucket")
    others = [who for who in everybody(stack) if who != BREAK_GLASS]
    assert [who for who in others if not is_denied(stack, Request(who, action, bucket))] == []
    assert not is_denied(stack, Request(BREAK_GLASS, action, bucket))


def test_nobody_but_the_yearly_extension_sets_locks(stack: Stack) -> None:
    """With s3:PutObjectRetention a writer could give what it writes a shorter lock than the default."""
    extender = stack.arn("ExtendRole")
    request = ("s3:PutObjectRetention", at(stack, "tile/0/000"))
    assert is_allowed(stack, Request(extender, *request))
    others = [who for who in everybody(stack) if who != extender]
    assert [who for who in others if not is_denied(stack, Request(who, *request))] == []
    assert not is_allowed(stack, Request(extender, "s3:PutObject", at(stack, "tile/0/000"), CREATE))


def test_what_comes_without_tls_is_refused(stack: Stack) -> None:
    """Everybody and everything, reading too."""
    plain = {"aws:SecureTransport": "false", **CREATE}
    for action, resource in (("s3:GetObject", at(stack, "checkpoint")), ("s3:ListBucket", stack.arn("LedgerBucket"))):
        refused = [is_denied(stack, Request(who, action, resource, plain)) for who in everybody(stack)]
        assert all(refused)


def test_readers_read_and_strangers_do_not(stack: Stack) -> None:
    """The policy denies; it opens nothing to anybody outside."""
    request = ("s3:GetObjectVersion", at(stack, "checkpoint"))
    assert is_allowed(stack, Request(stack.arn("LookupRole"), *request))
    assert not is_allowed(stack, Request(STRANGER, *request))
