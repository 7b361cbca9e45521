"""A shared stream and a shared archive look alive by other clusters' records: only its own counters speak for one."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from dayseal.checks.export_health import judge_export_health
from dayseal.checks.route_terms import Declared, RouteThresholds
from dayseal.model import Finding, Verdict
from dayseal.model.route import ExportTask, NewestObject, PolicyKind, RouteFacts, StreamAnswer
from support.route_facts import (
    BUCKET,
    HEALTHY,
    NOW,
    PROMISED,
    STREAM,
    counters,
    delivering,
    denied,
    known,
    policy,
    reading,
    route,
    stream,
    way,
    written,
)

LAMBDA = "arn:aws:lambda:eu-central-1:111122223333:function:siem"
OTHER = STREAM.replace("/audit", "/siem")


def judged(facts: RouteFacts | None = None, **delivery: Any) -> Finding:  # noqa: ANN401 - any field of the deliveries
    """Judge a route (the healthy one) with some signs of life replaced."""
    base = facts or HEALTHY
    return judge_export_health(
        dataclasses.replace(base, delivery=dataclasses.replace(base.delivery, **delivery)), PROMISED
    )


def test_a_filter_that_passed_nothing_on_fails_beside_a_fresh_object() -> None:
    """The fresh object is another cluster's: records came in here, and the counter says that none went on."""
    finding = judged(filters=(counters(forwarded=0),))
    assert finding.verdict is Verdict.FAIL
    assert "5000 records came in and filter to-archive passed none of them on" in finding.summary
    assert finding.fix


def test_a_filter_without_its_own_counter_is_unknown_beside_a_fresh_object() -> None:
    """No data points is not zero, and it is no sign of life either."""
    finding = judged(filters=(counters(forwarded=None),))
    assert finding.verdict is Verdict.UNKNOWN
    assert "ForwardedLogEvents" in finding.summary


@pytest.mark.parametrize("value", [0, None])
def test_no_incoming_record_is_unknown_beside_a_fresh_object(value: float | None) -> None:
    """What others deliver into the same archive shows nothing of a cluster whose group is silent."""
    finding = judged(incoming=reading("IncomingLogEvents", value))
    assert finding.verdict is Verdict.UNKNOWN
    assert "no record came in" in finding.summary


def test_a_filter_made_within_the_window_is_not_yet_proven_dead() -> None:
    """What came in before there was a filter could not be passed on."""
    facts = route(filters=known((way(created_at=NOW - dt.timedelta(minutes=10)),)))
    assert judged(facts, filters=(counters(forwarded=0),)).verdict is Verdict.UNKNOWN


def test_a_silent_filter_is_no_proof_while_another_way_may_carry_the_records() -> None:
    """Policies nobody may read, and a stream nobody may see, may do what this filter does not."""
    silent = (counters(forwarded=0),)
    unread = route(account_policies=denied("logs:DescribeAccountPolicies"))
    assert judged(unread, filters=silent).verdict is Verdict.UNKNOWN
    unseen = StreamAnswer(OTHER, denied("firehose:DescribeDeliveryStream"))
    facts = route(filters=known((way(), way("second", destination=OTHER))), streams=(stream(), unseen))
    assert judged(facts, filters=silent).verdict is Verdict.UNKNOWN
    siem = route(filters=known((way(), way("siem", destination=LAMBDA))))
    assert judged(siem, filters=silent).verdict is Verdict.UNKNOWN


def test_one_of_two_filters_to_the_archive_is_enough() -> None:
    """While a route is moved both filters stand, and one of them is silent."""
    two = (counters(forwarded=0, name="old"), counters())
    assert judged(filters=two).verdict is Verdict.PASS


def test_an_account_policys_counter_speaks_for_no_single_cluster() -> None:
    """It counts all its log groups together, so it says nothing of this one."""
    document = {"DestinationArn": STREAM, "FilterPattern": "", "RoleArn": "x"}
    facts = route(filters=known(()), account_policies=known((policy(PolicyKind.SUBSCRIPTION, document),)))
    shared = counters(name="org", own=False)
    finding = judged(facts, filters=(shared,))
    assert finding.verdict is Verdict.UNKNOWN
    assert "all its log groups together" in finding.summary
    assert judged(facts, filters=(dataclasses.replace(shared, errors=reading("DeliveryErrors", 2)),)).verdict is (
        Verdict.UNKNOWN
    )
    assert judged(filters=(counters(), shared)).verdict is Verdict.PASS
    # The group's own filter is silent, but the policy may carry what it does not.
    assert judged(facts, filters=(counters(forwarded=0), shared)).verdict is Verdict.UNKNOWN


