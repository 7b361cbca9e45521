"""GKE's side of check 3: log buckets and the archive, for each of the cluster's audit logs."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from dayseal.checks.gke.audit import reads_recorded
from dayseal.checks.gke.entries import ACTIVITY, DATA_ACCESS
from dayseal.checks.gke.sink_opinions import SinkContext, carries, create_bucket, judge_way
from dayseal.checks.gke.sinks import Reach, log_bucket_of, ways_of
from dayseal.checks.kept import judge_archive_kept, judge_terms
from dayseal.checks.route_terms import RouteThresholds, format_days, term_days
from dayseal.checks.route_words import FactSheet, Opinion, gcloud, worst
from dayseal.checks.store_terms import StoreTerm, delete_after
from dayseal.model import Finding, Verdict
from dayseal.model.route import Answer, ArchiveFacts, Known, LifecycleRule, LogBucket, Missing, RouteFacts

_REQUIRED: Final = "_Required"
_DEFAULT_DAYS: Final = 30  # what Cloud Logging takes for 0
_ALIVE: Final = frozenset({"ACTIVE", "UPDATING", "CREATING"})


def gke_retention(facts: RouteFacts, thresholds: RouteThresholds, sheet: FactSheet, day: dt.date) -> Finding:
    """Judge check 3: each of the cluster's logs, in the best log bucket or archive that a sink is known to fill.

    FAIL: a log's stores are all too short, or a lifecycle rule of the archive deletes before the term. UNKNOWN:
    otherwise, when a store that may keep it longer, or a rule that may delete it, could not be read. `_Required`
    holds Admin Activity for 400 days whatever the sinks say.
    """
    source, total = facts.gke, term_days(day, thresholds.total_days)
    sheet.mention("logBuckets", source.log_buckets, _show_buckets)
    for number, more in enumerate(source.more_buckets):
        sheet.mention(f"logBucket.{number}", more.bucket, lambda b: "no such bucket" if b is None else _show_bucket(b))
    context = SinkContext(facts, thresholds)
    opinions, archive = judge_archive_kept(
        facts.archive,
        sheet,
        day,
        lambda where, rule: _early(where, rule, day, total),
        lambda where: _absent(where, total),
    )
    reads = reads_recorded(source)
    hidden = _hidden(facts, sheet)
    for log_id in (ACTIVITY,) if reads is False else (ACTIVITY, DATA_ACCESS):
        stores, perhaps = _stores(log_id, context, archive)
        unsure = perhaps or bool(hidden) or (log_id == DATA_ACCESS and reads is None)
        elsewhere = "a sink may lead to a store that keeps it longer" if unsure else None
        kept = judge_terms(stores, (thresholds.hot_days, total), hidden, elsewhere, _raise_command(facts, total))
        opinions.append(Opinion(kept.verdict, f"{log_id}: {kept.said}", kept.fix))
    answer = worst(opinions)
    notes = _new_projects(facts, sheet)
    if sheet.missing and answer.verdict is not Verdict.FAIL:
        wished = f"({thresholds.hot_days} days hot, {total} in total promised)"
        return sheet.unknown(f"how long the logs are kept {wished}", more=notes)
    return sheet.finding(answer.verdict, answer.said + notes, answer.fix)


def _new_projects(facts: RouteFacts, sheet: FactSheet) -> str:
    """Say which levels leave projects created below without a working `_Default` sink: this cluster's has its own."""
    named = []
    for level in facts.gke.levels:
        if level.default_disabled is not None:
            sheet.mention(f"defaultSinkDisabled.{level.name}", level.default_disabled)
            if isinstance(level.default_disabled, Known) and level.default_disabled.value:
                named.append(level.name)
    if not named:
        return ""
    return f"; projects created below {', '.join(named)} get a disabled _Default sink (disableDefaultSink)"


def _hidden(facts: RouteFacts, sheet: FactSheet) -> tuple[Missing, ...]:
    """Give the refused answers that may name a store, or say how long one keeps the logs."""
    source = facts.gke
    answers: list[Answer[object]] = [source.ancestry, source.log_buckets]
    answers += [more.bucket for more in source.more_buckets]
    for level in source.levels:
        sheet.mention(f"sinks.{level.name}", level.sinks, lambda sinks: f"{len(sinks)} sinks")
        answers.append(level.sinks)
    answers += [project.sinks for project in source.routed]
    if facts.archive is not None:
        answers += [facts.archive.exists, facts.archive.lifecycle]
    return tuple(answer for answer in answers if isinstance(answer, Missing))


