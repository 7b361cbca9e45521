"""What a policy never records: unobservable by design, as opposed to "did not happen"."""

import dataclasses

from dayseal.audit.policy.describe import verbs_of, what_of, who_of
from dayseal.audit.policy.reach import Reach
from dayseal.audit.policy.rules import NEWEST_MINOR, Level, Policy


@dataclasses.dataclass(frozen=True, slots=True)
class Unseen:
    """Requests that leave no trace: those of one None rule, but for what the rules in `unless` decide before it.

    `rule` is an index, None for what no rule matches.
    """

    rule: int | None
    who: str
    verbs: str
    what: str
    unless: tuple[int, ...]


def never_recorded(policy: Policy, *, minor: int = NEWEST_MINOR) -> tuple[Unseen, ...]:
    """List what kube-apiserver 1.`minor` never records under this policy, in the order of its rules."""
    reach = Reach(policy, minor=minor)
    found: list[Unseen] = []
    for index, rule in enumerate(policy.rules):
        if rule.level is not Level.NONE or reach.deciding(index).request is None:
            continue
        recorded = (before for before in range(index) if policy.rules[before].level is not Level.NONE)
        unless = tuple(before for before in recorded if reach.overlap(before, index))
        found.append(Unseen(index, who_of(rule), verbs_of(rule), what_of(rule), unless))
    if reach.undecided().request is not None:
        found.append(Unseen(None, "everybody", "every verb", "whatever no rule matches", ()))
    return tuple(found)
