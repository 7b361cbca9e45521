"""The archive is out of the cluster owner's reach."""

import dataclasses
from typing import Any

import pytest

from dayseal.checks.archive_central import judge_archive_central
from dayseal.model import Finding, Verdict
from dayseal.model.route import PublicAccess, Replica
from support.route_facts import CENTRAL, HEALTHY, MINE, allow, archived, bucket_policy, denied, deny, known, stream

OPS = {"AWS": f"arn:aws:iam::{MINE}:role/ops"}
READERS = {"AWS": f"arn:aws:iam::{CENTRAL}:role/auditor"}


def judged(**archive: Any) -> Finding:  # noqa: ANN401 - any field of the archive
    """Judge the healthy archive with some facts replaced."""
    return judge_archive_central(archived(**archive))


def by_policy(*statements: dict[str, Any]) -> Finding:
    """Judge the healthy archive under this bucket policy."""
    return judged(policy=bucket_policy(*statements))


def test_a_bucket_in_another_account_passes() -> None:
    """And who may do what is listed."""
    finding = by_policy(
        allow(READERS, "s3:GetObject"), allow({"Service": "delivery.logs.amazonaws.com"}, "s3:PutObject")
    )
    assert finding.verdict is Verdict.PASS
    facts = {fact.field: fact.value for fact in finding.facts}
    assert facts["mayBy.read"] == f"arn:aws:iam::{CENTRAL}:role/auditor (s3:GetObject)"
    assert facts["mayBy.write"] == "Service:delivery.logs.amazonaws.com (s3:PutObject)"
    assert facts["mayBy.change"] == "nobody by the policy"


def test_a_bucket_in_the_same_account_fails() -> None:
    """Whoever owns the cluster's account owns the bucket, whatever its policy says."""
    finding = judged(owner=known(MINE))
    assert finding.verdict is Verdict.FAIL
    assert f"lies in the cluster's own account {MINE}, another promised" in finding.summary
    assert "aws logs put-destination" in finding.fix


def test_public_access_that_is_not_blocked_fails() -> None:
    """No configuration is the same as none of the four switches."""
    finding = judged(public_access=known(PublicAccess(blocked=False, words="no configuration")))
    assert finding.verdict is Verdict.FAIL
    assert "RestrictPublicBuckets=true" in finding.fix


@pytest.mark.parametrize("principal", [OPS, {"AWS": MINE}, {"AWS": f"arn:aws:iam::{MINE}:root"}, "*", {"AWS": "*"}])
@pytest.mark.parametrize("action", ["s3:PutObject", "s3:*", "s3:Put*", ["s3:DeleteBucketPolicy"], "s3:putbucketpolicy"])
def test_write_or_policy_rights_of_the_clusters_account_fail(principal: Any, action: Any) -> None:  # noqa: ANN401 - JSON
    """Named, by its whole account, or as part of everyone."""
    finding = by_policy(allow(principal, action))
    assert finding.verdict is Verdict.FAIL
    assert "neither write nor change promised" in finding.summary


@pytest.mark.parametrize("action", ["s3:ReplicateObject", "s3:PutObjectAcl", "s3:PutBucketOwnershipControls"])
def test_the_less_known_ways_to_write_or_change_fail_too(action: str) -> None:
    """Replication writes objects, and owners of objects rule them."""
    assert by_policy(allow(OPS, action)).verdict is Verdict.FAIL


def test_the_streams_own_role_is_named_as_such() -> None:
    """Then the policy alone cannot be mended: the export writes from there."""
    role = f"arn:aws:iam::{MINE}:role/firehose"
    facts = archived(policy=bucket_policy(allow({"AWS": role}, "s3:PutObject")))
    source = dataclasses.replace(facts.eks, streams=(stream(role=role),))
    finding = judge_archive_central(dataclasses.replace(facts, source=source))
    assert finding.verdict is Verdict.FAIL
    assert f"{role} is the delivery stream's role" in finding.summary


def test_reading_is_no_fault() -> None:
    """The owner of a cluster may read its own logs."""
    assert by_policy(allow(OPS, ["s3:Get*", "s3:ListBucket"])).verdict is Verdict.PASS


def test_a_deny_without_conditions_takes_the_right_away() -> None:
    """Deny wins over every Allow."""
    assert by_policy(allow(OPS, "s3:*"), deny("*", "s3:*")).verdict is Verdict.PASS
    assert by_policy(allow(OPS, "s3:PutObject"), deny({"AWS": MINE}, "s3:Put*")).verdict is Verdict.PASS
    assert by_policy(allow(OPS, "s3:PutObject"), deny({"AWS": CENTRAL}, "s3:Put*")).verdict is Verdict.FAIL


def test_a_deny_of_plain_http_denies_nobody() -> None:
    """Everyone can use TLS; a reader who stops at the word Deny is wrong."""
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    assert by_policy(allow(OPS, "s3:PutObject"), deny("*", "s3:*", Condition=condition)).verdict is Verdict.FAIL


