"""Decides requests by a policy: exactly as kube-apiserver, many hundred thousand a second.

A set of rules is an integer, one bit per rule. For each attribute of a request a table gives the set of rules that
accept its value; the lowest bit of their intersection is the first rule that matches. No table grows with what
clients send, apart from two caches that are emptied when full.
"""

from collections.abc import Callable, Iterable
from typing import Final

from dayseal.audit.policy.requests import request_of_event
from dayseal.audit.policy.rules import (
    GROUP_WILDCARD_MINOR,
    NEWEST_MINOR,
    Decision,
    Policy,
    Request,
    ResourceItem,
    Rule,
    decisions_of,
)

_MAX_TARGETS: Final = 8_192
_MAX_DECISIONS: Final = 65_536


class Evaluator:
    """One policy, compiled; `minor` is that of the kube-apiserver 1.x that runs it."""

    def __init__(self, policy: Policy, *, minor: int = NEWEST_MINOR) -> None:
        rules = policy.rules
        self.policy: Final = policy
        self._decisions: Final = decisions_of(policy)
        self._users: Final = _table(rules, lambda rule: rule.users)
        self._no_users: Final = _mask(rules, lambda rule: not rule.users)
        self._groups: Final = _table(rules, lambda rule: rule.groups)
        self._no_groups: Final = _mask(rules, lambda rule: not rule.groups)
        self._verbs: Final = _table(rules, lambda rule: rule.verbs)
        self._no_verbs: Final = _mask(rules, lambda rule: not rule.verbs)
        self._namespaces: Final = _table(rules, lambda rule: rule.namespaces)
        self._no_namespaces: Final = _mask(rules, lambda rule: not rule.namespaces)
        self._targets: Final = _Targets(rules, wildcard=minor >= GROUP_WILDCARD_MINOR)
        self._paths: Final = _Paths(rules)
        self._memo: Final[dict[tuple[str, str, str, tuple[str, ...]], Decision]] = {}

    def decide(self, request: Request) -> Decision:
        """Decide one request.

        Spec: kubernetes/apiserver 24a394e5, pkg/audit/policy/checker.go.
        """
        found = self.matching(request)
        return self._decisions[(found & -found).bit_length()]

    def decide_event(self, *, verb: str, request_uri: str, user: str, groups: tuple[str, ...]) -> Decision:
        """Decide the request of a logged event; an empty `user` means nobody. Repetitions are remembered."""
        key = (verb, request_uri, user, groups)
        decision = self._memo.get(key)
        if decision is None:
            decision = self.decide(request_of_event(verb=verb, request_uri=request_uri, user=user, groups=groups))
            if len(self._memo) >= _MAX_DECISIONS:
                self._memo.clear()
            self._memo[key] = decision
        return decision

    def matching(self, request: Request) -> int:
        """Give every rule that matches: bit 0 is the first rule."""
        found = self.accepting_user(request.user, request.groups) & self.accepting_verb(request.verb)
        return found & self.accepting_place(request)

    def accepting_user(self, user: str | None, groups: tuple[str, ...]) -> int:
        """Give the rules that accept this user, as bits."""
        if user is None:
            return self._no_users & self._no_groups
        accepted = self._no_groups
        for group in groups:
            accepted |= self._groups.get(group, 0)
        return accepted & self._users.get(user, self._no_users)

    def accepting_verb(self, verb: str) -> int:
        """Give the rules that accept this verb, as bits."""
        return self._verbs.get(verb, self._no_verbs)

    def accepting_place(self, place: Request) -> int:
        """Give the rules that accept what a request is for, as bits; who asks and the verb are not looked at."""
        if not place.is_resource:
            return self._paths.accepting(place.path)
        found = self._namespaces.get(place.namespace, self._no_namespaces)
        return found & self._targets.accepting(place.group, place.resource, place.subresource, place.name)


class _Targets:
    """Which rules accept a kind of object, and which only objects of some names."""

    def __init__(self, rules: tuple[Rule, ...], *, wildcard: bool) -> None:
        self._any: Final = _mask(rules, lambda rule: not rule.resources and not rule.about_urls)
        self._items: Final = tuple((1 << bit, item) for bit, rule in enumerate(rules) for item in rule.resources)
        self._wildcard: Final = wildcard
        self._seen: Final[dict[tuple[str, str, str], tuple[int, dict[str, int]]]] = {}

    def accepting(self, group: str, resource: str, subresource: str, name: str) -> int:
        found = self._seen.get((group, resource, subresource))
        if found is None:
            found = self._look_up(group, resource, subresource)
            if len(self._seen) >= _MAX_TARGETS:
                self._seen.clear()
            self._seen[group, resource, subresource] = found
        unnamed, named = found
        return unnamed | named.get(name, 0) if named else unnamed

    def _look_up(self, group: str, resource: str, subresource: str) -> tuple[int, dict[str, int]]:
        unnamed = self._any
        named: dict[str, int] = {}
        for bit, item in self._items:
            if item.group != group and not (self._wildcard and item.group == "*"):
                continue
            if not item_covers(item, resource, subresource):
                continue
            if not item.names:
                unnamed |= bit
            for name in item.names:
                named[name] = named.get(name, 0) | bit
        return unnamed, named


class _Paths:
    """Which rules accept a path that is no resource."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._any: Final = _mask(rules, lambda rule: not rule.about_resources and not rule.urls)
        self._exact: Final = _table(rules, lambda rule: rule.urls if rule.about_urls else (), or_none=False)
        prefixes: dict[str, int] = {}
        for url, bits in self._exact.items():
            if url.endswith("*"):
                prefix = url.rstrip("*")
                prefixes[prefix] = prefixes.get(prefix, 0) | bits
        self._prefixes: Final = tuple(prefixes.items())

    def accepting(self, path: str) -> int:
        found = self._any | self._exact.get(path, 0)
        for prefix, bits in self._prefixes:
            if path.startswith(prefix):
                found |= bits
        return found


def item_covers(item: ResourceItem, resource: str, subresource: str) -> bool:
    """Say whether an item's resources include this one, its group and names aside.

    `res` is the resource alone, `res/sub` that subresource, `*` everything, `*/sub` that subresource of everything,
    and `res/*` the resource itself as well as all below it.
    """
    if not item.resources:
        return True
    whole = f"{resource}/{subresource}" if subresource else resource
    wanted = {whole, "*", f"{resource}/*"}
    if subresource:
        wanted.add(f"*/{subresource}")
    return not wanted.isdisjoint(item.resources)


def _mask(rules: Iterable[Rule], wanted: Callable[[Rule], bool]) -> int:
    return sum(1 << bit for bit, rule in enumerate(rules) if wanted(rule))


def _table(
    rules: tuple[Rule, ...], values: Callable[[Rule], tuple[str, ...]], *, or_none: bool = True
) -> dict[str, int]:
    """Give the rules that accept each value some rule lists; with `or_none`, those that list nothing accept all."""
    unlisted = _mask(rules, lambda rule: not values(rule)) if or_none else 0
    table: dict[str, int] = {}
    for bit, rule in enumerate(rules):
        for value in values(rule):
            table[value] = table.get(value, unlisted) | 1 << bit
    return table
