"""The ways EKS audit records can take to the archive, each judged for itself."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.checks.filter_pattern import SAMPLES, Selection, judge_pattern
from dayseal.checks.log_selection import document_field, of_kind
from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import Opinion, aws, fix_missing, name_missing, worst
from dayseal.checks.silence import merge_windows
from dayseal.checks.stream_target import judge_stream
from dayseal.model import Verdict, Window, day_window
from dayseal.model.route import (
    AccountPolicy,
    ArchiveFacts,
    EksSource,
    ExportTask,
    Known,
    Missing,
    PolicyKind,
    SubscriptionFilter,
)

_AUDIT_STREAMS: Final = "kube-apiserver-audit"
_NO_OBJECTION: Final = Opinion(Verdict.PASS, "")


@dataclasses.dataclass(frozen=True, slots=True)
class RouteContext:
    """What the ways are judged against."""

    source: EksSource
    archive: ArchiveFacts | None
    thresholds: RouteThresholds
    region: str
    samples: Sequence[bytes] = SAMPLES


def judge_filter(way: SubscriptionFilter, context: RouteContext) -> Opinion:
    """Judge one subscription filter and what lies behind it: the worst of pattern, selection, transformer, target."""
    repair = aws(
        "logs put-subscription-filter",
        region=context.region,
        log_group_name=context.source.log_group_name,
        filter_name=way.name,
        filter_pattern="",
        destination_arn=way.destination,
    )
    parts = [
        _pattern(way, context, repair),
        _selection(way, repair),
        _transformed(way, context, repair),
        _target(way, context),
    ]
    found = worst(parts)
    return Opinion(found.verdict, f"filter {way.name}: {found.said}", found.fix)


def account_filters(source: EksSource) -> tuple[tuple[SubscriptionFilter, ...], tuple[AccountPolicy, ...]]:
    """Give the account's subscription policies that cover the log group as filters, and those that may cover it.

    Missing account policies give neither; the caller notes the miss.
    """
    if isinstance(source.account_policies, Missing):
        return (), ()
    sure, unsure = of_kind(source.account_policies.value, PolicyKind.SUBSCRIPTION, source.log_group_name)
    filters = []
    for policy in sure:
        destination = document_field(policy, "DestinationArn")
        if not isinstance(destination, str):
            unsure += (policy,)
            continue
        pattern = document_field(policy, "FilterPattern")
        name = f"{policy.name} (account policy)"
        filters.append(SubscriptionFilter(name, pattern if isinstance(pattern, str) else "", destination))
    return tuple(filters), unsure


def judge_exports(tasks: Sequence[ExportTask], day: dt.date, archive: ArchiveFacts | None) -> Opinion | None:
    """Judge whether finished export tasks to the archive cover the whole day; None when there are none to it."""
    mine = [task for task in tasks if archive is not None and task.bucket == archive.name and _takes_audit(task)]
    if not mine:
        return None
    whole = day_window(day)
    done = merge_windows(Window(t.start, t.end) for t in mine if t.status == "COMPLETED" and t.end >= t.start)
    if any(window.start <= whole.start and window.end >= whole.end for window in done):
        return Opinion(Verdict.PASS, f"{len(mine)} export tasks cover {day.isoformat()}")
    said = f"export tasks do not cover {day.isoformat()} ({', '.join(f'{t.task_id} {t.status}' for t in mine[:5])})"
    return Opinion(Verdict.FAIL, said)


def _takes_audit(task: ExportTask) -> bool:
    return _AUDIT_STREAMS.startswith(task.stream_prefix)


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
    service = [*way.destination.split(":"), "", "", ""][2]
    if service not in {"firehose", "logs"}:
        said = f"destination {way.destination} is {service or 'no ARN'}: what lies behind it is not known"
        return Opinion(Verdict.UNKNOWN, said, "name in the settings what lies behind it")
    answer = next((a.stream for a in context.source.streams if a.destination == way.destination), None)
    if answer is None:
        return Opinion(Verdict.UNKNOWN, f"nothing was asked about destination {way.destination}", "dayseal check")
    return judge_stream(answer, way.destination, context.archive, context.region)
