"""Changes to the archive's bucket and its key: lock, versioning, lifecycle, policy, deletion."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from dayseal.checks.bucket_policy import CHANGE, WRITE, who_may
from dayseal.checks.change_words import ChangeEffect, Effect, RouteView
from dayseal.checks.key_states import stream_keys
from dayseal.checks.route_terms import term_days
from dayseal.errors import FormatError
from dayseal.model.route import Known

_YEAR: Final = 365


def bucket_effect(view: RouteView) -> ChangeEffect | None:
    """Say what a change to a bucket meant; None when it is not this archive's."""
    archive = view.facts.archive
    if archive is None or view.text("bucketName") != archive.name:
        return None
    match view.change.name:
        case "PutBucketObjectLockConfiguration" | "PutObjectLockConfiguration":
            return _lock(view)
        case "PutBucketVersioning":
            on = view.text("versioningConfiguration", "status") == "Enabled"
            return ChangeEffect(
                "versioning", Effect.RESTORED if on else Effect.REDUCED, f"versioning {'on' if on else 'off'}"
            )
        case "PutBucketLifecycle" | "PutBucketLifecycleConfiguration":
            return _lifecycle(view)
        case "DeleteBucketLifecycle":
            return ChangeEffect("lifecycle", Effect.RESTORED, "lifecycle rules removed: nothing is deleted any more")
        case "PutBucketPolicy":
            return _policy(view)
        case "DeleteBucket":
            return ChangeEffect("archive", Effect.REDUCED, f"bucket {archive.name} deleted")
        case _:
            return ChangeEffect("bucket", Effect.UNCLEAR, f"{view.change.name} on {archive.name}")


def key_effect(view: RouteView) -> ChangeEffect | None:
    """Say what a change to a key meant; None when it is none that stored logs are encrypted under."""
    named = view.text("keyId").rpartition("/")[2]
    what = next((what for what, name in _keys(view) if name.rpartition("/")[2] == named), "") if named else ""
    if not what:
        return None
    aspect = f"{what} {named}"
    if view.change.name in {"ScheduleKeyDeletion", "DisableKey"}:
        return ChangeEffect(aspect, Effect.REDUCED, f"{what} was disabled or its deletion scheduled")
    if view.change.name in {"CancelKeyDeletion", "EnableKey"}:
        return ChangeEffect(aspect, Effect.RESTORED, f"{what} works again")
    return ChangeEffect(aspect, Effect.UNCLEAR, f"{view.change.name} on {what}")


def _keys(view: RouteView) -> Iterator[tuple[str, str]]:
    """Give every key that is known to encrypt logs on this route, by name."""
    facts = view.facts
    if facts.archive is not None:
        answers = [("the archive's key", facts.archive.key)]
        answers += [(f"the key of stream {name}", key) for name, key in stream_keys(facts.eks, facts.archive)]
        yield from ((what, a.value.name) for what, a in answers if isinstance(a, Known) and a.value is not None)
    group = facts.eks.log_group.value if isinstance(facts.eks.log_group, Known) else None
    if group is not None and group.key:
        yield "the log group's key", group.key


def _lock(view: RouteView) -> ChangeEffect:
    at = ("objectLockConfiguration", "rule", "defaultRetention")
    days, years, mode = view.number(*at, "days"), view.number(*at, "years"), view.text(*at, "mode")
    term = days if days is not None else (years or 0) * _YEAR
    wanted = term_days(view.change.at.date(), view.thresholds.total_days)
    firm = mode == "COMPLIANCE" or (mode == "GOVERNANCE" and view.thresholds.accept_governance)
    words = f"default lock set to {mode or 'nothing'} {term} days"
    return ChangeEffect("lock", Effect.RESTORED if firm and term >= wanted else Effect.REDUCED, words)


def _lifecycle(view: RouteView) -> ChangeEffect:
    found = view.says("lifecycleConfiguration", "rule")
    listed = found if isinstance(found, list) else [found]
    rules = [rule for rule in listed if isinstance(rule, Mapping)]
    if len(rules) != len(listed):
        return ChangeEffect("lifecycle", Effect.UNCLEAR, "lifecycle rules set, which cannot be read from the request")
    wanted = term_days(view.change.at.date(), view.thresholds.total_days)
    for rule in rules:
        expiration = rule.get("Expiration") if rule.get("Status") != "Disabled" else None
        if isinstance(expiration, Mapping) and "Date" in expiration:
            return ChangeEffect("lifecycle", Effect.UNCLEAR, f"lifecycle deletes on {expiration['Date']}")
        days = expiration.get("Days") if isinstance(expiration, Mapping) else None
        if isinstance(days, int | str) and str(days).isdigit() and int(days) < wanted:
            return ChangeEffect("lifecycle", Effect.REDUCED, f"lifecycle set to delete after {days} days")
    return ChangeEffect("lifecycle", Effect.RESTORED, f"lifecycle set, nothing deleted before {wanted} days")


def _policy(view: RouteView) -> ChangeEffect:
    archive, account = view.facts.archive, view.facts.cluster.account
    found = view.says("bucketPolicy")
    text = found if isinstance(found, str) else json.dumps(found)
    if archive is None:
        return ChangeEffect("bucket policy", Effect.UNCLEAR, "bucket policy replaced")
    try:
        mine = [holder for holder in who_may(text, archive, (*WRITE, *CHANGE), account) if holder.within]
    except FormatError:
        return ChangeEffect("bucket policy", Effect.UNCLEAR, "bucket policy replaced by one that cannot be read")
    if any(holder.certain for holder in mine):
        return ChangeEffect("bucket policy", Effect.REDUCED, f"bucket policy opened to account {account}")
    if mine:
        return ChangeEffect("bucket policy", Effect.UNCLEAR, f"bucket policy perhaps opened to account {account}")
    return ChangeEffect("bucket policy", Effect.RESTORED, f"bucket policy replaced, closed to account {account}")
