"""Every case of the upstream policy tests, and the published policies, where they are beside this repository."""

import json
from pathlib import Path
from typing import Any

import pytest

from dayseal.audit.policy import (
    PROFILES,
    Evaluator,
    Policy,
    Request,
    Rule,
    Stage,
    load_policy,
    profile_policy,
    read_policy,
)
from dayseal.audit.policy.rules import decisions_of
from dayseal.codec import canonical_json


@pytest.fixture(scope="module")
def upstream(design_folder: Path) -> dict[str, Any]:
    """Give the converted upstream tables."""
    found: dict[str, Any] = json.loads(
        (design_folder / "vectors/k8s-audit-policy/policy_checker_cases.json").read_text()
    )
    return found


def _decided(case: dict[str, Any]) -> dict[str, object]:
    policy = load_policy(canonical_json(case["policy"]), subject=case["id"])
    asked = case["request"]
    user = asked["user"] or {"name": None, "groups": []}
    request = Request(
        user["name"],
        tuple(user["groups"]),
        asked["verb"],
        asked["resourceRequest"],
        asked["apiGroup"],
        asked["resource"],
        asked["subresource"],
        asked["namespace"],
        asked["name"],
        asked["path"],
    )
    decision = Evaluator(policy).decide(request)
    return {
        "level": decision.level.text,
        "omitStages": sorted(decision.omit_stages),
        "omitManagedFields": decision.omit_managed_fields,
    }


def test_every_upstream_request_is_decided_as_upstream_decides_it(upstream: dict[str, Any]) -> None:
    """They passed on the unmodified upstream evaluator."""
    assert len(upstream["cases"]) == 108
    assert [case["id"] for case in upstream["cases"] if _decided(case) != case["expect"]] == []


def test_stages_are_united_as_upstream_unites_them(upstream: dict[str, Any]) -> None:
    """As sets; the order does not count."""
    assert len(upstream["union_stages"]) == 7
    for case in upstream["union_stages"]:
        own, of_policy = (frozenset(Stage(stage) for stage in case[side] or ()) for side in ("a", "b"))
        rule = Rule(next(iter(decisions_of(Policy(())))).level, omit_stages=own)
        assert sorted(decisions_of(Policy((rule,), of_policy))[1].omit_stages) == sorted(case["expect"])


def test_every_upstream_policy_is_accepted_or_refused_as_upstream_does(upstream: dict[str, Any]) -> None:
    """Of a policy without rules its validation accepts what its file loader then refuses; we read files."""
    assert len(upstream["validation_cases"]) == 22
    for case in upstream["validation_cases"]:
        problems = read_policy(canonical_json(case["policy"]), subject=case["id"]).problems
        without_rules = [problem.path for problem in problems] == ["rules"]
        assert (not problems or without_rules) is case["valid"], case["id"]
        assert without_rules is ("note" in case), case["id"]


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_has_the_published_rules_in_the_published_order(name: str, design_folder: Path) -> None:
    """Our own layout must not change a rule; order within a list means nothing."""
    published = load_policy((design_folder / "policies" / f"{name}.yaml").read_bytes(), subject=name)
    ours = profile_policy(name)
    assert [_meaning(rule) for rule in ours.rules] == [_meaning(rule) for rule in published.rules]
    assert (ours.omit_stages, ours.omit_managed_fields) == (published.omit_stages, published.omit_managed_fields)


def _meaning(rule: Rule) -> tuple[object, ...]:
    items = {(item.group, frozenset(item.resources), frozenset(item.names)) for item in rule.resources}
    lists = (rule.users, rule.groups, rule.verbs, rule.namespaces, rule.urls)
    return (rule.level, *(frozenset(values) for values in lists), items, rule.omit_stages, rule.omit_managed_fields)
