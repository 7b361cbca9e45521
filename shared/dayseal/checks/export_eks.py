"""The ways EKS audit records can take to the archive, each judged for itself."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.checks.filter_pattern import SAMPLES, Selection, judge_pattern
from dayseal.checks.log_selection import of_kind
from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import Opinion, aws, fix_missing, name_missing, worst
from dayseal.checks.silence import merge_windows
from dayseal.checks.stream_target import judge_stream
from dayseal.checks.ways import service_of
from dayseal.model import Verdict, Window, day_window
from dayseal.model.route import (
    ArchiveFacts,
    EksSource,
    ExportTask,
    Known,
    Missing,
    PolicyKind,
    SubscriptionFilter,
)

_TASK_PREFIX: Final = "exportedlogs"  # where a task that names no prefix writes
_FILTERED_CLASS: Final = "STANDARD"
_UNFILTERED_CLASS: Final = "INFREQUENT_ACCESS"
_NO_OBJECTION: Final = Opinion(Verdict.PASS, "")


@dataclasses.dataclass(frozen=True, slots=True)
class RouteContext:
    """What the ways are judged against."""

    source: EksSource
    archive: ArchiveFacts | None
    thresholds: RouteThresholds
    region: str
    samples: Sequence[bytes] = SAMPLES


def judge_filter(way: SubscriptionFilter, context: RouteContext, *, own: bool = True) -> Opinion:
    """Judge one subscription filter and what lies behind it: the worst of group, pattern, selection, rewriting, target.

    `own` is False for an account policy that covers the group.
    """
    repair = aws(
        "logs put-subscription-filter",
        region=context.region,
        log_group_name=context.source.log_group_name,
        filter_name=way.name,
        filter_pattern="",
        destination_arn=way.destination,
    )
    parts = [
        _group(context),
        _pattern(way, context, repair),
        _selection(way, repair),
        _transformed(way, context, repair),
        _target(way, context),
    ]
    found = worst(parts)
    name = f"filter {way.name}" if own else f"filter {way.name} (account policy)"
    return Opinion(found.verdict, f"{name}: {found.said}", found.fix)


def judge_exports(tasks: Sequence[ExportTask], day: dt.date, context: RouteContext) -> Opinion | None:
    """Judge whether export tasks to the archive cover the whole day; None when there are none to it.

    A task may take some log streams only, and nothing that lists it says which: tasks that cover the day pass
    only if the settings declare the archive's address as a destination.
    """
    archive = context.archive
    mine = [task for task in tasks if archive is not None and exports_into(task, archive)]
    if not mine or archive is None:
        return None
    told = f"{day.isoformat()} ({', '.join(f'{t.task_id} {t.status}' for t in mine[:5])})"
    if not _cover([t for t in mine if t.status in {"COMPLETED", "RUNNING", "PENDING"}], day):
        return Opinion(Verdict.FAIL, f"export tasks do not cover {told}")
    if not _cover([t for t in mine if t.status == "COMPLETED"], day):
        return Opinion(Verdict.UNKNOWN, f"export tasks that are to cover {told} have not finished", "dayseal check")
    declared = context.thresholds.declared_destination(archive.uri)
    if declared is not None:
        return Opinion(Verdict.PASS, f"export tasks cover {told}: {declared.says} (declared, not proven)")
    said = f"export tasks cover {told}, but CloudWatch Logs does not tell which log streams a task took"
    return Opinion(Verdict.UNKNOWN, said, f"declare {archive.uri} in the settings, if they take all")


def exports_into(task: ExportTask, archive: ArchiveFacts) -> bool:
    """Say whether a task's objects lie in the archive."""
    return task.bucket == archive.name and f"{task.prefix or _TASK_PREFIX}/".startswith(archive.prefix)


def _cover(tasks: Sequence[ExportTask], day: dt.date) -> bool:
    whole = day_window(day)
    windows = merge_windows(Window(t.start, t.end) for t in tasks if t.end >= t.start)
    return any(window.start <= whole.start and window.end >= whole.end for window in windows)


