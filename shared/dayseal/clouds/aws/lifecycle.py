"""A bucket's lifecycle rules, in days from an object's creation."""

import datetime as dt
from typing import Any, Final

from dayseal.clouds.aws.calls import Json
from dayseal.model.route import LifecycleRule, Move

# Reading there needs a restore first; GLACIER_IR does not. Intelligent-Tiering may archive, if that is set up.
_RESTORE: Final = frozenset({"GLACIER", "DEEP_ARCHIVE"})
_NARROWING: Final = ("Tag", "Tags", "ObjectSizeGreaterThan", "ObjectSizeLessThan")


def read_lifecycle(found: Json) -> tuple[LifecycleRule, ...]:
    """Read GetBucketLifecycleConfiguration; a move on a fixed date counts as a move at once.

    Rules that only clean up (incomplete uploads, lone delete markers) delete nothing and come out empty.
    """
    return tuple(_rule(number, rule) for number, rule in enumerate(found["Rules"]))


def _rule(number: int, rule: Json) -> LifecycleRule:
    where = rule.get("Filter") or {}
    joined = where.get("And") or {}
    expiration = rule.get("Expiration") or {}
    old = rule.get("NoncurrentVersionExpiration") or {}
    return LifecycleRule(
        name=str(rule.get("ID") or f"rule {number + 1}"),
        prefix=str(where.get("Prefix") or joined.get("Prefix") or rule.get("Prefix") or ""),
        enabled=rule["Status"] == "Enabled",
        narrowed=any(key in part for part in (where, joined) for key in _NARROWING),
        delete_days=_days(expiration),
        delete_on=_date(expiration.get("Date")),
        delete_old_days=None if "NoncurrentDays" not in old else int(old["NoncurrentDays"]),
        moves=tuple(_move(item) for item in rule.get("Transitions") or ()),
    )


def _move(item: Json) -> Move:
    storage = str(item["StorageClass"])
    return Move(_days(item) or 0, storage, storage in _RESTORE)


def _days(item: Json) -> int | None:
    return None if item.get("Days") is None else int(item["Days"])


def _date(value: Any) -> dt.date | None:  # noqa: ANN401 - botocore gives a moment, or nothing
    return value.date() if isinstance(value, dt.datetime) else None
