"""Kept long enough, hot and in total."""

import dataclasses
import datetime as dt

import pytest

from dayseal.checks.retention import judge_retention
from dayseal.checks.route_terms import RouteThresholds, term_days
from dayseal.errors import UsageError
from dayseal.model import Verdict
from dayseal.model.route import LifecycleRule, Move, RouteFacts, StreamAnswer
from support.route_facts import (
    ARCHIVE,
    DAY,
    HEALTHY,
    PROMISED,
    STREAM,
    archived,
    denied,
    known,
    lock,
    log_group,
    route,
    stream,
)

LEAP = dt.date(2027, 6, 1)  # its year holds 29 February 2028


def judged(facts: RouteFacts, day: dt.date = DAY) -> tuple[Verdict, str, str]:
    """Judge, and give verdict, sentence and command."""
    finding = judge_retention(facts, PROMISED, day)
    return finding.verdict, finding.summary, finding.fix


def without_archive(**source: object) -> RouteFacts:
    """Give a route that ends at the log group."""
    return dataclasses.replace(route(**source), archive=None)


def kept(group_days: int | None, *rules: LifecycleRule, lock_days: int = 400) -> RouteFacts:
    """Give a route with this log group and these lifecycle rules."""
    archive = archived(lifecycle=known(rules), locking=lock(days=lock_days)).archive
    return dataclasses.replace(route(log_group=log_group(group_days)), archive=archive)


def test_92_days_hot_and_a_locked_bucket_pass_together() -> None:
    """The union of the stores is judged: neither would do alone."""
    rules = LifecycleRule("term", delete_days=400), LifecycleRule("cold", moves=(Move(30, "GLACIER", restore=True),))
    verdict, said, _ = judged(kept(92, *rules))
    assert verdict is Verdict.PASS
    assert "hot 92 days, in total 400 days" in said


def test_91_days_hot_fail_where_the_bucket_needs_a_restore() -> None:
    """A storage class that needs a restore is not queryable at once."""
    verdict, said, fix = judged(kept(91, LifecycleRule("cold", moves=(Move(30, "GLACIER", restore=True),))))
    assert verdict is Verdict.FAIL
    assert "hot 91 days, 92 promised" in said
    assert fix.endswith("--log-group-name /aws/eks/prod/cluster --retention-in-days 120")


def test_a_cheaper_class_without_a_restore_is_still_hot() -> None:
    """Infrequent access costs more to read and answers at once."""
    assert judged(kept(7, LifecycleRule("cool", moves=(Move(30, "STANDARD_IA", restore=False),))))[0] is Verdict.PASS


def test_never_expires_counts_as_without_end() -> None:
    """`retentionInDays` is absent then, which a careless reader takes for zero."""
    verdict, said, _ = judged(without_archive(log_group=log_group(None)))
    assert verdict is Verdict.PASS
    assert "hot without end, in total without end" in said
    assert "no archive is on the route" in said


def test_a_deleted_log_group_fails_while_the_cluster_is_in_scope() -> None:
    """The bucket may hold everything; what could be queried at once is gone, and with it the way out."""
    verdict, said, fix = judged(route(log_group=known(None)))
    assert verdict is Verdict.FAIL
    assert "log group /aws/eks/prod/cluster does not exist" in said
    assert fix.startswith("aws logs create-log-group")


@pytest.mark.parametrize(("group_days", "verdict"), [(365, Verdict.FAIL), (366, Verdict.PASS)])
def test_a_window_with_29_february_needs_366_days(group_days: int, verdict: Verdict) -> None:
    """A year of logs is a calendar year: 365 days end a day early."""
    assert judged(without_archive(log_group=log_group(group_days)), LEAP)[0] is verdict


def test_365_days_are_enough_in_a_common_year() -> None:
    """No 29 February lies between November 2026 and November 2027."""
    assert judged(without_archive(log_group=log_group(365)))[0] is Verdict.PASS


def test_terms_are_calendar_years_only_for_whole_years() -> None:
    """400 days are 400 days; 730 are two years."""
    assert [term_days(LEAP, days) for days in (365, 400, 730)] == [366, 400, 731]
    assert term_days(dt.date(2028, 2, 29), 365) == 366


