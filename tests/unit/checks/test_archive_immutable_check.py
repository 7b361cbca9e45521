"""Nobody can change or delete the objects."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from dayseal.checks.archive_immutable import judge_archive_immutable
from dayseal.checks.route_terms import RouteThresholds
from dayseal.model import ArchiveObject, Finding, Listing, Verdict
from dayseal.model.route import BatchObjects, Locking, LockRule, LockStrength
from support.route_facts import (
    DAY,
    HEALTHY,
    PROMISED,
    allow,
    archived,
    bucket_policy,
    denied,
    deny,
    key,
    known,
    lock,
    objects,
    route,
    stream,
)

NO_DEFAULT = known(Locking(enabled=True))
LENIENT = RouteThresholds(accept_governance=True)


def judged(batch: BatchObjects | None = None, thresholds: RouteThresholds = PROMISED, **archive: Any) -> Finding:  # noqa: ANN401 - any field
    """Judge the healthy archive with some facts replaced."""
    return judge_archive_immutable(archived(**archive), thresholds, DAY, batch)


def grade(finding: Finding) -> str:
    """Give the grade it was written down with."""
    return next(fact.value for fact in finding.facts if fact.field == "grade")


def test_compliance_over_the_term_passes() -> None:
    """The grade is named; nobody can lift it, root included."""
    finding = judged(objects())
    assert finding.verdict is Verdict.PASS
    assert grade(finding) == "compliance"


def test_single_objects_are_looked_at_only_when_a_day_is_asked_for() -> None:
    """What was not looked at must be said."""
    assert judged().summary.endswith("single objects were not looked at")


def test_object_lock_with_no_default_rule_is_unknown_until_objects_are_seen() -> None:
    """The switch alone locks nothing, but whoever writes may lock each object: only the objects can tell."""
    finding = judged(locking=NO_DEFAULT)
    assert finding.verdict is Verdict.UNKNOWN
    assert grade(finding) == "none"
    assert "no default rule, and no object's lock was seen; a lock of 365 days promised" in finding.summary
    assert '"Mode":"COMPLIANCE","Days":365' in finding.fix
    nothing = BatchObjects(DAY, known(Listing(())))
    assert judged(nothing, locking=NO_DEFAULT).verdict is Verdict.UNKNOWN
    assert judged(BatchObjects(DAY, denied("s3:ListBucketVersions")), locking=NO_DEFAULT).verdict is Verdict.UNKNOWN


def test_object_lock_that_is_off_fails_without_looking_at_objects() -> None:
    """No object can carry a lock there."""
    assert judged(locking=known(Locking(enabled=False))).verdict is Verdict.FAIL


def test_no_default_rule_passes_when_every_object_carries_its_own_lock() -> None:
    """Whoever writes the objects may set the lock on each."""
    assert judged(objects(), locking=NO_DEFAULT).verdict is Verdict.PASS
    assert judged(objects(mode=""), locking=NO_DEFAULT).verdict is Verdict.FAIL
    assert judged(objects(days=364), locking=NO_DEFAULT).verdict is Verdict.FAIL
    assert judged(objects(mode="GOVERNANCE"), locking=NO_DEFAULT).verdict is Verdict.FAIL


def test_governance_for_one_day_fails_on_both_counts() -> None:
    """The mode can be bypassed and the term is over tomorrow."""
    finding = judged(locking=lock("GOVERNANCE", 1), thresholds=LENIENT)
    assert finding.verdict is Verdict.FAIL
    assert "GOVERNANCE 1 days by default, 365 days promised" in finding.summary
    assert grade(finding) == "governance"


def test_governance_passes_only_where_the_settings_accept_it() -> None:
    """It is the lower grade, and that is printed."""
    assert judged(locking=lock("GOVERNANCE")).verdict is Verdict.FAIL
    finding = judged(locking=lock("GOVERNANCE"), thresholds=LENIENT)
    assert finding.verdict is Verdict.PASS
    assert "accepted by the settings" in finding.summary
    assert "identity policies are not looked at" in finding.summary


def test_governance_fails_when_somebody_may_bypass_it() -> None:
    """An accepted lower grade still has to hold against everyone we can see."""
    ops = {"AWS": "arn:aws:iam::999988887777:role/ops"}
    opened = bucket_policy(allow(ops, "s3:Bypass*"))
    finding = judged(locking=lock("GOVERNANCE"), thresholds=LENIENT, policy=opened)
    assert finding.verdict is Verdict.FAIL
    assert "role/ops may bypass it" in finding.summary
    closed = bucket_policy(allow(ops, "s3:*"), deny("*", "s3:BypassGovernanceRetention"))
    assert judged(locking=lock("GOVERNANCE"), thresholds=LENIENT, policy=closed).verdict is Verdict.PASS
    unread = denied("s3:GetBucketPolicy")
    assert judged(locking=lock("GOVERNANCE"), thresholds=LENIENT, policy=unread).verdict is Verdict.UNKNOWN


def test_an_unlocked_policy_fails_and_says_so() -> None:
    """Whoever may change it can lift it (Cloud Storage, Azure)."""
    rule = LockRule("retentionPolicy", LockStrength.REVOCABLE, 400)
    finding = judged(locking=known(Locking(enabled=True, rule=rule)))
    assert finding.verdict is Verdict.FAIL
    assert "the lock itself can be lifted" in finding.summary


def test_immutable_but_undeliverable_fails() -> None:
    """A lock that also blocks the log writer archives nothing."""
    rule = LockRule("Locked", LockStrength.FIRM, 400, blocks_writer=True)
    assert "immutable but undeliverable" in judged(locking=known(Locking(enabled=True, rule=rule))).summary


def test_an_object_locked_below_the_term_fails() -> None:
    """The default rule may have been shorter when it was written."""
    finding = judged(objects("short", days=364))
    assert finding.verdict is Verdict.FAIL
    assert "1 of 1 object of 2026-11-22 not locked until 2027-11-22T00:00:00Z, first short: COMPLIANCE until" in (
        finding.summary
    )
    assert judged(objects("exact", days=365)).verdict is Verdict.PASS


def test_a_day_whose_year_holds_29_february_needs_366_days() -> None:
    """A year's lock of 365 days ends before a calendar year does."""
    leap = dt.date(2027, 6, 1)
    year = archived(locking=lock(days=365))
    assert judge_archive_immutable(year, PROMISED, leap).verdict is Verdict.FAIL
    assert judge_archive_immutable(year, PROMISED, DAY).verdict is Verdict.PASS


