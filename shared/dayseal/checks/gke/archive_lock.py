"""Check 6 for a Cloud Storage archive: a locked retention policy, or objects that are locked each for itself."""

import datetime as dt

from dayseal.checks.gke.sink_opinions import create_bucket
from dayseal.checks.key_states import show_key
from dayseal.checks.object_locks import firm_locks, judge_objects
from dayseal.checks.route_terms import RouteThresholds, term_days
from dayseal.checks.route_words import FactSheet, Opinion, gcloud, worst
from dayseal.model import Finding, Listing, Verdict
from dayseal.model.route import ArchiveFacts, BatchObjects, Known, Locking, LockRule, LockStrength, Missing


def gcs_archive_immutable(
    archive: ArchiveFacts, thresholds: RouteThresholds, sheet: FactSheet, day: dt.date, objects: BatchObjects | None
) -> Finding:
    """Judge check 6: PASS only on locks that nobody can lift, the bucket's or each object's own.

    An unlocked retention policy is FAIL unless every object of the day carries a firm lock of its own. A hold is
    no lock: it has no term, and who sets it can lift it. Soft delete is none either; versioning is not needed,
    since what is retained cannot be overwritten.
    """
    days = term_days(day, thresholds.total_days)
    sheet.add("exists", archive.exists)
    if isinstance(archive.exists, Known) and not archive.exists.value:
        said = f"archive {archive.uri} does not exist, a locked one promised"
        return sheet.finding(Verdict.FAIL, said, create_bucket(archive))
    sheet.add("locking", archive.locking, _show_locking)
    sheet.add("key", archive.key, show_key)
    sheet.mention("versioned", archive.versioned)
    if archive.undelete_days is not None:
        sheet.mention("softDelete", archive.undelete_days, lambda kept: f"{kept} days (no lock)")
    listing = None
    if objects is not None:
        sheet.add("objects", objects.listing, lambda found: f"{len(found.objects)} objects, complete: {found.complete}")
        listing = objects.listing.value if isinstance(objects.listing, Known) else None
    opinions = [*_lock(archive, thresholds, days, objects, listing, sheet), *_key(archive)]
    answer = worst(opinions) if opinions else Opinion(Verdict.UNKNOWN, "")
    if sheet.missing and answer.verdict is not Verdict.FAIL:
        return sheet.unknown(f"whether {archive.uri} is locked", more=f"; {answer.said}" if answer.said else "")
    note = "" if listing is not None or answer.verdict is not Verdict.PASS else "; single objects were not looked at"
    return sheet.finding(answer.verdict, answer.said + note, answer.fix or lock_command(archive, days))


def _lock(
    archive: ArchiveFacts,
    thresholds: RouteThresholds,
    days: int,
    objects: BatchObjects | None,
    listing: Listing | None,
    sheet: FactSheet,
) -> list[Opinion]:
    if isinstance(archive.locking, Missing):
        return []
    rule = archive.locking.value.rule if archive.locking.value.enabled else None
    each: list[Opinion] = []
    if objects is not None and listing is not None:
        each = judge_objects(firm_locks(listing, rule), objects.day, term_days(objects.day, thresholds.total_days))
    said, holds = _by_rule(rule, archive.locking.value, days)
    fix = lock_command(archive, days)
    if holds:
        sheet.write("grade", archive.locking.source, "compliance")
        return [Opinion(Verdict.PASS, f"compliance: {said}, {days} promised"), *each]
    if listing is not None and listing.objects and worst(each or [Opinion(Verdict.PASS, "")]).verdict is Verdict.PASS:
        sheet.write("grade", archive.locking.source, "compliance")
        return [Opinion(Verdict.PASS, f"{said}, but every object of the day carries its own lock")]
    sheet.write("grade", archive.locking.source, "none")
    seen = listing is not None and bool(listing.objects)
    if rule is None and archive.locking.value.enabled and not seen:
        # Whoever writes the objects may lock each of them: without one in sight nothing is proven either way.
        return [Opinion(Verdict.UNKNOWN, f"{said}, and no object's lock was seen; a lock of {days} days promised", fix)]
    return [Opinion(Verdict.FAIL, f"{said}; a locked policy of {days} days promised", fix), *each]


def _by_rule(rule: LockRule | None, locking: Locking, days: int) -> tuple[str, bool]:
    if rule is None:
        own = ", objects may be retained each for itself" if locking.enabled else ""
        return f"the bucket has no retention policy{own}", False
    said = f"retention policy of {rule.days} days"
    if rule.strength is not LockStrength.FIRM:
        return f"{said} is not locked: whoever may change the bucket can remove it", False
    return f"locked {said}", rule.days >= days


def _key(archive: ArchiveFacts) -> list[Opinion]:
    key = archive.key.value if isinstance(archive.key, Known) else None
    if key is None or key.usable:
        return []
    said = f"the archive's key {key.name} is {key.state}: what is stored under it cannot be read, ENABLED promised"
    return [Opinion(Verdict.FAIL, said, gcloud("kms keys versions enable", "VERSION", key=key.name))]


def lock_command(archive: ArchiveFacts, days: int) -> str:
    """Give the commands that set and lock a retention policy; the lock cannot be undone."""
    bucket = f"gs://{archive.name}"
    update = gcloud("storage buckets update", bucket, retention_period=f"{days}d")
    return f"{update}; then, for good: {gcloud('storage buckets update', bucket)} --lock-retention-period"


def _show_locking(locking: Locking) -> str:
    if not locking.enabled:
        return "no retention policy"
    if locking.rule is None:
        return "no retention policy, object retention enabled"
    return f"retention policy of {locking.rule.days} days, {locking.rule.mode}"
