"""Check 6, `archive-immutable`: nobody can change or delete the objects."""

import datetime as dt
from typing import Final

from dayseal.checks.aks.archive_lock import azure_archive_immutable
from dayseal.checks.bucket_policy import may_bypass_lock
from dayseal.checks.gke.archive_lock import gcs_archive_immutable
from dayseal.checks.key_states import judge_key, show_key, stream_keys
from dayseal.checks.object_locks import judge_objects, weakest_lock
from dayseal.checks.route_terms import RouteThresholds, term_days
from dayseal.checks.route_words import FactSheet, Opinion, as_json, aws, no_archive, worst
from dayseal.model import Finding, Listing, Verdict
from dayseal.model.route import (
    AksSource,
    ArchiveFacts,
    BatchObjects,
    GkeSource,
    Known,
    Locking,
    LockStrength,
    Missing,
    RouteFacts,
)

CHECK: Final = "archive-immutable"
_ORDER: Final = (LockStrength.REVOCABLE, LockStrength.BYPASSABLE, LockStrength.FIRM)
_GRADES: Final = {
    LockStrength.FIRM: "compliance",
    LockStrength.BYPASSABLE: "governance",
    LockStrength.REVOCABLE: "none",
}


def judge_archive_immutable(
    facts: RouteFacts, thresholds: RouteThresholds, day: dt.date, objects: BatchObjects | None = None
) -> Finding:
    """Grade the archive's lock, `compliance`, `governance` or `none`, over the term of `day`'s logs.

    `objects` are a batch day's objects with their locks; None: no batch was asked about. FAIL: no lock that
    lasts the term, versioning off, an object below its term, a delete marker, a second version, or a key, the
    bucket's or a stream's own, that is disabled or pending deletion. GOVERNANCE passes only if the settings
    accept it and nobody we can see may bypass it. UNKNOWN: otherwise, when there is no default rule and no
    object's lock was seen, or something could not be read.
    """
    sheet = FactSheet(CHECK)
    archive = facts.archive
    if archive is None:
        return no_archive(facts, sheet)
    if isinstance(facts.source, GkeSource):
        return gcs_archive_immutable(archive, thresholds, sheet, day, objects)
    if isinstance(facts.source, AksSource):
        return azure_archive_immutable(archive, thresholds, sheet, day, objects)
    sheet.add("exists", archive.exists)
    if isinstance(archive.exists, Known) and not archive.exists.value:
        said = f"archive {archive.uri} does not exist, a locked one promised"
        return sheet.finding(Verdict.FAIL, said, aws("s3api create-bucket", bucket=archive.name))
    days = term_days(day, thresholds.total_days)
    listing = _write_facts(facts, archive, sheet, objects)
    opinions = [*_lock(archive, thresholds, days, listing, sheet), *_versioning(archive), *_key(archive, facts)]
    if objects is not None and listing is not None:
        opinions += judge_objects(listing, objects.day, term_days(objects.day, thresholds.total_days))
    return _finding(sheet, archive, opinions, looked=listing is not None)


def _finding(sheet: FactSheet, archive: ArchiveFacts, opinions: list[Opinion], *, looked: bool) -> Finding:
    answer = worst(opinions) if opinions else Opinion(Verdict.UNKNOWN, "")
    if sheet.missing and answer.verdict is not Verdict.FAIL:
        return sheet.unknown(f"whether {archive.uri} is locked", more=f"; {answer.said}" if answer.said else "")
    note = "" if looked or answer.verdict is not Verdict.PASS else "; single objects were not looked at"
    fix = answer.fix or (_list_command(archive) if answer.verdict is not Verdict.PASS else "")
    return sheet.finding(answer.verdict, answer.said + note, fix)


def _write_facts(
    facts: RouteFacts, archive: ArchiveFacts, sheet: FactSheet, objects: BatchObjects | None
) -> Listing | None:
    sheet.add("locking", archive.locking, _show_locking)
    sheet.add("versioned", archive.versioned)
    sheet.add("key", archive.key, show_key)
    for number, (_, key) in enumerate(stream_keys(facts.eks, archive)):
        sheet.add(f"streamKey.{number}", key, show_key)
    if objects is None:
        return None
    sheet.add("objects", objects.listing, _show_objects)
    return objects.listing.value if isinstance(objects.listing, Known) else None


