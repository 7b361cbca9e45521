"""The clock check."""

import dataclasses

import pytest

from dayseal.audit.formats.shapes import Shape
from dayseal.checks import ClockThresholds, ClockView, judge_clock_skew, promises_ingestion_time
from dayseal.digest.tally import Skew
from dayseal.errors import UsageError
from dayseal.model import ClusterId, Finding, Verdict
from unit.checks.check_tallies import DAY, NO_RECORDS

CLUSTER = ClusterId("gke", "project-1", "europe-west1", "green", "uid-1")
S = 1_000_000


def judge(skew: Skew | None, *, events: int = 1000, promised: bool = True) -> Finding:
    """Judge a batch with these differences."""
    tally = dataclasses.replace(NO_RECORDS, events=events, skew=skew)
    return judge_clock_skew(ClockView(CLUSTER, DAY, tally, promised), ClockThresholds())


def skew(low: float, high: float, late: int = 0) -> Skew:
    """Give differences in seconds."""
    return Skew(min_us=int(low * S), max_us=int(high * S), late_over_1h=late)


def test_a_few_seconds_of_delivery_pass() -> None:
    """Delivery takes 1 to 15 s; the text says what two equal clocks cannot show."""
    finding = judge(skew(-0.5, 15))
    assert finding.verdict is Verdict.PASS
    assert "-0.5 to 15.0 s" in finding.summary
    assert "not excluded" in finding.summary


def test_a_record_ingested_before_it_happened_fails_beyond_the_threshold() -> None:
    """No delivery is faster than time: some clock is wrong."""
    assert judge(skew(-60, 1)).verdict is Verdict.PASS
    finding = judge(skew(-60.5, 1))
    assert finding.verdict is Verdict.FAIL
    assert "60.5 s before it happened, at most 60 s promised" in finding.summary
    assert finding.fix.startswith("dayseal show gke:")


def test_many_late_records_fail_and_a_few_do_not() -> None:
    """Retries make single records late; a share of them means a slow clock or slow delivery."""
    assert judge(skew(0, 9999, late=10)).verdict is Verdict.PASS
    finding = judge(skew(0, 9999, late=11))
    assert finding.verdict is Verdict.FAIL
    assert "a clock is wrong or delivery is slow" in finding.summary


def test_without_ingestion_times_the_shape_decides() -> None:
    """A promised time that is absent is not the same as a shape that has none."""
    assert judge(None).verdict is Verdict.UNKNOWN
    assert judge(None, promised=False).verdict is Verdict.NOT_APPLICABLE
    assert judge(None, events=0).verdict is Verdict.NOT_APPLICABLE


def test_which_shapes_promise_ingestion_times() -> None:
    """CloudWatch and Cloud Logging stamp each record; Azure's and plain lines have nothing to rely on."""
    promising = {shape for shape in Shape if promises_ingestion_time([shape.splitter])}
    assert promising == {Shape.FIREHOSE, Shape.EXPORT, Shape.GKE}


def test_senseless_thresholds_are_refused() -> None:
    """A threshold nobody can pass or fail is a typing error."""
    with pytest.raises(UsageError):
        ClockThresholds(late_percent=101)
