"""A store counts where the route leads to it: what lies behind a function, or no way at all, keeps nothing for sure."""

import dataclasses
from typing import Any

import pytest

from dayseal.checks.retention import judge_retention
from dayseal.checks.route_terms import Declared, RouteThresholds
from dayseal.model import Finding, Verdict
from dayseal.model.route import (
    ExportTask,
    LifecycleRule,
    Missing,
    PolicyKind,
    Reason,
    RouteFacts,
    StreamAnswer,
)
from support.route_facts import (
    ARCHIVE,
    BUCKET,
    CALL,
    DAY,
    NOW,
    PROMISED,
    STREAM,
    denied,
    key,
    known,
    log_group,
    policy,
    route,
    stream,
    way,
)

LAMBDA = "arn:aws:lambda:eu-central-1:111122223333:function:ship"
KINESIS = "arn:aws:kinesis:eu-central-1:111122223333:stream/ship"
LOGICAL = "arn:aws:logs:eu-central-1:999988887777:destination:siem"


def judged(facts: RouteFacts, thresholds: RouteThresholds = PROMISED) -> Finding:
    """Judge a route."""
    return judge_retention(facts, thresholds, DAY)


def bare(days: int, **source: Any) -> RouteFacts:  # noqa: ANN401 - any field of the source
    """Give a route on which no archive is known."""
    return dataclasses.replace(route(log_group=log_group(days), **source), archive=None)


def to(destination: str) -> dict[str, Any]:
    """Give a route's only filter, to this destination."""
    return {"filters": known((way(destination=destination),)), "streams": ()}


@pytest.mark.parametrize("destination", [LAMBDA, KINESIS, "no ARN at all"])
@pytest.mark.parametrize("days", [30, 400])
def test_what_lies_behind_an_opaque_destination_is_unknown(destination: str, days: int) -> None:
    """It may keep the logs for ten years or for an hour."""
    finding = judged(bare(days, **to(destination)))
    assert finding.verdict is Verdict.UNKNOWN
    assert destination in finding.summary
    assert finding.fix


def test_a_stream_into_something_other_than_s3_is_opaque_too() -> None:
    """A search index deletes by rules of its own; so may whatever a logical destination hides."""
    index = stream(bucket=None)
    assert judged(bare(400, streams=(index,))).verdict is Verdict.UNKNOWN
    hidden = StreamAnswer(LOGICAL, Missing(Reason.NOT_ASKED, CALL))
    facts = bare(400, filters=known((way(destination=LOGICAL),)), streams=(hidden,))
    assert judged(facts).verdict is Verdict.UNKNOWN


def test_a_declared_destination_leaves_the_log_group_to_decide() -> None:
    """What lies there is declared, and for how long it keeps the logs is not: a short group stays open."""
    thresholds = RouteThresholds(destinations=(Declared(LAMBDA, "the SIEM's archive"),))
    assert judged(bare(400, **to(LAMBDA)), thresholds).verdict is Verdict.PASS
    finding = judged(bare(30, **to(LAMBDA)), thresholds)
    assert finding.verdict is Verdict.UNKNOWN
    assert "the SIEM's archive (declared, not proven)" in finding.summary


def test_an_archive_that_no_known_way_reaches_lengthens_nothing() -> None:
    """The settings name it, and the only way leads through a function."""
    for ways in (to(LAMBDA), {"filters": known(()), "streams": ()}):
        finding = judged(route(log_group=log_group(30), **ways))
        assert finding.verdict is Verdict.UNKNOWN
        assert "no way is known to lead to s3://central-audit/eks/" in finding.summary
        assert judged(route(log_group=log_group(400), **ways)).verdict is Verdict.PASS
    assert judged(route(log_group=log_group(30))).verdict is Verdict.PASS


def test_a_siem_beside_the_archive_changes_nothing() -> None:
    """One way leads to the archive; where else the records go is nobody's term."""
    ways = known((way(), way("siem", destination=LAMBDA)))
    assert judged(route(log_group=log_group(30), filters=ways)).verdict is Verdict.PASS


def test_export_tasks_and_account_policies_reach_the_archive_too() -> None:
    """They are ways as a group's own filter is."""
    task = ExportTask("t", NOW, NOW, BUCKET, "COMPLETED", "eks")
    exported = route(log_group=log_group(30), filters=known(()), streams=(), exports=known((task,)))
    assert judged(exported).verdict is Verdict.PASS
    document = {"DestinationArn": STREAM, "FilterPattern": ""}
    shared = known((policy(PolicyKind.SUBSCRIPTION, document),))
    facts = route(log_group=log_group(30), filters=known(()), account_policies=shared)
    assert judged(facts).verdict is Verdict.PASS


def test_an_early_rule_fails_on_a_named_archive_whatever_leads_there() -> None:
    """The archive's own fault is not hidden by the route's."""
    early = dataclasses.replace(ARCHIVE, lifecycle=known((LifecycleRule("tidy", delete_days=1),)))
    facts = dataclasses.replace(route(log_group=log_group(400), **to(LAMBDA)), archive=early)
    assert judged(facts).verdict is Verdict.FAIL


@pytest.mark.parametrize("state", ["PendingDeletion", "Disabled", "NotFound"])
def test_a_log_group_whose_key_is_gone_answers_no_query(state: str) -> None:
    """CloudWatch Logs cannot read what it stored; the group stands there and looks well."""
    finding = judged(route(log_group=log_group(400, key="arn:aws:kms:eu-west-1:9:key/k"), log_group_key=key(state)))
    assert finding.verdict is Verdict.FAIL
    assert f"is {state}" in finding.summary
    assert "aws kms" in finding.fix


def test_a_log_groups_key_that_nobody_may_ask_about_is_unknown() -> None:
    """A key that works is no fault, and one that was not told is not taken for it."""
    encrypted = log_group(400, key="arn:aws:kms:eu-west-1:9:key/k")
    assert judged(route(log_group=encrypted, log_group_key=denied("kms:DescribeKey"))).verdict is Verdict.UNKNOWN
    assert judged(route(log_group=encrypted, log_group_key=key())).verdict is Verdict.PASS
