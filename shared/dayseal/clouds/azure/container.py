"""The archive's container: immutability policy, legal hold, version-level locks, and which of it holds what."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.clouds.azure.storage import read_default_policy, read_rule
from dayseal.clouds.azure.values import Json, flag, maybe_moment, part, parts, promised, text, word
from dayseal.errors import FormatError
from dayseal.model.route import LegalHold, Locking, LockRule, LockStrength

ACCOUNT_KEY: Final = "$account-encryption-key"


def read_locking(container: Json, account: Json) -> Locking:
    """Read what locks the container's blobs: its own policy, else the account's default; and a legal hold.

    The container's policy goes before the account's. With version-level support and no policy at all, only locks
    that single blobs carry hold anything.

    Raises:
        FormatError: a state, or a switch, has a value we do not know, or two fields of it contradict each other.
    """
    properties = promised(container, "properties")
    by_version, default = read_default_policy(account)
    own = _policy(properties)
    rule = own or (default if by_version else None)
    support = _version_level(properties)
    return Locking(enabled=rule is not None or by_version or support, rule=rule, hold=_hold(properties))


def weakest_lock(found: Sequence[Locking]) -> Locking:
    """Give what holds the blobs of several containers alike: the weakest of their locks, at least one promised."""
    rules = [locking.rule for locking in found]
    weakest = None if None in rules else min((r for r in rules if r is not None), key=_strength)
    if weakest is not None:
        weakest = dataclasses.replace(weakest, blocks_writer=any(r.blocks_writer for r in rules if r is not None))
    holds = [locking.hold for locking in found if locking.hold is not None]
    hold = max(holds, key=lambda one: one.blocks_writer, default=None)
    return Locking(all(locking.enabled for locking in found), weakest, hold)


def encryption_scope(container: Json) -> str:
    """Give the encryption scope that new blobs get, `""` for the account's own key."""
    name = text(part(container, "properties"), "defaultEncryptionScope")
    return "" if name in {"", ACCOUNT_KEY} else name


def is_deleted(container: Json) -> bool:
    """Say whether the container is deleted and only waits for its soft delete to end."""
    return flag(part(container, "properties"), "deleted") is True


def _strength(rule: LockRule) -> tuple[bool, int]:
    return (rule.strength is LockStrength.FIRM, rule.days)


def _policy(properties: Json) -> LockRule | None:
    found = part(properties, "immutabilityPolicy")
    policy, has = part(found, "properties"), flag(properties, "hasImmutabilityPolicy")
    if not policy:
        if has:
            raise FormatError("hasImmutabilityPolicy: true, but no policy is shown")
        return None
    state = word(policy, "state", ("Locked", "Unlocked"))
    rule = read_rule(policy, state)
    if has is False and rule.days and not _version_level(properties):
        raise FormatError(f"hasImmutabilityPolicy: false, but a policy of {rule.days} days is shown")
    if not rule.days:
        return None  # a policy of no days is how the API shows a deleted one
    return LockRule(rule.mode, rule.strength, rule.days, rule.blocks_writer, _locked_at(found))


def _locked_at(found: Json) -> dt.datetime | None:
    """Give when the policy was locked, None where its history does not tell."""
    steps = parts(found, "updateHistory")
    moments = [maybe_moment(step, "timestamp") for step in steps if text(step, "update").casefold() == "lock"]
    return min((moment for moment in moments if moment is not None), default=None)


def _hold(properties: Json) -> LegalHold | None:
    found, has = part(properties, "legalHold"), flag(properties, "hasLegalHold")
    own, tags = flag(found, "hasLegalHold"), len(parts(found, "tags"))
    if has is None:
        has = own if own is not None else bool(tags)
    if not has:
        if tags or own:
            raise FormatError(f"hasLegalHold: false, but a hold with {tags} tags is shown")
        return None
    history = part(found, "protectedAppendWritesHistory")
    return LegalHold(tags, blocks_writer=flag(history, "allowProtectedAppendWritesAll") is not True)


def _version_level(properties: Json) -> bool:
    support = part(properties, "immutableStorageWithVersioning")
    state = word(support, "migrationState", ("Completed", "InProgress"), "Completed")
    return flag(support, "enabled") is True and state == "Completed"
