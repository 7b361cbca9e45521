"""Check 5, `export-health`: it is delivering, now."""

from collections.abc import Sequence
from typing import Final

from dayseal.checks.aks.health import aks_export_health
from dayseal.checks.delivery_words import show_alarms, show_newest, show_reading, write_lag
from dayseal.checks.export_signs import OwnSigns, judge_errors, judge_forwarding, note_others, own_signs
from dayseal.checks.gke.health import gke_export_health
from dayseal.checks.newest_object import Freshness, judge_newest
from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import FactSheet, Opinion, aws, gone, known, no_archive, worst
from dayseal.model import Finding, Verdict
from dayseal.model.route import AksSource, Answer, ArchiveFacts, GkeSource, Known, Lag, Reading, RouteFacts

CHECK: Final = "export-health"


def judge_export_health(facts: RouteFacts, thresholds: RouteThresholds, lag: Lag | None = None) -> Finding:
    """Judge whether this cluster's records arrive in the archive now, without delivery errors.

    `lag` is that of a batch's records; None: no batch was read. FAIL: a delivery error, an object under an
    error prefix, records came in and none was passed on, or records came in while the newest object is older
    than `newest_object_seconds`. UNKNOWN: no way to the archive is known, no record came in, or the cluster's
    own filter has no counter (an export of nothing, a dead one and another cluster's look alike), or something
    was not answered. Deliveries held back and tried again are noted. Alarms that stay silent on missing data
    are named and decide nothing.
    """
    sheet = FactSheet(CHECK)
    over = gone(facts, sheet, "nothing is left to deliver")
    if over is not None:
        return over
    if isinstance(facts.source, GkeSource):
        return gke_export_health(facts, thresholds, sheet, lag)
    if isinstance(facts.source, AksSource):
        return aks_export_health(facts, thresholds, sheet, lag)
    signs = own_signs(facts, thresholds)
    _write_facts(facts, sheet, signs)
    if facts.archive is None:
        return no_archive(facts, sheet, ": nothing shows a delivery")
    if not signs.ways:
        sheet.missing.extend(signs.hidden)
    own = [judge_forwarding(facts, facts.archive, signs), *judge_errors(signs)]
    promised = Freshness(thresholds.newest_object_seconds, _repair(facts), _list_command(facts.archive))
    answer = worst([judge_newest(facts, facts.archive, promised), *own, _astray(facts, facts.archive)])
    notes = _notes(facts, signs) + write_lag(lag, facts, sheet)
    if answer.verdict is not Verdict.FAIL and sheet.missing:
        return sheet.unknown("whether the export delivers", more=notes)
    return sheet.finding(answer.verdict, answer.said + notes, answer.fix or _repair(facts))


def _astray(facts: RouteFacts, archive: ArchiveFacts) -> Opinion:
    astray = facts.delivery.astray
    if not isinstance(astray, Known) or not astray.value:
        return Opinion(Verdict.PASS, "")
    said = f"{astray.value} objects lie under an error prefix ({astray.source.resource}), none promised"
    return Opinion(Verdict.FAIL, said, _list_command(archive))


def _write_facts(facts: RouteFacts, sheet: FactSheet, signs: OwnSigns) -> None:
    delivery = facts.delivery
    sheet.add("newest", delivery.newest, show_newest)
    sheet.add("incoming", delivery.incoming, show_reading)
    deciding = {id(counted) for _, counted in signs.ways}
    for number, counted in enumerate(delivery.filters):
        note = sheet.add if id(counted) in deciding else sheet.mention
        note(f"forwarded.{number}", counted.forwarded, show_reading)
        note(f"errors.{number}", counted.errors, show_reading)
        sheet.mention(f"retried.{number}", counted.retried, show_reading)
    for number, stream in enumerate(delivery.streams):
        (sheet.add if stream in signs.streams else sheet.mention)(f"success.{number}", stream.success, show_reading)
    sheet.add("astray", delivery.astray, lambda number: f"{number} objects under error prefixes")
    sheet.mention("alarms", delivery.alarms, show_alarms)


def _notes(facts: RouteFacts, signs: OwnSigns) -> str:
    held = [
        f"{r.metric} of {r.resource} is {r.value:.0f} (tried again)"
        for r in _values([counted.retried for _, counted in signs.ways])
        if r.value
    ]
    partly = [
        f"{r.metric} of {r.resource} is {r.value:.2f}"
        for r in _values([stream.success for stream in signs.streams])
        if r.value is not None and 0 < r.value < 1
    ]
    silent = [alarm.name for alarm in known(facts.delivery.alarms, ()) if alarm.silent]
    notes = held + partly + note_others(signs)
    if silent:
        notes.append(f"alarms that stay silent on missing data: {', '.join(silent[:5])}")
    return "".join(f"; {note}" for note in notes)


def _values(answers: Sequence[Answer[Reading]]) -> list[Reading]:
    return [answer.value for answer in answers if isinstance(answer, Known)]


def _repair(facts: RouteFacts) -> str:
    group, region = facts.eks.log_group_name, facts.cluster.location
    filters = aws("logs describe-subscription-filters", region=region, log_group_name=group)
    streams = [a.stream.value for a in facts.eks.streams if isinstance(a.stream, Known) and a.stream.value]
    names = [stream.arn.rpartition("/")[2] for stream in streams]
    return "; ".join(
        [filters, *(aws("firehose describe-delivery-stream", region=region, delivery_stream_name=n) for n in names)]
    )


def _list_command(archive: ArchiveFacts) -> str:
    return aws("s3api list-objects-v2", bucket=archive.name, prefix=archive.prefix)
