"""How long each store on a route keeps the logs, queryable at once and in total."""

import dataclasses
import datetime as dt
from typing import Final

from dayseal.checks.log_selection import document_field, of_kind
from dayseal.checks.route_terms import format_days
from dayseal.model.route import AccountPolicy, ArchiveFacts, LifecycleRule, LogGroup, PolicyKind

_NEVER: Final = "NEVER_EXPIRE"
_NEW_ONLY: Final = "NEW_ONLY"
_UNQUERYABLE_CLASSES: Final = frozenset({"DELIVERY"})


@dataclasses.dataclass(frozen=True, slots=True)
class StoreTerm:
    """One store: days it answers queries at once, and days it keeps the logs at all; None is without end.

    `decided` is False when something that could not be decided may shorten it; `words` say what set the term.
    """

    name: str
    hot_days: int | None
    total_days: int | None
    words: str
    decided: bool = True


def log_group_term(group: LogGroup, policies: tuple[AccountPolicy, ...]) -> StoreTerm:
    """Give a log group's term: the shorter of what it answers and of the account policy that is about to rule it.

    An account policy replaces the group's own setting, also downwards; of several the longest rules. It takes
    effect a day late, so neither answer alone can be trusted.

    Source: CloudWatch Logs PutAccountPolicy, retention policy.
    """
    name = f"log group {group.name}"
    days, words, decided = group.retention_days, f"retentionInDays {format_days(group.retention_days)}", True
    sure, unsure = of_kind(policies, PolicyKind.RETENTION, group.name)
    # A policy for new groups only rules this one if the group itself says so.
    sure = tuple(
        p for p in sure if document_field(p, "enforcementMode") != _NEW_ONLY or p.name == group.retention_policy
    )
    if sure:
        ruling = max(sure, key=lambda policy: _rank(_policy_days(policy)))
        ruled = _policy_days(ruling)
        words += f", account policy {ruling.name} {_policy_text(ruling)}"
        if isinstance(ruled, str):
            decided = False
        elif _shorter(ruled, days):
            days = ruled
    if unsure:
        decided = False
        words += f", account policy {unsure[0].name} may apply (selects {unsure[0].selection})"
    if group.log_class in _UNQUERYABLE_CLASSES:
        return StoreTerm(name, 0, 1, f"log class {group.log_class} keeps one day and answers no query", decided)
    return StoreTerm(name, days, days, words, decided)


def archive_term(archive: ArchiveFacts, rules: tuple[LifecycleRule, ...], day: dt.date) -> StoreTerm:
    """Give the archive's term for objects of `day`, from the lifecycle rules that touch its prefix.

    Hot ends at the first move to a class that needs a restore. Rules narrowed by tags or sizes are left
    out here: `early_rules` names them.
    """
    total: int | None = None
    hot: int | None = None
    for rule in touching(archive, rules):
        if rule.narrowed:
            continue
        deleted = delete_after(rule, day)
        total = _least(total, deleted)
        for move in rule.moves:
            if move.restore:
                hot = _least(hot, move.days)
    words = f"kept {format_days(total)}, no restore needed {format_days(_least(hot, total))}"
    return StoreTerm(f"archive {archive.uri}", _least(hot, total), total, words)


def touching(archive: ArchiveFacts, rules: tuple[LifecycleRule, ...]) -> tuple[LifecycleRule, ...]:
    """Give the enabled rules whose prefix meets the archive's."""
    mine = archive.prefix
    return tuple(r for r in rules if r.enabled and (r.prefix.startswith(mine) or mine.startswith(r.prefix)))


def delete_after(rule: LifecycleRule, day: dt.date) -> int | None:
    """Give after how many days the rule deletes an object of `day`, None: never."""
    if rule.created_before is not None and day >= rule.created_before:
        return None
    fixed = None if rule.delete_on is None else max(0, (rule.delete_on - day).days)
    return _least(rule.delete_days, fixed)


def keeps(days: int | None, wanted: int) -> bool:
    """Say whether a term is at least `wanted` days; None is without end."""
    return days is None or days >= wanted


def longest(terms: tuple[int | None, ...]) -> int | None:
    """Give the longest of some terms; 0 of none."""
    return None if None in terms else max((t for t in terms if t is not None), default=0)


def show_rules(rules: tuple[LifecycleRule, ...]) -> str:
    """Write lifecycle rules for a fact."""
    shown = (
        f"{rule.name} ({'on' if rule.enabled else 'off'}, prefix {rule.prefix!r}{_limits(rule)}): "
        f"delete {rule.delete_days} days or on {rule.delete_on}, old versions {rule.delete_old_days}, "
        f"moves {', '.join(f'{move.days} days to {move.storage_class}' for move in rule.moves) or 'none'}"
        for rule in rules
    )
    return " | ".join(shown) or "no lifecycle rules"


def _limits(rule: LifecycleRule) -> str:
    return f", created before {rule.created_before}" if rule.created_before is not None else ""


def _policy_days(policy: AccountPolicy) -> int | str | None:
    """Give the policy's days, None: never expires, or its text where it cannot be read."""
    value = document_field(policy, "retentionInDays")
    if value == _NEVER:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return policy.document if value is None or isinstance(value, str) else value


def _policy_text(policy: AccountPolicy) -> str:
    days = _policy_days(policy)
    return f"cannot be read: {days}" if isinstance(days, str) else format_days(days)


def _rank(days: int | str | None) -> float:
    # An unreadable policy ranks first, so that it is named and nothing is decided past it.
    if isinstance(days, str):
        return float("inf")
    return 1e9 if days is None else days


def _shorter(a: int | None, b: int | None) -> bool:
    return a is not None and (b is None or a < b)


def _least(a: int | None, b: int | None) -> int | None:
    if a is None or b is None:
        return b if a is None else a
    return min(a, b)
