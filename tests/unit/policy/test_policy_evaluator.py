"""The compiled evaluator decides as the rules say."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayseal.audit.policy import (
    Evaluator,
    Level,
    Policy,
    Request,
    Rule,
    Stage,
    explain,
    load_policy,
    request_of_event,
)
from dayseal.audit.policy import evaluate as evaluate_module
from dayseal.codec import canonical_json
from support.naive_policy import naive_rule
from support.policy_examples import POLICIES, REQUESTS
from support.vector_files import read_vector

_CASES = read_vector("audit-policy/cases.json")


@pytest.mark.parametrize("case", _CASES["decisions"], ids=lambda case: case["why"])
def test_our_own_cases_are_decided_as_written(case: dict[str, Any]) -> None:
    """They hold one trap each, and need nothing beside this repository."""
    policy = load_policy(canonical_json(_CASES["policies"][case["policy"]]), subject=case["policy"])
    decision = Evaluator(policy, minor=case.get("minor", 36)).decide_event(
        verb=case["verb"], request_uri=case["uri"], user=case["user"], groups=tuple(case["groups"])
    )
    assert decision.rule == (None if case["rule"] is None else case["rule"] - 1)
    assert decision.level.text == case["level"]
    assert sorted(decision.omit_stages) == case["omitStages"]


@settings(max_examples=500)
@given(POLICIES, REQUESTS, st.sampled_from((35, 36)))
def test_the_compiled_evaluator_agrees_with_the_naive_one(policy: Policy, request: Request, minor: int) -> None:
    """Bits and tables are fast and easy to get wrong; the naive one can be read beside the specification."""
    decision = Evaluator(policy, minor=minor).decide(request)
    assert decision.rule == naive_rule(policy, request, minor=minor)
    if decision.rule is None:
        assert decision.level is Level.NONE
        assert decision.omit_stages == policy.omit_stages
        assert decision.omit_managed_fields is policy.omit_managed_fields
    else:
        rule = policy.rules[decision.rule]
        assert decision.level is rule.level
        assert decision.omit_stages == policy.omit_stages | rule.omit_stages
        own = rule.omit_managed_fields
        assert decision.omit_managed_fields is (policy.omit_managed_fields if own is None else own)


@settings(max_examples=500)
@given(POLICIES, REQUESTS, st.sampled_from((35, 36)))
def test_an_explanation_ends_at_the_rule_that_decides(policy: Policy, request: Request, minor: int) -> None:
    """Every rule before it has a reason, and an explanation of another decision would be worse than none."""
    explanation = explain(policy, request, minor=minor)
    assert explanation.decision == Evaluator(policy, minor=minor).decide(request)
    asked = len(policy.rules) if explanation.decision.rule is None else explanation.decision.rule + 1
    assert [step.rule for step in explanation.steps] == list(range(asked))
    reasons = [bool(step.reasons) for step in explanation.steps]
    assert reasons == [True] * asked if explanation.decision.rule is None else [True] * (asked - 1) + [False]


def test_an_explanation_names_both_sides() -> None:
    """`does not match` helps nobody; what is and what the rule asks for does."""
    rule = Rule(Level.NONE, users=("bob",), groups=("dev",), verbs=("list",), namespaces=("x",))
    request = Request("alice", ("ops",), "get", is_resource=True, resource="pods", namespace="y")
    assert explain(Policy((rule,)), request).steps[0].reasons == (
        "user is alice, not bob",
        "groups are ops, none is dev",
        "verb is get, not list",
        "namespace is y, not x",
    )


def test_caches_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may send requests chooses their URIs; memory must not follow."""
    monkeypatch.setattr(evaluate_module, "_MAX_TARGETS", 3)
    monkeypatch.setattr(evaluate_module, "_MAX_DECISIONS", 5)
    evaluator = Evaluator(Policy((Rule(Level.METADATA, verbs=("get",)),)))
    for number in range(20):
        uri = f"/api/v1/namespaces/x/kind-{number}/name"
        for _ in range(2):
            assert evaluator.decide_event(verb="get", request_uri=uri, user="a", groups=()).level is Level.METADATA
    assert len(evaluator._memo) <= 5
    assert len(evaluator._targets._seen) <= 3


@given(POLICIES, st.sampled_from(("get", "list")), st.sampled_from(("/healthz", "/api/v1/namespaces/x/pods/a/log")))
def test_what_is_remembered_is_what_was_decided(policy: Policy, verb: str, uri: str) -> None:
    """The second answer comes from memory."""
    evaluator = Evaluator(policy)
    request = request_of_event(verb=verb, request_uri=uri, user="alice", groups=("dev",))
    for _ in range(2):
        decided = evaluator.decide_event(verb=verb, request_uri=uri, user="alice", groups=("dev",))
        assert decided == evaluator.decide(request)


def test_stages_are_left_out_by_policy_or_rule() -> None:
    """A set: a stage both leave out is left out once."""
    received, started = Stage.REQUEST_RECEIVED, Stage.RESPONSE_STARTED
    policy = Policy((Rule(Level.REQUEST, omit_stages=frozenset({started, received})),), frozenset({received}))
    decision = Evaluator(policy).decide(Request("a", (), "get", is_resource=False, path="/"))
    assert decision.omit_stages == {received, started}
