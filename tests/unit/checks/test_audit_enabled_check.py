"""The audit log is on."""

import dataclasses

from dayseal.checks.audit_enabled import judge_audit_enabled
from dayseal.model import Verdict
from dayseal.model.route import EksCluster, Missing, Reason
from support.route_facts import CALL, HEALTHY, denied, known, logging, route, throttled


def test_any_enabled_entry_that_names_audit_is_enough() -> None:
    """Entries may be split over two enabled groups; a reader of the first one only would say off."""
    finding = judge_audit_enabled(route(cluster=logging(("api,scheduler", True), ("audit,authenticator", True))))
    assert finding.verdict is Verdict.PASS
    assert "also on: api, authenticator, scheduler" in finding.summary


def test_a_disabled_entry_may_come_first() -> None:
    """EKS answers the disabled types as an entry of their own, in no promised order."""
    finding = judge_audit_enabled(route(cluster=logging(("api,authenticator", False), ("audit", True))))
    assert finding.verdict is Verdict.PASS
    assert finding.facts[0].value == "off: api,authenticator | on: audit"


def test_other_log_types_do_not_decide() -> None:
    """Four of five types on and audit off is off."""
    finding = judge_audit_enabled(route(cluster=logging(("api,authenticator", True), ("audit", False))))
    assert finding.verdict is Verdict.FAIL
    assert "also on: api, authenticator" in finding.summary
    assert finding.fix.startswith("aws eks update-cluster-config --region eu-central-1 --name prod --logging '{")


def test_an_absent_logging_field_means_off() -> None:
    """A cluster nobody ever configured has no field at all, which is no error."""
    finding = judge_audit_enabled(route(cluster=known(EksCluster("ACTIVE", None))))
    assert finding.verdict is Verdict.FAIL
    assert "has no logging configuration" in finding.summary


def test_a_denied_call_is_unknown_and_names_the_permission() -> None:
    """The reader must be able to grant exactly what is missing."""
    finding = judge_audit_enabled(route(cluster=denied("eks:DescribeCluster")))
    assert finding.verdict is Verdict.UNKNOWN
    assert "eks:DescribeCluster on prod: denied" in finding.summary
    assert "permission eks:DescribeCluster missing" in finding.summary
    assert finding.fix.startswith("grant eks:DescribeCluster")


def test_throttling_on_one_cluster_leaves_the_others_verdict() -> None:
    """A verdict is a function of one cluster's facts, so a neighbour cannot change it."""
    slow = judge_audit_enabled(route(cluster=throttled("eks:DescribeCluster")))
    assert slow.verdict is Verdict.UNKNOWN
    assert slow.fix == "dayseal check"
    assert judge_audit_enabled(HEALTHY).verdict is Verdict.PASS


def test_a_region_that_is_off_is_unknown() -> None:
    """A Region that is off answers nothing; that is not an empty Region."""
    finding = judge_audit_enabled(route(cluster=Missing(Reason.DISABLED_REGION, CALL, "me-south-1")))
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.fix == "aws account list-regions --region-opt-status-contains DISABLED"


def test_a_cluster_that_is_no_more_has_nothing_to_switch_on() -> None:
    """It stays in scope for its old logs, not for new ones."""
    assert judge_audit_enabled(route(cluster=known(None))).verdict is Verdict.NOT_APPLICABLE


def test_the_same_facts_give_the_same_finding() -> None:
    """A check is a pure function: an auditor repeats it years later."""
    assert judge_audit_enabled(HEALTHY) == judge_audit_enabled(dataclasses.replace(HEALTHY))
