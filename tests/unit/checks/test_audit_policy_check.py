"""The audit-policy check on days of every kind."""

import dataclasses
import datetime as dt
from collections.abc import Iterable

from dayseal.checks import CHECKS
from dayseal.checks.audit_policy import PolicyView, judge_audit_policy, unobservable
from dayseal.checks.policy_drift import changes_since, compared_with
from dayseal.digest.bounded import Bounded, MinuteCell
from dayseal.digest.policies import profile_version
from dayseal.digest.tally import DRIFT, KEYS, LABELS, DriftKey, EventKey, PolicyClass, Tally
from dayseal.model import ClusterId, Finding, Verdict
from unit.checks.check_tallies import DAY, NO_RECORDS

CLUSTER = ClusterId("eks", "111122223333", "eu-west-1", "blue", "uid-1")
ONE = dt.timedelta(days=1)
EKS = f"eks@{profile_version('eks')}"
NOON = 1_795_348_800_000_000
Row = tuple[DriftKey, MinuteCell]


def drift(
    comparison: str = "LOWER",
    what: str = "create pods/exec",
    *,
    events: int = 3,
    spread_us: int = 9,
    level: str = "Metadata",
    stage: str = "ResponseComplete",
    expected: str = "RequestResponse",
) -> Row:
    """Give a row of drift."""
    verb, _, resource = what.partition(" ")
    key = DriftKey(EKS, comparison, "", resource, verb, "human", level, stage, expected)
    return key, MinuteCell(events, NOON, NOON + spread_us)


def tally(*rows: Row, matching: int = 100, keys: Iterable[tuple[str, int]] = (), policy: str = EKS) -> Tally:
    """Give a tally of these differences, of matching records, and of requests that were counted."""
    classes = {PolicyClass(policy, "MATCH"): matching} if matching else {}
    for key, cell in rows:
        of = PolicyClass(key.policy, key.comparison)
        classes[of] = classes.get(of, 0) + cell.events
    counted = {
        EventKey("", what.partition(" ")[2], what.partition(" ")[0], "human", "Metadata", "ResponseComplete"): events
        for what, events in keys
    }
    return dataclasses.replace(
        NO_RECORDS,
        events=sum(classes.values()),
        policy=Bounded(LABELS, classes),
        drift=Bounded(DRIFT, dict(rows)),
        keys=Bounded(KEYS, counted),
    )


def judged(now: Tally, before: Tally | None = None) -> Finding:
    """Judge a day, perhaps beside the day before."""
    return judge_audit_policy(PolicyView(CLUSTER, DAY, now, (DAY - ONE, before) if before else None))


def facts(finding: Finding) -> dict[str, str]:
    """Give the finding's facts by their short names."""
    return {fact.field: fact.value for fact in finding.facts}


def test_less_than_published_is_lost_evidence_and_fails() -> None:
    """The one thing about a policy that cannot be mended afterwards."""
    found = judged(tally(drift()))
    assert found.verdict is Verdict.FAIL
    assert found.summary == (
        "recorded at a lower level than published: LOWER create pods/exec by human: Metadata, RequestResponse "
        "published (3 records); 100 of 103 records are as the eks rules published by 2026-05-04 say"
    )
    assert found.fix == "dayseal policy explain eks --verb create --resource pods/exec"
    assert facts(found)["drift.0"].endswith("(3 records), 2026-11-22T12:00:00Z to 2026-11-22T12:00:00Z")


def test_drift_the_profile_names_is_told_and_does_not_fail() -> None:
    """EKS records TokenRequests at Metadata everywhere: a check that always fails is one that nobody reads."""
    known = drift(what="create serviceaccounts/token", expected="Request", events=900)
    found = judged(tally(known))
    assert found.verdict is Verdict.PASS
    assert "(900 records, known since 2025-08-26)" in found.summary
    assert judged(tally(known, drift())).verdict is Verdict.FAIL


def test_more_than_published_is_information() -> None:
    """It costs money and may hold secrets, but no evidence is lost."""
    found = judged(tally(drift("HIGHER", "get pods", level="RequestResponse", expected="Request")))
    assert found.verdict is Verdict.PASS
    assert "drift: HIGHER get pods by human: RequestResponse, Request published (3 records)" in found.summary


def test_single_records_are_notes() -> None:
    """One odd record is chance or a copy of one: three, or two of different times, are a policy."""
    assert judged(tally(drift(events=1, spread_us=0))).verdict is Verdict.PASS
    copies = judged(tally(drift(events=2, spread_us=0)))
    assert copies.verdict is Verdict.PASS
    assert "1 kind of request differ in single records" in copies.summary
    assert facts(copies)["drift.0"].endswith("(note)")
    assert judged(tally(drift(events=2))).verdict is Verdict.FAIL
    stages = (drift(events=1, spread_us=0), drift(events=1, spread_us=0, stage="ResponseStarted"))
    assert judged(tally(*stages)).verdict is Verdict.PASS, "two stages of one request are one request"


def test_without_a_published_policy_nothing_is_judged() -> None:
    """A self-managed cluster's records are measured against nobody's rules."""
    assert judged(NO_RECORDS).verdict is Verdict.NOT_APPLICABLE
    plain = judged(dataclasses.replace(NO_RECORDS, events=5))
    assert (plain.verdict, "none is published" in plain.summary) == (Verdict.NOT_APPLICABLE, True)


def test_what_the_rules_leave_out_is_listed_as_unobservable() -> None:
    """Never as "did not happen"."""
    shown = facts(judged(tally()))
    assert "rule 8: every verb of /healthz*, /swagger*, /version by everybody" in shown.values()
    assert "access to etcd" in shown.values()
    assert any("kube-audit-admin" in text for text in unobservable("aks"))


def test_a_change_is_dated_and_a_change_back_too() -> None:
    """The date on which a provider changed its policy is the finding."""
    fine, changed = tally(keys=[("create pods/exec", 9)]), tally(drift(), keys=[("create pods/exec", 9)])
    found = judged(changed, fine)
    assert "changed since 2026-11-21: LOWER create pods/exec by human" in found.summary
    assert "first at 2026-11-22T12:00:00Z" in found.summary
    assert "changed since 2026-11-21: create pods/exec by human is as published again" in judged(fine, changed).summary
    assert changes_since(changed, changed) == ()


def test_requests_nobody_made_the_day_before_changed_nothing() -> None:
    """What was not seen cannot be compared."""
    assert changes_since(tally(keys=[("create pods/exec", 2)]), tally(drift())) == ()


def test_days_judged_by_different_rules_are_not_compared() -> None:
    """A new release of dayseal may carry a newer profile; that is no change of the provider's."""
    assert changes_since(tally(policy="eks@0123456789ab", keys=[("create pods/exec", 9)]), tally(drift())) == ()
    older = compared_with(tally(policy="eks@0123456789ab"))
    assert older is not None
    assert not older.current


def test_the_check_is_in_the_catalogue() -> None:
    """It has a page of its own now."""
    (check,) = [check for check in CHECKS if check.id == "audit-policy"]
    assert (check.implemented, check.number, check.page) == (True, 12, "reference/checks/audit-policy.md")
