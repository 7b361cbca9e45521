"""What changes for which requests when one policy takes the place of another."""

import dataclasses
import itertools
from collections.abc import Callable, Hashable, Iterable
from typing import Final, TypeVar

from dayseal.audit.policy.builtin import PATH_VERBS, RESOURCE_VERBS
from dayseal.audit.policy.domain import Domain, domain_of
from dayseal.audit.policy.evaluate import Evaluator
from dayseal.audit.policy.rules import NEWEST_MINOR, Decision, Level, Policy, Stage, decisions_of

_IN_ALL_GROUPS: Final = " in every named group"
_SUBRESOURCES: Final = ", subresources"
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
_Sets = tuple[int, int]  # the rules of the old and of the new policy that accept some value


@dataclasses.dataclass(frozen=True, slots=True)
class Effect:
    """What is written for a request; two decisions of one effect cannot be told apart in a log."""

    level: Level
    omit_stages: frozenset[Stage] = frozenset()
    omit_managed_fields: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """Some requests for which something else is written: every `who` with every verb on every `what`.

    `old_rules` and `new_rules` are the indexes of the rules that decide them, None for no rule.
    """

    before: Effect
    after: Effect
    who: tuple[str, ...]
    verbs: tuple[str, ...]
    what: tuple[str, ...]
    old_rules: tuple[int | None, ...]
    new_rules: tuple[int | None, ...]


def changes_between(old: Policy, new: Policy, *, minor: int = NEWEST_MINOR) -> tuple[Change, ...]:
    """List what changes: requests for resources before others, the greatest loss of detail first.

    The requests compared are built from what both policies name (see `domain`): every user, group, verb, kind of
    object, name, namespace and path of either, and of each one that neither names.
    """
    domain = domain_of([old, new])
    evaluators = (Evaluator(old, minor=minor), Evaluator(new, minor=minor))
    found: list[Change] = []
    for is_resource, usual in ((True, RESOURCE_VERBS), (False, PATH_VERBS)):
        found += _Product(evaluators, domain, is_resource=is_resource, verbs=usual).changes()
    return tuple(found)


