"""What changes between two policies is said in terms of requests."""

from hypothesis import given, settings

from dayseal.audit.policy import (
    Change,
    Effect,
    Evaluator,
    Level,
    Policy,
    Request,
    ResourceItem,
    Rule,
    Stage,
    changes_between,
)
from dayseal.audit.policy.domain import domain_of
from support.naive_policy import naive_rule
from support.policy_examples import POLICIES, REQUESTS, every_request

_SECRETS = ResourceItem("", ("secrets",))
_REST = Rule(Level.METADATA)


def _effect(policy: Policy, request: Request) -> tuple[object, ...]:
    index = naive_rule(policy, request)
    rule = Rule(Level.NONE) if index is None else policy.rules[index]
    own = rule.omit_managed_fields
    if rule.level is Level.NONE:
        return (rule.level,)
    omit_managed = rule.level > Level.METADATA and (policy.omit_managed_fields if own is None else own)
    return rule.level, policy.omit_stages | rule.omit_stages, omit_managed


def _said(*changes: Change) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    return [(c.before.level.text, c.after.level.text, c.verbs, c.what, c.who) for c in changes]


@settings(max_examples=50)
@given(POLICIES)
def test_a_policy_does_not_differ_from_itself(policy: Policy) -> None:
    """Nor from one with a rule behind its catch-all."""
    assert changes_between(policy, policy) == ()
    longer = Policy((*policy.rules, _REST, Rule(Level.REQUEST)), policy.omit_stages, policy.omit_managed_fields)
    shorter = Policy((*policy.rules, _REST), policy.omit_stages, policy.omit_managed_fields)
    assert changes_between(longer, shorter) == ()


@settings(max_examples=30)
@given(POLICIES, POLICIES)
def test_there_are_changes_exactly_when_some_request_is_recorded_otherwise(old: Policy, new: Policy) -> None:
    """Requests are compared in classes; one after the other must end the same."""
    differ = any(_effect(old, request) != _effect(new, request) for request in every_request(old, new))
    assert bool(changes_between(old, new)) is differ


@settings(max_examples=300)
@given(POLICIES, REQUESTS)
def test_every_object_is_represented(policy: Policy, request: Request) -> None:
    """A kind of object the comparison never tries is one whose change it never sees."""
    impossible = "*" in (request.group, request.subresource) or request.resource in ("po*", "")
    cluster_wide = (request.group, request.resource) == ("", "nodes")
    if impossible or (cluster_wide and request.namespace):
        return
    evaluator = Evaluator(policy)
    tried = {
        evaluator.accepting_place(place.request)
        for place in domain_of([policy]).places
        if place.request.is_resource is request.is_resource
    }
    if request.is_resource or request.path.startswith("/"):
        assert evaluator.accepting_place(request) in tried


def test_a_rule_moved_behind_another_shows_who_loses() -> None:
    """The order of two rules is invisible in a text diff of their contents."""
    none, secrets = Rule(Level.NONE, users=("robot",)), Rule(Level.METADATA, resources=(_SECRETS,))
    changes = changes_between(Policy((secrets, none, _REST)), Policy((none, secrets, _REST)))
    assert _said(*changes) == [("Metadata", "None", ("every verb",), ("secrets",), ("robot",))]
    assert (changes[0].old_rules, changes[0].new_rules) == ((0,), (0,))


def test_two_groups_of_one_user_are_seen() -> None:
    """Swapping two rules for groups changes nothing for members of one of them only."""
    a, b = Rule(Level.NONE, groups=("a",)), Rule(Level.REQUEST, groups=("b",))
    (change,) = changes_between(Policy((a, b)), Policy((b, a)))[:1]
    assert change.who == ("any other user in every named group",)


def test_a_new_catch_all_is_everything() -> None:
    """Nobody reads a list of all that there is."""
    changes = changes_between(Policy((Rule(Level.METADATA),)), Policy((Rule(Level.REQUEST),)))
    whole = ("Metadata", "Request", ("every verb",), ("everything",), ("everybody",))
    assert _said(*changes) == [whole, whole]  # resources, then other paths


def test_names_and_namespaces_are_told() -> None:
    """A change for one object is not a change for its kind."""
    named = Rule(
        Level.REQUEST, resources=(ResourceItem("", ("configmaps",), ("aws-auth",)),), namespaces=("kube-system",)
    )
    changes = changes_between(Policy((_REST,)), Policy((named, _REST)))
    assert _said(*changes) == [
        ("Metadata", "Request", ("every verb",), ("configmaps in kube-system named aws-auth",), ("everybody",))
    ]


def test_stages_and_managed_fields_count_where_they_show() -> None:
    """What is left out of nothing, or of events without bodies, cannot be told apart."""
    received = frozenset({Stage.REQUEST_RECEIVED})
    quiet = Policy((Rule(Level.NONE, omit_stages=received),), omit_managed_fields=True)
    assert changes_between(quiet, Policy((Rule(Level.NONE),))) == ()
    assert changes_between(Policy((_REST,), omit_managed_fields=True), Policy((_REST,))) == ()
    (change, *_) = changes_between(
        Policy((Rule(Level.REQUEST, omit_managed_fields=True),)), Policy((Rule(Level.REQUEST),))
    )
    assert (change.before, change.after) == (
        Effect(Level.REQUEST, frozenset(), omit_managed_fields=True),
        Effect(Level.REQUEST),
    )


def test_the_greatest_loss_comes_first() -> None:
    """It is what the reader looks for."""
    old = Policy((Rule(Level.REQUEST, users=("a",)), Rule(Level.METADATA, users=("b",)), Rule(Level.NONE)))
    new = Policy((Rule(Level.NONE, users=("a",)), Rule(Level.REQUEST, users=("b",)), Rule(Level.NONE)))
    assert [c.after.level - c.before.level for c in changes_between(old, new)] == [-2, 1, -2, 1]
