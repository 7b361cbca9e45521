"""GKE's side of check 5: do the cluster's entries leave by a sink, without errors, and do objects arrive?"""

from collections.abc import Sequence
from typing import Final

from dayseal.checks.delivery_words import show_alarms, show_newest, show_reading, write_lag
from dayseal.checks.gke.entries import ACTIVITY
from dayseal.checks.gke.sink_opinions import SinkContext, carries
from dayseal.checks.gke.sinks import Reach, SinkWay, ways_of
from dayseal.checks.newest_object import Freshness, judge_newest
from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import FactSheet, Opinion, gcloud, known, no_archive, worst
from dayseal.codec import format_time
from dayseal.model import Finding, Verdict
from dayseal.model.route import FilterCounters, Known, Lag, Missing, RouteFacts, SinkError

# Sinks write to Cloud Storage by the hour, and the first objects take two to three: no sooner is late.
_HOURLY_SECONDS: Final = 3 * 3600
_MAX_NAMED: Final = 5


def gke_export_health(
    facts: RouteFacts, thresholds: RouteThresholds, sheet: FactSheet, lag: Lag | None = None
) -> Finding:
    """Judge check 5 by the sinks that lead to the archive and the cluster's own incoming entries.

    A sink counts all it carries, also other clusters' entries: PASS needs a sink that drops none of this
    cluster's, at least as many entries passed on as came in from it, no failed export, no `sink_error`, and a new
    object. FAIL: an error on the project's own
    sink, nothing passed on while entries came in, or no new object. UNKNOWN: otherwise, when no signal tells.
    """
    ways = [way for way in ways_of(facts, thresholds) if way.reach in {Reach.ARCHIVE, Reach.DECLARED}]
    ways = [way for way in ways if not way.sink.disabled]
    counters = _counters(facts, ways)
    _write_facts(facts, sheet, counters)
    archive = facts.archive
    if archive is None:
        return no_archive(facts, sheet, ": nothing shows a delivery")
    if not ways:
        sheet.missing.extend(level.sinks for level in facts.gke.levels if isinstance(level.sinks, Missing))
    seconds = max(thresholds.newest_object_seconds, _HOURLY_SECONDS)
    fresh = judge_newest(facts, archive, Freshness(seconds, _repair(facts, ways), _list(archive.name)))
    opinions = [
        fresh,
        _forwarded(facts, ways, counters, SinkContext(facts, thresholds)),
        *_errors(counters),
        *_sink_errors(facts, ways),
    ]
    answer = worst(opinions)
    notes = _notes(facts) + write_lag(lag, facts, sheet)
    if answer.verdict is not Verdict.FAIL and sheet.missing:
        return sheet.unknown("whether the export delivers", more=notes)
    return sheet.finding(answer.verdict, answer.said + notes, answer.fix or _repair(facts, ways))


def _counters(facts: RouteFacts, ways: Sequence[SinkWay]) -> list[FilterCounters]:
    names = {way.sink.name for way in ways}
    return [found for found in facts.delivery.filters if found.name in names]


def _write_facts(facts: RouteFacts, sheet: FactSheet, counters: Sequence[FilterCounters]) -> None:
    delivery = facts.delivery
    sheet.add("newest", delivery.newest, show_newest)
    sheet.add("incoming", delivery.incoming, show_reading)
    sheet.add("sinkErrors", facts.gke.sink_errors, _show_errors)
    for number, counted in enumerate(counters):
        sheet.add(f"forwarded.{number}", counted.forwarded, show_reading)
        sheet.add(f"errors.{number}", counted.errors, show_reading)
    sheet.mention("alarms", delivery.alarms, show_alarms)