class _Product:
    """Every request of some principals, verbs and places, in classes that neither policy can tell apart."""

    def __init__(
        self, evaluators: tuple[Evaluator, Evaluator], domain: Domain, *, is_resource: bool, verbs: tuple[str, ...]
    ) -> None:
        old, new = evaluators
        places = [place for place in domain.places if place.request.is_resource is is_resource]
        self._decisions: Final = (decisions_of(old.policy), decisions_of(new.policy))
        self._users: Final = _grouped(
            domain.principals,
            lambda one: (old.accepting_user(one.user, one.groups), new.accepting_user(one.user, one.groups)),
        )
        self._verbs: Final = _grouped(verbs, lambda verb: (old.accepting_verb(verb), new.accepting_verb(verb)))
        self._places: Final = _grouped(
            places, lambda place: (old.accepting_place(place.request), new.accepting_place(place.request))
        )
        self._variants: Final = _grouped(places, lambda place: place.target)

    def changes(self) -> list[Change]:
        """Compare every class of requests and join those that change alike."""
        by_user: dict[tuple[Effect, Effect, _Sets, _Sets], set[_Sets]] = {}
        for user, verb, place in itertools.product(self._users, self._verbs, self._places):
            before, after = (_effect(decision) for decision in self._decide(user, verb, place))
            if before != after:
                by_user.setdefault((before, after, verb, place), set()).add(user)
        by_verb: dict[tuple[Effect, Effect, frozenset[_Sets], _Sets], set[_Sets]] = {}
        for (before, after, verb, place), users in by_user.items():
            by_verb.setdefault((before, after, frozenset(users), place), set()).add(verb)
        by_place: dict[tuple[Effect, Effect, frozenset[_Sets], frozenset[_Sets]], list[_Sets]] = {}
        for (before, after, whose, place), verbs in by_verb.items():
            by_place.setdefault((before, after, whose, frozenset(verbs)), []).append(place)
        found = [
            self._change(before, after, whose, which, where)
            for (before, after, whose, which), where in by_place.items()
        ]
        return sorted(found, key=_loss)

    def _decide(self, user: _Sets, verb: _Sets, place: _Sets) -> tuple[Decision, Decision]:
        old, new = user[0] & verb[0] & place[0], user[1] & verb[1] & place[1]
        return self._decisions[0][(old & -old).bit_length()], self._decisions[1][(new & -new).bit_length()]

    def _change(
        self, before: Effect, after: Effect, users: frozenset[_Sets], verbs: frozenset[_Sets], places: list[_Sets]
    ) -> Change:
        decided = [self._decide(*cell) for cell in itertools.product(users, verbs, places)]
        return Change(
            before,
            after,
            who=self._who(users),
            verbs=("every verb",) if len(verbs) == len(self._verbs) else _values(self._verbs, verbs),
            what=self._what(places),
            old_rules=_rules(old for old, _ in decided),
            new_rules=_rules(new for _, new in decided),
        )

    def _who(self, users: frozenset[_Sets]) -> tuple[str, ...]:
        if len(users) == len(self._users):
            return ("everybody",)
        inside, outside = (
            _without_repeats(principal.label for principal in _values(self._users, some))
            for some in (users, self._users.keys() - users)
        )
        return inside if len(inside) <= len(outside) else (f"everybody but {', '.join(outside)}",)

    def _what(self, places: list[_Sets]) -> tuple[str, ...]:
        if len(places) == len(self._places):
            return ("everything",)
        found: list[str] = []
        for target, those in _grouped(_values(self._places, places), lambda place: place.target).items():
            if len(those) == len(self._variants[target]):
                found.append(target)
                continue
            for where, names in _grouped(those, lambda place: place.namespace).items():
                known = [place for place in self._variants[target] if place.namespace == where]
                each = ("",) if len(names) == len(known) else tuple(place.name for place in names)
                found += (" ".join(filter(None, (target, where, name))) for name in each)
        return _without_repeats(found)


def _without_repeats(labels: Iterable[str]) -> tuple[str, ...]:
    """Leave out what another label of the list says already."""
    found = tuple(dict.fromkeys(labels))
    rest = "everything else of "
    return tuple(
        label
        for label in found
        if not (label.endswith(_IN_ALL_GROUPS) and label.removesuffix(_IN_ALL_GROUPS) in found)
        and not (
            label.startswith(rest) and label.endswith(_SUBRESOURCES) and label.removesuffix(_SUBRESOURCES) in found
        )
    )


def _loss(change: Change) -> tuple[int, int, int, list[str]]:
    before, after = change.before, change.after
    return after.level - before.level, -before.level, len(after.omit_stages), sorted(before.omit_stages)


def _effect(decision: Decision) -> Effect:
    if decision.level is Level.NONE:  # nothing is written, so nothing can be left out
        return Effect(Level.NONE)
    has_bodies = decision.level >= Level.REQUEST
    return Effect(decision.level, decision.omit_stages, has_bodies and decision.omit_managed_fields)


def _grouped(values: Iterable[T], key: Callable[[T], K]) -> dict[K, tuple[T, ...]]:
    found: dict[K, tuple[T, ...]] = {}
    for value in values:
        found[key(value)] = (*found.get(key(value), ()), value)
    return found


def _values(classes: dict[_Sets, tuple[T, ...]], wanted: Iterable[_Sets]) -> tuple[T, ...]:
    chosen = set(wanted)
    return tuple(value for sets, values in classes.items() if sets in chosen for value in values)


def _rules(decisions: Iterable[Decision]) -> tuple[int | None, ...]:
    return tuple(sorted({decision.rule for decision in decisions}, key=lambda rule: -1 if rule is None else rule))