def test_a_policy_that_leaves_this_group_out_is_no_way_of_its_own() -> None:
    """The account's other groups are exported, this one is not."""
    document = {"DestinationArn": STREAM, "FilterPattern": ""}
    left_out = policy(PolicyKind.SUBSCRIPTION, document, 'LogGroupName NOT IN ["/aws/eks/prod/cluster"]')
    facts = route(filters=known(()), account_policies=known((left_out,)))
    finding = judged(facts, filters=(counters(name="org", own=False),))
    assert finding.verdict is Verdict.UNKNOWN
    assert "no way of this cluster's is known to lead to" in finding.summary


def test_without_a_filter_the_archives_newest_object_is_somebody_elses() -> None:
    """The settings name a shared archive; nothing leads there from here."""
    facts = route(filters=known(()), streams=())
    assert judged(facts, filters=()).verdict is Verdict.UNKNOWN
    start = NOW - dt.timedelta(days=2)
    task = ExportTask("t", start, start + dt.timedelta(days=1), BUCKET, "COMPLETED", "eks")
    exported = route(filters=known(()), streams=(), exports=known((task,)))
    assert judged(exported, filters=()).verdict is Verdict.UNKNOWN


def test_a_healthy_way_elsewhere_says_nothing_of_the_archive() -> None:
    """A SIEM's stream passes everything on, the archive's own filter is gone."""
    elsewhere = stream(arn=OTHER, bucket="siem")
    facts = route(filters=known((way(destination=OTHER),)), streams=(StreamAnswer(OTHER, elsewhere.stream),))
    finding = judged(facts, filters=(counters(destination=OTHER),), streams=(written(arn=OTHER),))
    assert finding.verdict is Verdict.UNKNOWN


def test_errors_on_the_way_to_somebody_else_are_no_fault_of_this_export() -> None:
    """A SIEM that refuses records is its owner's trouble; it is named, and the archive is not failed for it."""
    siem = counters(errors=9, destination=LAMBDA, name="siem")
    assert judged(filters=(counters(), siem)).verdict is Verdict.PASS
    assert "filter siem" in judged(filters=(counters(), siem)).summary
    facts = route(streams=(stream(), StreamAnswer(OTHER, stream(arn=OTHER, bucket="siem").stream)))
    assert judged(facts, streams=(written(), written(0.0, OTHER))).verdict is Verdict.PASS


def test_a_declared_destination_is_a_way_by_its_own_counter() -> None:
    """What lies behind is declared; that records leave for it is counted."""
    thresholds = RouteThresholds(destinations=(Declared(LAMBDA, "the archive's writer"),))
    facts = route(filters=known((way(destination=LAMBDA),)), streams=())
    for value, verdict in ((5000, Verdict.PASS), (0, Verdict.FAIL), (None, Verdict.UNKNOWN)):
        one = dataclasses.replace(HEALTHY.delivery, filters=(counters(value, destination=LAMBDA),), streams=())
        assert judge_export_health(dataclasses.replace(facts, delivery=one), thresholds).verdict is verdict


def test_a_stream_nobody_may_see_is_unknown_however_much_it_took() -> None:
    """Where it writes to is not known, so nor is whose the fresh object is."""
    facts = route(streams=(StreamAnswer(STREAM, denied("firehose:DescribeDeliveryStream")),))
    finding = judged(facts, streams=())
    assert finding.verdict is Verdict.UNKNOWN
    assert "permission firehose:DescribeDeliveryStream missing" in finding.summary


def test_a_dead_archive_still_fails_whatever_the_counters_say() -> None:
    """Firehose took the records, and they never came out."""
    old = known(NewestObject("eks/old", NOW - dt.timedelta(hours=9)))
    assert judge_export_health(delivering(newest=old), PROMISED).verdict is Verdict.FAIL
