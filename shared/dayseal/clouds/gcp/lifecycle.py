"""A bucket's lifecycle rules, in days from an object's creation."""

import datetime as dt
from typing import Final

from dayseal.clouds.gcp.values import Json, flag, named, part, parts, text, texts, whole, word
from dayseal.errors import FormatError
from dayseal.model.route import LifecycleRule, Move

_DELETE: Final = "Delete"
_MOVE: Final = "SetStorageClass"
_ACTIONS: Final = (_DELETE, _MOVE, "AbortIncompleteMultipartUpload")
# Conditions that need no narrowing: what they mean is told by a rule's own fields.
_TOLD: Final = frozenset(
    {"age", "createdBefore", "matchesPrefix", "isLive", "daysSinceNoncurrentTime", "numNewerVersions"}
)
_OLD_ONLY: Final = ("daysSinceNoncurrentTime", "numNewerVersions")


def read_lifecycle(bucket: Json) -> tuple[LifecycleRule, ...]:
    """Read `lifecycle.rule`: one rule for each prefix that it names.

    All conditions of a rule must hold. What only cleans up (incomplete uploads) comes out empty. No storage class of
    Cloud Storage needs a restore.

    Raises:
        FormatError: an action or a condition is none we know the shape of.
    """
    rules = parts(part(bucket, "lifecycle"), "rule")
    return tuple(rule for number, item in enumerate(rules) for rule in _rules(f"rule {number + 1}", item))


def _rules(name: str, item: Json) -> list[LifecycleRule]:
    action, condition = part(item, "action"), part(item, "condition")
    kind = word(action, "type", _ACTIONS)
    if not any(value is not None for value in condition.values()):
        raise FormatError(f"lifecycle {name}: no condition, one at least promised")
    old = not flag(condition, "isLive", absent=True) or any(key in condition for key in _OLD_ONLY)
    days = whole(condition, "age") or 0
    before = text(condition, "createdBefore")
    created = _date(before) if before else None
    prefixes = texts(condition, "matchesPrefix") or ("",)
    move = kind == _MOVE and not old
    return [
        LifecycleRule(
            name=name,
            prefix=prefix,
            narrowed=any(key not in _TOLD for key in condition),
            delete_days=days if kind == _DELETE and not old else None,
            delete_old_days=_old_days(condition, days) if kind == _DELETE else None,
            created_before=created,
            moves=(Move(days, named(action, "storageClass"), restore=False),) if move else (),
        )
        for prefix in prefixes
    ]


def _old_days(condition: Json, days: int) -> int | None:
    """Give how long generations that are no longer live are kept; a rule about live ones leaves them alone."""
    if flag(condition, "isLive"):
        return None
    return max(days, whole(condition, "daysSinceNoncurrentTime") or 0)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as exc:
        raise FormatError(f"lifecycle condition createdBefore: {text[:40]!r}, a date promised") from exc
