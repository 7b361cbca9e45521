"""The day's objects themselves: is each locked until its term ends, and is there one version of each?"""

import dataclasses
import datetime as dt
from collections import Counter
from typing import Final

from dayseal.checks.route_words import Opinion
from dayseal.checks.wording import count
from dayseal.codec import format_day, format_time
from dayseal.model import ArchiveObject, Listing, Verdict
from dayseal.model.route import AksSource, Known, LockRule, LockStrength, RouteFacts

_OWN_LOCK: Final = "Locked"  # the mode of a lock of an object's own that nobody can lift, in Cloud Storage and Azure
_STRENGTHS: Final = {
    "COMPLIANCE": LockStrength.FIRM,
    "GOVERNANCE": LockStrength.BYPASSABLE,
    "Locked": LockStrength.FIRM,
    "Unlocked": LockStrength.REVOCABLE,
}


def weakest_lock(listing: Listing) -> LockStrength | None:
    """Give the weakest lock that an object of the day carries; None when one has none, or there are none."""
    if not listing.objects:
        return None
    found = {_STRENGTHS.get(item.lock_mode) for item in listing.objects}
    if None in found:
        return None
    return next(s for s in (LockStrength.REVOCABLE, LockStrength.BYPASSABLE, LockStrength.FIRM) if s in found)


def judge_objects(listing: Listing, day: dt.date, term_days: int) -> list[Opinion]:
    """Judge the locks of one batch day's objects against the moment their term ends.

    FAIL: an object whose lock is absent, of no mode we know, or ends before `day` + `term_days`, a delete
    marker, a key with a second version. A legal hold is no lock: it has no term, and who sets it can lift it.
    UNKNOWN: the listing was cut short and shows no fault.
    """
    until = dt.datetime.combine(day + dt.timedelta(days=term_days), dt.time(), tzinfo=dt.UTC)
    short = [item for item in listing.objects if not _is_locked(item, until)]
    opinions = []
    if short:
        said = (
            f"{len(short)} of {count(len(listing.objects), 'object')} of {format_day(day)} not locked until "
            f"{format_time(until)}, first {_lock(short[0])}"
        )
        opinions.append(Opinion(Verdict.FAIL, said))
    if listing.delete_markers:
        markers = count(len(listing.delete_markers), "delete marker")
        said = f"{markers} in {format_day(day)}, first over {listing.delete_markers[0]}, none promised"
        opinions.append(Opinion(Verdict.FAIL, said))
    again = sorted(key for key, number in Counter(item.key for item in listing.objects).items() if number > 1)
    if again:
        keys = count(len(again), "key")
        said = f"{keys} of {format_day(day)} with a second version, first {again[0]}, one each promised"
        opinions.append(Opinion(Verdict.FAIL, said))
    if not listing.complete:
        opinions.append(Opinion(Verdict.UNKNOWN, f"the listing of {format_day(day)} was cut short"))
    return opinions


def firm_locks(listing: Listing, rule: LockRule | None) -> Listing:
    """Give the objects with the locks that nobody can lift: the later of each one's own and of the rule's."""
    return dataclasses.replace(listing, objects=tuple(_firm(item, rule) for item in listing.objects))


def locked_by_archive(listing: Listing, facts: RouteFacts | None) -> tuple[ArchiveObject, ...]:
    """Give the objects with the locks they stand under: each one's own, or the archive's where that ends later.

    Only in Azure an archive's rule locks what is stored without its objects showing it: from the day each blob was
    last written. The others show it, or give each new object a lock of its own.
    """
    archive = facts.archive if facts is not None and isinstance(facts.source, AksSource) else None
    rule = archive.locking.value.rule if archive is not None and isinstance(archive.locking, Known) else None
    if rule is None:
        return listing.objects
    return tuple(_later(item, rule) for item in listing.objects)


def _later(item: ArchiveObject, rule: LockRule) -> ArchiveObject:
    until = item.stored_at + dt.timedelta(days=rule.days)
    if item.retain_until is not None and item.retain_until >= until:
        return item
    return dataclasses.replace(item, lock_mode=rule.mode, retain_until=until)


def _firm(item: ArchiveObject, rule: LockRule | None) -> ArchiveObject:
    untils = []
    if item.lock_mode == _OWN_LOCK and item.retain_until is not None:
        untils.append(item.retain_until)
    if rule is not None and rule.strength is LockStrength.FIRM:
        untils.append(item.stored_at + dt.timedelta(days=rule.days))
    until = max(untils, default=None)
    return dataclasses.replace(item, lock_mode=_OWN_LOCK if until is not None else "", retain_until=until)


def _is_locked(item: ArchiveObject, until: dt.datetime) -> bool:
    return item.lock_mode in _STRENGTHS and item.retain_until is not None and item.retain_until >= until


def _lock(item: ArchiveObject) -> str:
    if item.retain_until is None:
        return f"{item.key}: no lock"
    return f"{item.key}: {item.lock_mode or 'mode not known'} until {format_time(item.retain_until)}"
