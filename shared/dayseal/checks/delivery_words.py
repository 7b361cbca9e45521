"""Signs of delivery in words, the same for every provider."""

from dayseal.checks.route_words import FactSheet
from dayseal.checks.silence import format_seconds
from dayseal.codec import format_time
from dayseal.model.route import Alarm, Call, Lag, NewestObject, Reading, RouteFacts


def write_lag(lag: Lag | None, facts: RouteFacts, sheet: FactSheet) -> str:
    """Note the lag of a batch's records, and give the words for it."""
    if lag is None:
        return ""
    p50, p95, longest = map(format_seconds, (lag.p50, lag.p95, lag.longest))
    said = f"from event to object {p50} (median), {p95} (95 %), {longest} at most"
    sheet.write("lag", Call("dayseal", "tally", facts.cluster.text), said)
    return f"; {said}"


def show_reading(reading: Reading) -> str:
    """Write a metric for a fact."""
    window = f"{format_time(reading.window.start)}/{format_time(reading.window.end)}"
    value = "no data points" if reading.value is None else f"{reading.value:g}"
    return f"{reading.metric} of {reading.resource} in {window}: {value}"


def show_newest(newest: NewestObject | None) -> str:
    """Write the newest object for a fact."""
    return "no object" if newest is None else f"{newest.key}, stored {format_time(newest.stored_at)}"


def show_alarms(alarms: tuple[Alarm, ...]) -> str:
    """Write the owner's alarms for a fact."""
    return ", ".join(f"{a.name} on {a.metric} (missing data: {a.on_missing})" for a in alarms) or "no alarms"
