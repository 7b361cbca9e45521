"""GKE's side of check 4: sinks in the project or above that carry every audit entry to the archive."""

from collections.abc import Sequence

from dayseal.checks.gke.audit import reads_recorded
from dayseal.checks.gke.entries import ACTIVITY, DATA_ACCESS
from dayseal.checks.gke.sink_opinions import SinkContext, audit_filter, judge_way
from dayseal.checks.gke.sinks import Reach, ways_of
from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import FactSheet, Opinion, gcloud, worst
from dayseal.model import Finding, Verdict
from dayseal.model.route import RouteFacts, Sink

_DECIDING = frozenset({Reach.ARCHIVE, Reach.DECLARED})
_MAX_NAMED = 4


def gke_export_route(
    facts: RouteFacts, thresholds: RouteThresholds, sheet: FactSheet, records: Sequence[bytes] = ()
) -> Finding:
    """Judge check 4: each log of the cluster needs one way to the archive that drops none of its entries.

    Data Access entries are asked about unless those logs are known to be off. One sink may carry one log and
    another the next. PASS rests on nothing that was refused.
    """
    _write_facts(facts, sheet)
    reads = reads_recorded(facts.gke)
    context = SinkContext(facts, thresholds, records)
    logs = (ACTIVITY,) if reads is False else (ACTIVITY, DATA_ACCESS)
    found = [judge_log(log_id, context, sheet) for log_id in logs]
    if reads is None and found[0].verdict is Verdict.PASS and found[1].verdict is Verdict.FAIL:
        told = f"{found[1].said}; whether Data Access logs are on is not known"
        found[1] = Opinion(Verdict.UNKNOWN, told, found[1].fix)
    answer = worst(found)
    off = "" if reads is not False else f"; {DATA_ACCESS} is off and was not asked about"
    return sheet.finding(answer.verdict, answer.said + (off if answer.verdict is Verdict.PASS else ""), answer.fix)


def judge_log(log_id: str, context: SinkContext, sheet: FactSheet) -> Opinion:
    """Give the best way's opinion for one log, in words that name the log."""
    facts = context.facts
    ways = ways_of(facts, context.thresholds)
    judged = [
        (way, judge_way(way, log_id, context)) for way in ways if way.reach not in {Reach.LOG_BUCKET, Reach.PROJECT}
    ]
    good = [opinion for _, opinion in judged if opinion.verdict is Verdict.PASS]
    if good:
        return Opinion(Verdict.PASS, f"{log_id}: {good[0].said}")
    doubtful = [opinion for _, opinion in judged if opinion.verdict is Verdict.UNKNOWN]
    if doubtful:
        answer = worst(doubtful[:_MAX_NAMED])
        return Opinion(Verdict.UNKNOWN, f"{log_id}: {answer.said}", answer.fix)
    ours = [opinion for way, opinion in judged if way.reach in _DECIDING] or [opinion for _, opinion in judged]
    told = "; ".join(opinion.said for opinion in ours[:_MAX_NAMED])
    if sheet.missing:
        lost = sheet.unknown("whether a sink leads to the archive", more=f"; {told}" if told else "")
        return Opinion(Verdict.UNKNOWN, f"{log_id}: {lost.summary}", lost.fix)
    said = told or f"no sink of {_levels(facts)} leads out of Cloud Logging"
    fix = next((opinion.fix for opinion in ours if opinion.fix), "") or _create_command(facts)
    return Opinion(Verdict.FAIL, f"{log_id}: {said}; a complete way to the archive promised", fix)


def _write_facts(facts: RouteFacts, sheet: FactSheet) -> None:
    source = facts.gke
    sheet.add("ancestry", source.ancestry, ", ".join)
    for level in source.levels:
        sheet.add(f"sinks.{level.name}", level.sinks, show_sinks)
    for project in source.routed:
        sheet.add(f"sinks.{project.name}", project.sinks, show_sinks)
    if facts.archive is not None:
        sheet.mention("archive.exists", facts.archive.exists)
        sheet.mention("archive.policy", facts.archive.policy, lambda text: text or "none")
        if facts.archive.inherited is not None:
            sheet.mention("archive.inherited", facts.archive.inherited, lambda above: ", ".join(p.scope for p in above))


def show_sinks(sinks: tuple[Sink, ...]) -> str:
    """Write sinks for a fact."""
    return " | ".join(map(_show_sink, sinks)) or "no sinks"


def _show_sink(sink: Sink) -> str:
    marks = [
        word
        for word, on in (
            ("disabled", sink.disabled),
            ("includes children", sink.include_children),
            ("intercepts children", sink.intercept_children),
        )
        if on
    ]
    exclusions = [f"{e.name}{' (disabled)' if e.disabled else ''}: {e.filter}" for e in sink.exclusions]
    without = f", excluding {'; '.join(exclusions)}" if exclusions else ""
    return f"{sink.name} to {sink.destination}, filter {sink.filter!r}{without}{''.join(f', {m}' for m in marks)}"


def _levels(facts: RouteFacts) -> str:
    return ", ".join(level.name for level in facts.gke.levels)


def _create_command(facts: RouteFacts) -> str:
    bucket = facts.archive.name if facts.archive is not None else "BUCKET"
    return gcloud(
        "logging sinks create",
        "audit-archive",
        f"storage.googleapis.com/{bucket}",
        project=facts.cluster.account,
        log_filter=audit_filter(),
    )
