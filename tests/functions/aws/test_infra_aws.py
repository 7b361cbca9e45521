from collections.abc import Iterator
from typing import Any, Final

import pytest

from dayseal.clouds.aws.permissions import PERMISSIONS, Where
from support.iam_policies import Request, as_list, is_denied
from support.stack_template import ACCOUNT, BREAK_GLASS, REGION, RUNNING, Stack, source

READER: Final = "infra/aws/reader.yaml"
ARCHIVE: Final = "infra/aws/archive.yaml"
HOME: Final = "999988887777"
ADMIN: Final = f"arn:aws:iam::{ACCOUNT}:role/administrator"


def reader(**more: str) -> Stack:
    """Give the reader's stack."""
    return Stack(READER, HomeAccountId=HOME, ExternalId="an-external-id-1", **more)


def archive(**more: str) -> Stack:
    """Give an archive's stack."""
    return Stack(ARCHIVE, **{"ClusterName": "payments", "BreakGlassArn": BREAK_GLASS, **more})


def actions_of(stack: Stack) -> set[str]:
    """Give every action that the reader's role is allowed."""
    return {action for statement in _statements(stack) for action in as_list(statement["Action"])}


def _statements(stack: Stack) -> Iterator[dict[str, Any]]:
    for policy in stack.of_type("AWS::IAM::RolePolicy").values():
        yield from policy["PolicyDocument"]["Statement"]


def test_the_readers_actions_are_those_the_library_asks_for() -> None:
    """One more is a permission that nothing uses; one less makes a check UNKNOWN in the middle of the night."""
    wanted = {p.action for p in PERMISSIONS if p.where not in {Where.HOME, Where.LEDGER}}
    assert actions_of(reader(ArchiveBucket="an-archive", TrailBucket="a-trail")) == wanted


def test_an_account_without_an_archive_grants_no_objects() -> None:
    """Most accounts hold clusters only."""
    clusters = {p.action for p in PERMISSIONS if p.where is Where.CLUSTER}
    assert actions_of(reader()) == clusters
    assert not any(action.startswith("s3:") or action == "kms:Decrypt" for action in actions_of(reader()))


def test_the_home_account_is_granted_what_the_reader_is_granted_elsewhere() -> None:
    """Its own account is asked with the functions' own roles."""
    stack = Stack(**RUNNING, TrailBucket="a-trail")
    managed = (
        "FindsAccounts",
        "EntersAccounts",
        "FindsClusters",
        "ReadsRoutes",
        "ReadsChanges",
        "ListsArchives",
        "ReadsArchives",
    )
    documents = [stack.properties(name)["PolicyDocument"]["Statement"] for name in managed]
    granted = {action for statements in documents for s in statements for action in as_list(s["Action"])}
    signing = {"kms:Sign", "kms:GetPublicKey"}  # by the keys' own policies
    assert granted == {p.action for p in PERMISSIONS if p.where is not Where.LEDGER} - signing


def test_the_reader_is_entered_by_named_roles_that_know_the_external_id() -> None:
    """The trust names the account, so every administrator there could come in but for the two conditions."""
    (statement,) = reader(TrustedRoles="dayseal-*").properties("Reader")["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{HOME}:root"}
    assert statement["Condition"] == {
        "StringEquals": {"sts:ExternalId": "an-external-id-1"},
        "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/dayseal-*"},
    }


def test_the_reader_fits_a_stack_set() -> None:
    """No account or Region in it, one name everywhere, every parameter with a constraint."""
    template = source(READER)
    assert [r["Type"] for r in template["Resources"].values() if r["Type"].split("::")[1] != "IAM"] == []
    assert all("ConstraintDescription" in one for one in template["Parameters"].values())
    assert "Transform" not in template
    assert template["Parameters"]["ExternalId"]["NoEcho"] is True


