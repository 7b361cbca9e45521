"""It is delivering, now."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from dayseal.checks.export_health import judge_export_health
from dayseal.model import Finding, Verdict
from dayseal.model.route import Alarm, Lag, NewestObject
from support.route_facts import (
    HEALTHY,
    NOW,
    PROMISED,
    counters,
    delivering,
    denied,
    known,
    reading,
    route,
    written,
)

OLD = known(NewestObject("eks/old", NOW - dt.timedelta(hours=9)), "s3:ListObjectsV2")


def judged(**delivery: Any) -> Finding:  # noqa: ANN401 - any field of the deliveries
    """Judge the healthy route with some signs of life replaced."""
    return judge_export_health(delivering(**delivery), PROMISED)


def test_a_fresh_object_and_no_errors_pass() -> None:
    """A counter that was never raised has no data points, and that is no error."""
    finding = judge_export_health(HEALTHY, PROMISED, Lag(40, 90, 400))
    assert finding.verdict is Verdict.PASS
    assert "5 min 0 s old, at most 1 h 0 min promised" in finding.summary
    assert "40 s (median), 1 min 30 s (95 %), 6 min 40 s at most" in finding.summary


def test_a_dead_export_fails_while_records_come_in() -> None:
    """The group is healthy, the archive stands still: the export is dead even without an error counted."""
    finding = judged(newest=OLD)
    assert finding.verdict is Verdict.FAIL
    assert "while 5000 records came in; nothing arrived since 2026-11-23T03:00:00Z" in finding.summary
    assert "describe-delivery-stream" in finding.fix


@pytest.mark.parametrize("value", [0, None])
def test_an_empty_healthy_group_is_unknown_not_a_dead_export(value: float | None) -> None:
    """An export of nothing and a dead export look alike; silence is never PASS."""
    finding = judged(newest=OLD, incoming=reading("IncomingLogEvents", value))
    assert finding.verdict is Verdict.UNKNOWN
    assert "no record came in either" in finding.summary


def test_an_empty_archive_fails_only_when_something_came_in() -> None:
    """No object at all is an answer."""
    assert judged(newest=known(None)).verdict is Verdict.FAIL
    assert judged(newest=known(None), incoming=reading("IncomingLogEvents", 0)).verdict is Verdict.UNKNOWN


def test_delivery_errors_fail_beside_a_fresh_object() -> None:
    """What was not delivered is missing, whatever else arrived."""
    finding = judged(filters=(counters(errors=3),))
    assert finding.verdict is Verdict.FAIL
    assert "DeliveryErrors of /aws/eks/prod/cluster is 3 since 2026-11-23T11:00:00Z, 0 promised" in finding.summary
    assert judged(streams=(written(0.0),)).verdict is Verdict.FAIL


def test_throttled_deliveries_are_noted_because_they_are_tried_again() -> None:
    """CloudWatch retries for a day; only what is dropped then is loss, and that shows elsewhere."""
    finding = judged(filters=(counters(retried=7),), streams=(written(0.98),))
    assert finding.verdict is Verdict.PASS
    assert "DeliveryThrottling of /aws/eks/prod/cluster is 7 (tried again)" in finding.summary
    assert "is 0.98" in finding.summary


def test_objects_under_an_error_prefix_fail() -> None:
    """`decompression-failed` holds records that are not in the archive's layout."""
    finding = judged(astray=known(2, "s3:ListObjectsV2", "central-audit/errors/"))
    assert finding.verdict is Verdict.FAIL
    assert "2 objects lie under an error prefix" in finding.summary


@pytest.mark.parametrize("field", ["newest", "incoming", "astray"])
def test_a_missing_sign_of_life_is_unknown(field: str) -> None:
    """Not knowing is not passing."""
    finding = judged(**{field: denied("cloudwatch:GetMetricData")})
    assert finding.verdict is Verdict.UNKNOWN
    assert "permission cloudwatch:GetMetricData missing" in finding.summary


def test_denied_error_counters_are_unknown_but_a_known_error_still_fails() -> None:
    """A definite failure is not softened by something else that is missing."""
    missing = denied("cloudwatch:GetMetricData")
    unread = dataclasses.replace(counters(), errors=missing)
    assert judged(filters=(unread,)).verdict is Verdict.UNKNOWN
    assert judged(filters=(unread, counters(errors=1))).verdict is Verdict.FAIL


def test_alarms_that_stay_silent_on_missing_data_are_named() -> None:
    """A dead export sends no data, and such an alarm then says nothing."""
    alarms = (Alarm("loud", "DeliveryErrors", "breaching"), Alarm("quiet", "ForwardedLogEvents", "missing"))
    finding = judged(alarms=known(alarms))
    assert finding.verdict is Verdict.PASS
    assert finding.summary.endswith("alarms that stay silent on missing data: quiet")
    assert judged(alarms=denied("cloudwatch:DescribeAlarms")).verdict is Verdict.PASS


def test_an_object_from_the_future_contradicts_the_clock() -> None:
    """Its age says nothing then."""
    assert judged(newest=known(NewestObject("eks/x", NOW + dt.timedelta(hours=2)))).verdict is Verdict.UNKNOWN


def test_no_archive_and_no_cluster() -> None:
    """Nothing shows a delivery without the one, and nothing is due without the other."""
    assert judge_export_health(dataclasses.replace(HEALTHY, archive=None), PROMISED).verdict is Verdict.UNKNOWN
    assert judge_export_health(route(cluster=known(None)), PROMISED).verdict is Verdict.NOT_APPLICABLE
