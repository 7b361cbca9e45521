"""Check 5, `export-health`: it is delivering, now."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import FactSheet, Opinion, aws, gone, known, no_archive, worst
from dayseal.checks.silence import format_seconds
from dayseal.codec import format_time
from dayseal.model import Finding, Verdict
from dayseal.model.route import Alarm, Answer, ArchiveFacts, Known, NewestObject, Reading, RouteFacts

CHECK: Final = "export-health"
_CLOCKS: Final = dt.timedelta(minutes=5)  # how far a store's clock may be ahead of ours


def judge_export_health(facts: RouteFacts, thresholds: RouteThresholds) -> Finding:
    """Judge whether records arrive in the archive now, without delivery errors.

    FAIL: a delivery error, an object under an error prefix, or records came in while the newest object is
    older than `newest_object_seconds`. UNKNOWN: no record came in at all (a healthy export of nothing and a
    dead one look alike), or something was not answered. Deliveries held back and tried again are noted.
    Alarms that stay silent on missing data are named and decide nothing.
    """
    sheet = FactSheet(CHECK)
    over = gone(facts, sheet, "nothing is left to deliver")
    if over is not None:
        return over
    _write_facts(facts, sheet)
    if facts.archive is None:
        return no_archive(facts, sheet, ": nothing shows a delivery")
    answer = worst([_newest(facts, facts.archive, thresholds), *_errors(facts), _astray(facts, facts.archive)])
    if answer.verdict is not Verdict.FAIL and sheet.missing:
        return sheet.unknown("whether the export delivers", more=_notes(facts))
    return sheet.finding(answer.verdict, answer.said + _notes(facts), answer.fix)


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
            return Opinion(Verdict.PASS, f"{late}, at most {limit} promised{_lag(facts)}")
    if came is not None and came > 0:
        said = f"{late}, at most {limit} promised, while {came:.0f} records came in{_since(newest.value)}"
        return Opinion(Verdict.FAIL, said, _repair(facts))
    why = "no record came in either" if isinstance(incoming, Known) else "whether records came in is not known"
    said = f"{late}, at most {limit} promised; {why}, so nothing shows whether the export works"
    return Opinion(Verdict.UNKNOWN, said, _repair(facts))


def _errors(facts: RouteFacts) -> list[Opinion]:
    found = [_faults(answer.value) for answer in facts.delivery.errors if isinstance(answer, Known)]
    found += [
        Opinion(Verdict.FAIL, f"{reading.metric} of {reading.resource} is 0: no write succeeded, 1 promised")
        for reading in _values(facts.delivery.success)
        if reading.value == 0
    ]
    return [Opinion(o.verdict, o.said, _repair(facts) if o.verdict is Verdict.FAIL else "") for o in found]


def _faults(reading: Reading) -> Opinion:
    if not reading.value:  # no data points: the provider counts errors only when there are some
        return Opinion(Verdict.PASS, "")
    since = format_time(reading.window.start)
    said = f"{reading.metric} of {reading.resource} is {reading.value:.0f} since {since}, 0 promised"
    return Opinion(Verdict.FAIL, said)


def _astray(facts: RouteFacts, archive: ArchiveFacts) -> Opinion:
    astray = facts.delivery.astray
    if not isinstance(astray, Known) or not astray.value:
        return Opinion(Verdict.PASS, "")
    said = f"{astray.value} objects lie under an error prefix ({astray.source.resource}), none promised"
    return Opinion(Verdict.FAIL, said, _list_command(archive))


def _write_facts(facts: RouteFacts, sheet: FactSheet) -> None:
    delivery = facts.delivery
    sheet.add("newest", delivery.newest, _show_newest)
    sheet.add("incoming", delivery.incoming, _show)
    for name, group in (("errors", delivery.errors), ("success", delivery.success)):
        for number, answer in enumerate(group):
            sheet.add(f"{name}.{number}", answer, _show)
    for name, group in (("forwarded", delivery.forwarded), ("retried", delivery.retried)):
        for number, answer in enumerate(group):
            sheet.mention(f"{name}.{number}", answer, _show)
    sheet.add("astray", delivery.astray, lambda number: f"{number} objects under error prefixes")
    sheet.mention("alarms", delivery.alarms, _show_alarms)
    if delivery.lag is not None and isinstance(delivery.newest, Known):
        sheet.write("lag", delivery.newest.source, _lag(facts).removeprefix("; "))


def _notes(facts: RouteFacts) -> str:
    held = [
        f"{r.metric} of {r.resource} is {r.value:.0f} (tried again)" for r in _values(facts.delivery.retried) if r.value
    ]
    partly = [
        f"{r.metric} of {r.resource} is {r.value:.2f}"
        for r in _values(facts.delivery.success)
        if r.value is not None and 0 < r.value < 1
    ]
    silent = [alarm.name for alarm in known(facts.delivery.alarms, ()) if alarm.silent]
    notes = held + partly
    if silent:
        notes.append(f"alarms that stay silent on missing data: {', '.join(silent[:5])}")
    return "".join(f"; {note}" for note in notes)


def _values(answers: Sequence[Answer[Reading]]) -> list[Reading]:
    return [answer.value for answer in answers if isinstance(answer, Known)]


def _lag(facts: RouteFacts) -> str:
    lag = facts.delivery.lag
    if lag is None:
        return ""
    p50, p95, longest = map(format_seconds, (lag.p50, lag.p95, lag.longest))
    return f"; from event to object {p50} (median), {p95} (95 %), {longest} at most"


def _since(newest: NewestObject | None) -> str:
    return "" if newest is None else f"; nothing arrived since {format_time(newest.stored_at)}"


def _repair(facts: RouteFacts) -> str:
    group, region = facts.source.log_group_name, facts.cluster.location
    filters = aws("logs describe-subscription-filters", region=region, log_group_name=group)
    streams = [a.stream.value for a in facts.source.streams if isinstance(a.stream, Known) and a.stream.value]
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
