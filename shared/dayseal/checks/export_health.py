"""Check 5, `export-health`: it is delivering, now."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.checks.export_signs import OwnSigns, judge_errors, judge_forwarding, note_others, own_signs
from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import FactSheet, Opinion, aws, gone, known, no_archive, worst
from dayseal.checks.silence import format_seconds
from dayseal.codec import format_time
from dayseal.model import Finding, Verdict
from dayseal.model.route import Alarm, Answer, ArchiveFacts, Call, Known, Lag, NewestObject, Reading, RouteFacts

CHECK: Final = "export-health"
_CLOCKS: Final = dt.timedelta(minutes=5)  # how far a store's clock may be ahead of ours


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
    signs = own_signs(facts, thresholds)
    _write_facts(facts, sheet, signs)
    if facts.archive is None:
        return no_archive(facts, sheet, ": nothing shows a delivery")
    if not signs.ways:
        sheet.missing.extend(signs.hidden)
    own = [judge_forwarding(facts, facts.archive, signs), *judge_errors(signs)]
    answer = worst([_newest(facts, facts.archive, thresholds), *own, _astray(facts, facts.archive)])
    notes = _notes(facts, signs) + _write_lag(lag, facts, sheet)
    if answer.verdict is not Verdict.FAIL and sheet.missing:
        return sheet.unknown("whether the export delivers", more=notes)
    return sheet.finding(answer.verdict, answer.said + notes, answer.fix or _repair(facts))


def _newest(facts: RouteFacts, archive: ArchiveFacts, thresholds: RouteThresholds) -> Opinion:
    """Judge the newest object's age, the one sign of life that is no counter."""
    newest, incoming = facts.delivery.newest, facts.delivery.incoming
    if not isinstance(newest, Known):
        return Opinion(Verdict.UNKNOWN, "")
    came = incoming.value.value if isinstance(incoming, Known) else None
    limit = format_seconds(thresholds.newest_object_seconds)
    if newest.value is None:
        late = f"the archive {archive.uri} holds no object"
    else:
        age = facts.asked_at - newest.value.stored_at
        if age < -_CLOCKS:
            said = (
                f"the newest object is of {format_time(newest.value.stored_at)}, after the check itself: clocks differ"
            )
            return Opinion(Verdict.UNKNOWN, said, _list_command(archive))
        late = f"the newest object is {format_seconds(max(0.0, age.total_seconds()))} old"
        if age.total_seconds() <= thresholds.newest_object_seconds:
            return Opinion(Verdict.PASS, f"{late}, at most {limit} promised")
    if came is not None and came > 0:
        said = f"{late}, at most {limit} promised, while {came:.0f} records came in{_since(newest.value)}"
        return Opinion(Verdict.FAIL, said, _repair(facts))
    why = "no record came in either" if isinstance(incoming, Known) else "whether records came in is not known"
    said = f"{late}, at most {limit} promised; {why}, so nothing shows whether the export works"
    return Opinion(Verdict.UNKNOWN, said, _repair(facts))


def _astray(facts: RouteFacts, archive: ArchiveFacts) -> Opinion:
    astray = facts.delivery.astray
    if not isinstance(astray, Known) or not astray.value:
        return Opinion(Verdict.PASS, "")
    said = f"{astray.value} objects lie under an error prefix ({astray.source.resource}), none promised"
    return Opinion(Verdict.FAIL, said, _list_command(archive))


def _write_facts(facts: RouteFacts, sheet: FactSheet, signs: OwnSigns) -> None:
    delivery = facts.delivery
    sheet.add("newest", delivery.newest, _show_newest)
    sheet.add("incoming", delivery.incoming, _show)
    deciding = {id(counted) for _, counted in signs.ways}
    for number, counted in enumerate(delivery.filters):
        note = sheet.add if id(counted) in deciding else sheet.mention
        note(f"forwarded.{number}", counted.forwarded, _show)
        note(f"errors.{number}", counted.errors, _show)
        sheet.mention(f"retried.{number}", counted.retried, _show)
    for number, stream in enumerate(delivery.streams):
        (sheet.add if stream in signs.streams else sheet.mention)(f"success.{number}", stream.success, _show)
    sheet.add("astray", delivery.astray, lambda number: f"{number} objects under error prefixes")
    sheet.mention("alarms", delivery.alarms, _show_alarms)


def _write_lag(lag: Lag | None, facts: RouteFacts, sheet: FactSheet) -> str:
    if lag is None:
        return ""
    p50, p95, longest = map(format_seconds, (lag.p50, lag.p95, lag.longest))
    said = f"from event to object {p50} (median), {p95} (95 %), {longest} at most"
    sheet.write("lag", Call("dayseal", "tally", facts.cluster.text), said)
    return f"; {said}"


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


def _since(newest: NewestObject | None) -> str:
    return "" if newest is None else f"; nothing arrived since {format_time(newest.stored_at)}"


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


def _show(reading: Reading) -> str:
    window = f"{format_time(reading.window.start)}/{format_time(reading.window.end)}"
    value = "no data points" if reading.value is None else f"{reading.value:g}"
    return f"{reading.metric} of {reading.resource} in {window}: {value}"


def _show_newest(newest: NewestObject | None) -> str:
    return "no object" if newest is None else f"{newest.key}, stored {format_time(newest.stored_at)}"


def _show_alarms(alarms: tuple[Alarm, ...]) -> str:
    return ", ".join(f"{a.name} on {a.metric} (missing data: {a.on_missing})" for a in alarms) or "no alarms"
