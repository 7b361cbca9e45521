"""Ways that look complete and are not, each by itself."""

import dataclasses
import datetime as dt
import itertools
from typing import Any

import pytest

from dayseal.checks.export_route import judge_export_route
from dayseal.checks.route_terms import Declared, RouteThresholds
from dayseal.model import Finding, Verdict
from dayseal.model.route import ExportTask, PolicyKind, StreamAnswer
from support.route_facts import (
    ARCHIVE,
    BUCKET,
    DAY,
    PROMISED,
    STREAM,
    denied,
    known,
    log_group,
    policy,
    route,
    stream,
    way,
)

DOCUMENT = {"DestinationArn": STREAM, "FilterPattern": "", "RoleArn": "x", "Distribution": "ByLogStream"}
START = dt.datetime.combine(DAY, dt.time(), tzinfo=dt.UTC)


def judged(**source: Any) -> Finding:  # noqa: ANN401 - any field of the source
    """Judge the healthy route with some facts replaced."""
    return judge_export_route(route(**source), PROMISED)


def by_policy(document: dict[str, Any] | None = None, **source: Any) -> Finding:  # noqa: ANN401 - any field of the source
    """Judge a group that only an account policy exports."""
    found = policy(PolicyKind.SUBSCRIPTION, DOCUMENT if document is None else document)
    return judged(filters=known(()), account_policies=known((found,)), **source)


def tasks(*hours: int, status: str = "COMPLETED", prefix: str = "eks") -> tuple[ExportTask, ...]:
    """Give export tasks from each hour of the day to the next."""
    ends = itertools.pairwise(START + dt.timedelta(hours=hour) for hour in hours)
    return tuple(ExportTask(f"t{n}", a, b, BUCKET, status, prefix) for n, (a, b) in enumerate(ends))


def exported(*found: ExportTask, thresholds: RouteThresholds = PROMISED) -> Verdict:
    """Judge a group that only export tasks export."""
    return judge_export_route(route(filters=known(()), exports=known(found)), thresholds, DAY).verdict


def test_export_tasks_that_cover_the_day_may_have_left_the_audit_streams_out() -> None:
    """A task can take one stream prefix, and nothing that lists it says which."""
    found = judge_export_route(route(filters=known(()), exports=known(tasks(0, 12, 24))), PROMISED, DAY)
    assert found.verdict is Verdict.UNKNOWN
    assert "does not tell which log streams a task took" in found.summary
    declared = RouteThresholds(destinations=(Declared(ARCHIVE.uri, "whole exports by the night job"),))
    assert exported(*tasks(0, 12, 24), thresholds=declared) is Verdict.PASS


def test_export_tasks_that_leave_hours_out_fail() -> None:
    """Half a day of exports is no way for the day, whatever the settings declare; nor is one that failed."""
    declared = RouteThresholds(destinations=(Declared(ARCHIVE.uri, "whole exports"),))
    assert exported(*tasks(0, 12), thresholds=declared) is Verdict.FAIL
    assert exported(*tasks(0, 24, status="FAILED"), thresholds=declared) is Verdict.FAIL
    assert exported(*tasks(0, 24, status="CANCELLED")) is Verdict.FAIL


def test_export_tasks_that_still_run_are_no_failure_yet() -> None:
    """The day's last task may be waiting for its turn: an account runs one at a time."""
    declared = RouteThresholds(destinations=(Declared(ARCHIVE.uri, "whole exports"),))
    assert exported(*tasks(0, 24, status="PENDING"), thresholds=declared) is Verdict.UNKNOWN


def test_export_tasks_under_another_prefix_are_no_way_into_this_archive() -> None:
    """The bucket is the same, the part of it that is locked and read is not."""
    for prefix in ("other", "ek", ""):
        assert exported(*tasks(0, 24, prefix=prefix)) is Verdict.FAIL
    assert exported(*tasks(0, 24, prefix="eks/nightly")) is Verdict.UNKNOWN


def test_without_a_day_export_tasks_decide_nothing() -> None:
    """They cover what is past."""
    facts = route(filters=known(()), exports=known(tasks(0, 24)))
    assert judge_export_route(facts, PROMISED).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("log_class", "verdict"),
    [("INFREQUENT_ACCESS", Verdict.FAIL), ("ESSENTIALS", Verdict.UNKNOWN), ("DELIVERY", Verdict.UNKNOWN)],
)
def test_a_log_class_without_subscription_filters_is_not_exported_by_an_account_policy(
    log_class: str, verdict: Verdict
) -> None:
    """The policy names every group of the account and works on those of class STANDARD."""
    finding = by_policy(log_group=log_group(400, log_class=log_class))
    assert finding.verdict is verdict
    assert f"class {log_class}" in finding.summary
    assert by_policy(log_group=denied("logs:DescribeLogGroups")).verdict is Verdict.UNKNOWN