def test_a_legal_hold_alone_is_no_lock() -> None:
    """Whoever may set it may lift it, and it has no term: S3 shows neither mode nor date for it."""
    held = objects(mode="")
    assert judged(held).verdict is Verdict.FAIL
    assert judged(held, locking=NO_DEFAULT).verdict is Verdict.FAIL


def test_a_date_without_a_mode_that_is_known_is_no_lock() -> None:
    """A mode nobody has heard of may lock nothing."""
    start = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    for mode in ("", "ADVISORY"):
        odd = ArchiveObject("a", "v", 1, start, mode, start + dt.timedelta(days=400))
        assert judged(BatchObjects(DAY, known(Listing((odd,))))).verdict is Verdict.FAIL


def test_objects_in_governance_mode_lower_the_grade_of_a_compliance_bucket() -> None:
    """The default speaks for new objects only."""
    finding = judged(objects(mode="GOVERNANCE"))
    assert finding.verdict is Verdict.FAIL
    assert grade(finding) == "governance"


def test_a_delete_marker_and_a_second_version_are_findings() -> None:
    """Object Lock stops neither: what was there first is hidden or shadowed."""
    assert "1 delete marker in 2026-11-22, first over eks/x" in judged(objects(markers=("eks/x",))).summary
    finding = judged(objects("a", "a"))
    assert finding.verdict is Verdict.FAIL
    assert "1 key of 2026-11-22 with a second version, first a" in finding.summary


def test_a_listing_that_was_cut_short_is_unknown() -> None:
    """The objects it did not show may carry no lock."""
    start = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    one = ArchiveObject("a", "v", 1, start, "COMPLIANCE", start + dt.timedelta(days=400))
    assert judged(BatchObjects(DAY, known(Listing((one,), complete=False)))).verdict is Verdict.UNKNOWN
    assert judged(BatchObjects(DAY, denied("s3:ListBucketVersions"))).verdict is Verdict.UNKNOWN


def test_versioning_that_is_off_fails() -> None:
    """Without versions an overwrite is a deletion."""
    finding = judged(versioned=known(value=False))
    assert finding.fix.endswith("--versioning-configuration Status=Enabled")


@pytest.mark.parametrize(("state", "verb"), [("PendingDeletion", "cancel-key-deletion"), ("Disabled", "enable-key")])
def test_a_key_that_goes_takes_the_objects_with_it(state: str, verb: str) -> None:
    """Locked objects nobody can decrypt are as good as deleted."""
    finding = judged(key=key(state))
    assert finding.verdict is Verdict.FAIL
    assert f"aws kms {verb} --region eu-west-1" in finding.fix


def test_a_key_that_only_the_stream_names_counts_like_the_buckets() -> None:
    """The bucket's default is well, and what Firehose writes is under another key all the same."""
    own = stream(key("PendingDeletion"), key="arn:aws:kms:eu-west-1:9:key/k")
    finding = judge_archive_immutable(route(streams=(own,)), PROMISED, DAY)
    assert finding.verdict is Verdict.FAIL
    assert "aws kms cancel-key-deletion --region eu-west-1" in finding.fix
    unread = stream(denied("kms:DescribeKey"), key="arn:aws:kms:eu-west-1:9:key/k")
    assert judge_archive_immutable(route(streams=(unread,)), PROMISED, DAY).verdict is Verdict.UNKNOWN
    well = stream(key(), key="arn:aws:kms:eu-west-1:9:key/k")
    assert judge_archive_immutable(route(streams=(well,)), PROMISED, DAY).verdict is Verdict.PASS
    elsewhere = stream(key("Disabled"), key="arn:aws:kms:eu-west-1:9:key/k", bucket="other")
    assert judge_archive_immutable(route(streams=(elsewhere,)), PROMISED, DAY).verdict is Verdict.PASS


def test_what_could_not_be_read_is_unknown_unless_something_failed() -> None:
    """A denied lock configuration is no absent one."""
    finding = judged(locking=denied("s3:GetBucketObjectLockConfiguration"))
    assert finding.verdict is Verdict.UNKNOWN
    assert "permission s3:GetBucketObjectLockConfiguration missing" in finding.summary
    assert judged(key=denied("kms:DescribeKey"), versioned=known(value=False)).verdict is Verdict.FAIL
    assert judged(exists=known(value=False)).verdict is Verdict.FAIL
    bare = dataclasses.replace(HEALTHY, archive=None)
    assert judge_archive_immutable(bare, PROMISED, DAY).verdict is Verdict.UNKNOWN
