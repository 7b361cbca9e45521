"""Finds out which requests a rule still decides after the rules before it had their turn: exactly, not by samples.

Who, which verb and what for are independent of each other. For one rule, each value it accepts leaves a set of
earlier rules that accept it too; the fewer, the better, so sets that include another one are dropped. The rule
decides something if the sets of all three can be disjoint.
"""

import dataclasses
from collections.abc import Iterable
from typing import Final, TypeVar

from dayseal.audit.policy.builtin import PATH_VERBS, RESOURCE_VERBS
from dayseal.audit.policy.domain import Place, Principal, domain_of
from dayseal.audit.policy.evaluate import Evaluator
from dayseal.audit.policy.rules import NEWEST_MINOR, Policy, Request

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class Reached:
    """A request that reaches a rule, or, with `request` None, the earlier rules that leave none for it."""

    request: Request | None
    taken_by: tuple[int, ...]


class Reach:
    """Answers for one policy which rule can decide what; rules are named by index."""

    def __init__(self, policy: Policy, *, minor: int = NEWEST_MINOR) -> None:
        evaluator = Evaluator(policy, minor=minor)
        domain = domain_of([policy])
        self._count: Final = len(policy.rules)
        self._users: Final = _first_of(
            (evaluator.accepting_user(one.user, one.groups), one) for one in domain.principals
        )
        places = [(evaluator.accepting_place(place.request), place) for place in domain.places]
        self._branches: Final = tuple(
            (
                _first_of((evaluator.accepting_verb(verb), verb) for verb in verbs),
                _first_of((mask, place) for mask, place in places if place.request.is_resource is is_resource),
            )
            for is_resource, verbs in ((True, RESOURCE_VERBS), (False, PATH_VERBS))
        )

    def deciding(self, rule: int) -> Reached:
        """Give a request that `rule` decides."""
        return self._reach(1 << rule, (1 << rule) - 1)

    def undecided(self) -> Reached:
        """Give a request that no rule matches."""
        return self._reach(0, (1 << self._count) - 1)

    def overlap(self, one: int, other: int) -> bool:
        """Say whether some request matches both rules."""
        return self._reach(1 << one | 1 << other, 0).request is not None

    def _reach(self, wanted: int, avoided: int) -> Reached:
        """Find a request that every rule of `wanted` matches and no rule of `avoided`."""
        in_the_way = 0
        for verbs, places in self._branches:
            left: list[tuple[int, tuple[Principal, str, Place]]] = [
                (user & verb & place, (who, what, where))
                for user, who in _fewest(self._users, wanted, avoided)
                for verb, what in _fewest(verbs, wanted, avoided)
                for place, where in _fewest(places, wanted, avoided)
            ]
            for mask, (who, what, where) in left:
                if not mask & avoided:
                    return Reached(_request(who, what, where), ())
                in_the_way |= mask & avoided
        return Reached(None, tuple(bit for bit in range(in_the_way.bit_length()) if in_the_way >> bit & 1))


def _request(who: Principal, verb: str, place: Place) -> Request:
    found = place.request
    return Request(
        who.user,
        who.groups,
        verb,
        found.is_resource,
        found.group,
        found.resource,
        found.subresource,
        found.namespace,
        found.name,
        found.path,
    )


def _first_of(pairs: Iterable[tuple[int, T]]) -> tuple[tuple[int, T], ...]:
    found: dict[int, T] = {}
    for mask, value in pairs:
        found.setdefault(mask, value)
    return tuple(found.items())


def _fewest(options: tuple[tuple[int, T], ...], wanted: int, avoided: int) -> list[tuple[int, T]]:
    """Keep the options all of `wanted` accept whose avoided rules do not include those of another option."""
    fitting = sorted(
        ((mask, value) for mask, value in options if mask & wanted == wanted),
        key=lambda o: (o[0] & avoided).bit_count(),
    )
    kept: list[tuple[int, T]] = []
    for mask, value in fitting:
        if not any(known & avoided & ~mask == 0 for known, _ in kept):
            kept.append((mask, value))
    return kept