def test_an_account_policy_exports_nothing_of_a_group_that_does_not_exist() -> None:
    """It covers every name, also those of deleted groups."""
    finding = by_policy(log_group=known(None))
    assert finding.verdict is Verdict.FAIL
    assert "does not exist" in finding.summary


@pytest.mark.parametrize(
    "more", [{"FilterPattern": 7}, {"FilterPattern": None}, {"FieldSelectionCriteria": "x"}, {"DestinationArn": 7}]
)
def test_an_account_policys_document_is_not_guessed(more: dict[str, Any]) -> None:
    """What it says beyond what is known of it may drop records."""
    assert by_policy(DOCUMENT | more).verdict is Verdict.UNKNOWN


def test_an_account_policys_pattern_drops_records_like_a_filters() -> None:
    """It is a filter of every group it covers."""
    finding = by_policy(DOCUMENT | {"FilterPattern": '{ $.verb != "get" }'})
    assert finding.verdict is Verdict.FAIL
    assert by_policy().verdict is Verdict.PASS


def test_a_destination_in_another_region_is_unknown() -> None:
    """CloudWatch Logs delivers within its Region; a logical destination there may lead on to another one."""
    far = STREAM.replace("eu-central-1", "us-east-1")
    answer = StreamAnswer(far, stream(arn=far).stream)
    finding = judged(filters=known((way(destination=far),)), streams=(answer,))
    assert finding.verdict is Verdict.UNKNOWN
    assert "lies in us-east-1" in finding.summary
    here = "arn:aws:logs:eu-central-1:999988887777:destination:audit"
    through = StreamAnswer(here, stream(arn=far).stream)
    assert judged(filters=known((way(destination=here),)), streams=(through,)).verdict is Verdict.PASS


@pytest.mark.parametrize("processor", ["Lambda", "MetadataExtraction", "SomethingNew"])
def test_a_stream_that_processes_records_is_unknown_even_behind_an_empty_pattern(processor: str) -> None:
    """A function may answer Dropped for any record, and no counter of CloudWatch Logs shows it."""
    finding = judged(streams=(stream(processors=("Decompression", processor)),))
    assert finding.verdict is Verdict.UNKNOWN
    assert processor in finding.summary


def test_a_stream_without_a_backup_passes_as_long_as_it_changes_nothing() -> None:
    """A backup keeps what processing lost; where nothing is processed there is nothing to keep."""
    assert judged(streams=(stream(processors=()),)).verdict is Verdict.PASS


def test_masks_are_named_even_where_they_cannot_be_decided_or_read() -> None:
    """A masked value is not what the API server wrote; no record is missing for it."""
    unclear = policy(PolicyKind.DATA_PROTECTION, {}, "something new", name="masks")
    finding = judged(account_policies=known((unclear,)))
    assert finding.verdict is Verdict.PASS
    assert "account policy masks may mask values" in finding.summary
    unread = judged(account_policies=denied("logs:DescribeAccountPolicies"))
    assert "whether an account policy masks values is not known" in unread.summary


def test_a_filter_on_some_streams_beside_a_dead_one_is_not_complete_together() -> None:
    """Two halves are not shown to be a whole: each way is judged by itself."""
    half = way("half", field_selection='@aws.region = "x"')
    dead = way("dead", destination=STREAM.replace("/audit", "/gone"))
    answers = (stream(), StreamAnswer(dead.destination, known(None)))
    assert judged(filters=known((half, dead)), streams=answers).verdict is Verdict.UNKNOWN


def test_a_stream_that_encrypts_under_its_own_key_is_still_a_way() -> None:
    """Whether that key works is asked by archive-immutable; a stream of another bucket is no way at all."""
    own = stream(key="arn:aws:kms:eu-central-1:1:key/k")
    assert judged(streams=(own,)).verdict is Verdict.PASS
    moved = dataclasses.replace(own, stream=stream(bucket="central-audit-2").stream)
    assert judged(streams=(moved,)).verdict is Verdict.FAIL
