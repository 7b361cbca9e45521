"""Which rule can still decide something, and what is never recorded."""

import itertools

from hypothesis import given, settings

from dayseal.audit.policy import Level, Policy, ResourceItem, Rule, never_recorded
from dayseal.audit.policy.reach import Reach
from support.naive_policy import naive_matches, naive_rule
from support.policy_examples import POLICIES, every_request


@settings(max_examples=40)
@given(POLICIES)
def test_a_rule_is_shadowed_exactly_when_no_request_reaches_it(policy: Policy) -> None:
    """The search drops most combinations unseen; trying all of them must end the same."""
    deciders = {naive_rule(policy, request) for request in every_request(policy)}
    reach = Reach(policy)
    for index in range(len(policy.rules)):
        reached = reach.deciding(index)
        assert (reached.request is not None) == (index in deciders)
        if reached.request is not None:
            assert naive_rule(policy, reached.request) == index
    assert (reach.undecided().request is not None) == (None in deciders)


@settings(max_examples=25)
@given(POLICIES)
def test_two_rules_overlap_exactly_when_a_request_matches_both(policy: Policy) -> None:
    """What a None rule leaves out depends on it."""
    requests = every_request(policy)
    reach = Reach(policy)
    for one, other in itertools.combinations(range(min(3, len(policy.rules))), 2):
        both = any(
            naive_matches(policy.rules[one], request) and naive_matches(policy.rules[other], request)
            for request in requests
        )
        assert reach.overlap(one, other) is both


def test_a_shadowed_rule_names_the_rules_before_it() -> None:
    """Two rules together can take what neither takes alone."""
    rules = (
        Rule(Level.METADATA, verbs=("get",)),
        Rule(Level.METADATA, users=("bob",)),
        Rule(Level.METADATA, verbs=("list",)),
        Rule(Level.NONE, verbs=("get", "list"), resources=(ResourceItem("", ("pods",)),)),
    )
    assert Reach(Policy(rules)).deciding(3).taken_by == (0, 2)


def test_a_user_is_in_the_groups_its_name_implies() -> None:
    """After a rule for system:authenticated, a rule for one user decides nothing."""
    rules = (Rule(Level.NONE, groups=("system:authenticated",)), Rule(Level.REQUEST, users=("alice",)))
    assert Reach(Policy(rules)).deciding(1).taken_by == (0,)


def test_what_is_never_recorded_says_unless_when() -> None:
    """A None rule loses only what no rule before it took."""
    events = ResourceItem("", ("events",))
    rules = (
        Rule(Level.METADATA, verbs=("delete",), resources=(events,)),
        Rule(Level.METADATA, verbs=("get",), resources=(ResourceItem("", ("pods",)),)),
        Rule(Level.NONE, resources=(events,)),
        Rule(Level.NONE, verbs=("delete",), resources=(events,), users=("a",)),
    )
    first, rest = never_recorded(Policy(rules))
    assert (first.rule, first.what, first.verbs, first.who, first.unless) == (
        2,
        "events of core",
        "every verb",
        "everybody",
        (0,),
    )
    assert (rest.rule, rest.what) == (None, "whatever no rule matches")
    assert never_recorded(Policy((Rule(Level.METADATA),))) == ()