def _group(context: RouteContext) -> Opinion:
    """Judge whether the log group takes filters at all; a group nobody saw may be of a class that takes none."""
    answer, name = context.source.log_group, context.source.log_group_name
    if isinstance(answer, Missing):
        return Opinion(Verdict.UNKNOWN, answer.text, fix_missing([answer]))
    recreate = aws("logs create-log-group", region=context.region, log_group_name=name, log_group_class=_FILTERED_CLASS)
    if answer.value is None:
        return Opinion(Verdict.FAIL, f"log group {name} does not exist", recreate)
    found = answer.value.log_class
    if found == _FILTERED_CLASS:
        return _NO_OBJECTION
    said = f"log group {name} is of class {found}, {_FILTERED_CLASS} promised:"
    if found == _UNFILTERED_CLASS:
        return Opinion(Verdict.FAIL, f"{said} no subscription filter works on it", recreate)
    return Opinion(Verdict.UNKNOWN, f"{said} whether subscription filters work on it is not known", recreate)


def _pattern(way: SubscriptionFilter, context: RouteContext, repair: str) -> Opinion:
    selection, why = judge_pattern(way.pattern, context.samples)
    if selection is Selection.EVERYTHING:
        return _NO_OBJECTION
    said = f"pattern {way.pattern!r} {selection.value}: {why}; a pattern that drops no audit record promised"
    return Opinion(Verdict.FAIL if selection is Selection.DROPS else Verdict.UNKNOWN, said, repair)


def _selection(way: SubscriptionFilter, repair: str) -> Opinion:
    if not way.field_selection.strip():
        return _NO_OBJECTION
    said = f"fieldSelectionCriteria {way.field_selection!r} may drop audit records, none promised"
    return Opinion(Verdict.UNKNOWN, said, repair)


def _transformed(way: SubscriptionFilter, context: RouteContext, repair: str) -> Opinion:
    """A transformed record is not what the API server wrote; the switch means nothing without a transformer."""
    if not way.on_transformed:
        return _NO_OBJECTION
    own, policies = context.source.transformer, context.source.account_policies
    fix = f"{repair} --no-apply-on-transformed-logs"
    if isinstance(own, Known) and own.value is not None:
        return Opinion(Verdict.FAIL, f"it carries records the log group's transformer rewrote ({own.value})", fix)
    if isinstance(own, Missing) or isinstance(policies, Missing):
        missing = [answer for answer in (own, policies) if isinstance(answer, Missing)]
        said = f"it carries transformed records, and the transformers could not be read: {name_missing(missing)}"
        return Opinion(Verdict.UNKNOWN, said, fix_missing(missing))
    sure, unsure = of_kind(policies.value, PolicyKind.TRANSFORMER, context.source.log_group_name)
    if sure:
        return Opinion(Verdict.FAIL, f"it carries records that account policy {sure[0].name} rewrote", fix)
    if unsure:
        said = f"account policy {unsure[0].name} may rewrite its records (selects {unsure[0].selection})"
        return Opinion(Verdict.UNKNOWN, said, fix)
    return _NO_OBJECTION


def _target(way: SubscriptionFilter, context: RouteContext) -> Opinion:
    declared = context.thresholds.declared_destination(way.destination)
    if declared is not None:
        return Opinion(Verdict.PASS, f"behind {way.destination} lies {declared.says} (declared, not proven)")
    service, region = service_of(way.destination), [*way.destination.split(":"), "", "", "", ""][3]
    if service not in {"firehose", "logs"}:
        said = f"destination {way.destination} is {service or 'no ARN'}: what lies behind it is not known"
        return Opinion(Verdict.UNKNOWN, said, "name in the settings what lies behind it")
    if region != context.region:
        where = f"lies in {region or 'no Region'}, where no filter of {context.region} reaches"
        said = f"destination {way.destination} {where}"
        return Opinion(Verdict.UNKNOWN, said, "dayseal check")
    answer = next((a.stream for a in context.source.streams if a.destination == way.destination), None)
    if answer is None:
        return Opinion(Verdict.UNKNOWN, f"nothing was asked about destination {way.destination}", "dayseal check")
    return judge_stream(answer, way.destination, context.archive, context.region)
