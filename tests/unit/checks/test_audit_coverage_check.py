"""What is recorded is enough."""

import dataclasses

import pytest

from dayseal.checks.audit_coverage import judge_audit_coverage
from dayseal.checks.route_terms import Grade, RouteThresholds
from dayseal.digest.bounded import Bounded
from dayseal.digest.tally import KEYS, EventKey, Tally
from dayseal.errors import UsageError
from dayseal.model import Finding, Verdict
from support.route_facts import HEALTHY, PROMISED, denied, known, logging, route
from unit.checks.check_tallies import NO_RECORDS


def counted(*verbs: str, rest: int = 0) -> Tally:
    """Give a day with one record of each verb."""
    keys = {EventKey("", "pods", verb, "human", "Metadata", "ResponseComplete"): 1 for verb in verbs}
    return dataclasses.replace(NO_RECORDS, events=len(verbs) + rest, keys=Bounded(KEYS, keys, rest))


def value(finding: Finding, field: str) -> str:
    """Give one fact's value."""
    return next(fact.value for fact in finding.facts if fact.field == field)


def test_audit_on_grades_full_and_the_day_agrees() -> None:
    """The grade is named and the day's records are counted beside it, never a silent pass."""
    finding = judge_audit_coverage(HEALTHY, PROMISED, counted("get", "create"))
    assert finding.verdict is Verdict.PASS
    assert value(finding, "grade") == "full"
    assert "1 reads, 1 writes" in finding.summary


def test_authenticator_is_advised_and_decides_nothing() -> None:
    """It maps IAM principals to users; without it the audit log is still whole."""
    finding = judge_audit_coverage(route(cluster=logging(("audit", True))), PROMISED)
    assert finding.verdict is Verdict.PASS
    assert "advised: authenticator" in finding.summary


@pytest.mark.parametrize("minimum", [Grade.FULL, Grade.WRITES_ONLY])
def test_nothing_recorded_fails_whatever_the_settings_accept(minimum: Grade) -> None:
    """Less than writes is no record of anything."""
    finding = judge_audit_coverage(
        route(cluster=logging(("audit", False))), RouteThresholds(coverage_minimum=minimum), counted("get")
    )
    assert finding.verdict is Verdict.FAIL
    assert value(finding, "grade") == "none"
    assert finding.fix.startswith("aws eks update-cluster-config")


def test_no_reads_where_the_configuration_says_full_is_unknown() -> None:
    """Configuration and records contradict each other, and neither may win."""
    finding = judge_audit_coverage(HEALTHY, PROMISED, counted("create", "update"))
    assert finding.verdict is Verdict.UNKNOWN
    assert "none of the day's 2 records is a read" in finding.summary


def test_a_tally_that_dropped_keys_proves_no_absence() -> None:
    """The reads may be among the keys it had to drop."""
    assert judge_audit_coverage(HEALTHY, PROMISED, counted("create", rest=5)).verdict is Verdict.PASS


def test_a_day_without_records_is_left_to_arrival() -> None:
    """No record is no read either, but it is silence, which another check judges."""
    finding = judge_audit_coverage(HEALTHY, PROMISED, NO_RECORDS)
    assert finding.verdict is Verdict.PASS
    assert "no parsed record of the day to compare with" in finding.summary


def test_a_lower_minimum_is_printed() -> None:
    """What was accepted must be seen by whoever reads the result."""
    finding = judge_audit_coverage(HEALTHY, RouteThresholds(coverage_minimum=Grade.WRITES_ONLY))
    assert "accepted by the settings: minimum writes-only" in finding.summary


def test_an_unread_cluster_is_unknown_and_a_gone_one_not_applicable() -> None:
    """Not knowing is not passing, and what is gone records nothing."""
    assert judge_audit_coverage(route(cluster=denied("eks:DescribeCluster")), PROMISED).verdict is Verdict.UNKNOWN
    assert judge_audit_coverage(route(cluster=known(None)), PROMISED).verdict is Verdict.NOT_APPLICABLE


def test_a_minimum_of_none_is_refused() -> None:
    """It would be a check that cannot fail."""
    with pytest.raises(UsageError):
        RouteThresholds(coverage_minimum=Grade.NONE)
