"""Check 6 for an Azure container: a locked immutability policy that still lets the log writer append."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from dayseal.checks.key_states import show_key
from dayseal.checks.object_locks import firm_locks, judge_objects
from dayseal.checks.route_terms import RouteThresholds, term_days
from dayseal.checks.route_words import FactSheet, Opinion, az, known, worst
from dayseal.checks.wording import count
from dayseal.codec import format_time
from dayseal.model import Finding, Listing, Verdict
from dayseal.model.route import (
    ArchiveFacts,
    BatchObjects,
    Known,
    Locking,
    LockRule,
    LockStrength,
    ManagementLock,
    Missing,
)


def azure_archive_immutable(
    archive: ArchiveFacts, thresholds: RouteThresholds, sheet: FactSheet, day: dt.date, objects: BatchObjects | None
) -> Finding:
    """Judge check 6: PASS only on a policy that nobody can lift and under which the log writer can append.

    Diagnostic logs are append blobs: a policy or hold without protected append writes stops the delivery itself.
    An unlocked policy, a legal hold and soft delete are no locks. Without a policy, version-level locks of every
    object of the day will do.
    """
    days = term_days(day, thresholds.total_days)
    sheet.add("exists", archive.exists)
    if isinstance(archive.exists, Known) and not archive.exists.value:
        said = f"archive {archive.uri} does not exist, a locked one promised"
        return sheet.finding(Verdict.FAIL, said, create_container(archive))
    sheet.add("locking", archive.locking, _show_locking)
    sheet.add("key", archive.key, show_key)
    sheet.mention("versioned", archive.versioned)
    if archive.undelete_days is not None:
        sheet.mention("softDelete", archive.undelete_days, lambda kept: f"{kept} days (no lock)")
    if archive.undelete_container_days is not None:
        sheet.mention("containerSoftDelete", archive.undelete_container_days, lambda kept: f"{kept} days (no lock)")
    if archive.management_locks is not None:
        sheet.mention("managementLocks", archive.management_locks, _show_locks)
    listing = None
    if objects is not None:
        sheet.add("objects", objects.listing, lambda found: f"{len(found.objects)} objects, complete: {found.complete}")
        listing = objects.listing.value if isinstance(objects.listing, Known) else None
    each = [] if objects is None else _each(archive, objects, thresholds)
    opinions = [*_lock(archive, days, listing, each, sheet), *_blocked(archive), *_key(archive)]
    answer = worst(opinions) if opinions else Opinion(Verdict.UNKNOWN, "")
    if sheet.missing and answer.verdict is not Verdict.FAIL:
        return sheet.unknown(f"whether {archive.uri} is locked", more=f"; {answer.said}" if answer.said else "")
    note = "" if listing is not None or answer.verdict is not Verdict.PASS else "; single objects were not looked at"
    return sheet.finding(answer.verdict, answer.said + note, answer.fix or lock_command(archive, days))


def _each(archive: ArchiveFacts, objects: BatchObjects, thresholds: RouteThresholds) -> list[Opinion]:
    if isinstance(objects.listing, Missing) or isinstance(archive.locking, Missing):
        return []
    firm = firm_locks(objects.listing.value, archive.locking.value.rule)
    return judge_objects(firm, objects.day, term_days(objects.day, thresholds.total_days))


def _lock(
    archive: ArchiveFacts, days: int, listing: Listing | None, each: Sequence[Opinion], sheet: FactSheet
) -> list[Opinion]:
    if isinstance(archive.locking, Missing):
        return []
    locking, source = archive.locking.value, archive.locking.source
    said, holds = _by_rule(locking, days)
    fix = lock_command(archive, days)
    if holds:
        sheet.write("grade", source, "compliance")
        return [Opinion(Verdict.PASS, f"compliance: {said}, {days} promised"), *each]
    seen = listing is not None and bool(listing.objects)
    if seen and all(opinion.verdict is Verdict.PASS for opinion in each):
        sheet.write("grade", source, "compliance")
        return [Opinion(Verdict.PASS, f"{said}, but every object of the day carries its own lock")]
    sheet.write("grade", source, "none")
    if locking.rule is None and locking.enabled and not seen:
        # Whoever writes the objects may lock each of them: without one in sight nothing is proven either way.
        told = f"{said}, and no object's lock was seen; a lock of {days} days promised"
        return [Opinion(Verdict.UNKNOWN, told, fix)]
    return [Opinion(Verdict.FAIL, f"{said}{_no_locks(archive)}; a locked policy of {days} days promised", fix), *each]


def _by_rule(locking: Locking, days: int) -> tuple[str, bool]:
    rule = locking.rule
    if rule is None:
        own = ", blobs may be locked each for itself (version-level)" if locking.enabled else ""
        return f"the container has no immutability policy{own}", False
    said = f"immutability policy of {rule.days} days"
    if rule.strength is not LockStrength.FIRM:
        return f"{said} is Unlocked: whoever may change the container can shorten or remove it", False
    return f"locked {said} ({rule.mode})", rule.days >= days


def _no_locks(archive: ArchiveFacts) -> str:
    """Name what people take for a lock."""
    hold = archive.locking.value.hold if isinstance(archive.locking, Known) else None
    told = [f"a legal hold ({count(hold.tags, 'tag')}) has no term and can be lifted"] if hold is not None else []
    kept = known(archive.undelete_days, 0) if archive.undelete_days is not None else 0
    if kept:
        told.append(f"soft delete ({kept} days) stops no overwriting and can be switched off")
    held = known(archive.management_locks, ()) if archive.management_locks is not None else ()
    if held:
        told.append(f"a {held[0].level} lock holds the account, not its blobs")
    return "".join(f"; {words}" for words in told)


def _blocked(archive: ArchiveFacts) -> list[Opinion]:
    if isinstance(archive.locking, Missing):
        return []
    rule, hold = archive.locking.value.rule, archive.locking.value.hold
    by = [
        *([_named(rule)] if rule is not None and rule.blocks_writer else []),
        *(["the legal hold"] if hold is not None and hold.blocks_writer else []),
    ]
    if not by:
        return []
    said = f"immutable but undeliverable: {' and '.join(by)} allows no protected append writes, so the log writer"
    return [Opinion(Verdict.FAIL, f"{said} cannot append; delivery promised", _let_append(archive, rule))]


def _let_append(archive: ArchiveFacts, rule: LockRule | None) -> str:
    if rule is None or not rule.blocks_writer:
        tags = "legal-hold set --allow-protected-append-writes-all true --tags TAG"
        return az(f"storage container {tags}", **_where(archive))
    if rule.strength is LockStrength.FIRM:
        # A locked policy keeps its append flags, and Azure Monitor names the container itself.
        other = dataclasses.replace(archive, name=f"ACCOUNT/{archive.name.partition('/')[2]}")
        return (
            f"send the logs to another storage account, whose container is locked so: {lock_command(other, rule.days)}"
        )
    return lock_command(archive, rule.days)


def _named(rule: LockRule) -> str:
    return f"the policy ({rule.mode}, {rule.days} days)"


def _key(archive: ArchiveFacts) -> list[Opinion]:
    key = archive.key.value if isinstance(archive.key, Known) else None
    if key is None or key.usable:
        return []
    said = f"the archive's key {key.name} is {key.state}: what is stored under it cannot be read, Enabled promised"
    return [Opinion(Verdict.FAIL, said, az("keyvault key set-attributes", id=key.name, enabled="true"))]


def lock_command(archive: ArchiveFacts, days: int) -> str:
    """Give the commands that set and lock a policy; the lock cannot be undone."""
    where = _where(archive)
    make = az(
        "storage container immutability-policy create",
        **where,
        period=str(days),
        allow_protected_append_writes_all="true",
    )
    return f"{make}; then, for good: {az('storage container immutability-policy lock', **where, if_match='ETAG')}"


def create_container(archive: ArchiveFacts) -> str:
    """Give the command that makes the archive's container."""
    where = _where(archive)
    return az("storage container create", account_name=where["account_name"], name=where["container_name"])


def _where(archive: ArchiveFacts) -> dict[str, str]:
    account, _, container = archive.name.partition("/")
    return {"account_name": account, "container_name": container or "insights-logs-kube-audit"}


def _show_locking(locking: Locking) -> str:
    hold = locking.hold
    held = f"; legal hold, {count(hold.tags, 'tag')}{_stops(blocks=hold.blocks_writer)}" if hold is not None else ""
    if locking.rule is None:
        return ("version-level, no default policy" if locking.enabled else "no immutability policy") + held
    rule = locking.rule
    since = f" since {format_time(rule.locked_at)}" if rule.locked_at is not None else ""
    return f"immutability policy of {rule.days} days, {rule.mode}{since}{_stops(blocks=rule.blocks_writer)}{held}"


def _show_locks(locks: tuple[ManagementLock, ...]) -> str:
    named = ", ".join(f"{lock.name} ({lock.level})" for lock in locks)
    return f"{named}: they hold the account, not its blobs" if named else "none"


def _stops(*, blocks: bool) -> str:
    return ", without protected append writes" if blocks else ""