def _absent(archive: ArchiveFacts, total: int) -> Opinion:
    said = f"archive {archive.uri} does not exist, {total} days in total promised"
    return Opinion(Verdict.FAIL, said, create_bucket(archive))


def _early(archive: ArchiveFacts, rule: LifecycleRule, day: dt.date, total: int) -> Opinion | None:
    """Object to a rule that deletes before the term; a lock only holds it back for as long as the lock lasts."""
    after = delete_after(rule, day)
    if after is None or after >= total:
        return None
    said = f"lifecycle rule {rule.name!r} of {archive.name} deletes after {after} days, {total} days promised"
    update = gcloud("storage buckets update", f"gs://{archive.name}", lifecycle_file="lifecycle.json")
    fix = f"raise age of that rule to {total + 1} days in lifecycle.json, then: {update}"
    if rule.narrowed:
        return Opinion(Verdict.UNKNOWN, f"{said}, where its other conditions fit", fix)
    return Opinion(Verdict.FAIL, said, fix)


def _stores(log_id: str, context: SinkContext, archive: StoreTerm | None) -> tuple[list[StoreTerm], bool]:
    """Give the stores that are known to hold a log's entries, and whether another may."""
    facts = context.facts
    buckets = {bucket.name: bucket for bucket in _known_buckets(facts)}
    stores: dict[str, StoreTerm] = {}
    perhaps = False
    if log_id == ACTIVITY:
        required = (bucket for name, bucket in buckets.items() if name.endswith(f"/{_REQUIRED}"))
        stores.update((bucket.name, _bucket_term(bucket)) for bucket in required)
    for way in ways_of(facts, context.thresholds):
        if way.reach in {Reach.ARCHIVE, Reach.DECLARED, Reach.OPAQUE}:
            verdict = judge_way(way, log_id, context).verdict
            perhaps = perhaps or verdict is Verdict.UNKNOWN or way.reach is Reach.DECLARED
            if verdict is Verdict.PASS and way.reach is Reach.ARCHIVE and archive is not None:
                stores[archive.name] = archive
        elif way.reach is Reach.LOG_BUCKET:
            filled = carries(way, log_id, context)
            perhaps = perhaps or filled is None
            bucket = buckets.get(log_bucket_of(way.sink.destination))
            if filled and bucket is not None and bucket.state in _ALIVE:
                stores[bucket.name] = _bucket_term(bucket)
    return list(stores.values()), perhaps


def _known_buckets(facts: RouteFacts) -> Iterator[LogBucket]:
    source = facts.gke
    if isinstance(source.log_buckets, Known):
        yield from source.log_buckets.value
    for more in source.more_buckets:
        if isinstance(more.bucket, Known) and more.bucket.value is not None:
            yield more.bucket.value


def _bucket_term(bucket: LogBucket) -> StoreTerm:
    days = bucket.retention_days or _DEFAULT_DAYS
    locked = "locked" if bucket.locked or bucket.name.endswith(f"/{_REQUIRED}") else "not locked"
    return StoreTerm(f"log bucket {bucket.name}", days, days, f"retentionDays {format_days(days)}, {locked}")


def _raise_command(facts: RouteFacts, days: int) -> str:
    """Give the command for `_Default`; `_Required` cannot be changed."""
    project = facts.cluster.account
    return gcloud("logging buckets update", "_Default", location="global", retention_days=str(days), project=project)


def _show_buckets(buckets: tuple[LogBucket, ...]) -> str:
    return " | ".join(map(_show_bucket, buckets)) or "no log buckets"


def _show_bucket(bucket: LogBucket) -> str:
    limits = f", restricted fields {', '.join(bucket.restricted)}" if bucket.restricted else ""
    locked = "locked" if bucket.locked else "not locked"
    return f"{bucket.name}: {bucket.retention_days} days, {locked}, {bucket.state}{limits}"