@pytest.mark.parametrize("action", ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"])
def test_nobody_deletes_from_the_archive(action: str) -> None:
    """Not even whoever may change its policy, before having changed it."""
    stack = archive()
    key = f"{stack.arn('ArchiveBucket')}/eks/payments/2026/11/22/06/a"
    for who in (ADMIN, BREAK_GLASS, stack.arn("DeliveryRole")):
        assert is_denied(stack, Request(who, action, key))
        assert is_denied(stack, Request(who, "s3:PutObject", key, {"aws:SecureTransport": "false"}))
    assert not is_denied(stack, Request(stack.arn("DeliveryRole"), "s3:PutObject", key))


def test_the_archives_lock_cannot_be_weakened() -> None:
    """By nobody but one named role; and no writer may choose its own lock."""
    stack = archive(LockDays="400")
    bucket = stack.properties("ArchiveBucket")
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Days": "400"}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    for action in ("s3:PutBucketPolicy", "s3:PutBucketVersioning", "s3:PutBucketObjectLockConfiguration"):
        assert is_denied(stack, Request(ADMIN, action, stack.arn("ArchiveBucket")))
        assert not is_denied(stack, Request(BREAK_GLASS, action, stack.arn("ArchiveBucket")))
    delivery = Request(stack.arn("DeliveryRole"), "s3:PutObjectRetention", f"{stack.arn('ArchiveBucket')}/a")
    assert is_denied(stack, delivery)


def test_everything_of_the_log_group_goes_the_whole_way() -> None:
    """A filter pattern, message extraction or a second packing would each lose what binds a record to its cluster."""
    stack = archive()
    assert stack.properties("Filter")["FilterPattern"] == ""
    assert "Fields" not in str(stack.properties("Filter"))
    target = stack.properties("Stream")["ExtendedS3DestinationConfiguration"]
    assert (target["CompressionFormat"], target["ProcessingConfiguration"]["Processors"]) == ("UNCOMPRESSED", [])
    assert target["Prefix"] == "eks/payments/!{timestamp:yyyy/MM/dd/HH}/"
    unpacked = archive(Decompression="on").properties("Stream")["ExtendedS3DestinationConfiguration"]
    assert unpacked["CompressionFormat"] == "GZIP"
    assert [p["Type"] for p in unpacked["ProcessingConfiguration"]["Processors"]] == [
        "Decompression",
        "AppendDelimiterToRecord",
    ]


def test_the_ways_services_enter_only_for_this_account() -> None:
    """A confused deputy: CloudWatch Logs or Firehose at work for somebody else."""
    stack = archive()
    trusts = {n: r["AssumeRolePolicyDocument"]["Statement"][0] for n, r in stack.of_type("AWS::IAM::Role").items()}
    assert {n: t["Condition"]["StringEquals"] for n, t in trusts.items()} == {
        "WriterRole": {"aws:SourceAccount": ACCOUNT},
        "DeliveryRole": {"aws:SourceAccount": ACCOUNT},
    }
    assert trusts["DeliveryRole"]["Condition"]["ArnEquals"]["aws:SourceArn"] == stack.arn("Stream")
    assert trusts["WriterRole"]["Condition"]["ArnLike"]["aws:SourceArn"] == f"arn:aws:logs:{REGION}:{ACCOUNT}:*"


def test_a_second_cluster_shares_the_bucket_and_nothing_else() -> None:
    """Its stream writes below its own prefix."""
    stack = archive(ExistingBucket="dayseal-archive-1", ClusterName="orders")
    assert "ArchiveBucket" not in stack.resources
    written = [s for s in _statements(stack) if "s3:PutObject" in as_list(s["Action"])]
    assert [s["Resource"] for s in written] == [
        ["arn:aws:s3:::dayseal-archive-1/eks/orders/*", "arn:aws:s3:::dayseal-archive-1/errors/orders/*"]
    ]
    assert {one["TreatMissingData"] for one in stack.of_type("AWS::CloudWatch::Alarm").values()} == {"breaching"}


def test_an_existing_log_group_is_left_as_it_is() -> None:
    """EKS makes it with the first line; a stack that made it again would fail."""
    stack = archive(LogGroup="existing")
    assert "ClusterLogs" not in stack.resources
    assert stack.properties("Filter")["LogGroupName"] == "/aws/eks/payments/cluster"
    made = archive().properties("ClusterLogs")
    assert (made["RetentionInDays"], made["DeletionProtectionEnabled"]) == ("120", True)