def test_a_deny_for_all_but_some_arns_is_decided() -> None:
    """The usual way to let one writer in."""
    condition = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{CENTRAL}:role/*"}}
    assert by_policy(allow(OPS, "s3:PutObject"), deny("*", "s3:*", Condition=condition)).verdict is Verdict.PASS
    spared = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{MINE}:role/*"}}
    assert by_policy(allow(OPS, "s3:PutObject"), deny("*", "s3:*", Condition=spared)).verdict is Verdict.FAIL


def test_not_principal_denies_everyone_else() -> None:
    """And spares those it names."""
    others = {"Effect": "Deny", "NotPrincipal": READERS, "Action": "s3:*", "Resource": ["*"]}
    assert by_policy(allow(OPS, "s3:PutObject"), others).verdict is Verdict.PASS
    spared = others | {"NotPrincipal": OPS}
    assert by_policy(allow(OPS, "s3:PutObject"), spared).verdict is Verdict.FAIL
    assert by_policy(allow("*", "s3:PutObject"), others).verdict is Verdict.UNKNOWN


def test_not_action_means_all_others() -> None:
    """An Allow of everything but reading is an Allow of writing."""
    statement = allow(OPS, "x")
    del statement["Action"]
    assert by_policy(statement | {"NotAction": "s3:GetObject"}).verdict is Verdict.FAIL
    others = ["s3:Put*", "s3:Delete*", "s3:Replicate*", "s3:Bypass*", "s3:ObjectOwner*"]
    assert by_policy(statement | {"NotAction": others}).verdict is Verdict.PASS


def test_a_condition_we_cannot_decide_is_unknown_with_its_text() -> None:
    """Neither open nor closed is shown."""
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    finding = by_policy(allow("*", "s3:PutObject", Condition=condition))
    assert finding.verdict is Verdict.UNKNOWN
    assert '"aws:PrincipalOrgID":"o-1"' in finding.summary
    assert by_policy(allow(OPS, "s3:PutObject"), deny("*", "s3:*", Condition=condition)).verdict is Verdict.UNKNOWN


def test_conditions_on_the_callers_account_are_decided() -> None:
    """Everyone of another account is nobody of this one."""
    for operator, account, verdict in (
        ("StringEquals", CENTRAL, Verdict.PASS),
        ("StringEquals", MINE, Verdict.FAIL),
        ("StringNotEquals", MINE, Verdict.PASS),
    ):
        condition = {operator: {"aws:PrincipalAccount": [account]}}
        assert by_policy(allow("*", "s3:PutObject", Condition=condition)).verdict is verdict


def test_another_prefix_or_bucket_is_not_this_archive() -> None:
    """One bucket may hold others' objects beside these."""
    elsewhere = allow(OPS, "s3:PutObject", Resource="arn:aws:s3:::central-audit/gke/*")
    assert by_policy(elsewhere).verdict is Verdict.PASS
    assert by_policy(elsewhere | {"Resource": "arn:aws:s3:::central-audit/eks/prod/*"}).verdict is Verdict.FAIL
    assert by_policy(elsewhere | {"Resource": "arn:aws:s3:::*/*"}).verdict is Verdict.FAIL
    partly = deny("*", "s3:PutObject", Resource="arn:aws:s3:::central-audit/eks/prod/*")
    assert by_policy(allow(OPS, "s3:PutObject"), partly).verdict is Verdict.UNKNOWN


def test_an_id_whose_account_is_not_plain_is_unknown() -> None:
    """A deleted role's id, a canonical user: whose it is the policy does not say."""
    assert by_policy(allow({"AWS": "AROAEXAMPLE"}, "s3:PutObject")).verdict is Verdict.UNKNOWN
    assert by_policy(allow({"AWS": "arn:aws:iam::*:role/x"}, "s3:PutObject")).verdict is Verdict.UNKNOWN
    assert by_policy(allow({"CanonicalUser": "79a5"}, "s3:PutObject")).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("text", ["{", "[]", '{"Statement":[{"Effect":"Allow"}]}', '{"Statement":[1]}', "[" * 9999])
def test_a_policy_we_cannot_read_is_unknown(text: str) -> None:
    """A shape the language does not have is not skipped."""
    assert judged(policy=known(text)).verdict is Verdict.UNKNOWN


def test_names_of_people_stay_out_of_the_finding() -> None:
    """Findings and facts go into the ledger, which keeps no personal data."""
    finding = by_policy(allow({"AWS": f"arn:aws:iam::{MINE}:user/alice.smith"}, "s3:PutObject"))
    assert finding.verdict is Verdict.FAIL
    assert "alice" not in repr(finding)
    assert f"arn:aws:iam::{MINE}:user/..." in finding.summary


def test_what_could_not_be_read_is_unknown_unless_something_failed() -> None:
    """A denied policy is no absent one."""
    finding = judged(policy=denied("s3:GetBucketPolicy"))
    assert finding.verdict is Verdict.UNKNOWN
    assert "permission s3:GetBucketPolicy missing" in finding.summary
    assert judged(policy=denied("s3:GetBucketPolicy"), owner=known(MINE)).verdict is Verdict.FAIL
    assert judged(exists=known(value=False)).verdict is Verdict.FAIL
    assert judge_archive_central(dataclasses.replace(HEALTHY, archive=None)).verdict is Verdict.UNKNOWN


def test_copies_of_the_archive_are_named_and_decide_nothing() -> None:
    """Who owns a copy can read the logs; the archive itself stays what it is."""
    copy = Replica("audit-copy", "111122223333", "eks/", enabled=True, deletes=False)
    off = Replica("old-copy", "", "", enabled=False, deletes=True)
    finding = judge_archive_central(archived(replication=known((copy, off))))
    assert finding.verdict is Verdict.PASS
    assert "copies go to audit-copy of account 111122223333" in finding.summary
    assert "old-copy" not in finding.summary
    assert any("to old-copy of an account not named (off" in fact.value for fact in finding.facts)
    assert judge_archive_central(archived(replication=denied("s3:GetReplicationConfiguration"))).verdict is Verdict.PASS