def _lock(
    archive: ArchiveFacts, thresholds: RouteThresholds, days: int, listing: Listing | None, sheet: FactSheet
) -> list[Opinion]:
    if isinstance(archive.locking, Missing):
        return []
    locking = archive.locking.value
    rule = locking.rule if locking.enabled else None
    if rule is not None:
        strength, said = rule.strength, f"{rule.mode} {rule.days} days by default"
        own = None if listing is None else weakest_lock(listing)
        if own is not None and _ORDER.index(own) < _ORDER.index(strength):
            strength, said = own, f"{said}, but objects of the day are locked in a weaker mode ({own.value})"
        if rule.blocks_writer:
            said = f"immutable but undeliverable: {said}, and the log writer itself cannot append"
            return [Opinion(Verdict.FAIL, said, _lock_command(archive, days))]
    else:
        own = weakest_lock(listing) if listing is not None and locking.enabled else None
        if own is None:
            sheet.write("grade", archive.locking.source, "none")
            return [_without_rule(archive, days, listing, enabled=locking.enabled)]
        strength, said = own, "no default rule, but every object of the day carries its own lock"
    sheet.write("grade", archive.locking.source, _GRADES[strength])
    if rule is not None and rule.days < days:
        return [Opinion(Verdict.FAIL, f"{said}, {days} days promised", _lock_command(archive, days))]
    return [_by_strength(archive, thresholds, strength, said, days, sheet)]


def _without_rule(archive: ArchiveFacts, days: int, listing: Listing | None, *, enabled: bool) -> Opinion:
    """Judge an archive without a default rule in which no object's own lock speaks for the day."""
    fix, wanted = _lock_command(archive, days), f"a lock of {days} days promised"
    if not enabled:
        return Opinion(Verdict.FAIL, f"Object Lock is off, {wanted}", fix)
    if listing is not None and listing.objects:
        return Opinion(Verdict.FAIL, f"no default rule, and not every object of the day has a lock; {wanted}", fix)
    # Whoever writes the objects may lock each of them: without one in sight nothing is proven either way.
    return Opinion(Verdict.UNKNOWN, f"no default rule, and no object's lock was seen; {wanted}", fix)


def _by_strength(
    archive: ArchiveFacts, thresholds: RouteThresholds, strength: LockStrength, said: str, days: int, sheet: FactSheet
) -> Opinion:
    fix = _lock_command(archive, days)
    if strength is LockStrength.FIRM:
        return Opinion(Verdict.PASS, f"compliance: {said}, {days} promised")
    if strength is LockStrength.REVOCABLE:
        return Opinion(Verdict.FAIL, f"{said}, but the lock itself can be lifted; a locked policy promised", fix)
    if not thresholds.accept_governance:
        said = f"governance: {said}; holders of s3:BypassGovernanceRetention can lift it, COMPLIANCE promised"
        return Opinion(Verdict.FAIL, said, fix)
    return _bypass(archive, said, fix, sheet)


def _bypass(archive: ArchiveFacts, said: str, fix: str, sheet: FactSheet) -> Opinion:
    """Judge an accepted GOVERNANCE lock by who may go past it."""
    sheet.add("policy", archive.policy, lambda text: text or "no bucket policy")
    if isinstance(archive.policy, Missing):
        return Opinion(Verdict.UNKNOWN, said)
    sure, doubtful = may_bypass_lock(archive.policy.value, archive)
    if sure:
        told = f"governance: {said}, and {', '.join(sure[:5])} may bypass it (s3:BypassGovernanceRetention)"
        return Opinion(Verdict.FAIL, told, fix)
    if doubtful:
        return Opinion(Verdict.UNKNOWN, f"governance: {said}; who may bypass it is not certain: {doubtful[0]}", fix)
    seen = "nobody may bypass it by the bucket policy; identity policies are not looked at"
    return Opinion(Verdict.PASS, f"governance (accepted by the settings): {said}; {seen}")


def _versioning(archive: ArchiveFacts) -> list[Opinion]:
    if isinstance(archive.versioned, Missing) or archive.versioned.value:
        return []
    fix = aws("s3api put-bucket-versioning", bucket=archive.name) + " --versioning-configuration Status=Enabled"
    return [Opinion(Verdict.FAIL, "versioning is off, on promised", fix)]


def _key(archive: ArchiveFacts, facts: RouteFacts) -> list[Opinion]:
    keys = [("the archive", archive.key)]
    keys += [(f"stream {name}", key) for name, key in stream_keys(facts.eks, archive)]
    found = [judge_key(key.value, what, facts.cluster.location) for what, key in keys if isinstance(key, Known)]
    return [opinion for opinion in found if opinion is not None]


def _lock_command(archive: ArchiveFacts, days: int) -> str:
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": days}}}
    return aws("s3api put-object-lock-configuration", bucket=archive.name, object_lock_configuration=as_json(rule))


def _list_command(archive: ArchiveFacts) -> str:
    return aws("s3api list-object-versions", bucket=archive.name, prefix=archive.prefix)


def _show_locking(locking: Locking) -> str:
    if not locking.enabled:
        return "off"
    return "on, no default rule" if locking.rule is None else f"on, {locking.rule.mode} {locking.rule.days} days"


def _show_objects(listing: Listing) -> str:
    return f"{len(listing.objects)} objects, {len(listing.delete_markers)} delete markers, complete: {listing.complete}"
