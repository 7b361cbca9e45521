"""A bucket's lifecycle rules, in days from an object's creation."""

import datetime as dt
from typing import Final

from dayseal.clouds.gcp.calls import Json
from dayseal.errors import FormatError
from dayseal.model.route import LifecycleRule, Move

_DELETE: Final = "Delete"
_MOVE: Final = "SetStorageClass"
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
    rules = (bucket.get("lifecycle") or {}).get("rule") or ()
    return tuple(rule for number, item in enumerate(rules) for rule in _rules(f"rule {number + 1}", item))


def _rules(name: str, item: Json) -> list[LifecycleRule]:
    action, condition = item["action"], item.get("condition") or {}
    kind = str(action["type"])
    old = condition.get("isLive") is False or any(key in condition for key in _OLD_ONLY)
    days = int(condition.get("age") or 0)
    before = condition.get("createdBefore")
    created = _date(str(before)) if before else None
    prefixes = [str(prefix) for prefix in condition.get("matchesPrefix") or ("",)]
    move = kind == _MOVE and not old
    return [
        LifecycleRule(
            name=name,
            prefix=prefix,
            narrowed=any(key not in _TOLD for key in condition),
            delete_days=days if kind == _DELETE and not old else None,
            delete_old_days=_old_days(condition, days) if kind == _DELETE else None,
            created_before=created,
            moves=(Move(days, str(action["storageClass"]), restore=False),) if move else (),
        )
        for prefix in prefixes
    ]


def _old_days(condition: Json, days: int) -> int | None:
    """Give how long generations that are no longer live are kept; a rule about live ones leaves them alone."""
    if condition.get("isLive") is True:
        return None
    return max(days, int(condition.get("daysSinceNoncurrentTime") or 0))


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as exc:
        raise FormatError(f"lifecycle condition createdBefore: {text[:40]!r}, a date promised") from exc
