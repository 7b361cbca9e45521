"""Check 4, `export-route`: a complete, unfiltered way to the archive."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.checks.aks.route import aks_export_route
from dayseal.checks.export_eks import RouteContext, judge_exports, judge_filter
from dayseal.checks.filter_pattern import SAMPLES
from dayseal.checks.gke.route import gke_export_route
from dayseal.checks.log_selection import account_filters, of_kind
from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import FactSheet, Opinion, aws, gone, known, worst
from dayseal.checks.wording import count
from dayseal.model import Finding, Verdict
from dayseal.model.route import (
    AccountPolicy,
    AksSource,
    DeliveryStream,
    ExportTask,
    GkeSource,
    Known,
    Missing,
    PolicyKind,
    RouteFacts,
    SubscriptionFilter,
)

CHECK: Final = "export-route"


def judge_export_route(
    facts: RouteFacts,
    thresholds: RouteThresholds,
    day: dt.date | None = None,
    samples: Sequence[bytes] = (),
) -> Finding:
    """Judge whether one way at least carries every audit record to the archive.

    `day` lets finished export tasks count as a way for that day; `samples` are records of the shapes the
    archive holds, to run through filters, else some of our own. PASS: one way has no objection (GKE: one for
    each log). UNKNOWN: one may, or a listing of ways is missing. FAIL: no way does. NOT_APPLICABLE: the
    cluster is no more.
    """
    sheet = FactSheet(CHECK)
    over = gone(facts, sheet, "nothing is left to export")
    if over is not None:
        return over
    if isinstance(facts.source, GkeSource):
        return gke_export_route(facts, thresholds, sheet, samples)
    if isinstance(facts.source, AksSource):
        return aks_export_route(facts, thresholds, sheet)
    context = RouteContext(facts.eks, facts.archive, thresholds, facts.cluster.location, samples or SAMPLES)
    filters, unsure = account_filters(facts.eks)
    _write_facts(facts, sheet, day, filters)
    ways = [judge_filter(way, context) for way in known(facts.eks.filters, ())]
    ways += [judge_filter(way, context, own=False) for way in filters]
    ways += [_undecided(policy) for policy in unsure]
    export = None if day is None else judge_exports(known(facts.eks.exports, ()), day, context)
    if export is not None:
        ways.append(export)
    return _verdict(facts, sheet, ways)


def _verdict(facts: RouteFacts, sheet: FactSheet, ways: list[Opinion]) -> Finding:
    good = [way for way in ways if way.verdict is Verdict.PASS]
    if good:
        rest = [way.said for way in ways if way.verdict is Verdict.FAIL]
        beside = f"; beside it, not complete: {'; '.join(rest)}" if rest else ""
        return sheet.finding(Verdict.PASS, f"{good[0].said}{_masked(facts)}{beside}")
    doubtful = [way for way in ways if way.verdict is Verdict.UNKNOWN]
    if doubtful:
        answer = worst(doubtful)
        return sheet.finding(Verdict.UNKNOWN, answer.said, answer.fix)
    told = "; ".join(way.said for way in ways)
    if sheet.missing:
        return sheet.unknown("whether a way leads to the archive", more=f"; {told}" if told else "")
    group = facts.eks.log_group_name
    if isinstance(facts.eks.log_group, Known) and facts.eks.log_group.value is None:
        told = f"log group {group} does not exist{'; ' if told else ''}{told}"
    said = told or f"log group {group} has no subscription filter, and no account policy covers it"
    fix = next((way.fix for way in ways if way.fix), "") or _create_command(facts)
    return sheet.finding(Verdict.FAIL, f"{said}; a complete way to the archive promised", fix)


def _write_facts(
    facts: RouteFacts, sheet: FactSheet, day: dt.date | None, filters: Sequence[SubscriptionFilter]
) -> None:
    source = facts.eks
    sheet.add("filters", source.filters, lambda found: count(len(found), "subscription filter"))
    sheet.add("accountPolicies", source.account_policies, lambda found: f"{len(found)} account policies")
    # Without a day to cover, export tasks decide nothing.
    (sheet.mention if day is None else sheet.add)("exports", source.exports, _show_exports)
    own = known(source.filters, ())
    for number, way in enumerate((*own, *filters)):
        listing = source.filters if number < len(own) else source.account_policies
        if isinstance(listing, Known):
            sheet.write(f"filter.{number}", listing.source, _show_filter(way))
    for number, target in enumerate(source.streams):
        sheet.mention(f"stream.{number}", target.stream, _show_stream)


def _undecided(policy: AccountPolicy) -> Opinion:
    said = (
        f"account policy {policy.name} may cover the log group: selects {policy.selection!r}, {policy.document[:300]}"
    )
    return Opinion(Verdict.UNKNOWN, said, f"aws logs describe-account-policies --policy-type {policy.kind.value}")


def _masked(facts: RouteFacts) -> str:
    """Masking changes values and drops no record: no objection, but to be said."""
    source = facts.eks
    group = known(source.log_group, None)
    if isinstance(source.account_policies, Missing):
        return f"; whether an account policy masks values is not known: {source.account_policies.text}"
    sure, unsure = of_kind(source.account_policies.value, PolicyKind.DATA_PROTECTION, source.log_group_name)
    by = [f"account policy {policy.name}" for policy in (*sure, *unsure)]
    if group is not None and group.data_protection == "ACTIVATED":
        by.append("the log group's data protection policy")
    return f"; {' and '.join(by)} may mask values in the records" if by else ""


def _create_command(facts: RouteFacts) -> str:
    account, region = facts.cluster.account, facts.cluster.location
    return aws(
        "logs put-subscription-filter",
        region=region,
        log_group_name=facts.eks.log_group_name,
        filter_name="audit-archive",
        filter_pattern="",
        destination_arn=f"arn:aws:firehose:{region}:{account}:deliverystream/NAME",
        role_arn=f"arn:aws:iam::{account}:role/NAME",
    )


def _show_filter(way: SubscriptionFilter) -> str:
    extra = f", fieldSelectionCriteria {way.field_selection!r}" if way.field_selection else ""
    return f"{way.name}: pattern {way.pattern!r} to {way.destination}, on transformed: {way.on_transformed}{extra}"


def _show_stream(stream: DeliveryStream | None) -> str:
    if stream is None:
        return "no such stream"
    return (
        f"{stream.status}, version {stream.version_id}, to {stream.bucket or 'no bucket'} under {stream.prefix!r}, "
        f"processors {', '.join(stream.processors) or 'none'}"
    )


def _show_exports(tasks: tuple[ExportTask, ...]) -> str:
    return ", ".join(f"{task.task_id} {task.status}" for task in tasks[:5]) or "no export tasks"