def _forwarded(
    facts: RouteFacts, ways: Sequence[SinkWay], counters: Sequence[FilterCounters], context: SinkContext
) -> Opinion:
    incoming = facts.delivery.incoming
    if not ways:
        said = "no enabled sink is known to lead to the archive, so what arrives there may be others'"
        return Opinion(Verdict.UNKNOWN, said)
    if not isinstance(incoming, Known):
        return Opinion(Verdict.UNKNOWN, "")
    came, since = incoming.value.value, format_time(incoming.value.window.start)
    if not came:
        zero = "" if came is None else " (0)"
        said = f"no entry came in by {incoming.value.metric}{zero}, so nothing shows whether the export works"
        return Opinion(Verdict.UNKNOWN, said)
    passed = {name: value for name, value in map(_passed, counters) if value is not None}
    whole = {way.sink.name for way in ways if carries(way, ACTIVITY, context)}
    most = max((value for name, value in passed.items() if name in whole), default=0)
    if most >= came:
        said = f"{most:.0f} entries went on (all the sink carries), {came:.0f} of this cluster came in"
        return Opinion(Verdict.PASS, said)
    names = ", ".join(way.sink.name for way in ways[:_MAX_NAMED])
    if any(passed.values()) and not whole:
        said = (
            f"no sink to the archive is known to carry all of this cluster's entries: those of {names} may be others'"
        )
        return Opinion(Verdict.UNKNOWN, said)
    if any(passed.values()):
        said = f"sink {names} passed on {most:.0f} entries since {since}, fewer than the {came:.0f} that came in"
        return Opinion(Verdict.UNKNOWN, f"{said}; whether these are late or lost is not counted")
    old = all(way.sink.created_at is None or way.sink.created_at <= incoming.value.window.start for way in ways)
    if passed and len(passed) == len(ways) and old:
        said = f"{came:.0f} entries came in and sink {names} passed none on since {since}, all promised"
        return Opinion(Verdict.FAIL, said)
    return Opinion(
        Verdict.UNKNOWN, f"{came:.0f} entries came in, and no counter of sink {names} shows any that went on"
    )


def _passed(counted: FilterCounters) -> tuple[str, float | None]:
    return counted.name, counted.forwarded.value.value if isinstance(counted.forwarded, Known) else None


def _errors(counters: Sequence[FilterCounters]) -> list[Opinion]:
    found = []
    for counted in counters:
        if not isinstance(counted.errors, Known) or not counted.errors.value.value:
            continue  # no data points: failures are counted only when there are some
        reading = counted.errors.value
        since = format_time(reading.window.start)
        said = f"{reading.metric} of sink {counted.name} is {reading.value:.0f} since {since}, 0 promised"
        if counted.own:
            found.append(Opinion(Verdict.FAIL, said))
        else:
            found.append(Opinion(Verdict.UNKNOWN, f"{said}; whose entries these were is not counted"))
    return found


def _sink_errors(facts: RouteFacts, ways: Sequence[SinkWay]) -> list[Opinion]:
    """A sink that reports an error of its configuration delivers nobody's entries."""
    if not isinstance(facts.gke.sink_errors, Known):
        return []
    names = {sink.name for way in ways for sink in (way.sink, way.through) if sink is not None}
    mine = [error for error in facts.gke.sink_errors.value if error.sink in names]
    if not mine:
        return []
    last = max(mine, key=lambda error: error.at)
    said = f"sink {last.sink} could not deliver: {last.code} at {format_time(last.at)} ({len(mine)} such)"
    return [Opinion(Verdict.FAIL, f"{said}, none promised")]


def _notes(facts: RouteFacts) -> str:
    silent = [alarm.name for alarm in known(facts.delivery.alarms, ()) if alarm.silent]
    return f"; alarms that stay silent on missing data: {', '.join(silent[:_MAX_NAMED])}" if silent else ""


def _repair(facts: RouteFacts, ways: Sequence[SinkWay]) -> str:
    if not ways:
        return gcloud("logging sinks list", project=facts.cluster.account)
    sink = ways[0].sink.name
    return gcloud("logging read", f'log_id("logging.googleapis.com/sink_error") AND "{sink.rpartition("/")[2]}"',
                  project=facts.cluster.account, freshness="1d")  # fmt: skip


def _list(bucket: str) -> str:
    return gcloud("storage ls", f"gs://{bucket}/cloudaudit.googleapis.com/**")


def _show_errors(errors: tuple[SinkError, ...]) -> str:
    return ", ".join(f"{e.sink}: {e.code} at {format_time(e.at)}" for e in errors[:_MAX_NAMED]) or "none"