@pytest.mark.parametrize(("days", "verdict"), [(400, Verdict.FAIL), (366, Verdict.FAIL), (364, Verdict.FAIL)])
def test_a_lifecycle_rule_before_the_lock_or_the_term_fails(days: int, verdict: Verdict) -> None:
    """Expiry puts a delete marker even on a locked object, so what is due disappears from view."""
    found, said, fix = judged(kept(None, LifecycleRule("tidy", delete_days=days), lock_days=401))
    assert found is verdict
    assert "lifecycle rule 'tidy' of central-audit deletes after" in said
    assert "put-bucket-lifecycle-configuration --bucket central-audit" in fix


def test_a_rule_for_another_prefix_or_switched_off_does_nothing_here() -> None:
    """One bucket holds many routes."""
    rules = LifecycleRule("other", prefix="gke/", delete_days=1), LifecycleRule("off", enabled=False, delete_days=1)
    assert judged(kept(92, *rules))[0] is Verdict.PASS
    assert judged(kept(92, LifecycleRule("inner", prefix="eks/prod/", delete_days=1)))[0] is Verdict.FAIL


def test_a_rule_narrowed_by_tags_cannot_be_decided() -> None:
    """Whether it fits the log objects is not in the rule."""
    assert judged(kept(92, LifecycleRule("tagged", narrowed=True, delete_days=1)))[0] is Verdict.UNKNOWN


def test_a_rule_on_a_fixed_day_counts_from_the_days_logs() -> None:
    """It deletes everything on that day, however young."""
    rule = LifecycleRule("end", delete_on=DAY + dt.timedelta(days=30))
    assert "deletes after 30 days" in judged(kept(92, rule))[1]


def test_a_missing_fact_is_unknown_even_beside_long_terms() -> None:
    """A lifecycle nobody could read may delete tomorrow."""
    verdict, said, fix = judged(archived(lifecycle=denied("s3:GetLifecycleConfiguration", "central-audit")))
    assert verdict is Verdict.UNKNOWN
    assert "permission s3:GetLifecycleConfiguration missing" in said
    assert fix.startswith("grant s3:GetLifecycleConfiguration")
    assert judged(route(log_group=denied("logs:DescribeLogGroups")))[0] is Verdict.UNKNOWN


def test_a_store_we_could_not_ask_is_no_short_store() -> None:
    """An error never becomes FAIL: the bucket may keep what the group does not."""
    assert judged(route(log_group=log_group(7)))[0] is Verdict.PASS
    unread = archived(lifecycle=denied("s3:GetLifecycleConfiguration")).archive
    assert judged(dataclasses.replace(kept(7), archive=unread))[0] is Verdict.UNKNOWN


@pytest.mark.parametrize("days", [7, 400])
def test_an_archive_that_a_refused_call_hides_is_no_missing_archive(days: int) -> None:
    """It may keep what the group does not, and may delete it early: with long terms and with short ones."""
    hidden = stream(), StreamAnswer(STREAM, denied("firehose:DescribeDeliveryStream"))
    for unseen in ({"filters": denied("logs:DescribeSubscriptionFilters"), "streams": ()}, {"streams": hidden[1:]}):
        verdict, said, fix = judged(without_archive(log_group=log_group(days), **unseen))
        assert verdict is Verdict.UNKNOWN
        assert "missing" in said
        assert fix.startswith("grant ")
    assert judged(route(log_group=log_group(days), streams=hidden))[0] is Verdict.PASS


def test_an_archive_that_does_not_exist_fails() -> None:
    """The settings name it, the provider says there is none."""
    assert ARCHIVE.uri == "s3://central-audit/eks/"
    assert judged(archived(exists=known(value=False)))[0] is Verdict.FAIL


def test_senseless_thresholds_are_refused() -> None:
    """Less in total than hot is a typing error."""
    assert judge_retention(HEALTHY, PROMISED, DAY).verdict is Verdict.PASS
    with pytest.raises(UsageError):
        RouteThresholds(hot_days=400, total_days=365)
