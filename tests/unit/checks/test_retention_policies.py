"""Account policies that rule a log group's retention."""

import dataclasses
from typing import Any

import pytest

from dayseal.checks.log_selection import covers
from dayseal.checks.retention import judge_retention
from dayseal.model import Finding, Verdict
from dayseal.model.route import AccountPolicy, PolicyKind
from support.route_facts import DAY, GROUP, PROMISED, denied, known, log_group, policy, route


def judged(*policies: AccountPolicy, days: int | None = 400, **group: Any) -> Finding:  # noqa: ANN401 - any field
    """Judge a route that ends at the log group, under these account policies."""
    facts = route(log_group=log_group(days, **group), account_policies=known(policies))
    return judge_retention(dataclasses.replace(facts, archive=None), PROMISED, DAY)


def retains(days: int | str, selection: str = "", **document: Any) -> AccountPolicy:  # noqa: ANN401 - any field
    """Give a retention policy."""
    return policy(PolicyKind.RETENTION, {"retentionInDays": days} | document, selection, name=f"keep-{days}")


def test_an_account_policy_shortens_a_longer_group() -> None:
    """AWS's own example: ten years become 90 days, and PutRetentionPolicy still succeeds."""
    finding = judged(retains(90), days=3653)
    assert finding.verdict is Verdict.FAIL
    assert "hot 90 days, 92 promised" in finding.summary
    assert "account policy keep-90" in finding.summary


def test_the_fix_names_the_policy_where_the_group_is_ruled_by_one() -> None:
    """The group's own setting would be accepted and have no effect."""
    finding = judged(retains(90), days=90, retention_policy="keep-90")
    assert "put-account-policy --region eu-central-1 --policy-name keep-90" in finding.fix
    assert '"retentionInDays":365' in finding.fix


def test_of_several_policies_the_longest_rules() -> None:
    """A baseline for the account, and a longer one for some groups."""
    assert judged(retains(90), retains(400, 'LogGroupNamePrefix IN ["/aws/eks/"]')).verdict is Verdict.PASS
    assert judged(retains(90), retains("NEVER_EXPIRE"), days=None).verdict is Verdict.PASS


def test_a_policy_for_other_groups_does_nothing_here() -> None:
    """Its prefix does not fit."""
    assert judged(retains(90, 'LogGroupNamePrefix IN ["/aws/lambda/"]')).verdict is Verdict.PASS


def test_a_policy_for_new_groups_rules_only_a_group_that_says_so() -> None:
    """Older groups keep their own retention."""
    assert judged(retains(90, enforcementMode="NEW_ONLY")).verdict is Verdict.PASS
    ruled = judged(retains(90, enforcementMode="NEW_ONLY"), days=90, retention_policy="keep-90")
    assert ruled.verdict is Verdict.FAIL


def test_a_policy_does_not_lengthen_what_the_group_still_answers() -> None:
    """A new policy takes effect a day later; until then the group keeps what it says."""
    assert judged(retains(400), days=30).verdict is Verdict.FAIL


def test_what_cannot_be_decided_is_unknown_with_its_text() -> None:
    """A selection or a document we cannot read may shorten."""
    finding = judged(retains(90, "DataSourceName = x"))
    assert finding.verdict is Verdict.UNKNOWN
    assert "selects DataSourceName = x" in finding.summary
    assert judged(policy(PolicyKind.RETENTION, {"days": 90})).verdict is Verdict.UNKNOWN


def test_denied_account_policies_are_unknown() -> None:
    """One of them may shorten tomorrow, and the answer would not show it today."""
    facts = route(account_policies=denied("logs:DescribeAccountPolicies"))
    finding = judge_retention(facts, PROMISED, DAY)
    assert finding.verdict is Verdict.UNKNOWN
    assert "permission logs:DescribeAccountPolicies missing" in finding.summary


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ("", True),
        (f'LogGroupName NOT IN ["{GROUP}"]', False),
        ('LogGroupName NOT IN ["/other"]', True),
        ("LogGroupNamePrefix = /aws/eks/", True),
        ('LogGroupNamePrefix IN ["/x", "/aws"]', True),
        ('LogGroupNamePrefix="/x"', False),
        ('LogGroupName NOT IN ["broken', None),
        ("something new", None),
    ],
)
def test_selection_criteria_are_decided_or_not_guessed(selection: str, expected: bool | None) -> None:  # noqa: FBT001 - a table's column
    """The three forms the API knows; anything else decides nothing."""
    assert covers(policy(PolicyKind.SUBSCRIPTION, {}, selection), GROUP) is expected
