"""Something watches the stream."""

import dataclasses
from typing import Any

import pytest

from dayseal.checks.monitored import judge_monitored
from dayseal.checks.route_terms import Declared, RouteThresholds
from dayseal.model import Finding, Verdict
from dayseal.model.route import Answer, Detector, Missing, Reason, WatchedPlace
from support.route_facts import CALL, HEALTHY, PROMISED, REGION, denied, known, route

ON = Detector("GuardDuty", "d1", enabled=True, reads_audit=True)


def judged(*places: tuple[str, Answer[tuple[Detector, ...]]], thresholds: RouteThresholds = PROMISED) -> Finding:
    """Judge a cluster with these places."""
    watched = tuple(WatchedPlace(location, answer) for location, answer in places)
    return judge_monitored(dataclasses.replace(HEALTHY, watched=watched), thresholds)


def test_a_detector_that_reads_audit_events_in_the_clusters_region_passes() -> None:
    """That is where its events are."""
    assert judge_monitored(HEALTHY, PROMISED).verdict is Verdict.PASS


def test_guardduty_in_another_region_only_fails() -> None:
    """A detector sees its own Region and no other."""
    finding = judged((REGION, known(())), ("us-east-1", known((ON,))))
    assert finding.verdict is Verdict.FAIL
    assert "(only in us-east-1)" in finding.summary
    assert finding.fix.startswith("aws guardduty create-detector --region eu-central-1")


@pytest.mark.parametrize("change", [{"enabled": False}, {"reads_audit": False}])
def test_a_detector_that_is_off_or_blind_fails(change: dict[str, Any]) -> None:
    """A detector without the feature EKS_AUDIT_LOGS reads no audit event."""
    finding = judged((REGION, known((dataclasses.replace(ON, **change),))))
    assert finding.verdict is Verdict.FAIL
    assert "update-detector --region eu-central-1 --detector-id d1" in finding.fix


def test_a_declared_watcher_is_shown_as_declared() -> None:
    """We cannot look into somebody's SIEM."""
    thresholds = RouteThresholds(watchers=(Declared("splunk", "subscription filter to the SOC"),))
    finding = judged((REGION, known(())), thresholds=thresholds)
    assert finding.verdict is Verdict.PASS
    assert "declared in the settings, not proven" in finding.summary


def test_a_place_that_did_not_answer_is_unknown() -> None:
    """Denied, a Region that is off, or nothing asked there."""
    assert judged((REGION, denied("guardduty:ListDetectors"))).verdict is Verdict.UNKNOWN
    assert judged((REGION, Missing(Reason.DISABLED_REGION, CALL))).verdict is Verdict.UNKNOWN
    assert judged(("us-east-1", known((ON,)))).verdict is Verdict.UNKNOWN


def test_another_regions_silence_changes_nothing() -> None:
    """The cluster's own Region decides."""
    assert judged((REGION, known((ON,))), ("me-south-1", Missing(Reason.DISABLED_REGION, CALL))).verdict is Verdict.PASS


def test_a_cluster_that_is_no_more_needs_no_watcher() -> None:
    """There is no stream."""
    assert judge_monitored(route(cluster=known(None)), PROMISED).verdict is Verdict.NOT_APPLICABLE
