"""Check 8, `arrival`: the event day's records are really there."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Final, Literal

from dayseal.checks.counted import compare_counts
from dayseal.checks.delivery_loss import estimate_copies, find_split_loss
from dayseal.checks.due_spans import Due
from dayseal.checks.heartbeat import Heartbeat, name_heartbeat
from dayseal.checks.lease_pace import LeaseRate
from dayseal.checks.loss import HourLoss, LossEstimate, estimate_loss
from dayseal.checks.orphans import OrphanEstimate
from dayseal.checks.silence import (
    Horizon,
    Silence,
    SilenceKind,
    cut_windows,
    find_silences,
    format_seconds,
    hourly_events,
)
from dayseal.checks.wording import FactWriter, count, show_command
from dayseal.codec import format_day, format_time
from dayseal.digest.tally import Tally
from dayseal.errors import UsageError
from dayseal.model import ClusterId, Fact, Finding, Verdict, Window, day_window
from dayseal.model.route import Answer, HourlyCounts

CHECK: Final = "arrival"
_ONE_DAY: Final = dt.timedelta(days=1)
_MIN_SILENCE: Final = 60  # a minute's cell knows its first and last record only
_TOLERATED_LOSS: Final = 0.05  # of an hour's lease renewals: an API server that restarts takes that long


@dataclasses.dataclass(frozen=True, slots=True)
class ArrivalThresholds:
    """How long a silence must last to be an outage: 60 s or more."""

    silence_seconds: int = 120

    def __post_init__(self) -> None:
        if self.silence_seconds < _MIN_SILENCE:
            raise UsageError(f"silence_seconds: {self.silence_seconds}, at least {_MIN_SILENCE} promised")


@dataclasses.dataclass(frozen=True, slots=True)
class EventDayView:
    """One cluster's event day, seen from the batches sealed so far.

    `tally` is merged over `batches`, the sealed ones of D-1 to D+2; neighbours' records stay in it, for they bound the
    day's edges. `unread` says what of these batches could not be read, `history` the pace of the leases on earlier days
    (at most 7), `counted` what the provider counted (None: nobody counts), `orphans` what tokens tell of loss.
    """

    cluster: ClusterId
    day: dt.date
    tally: Tally
    batches: tuple[dt.date, ...]
    final: bool
    due: tuple[Due, ...]
    explained: tuple[Due, ...] = ()
    unread: tuple[str, ...] = ()
    history: tuple[LeaseRate, ...] = ()
    counted: Answer[HourlyCounts] | None = None
    orphans: OrphanEstimate | None = None

    @property
    def windows(self) -> tuple[Window, ...]:
        """The due parts of the event day, merged and ordered."""
        return cut_windows((due.window for due in self.due), self.day)


@dataclasses.dataclass(frozen=True, slots=True)
class ArrivalResult:
    """What became of the day: the finding, and what the day's statement says of it.

    `gaps` are the silences over the threshold, in order, those at an unsealed edge included.
    """

    finding: Finding
    gaps: tuple[Silence, ...]
    state: Literal["provisional", "final"]
    events: int
    loss_estimate: str | None


def judge_arrival(view: EventDayView, thresholds: ArrivalThresholds) -> ArrivalResult:
    """Judge whether records arrived all through the parts of the event day in which they were due.

    FAIL: no record at all, or a silence longer than the threshold while a heartbeat is expected.
    UNKNOWN: no heartbeat, something unread, an explained outage, an edge whose batch never came, the
    day's own batch is not sealed, or leases show that more than 5 % of an hour is probably missing. A
    missing part of a split entry is proven loss: FAIL once the day is final. A final day of which the provider
    counted other records than the archive holds, or whose count cannot be compared: UNKNOWN. NOT_APPLICABLE:
    nothing was due. PASS never excludes selective loss, and says so.
    """
    events = sum(hourly_events(view.tally, view.day))
    heartbeat = name_heartbeat(view.tally, view.windows, every_s=thresholds.silence_seconds)
    gaps: tuple[Silence, ...] = ()
    if view.windows and view.day in view.batches:
        gaps = _gaps_of(view, events, heartbeat, thresholds.silence_seconds)
    loss = estimate_loss(view.tally, view.day, history=view.history) if events else None
    verdict, said, fix = _judge(view, events, heartbeat, gaps, thresholds.silence_seconds)
    if verdict is Verdict.PASS:
        verdict, said, fix = _judge_loss(view, loss) or (verdict, said, fix)
    counts = compare_counts(view.counted, view.tally, view.day) if view.counted and view.final and events else None
    if verdict is Verdict.PASS and counts is not None and counts.doubt:
        verdict, said, fix = Verdict.UNKNOWN, counts.doubt, show_command(view.cluster, view.day)
    said += f"; {view.orphans.text}" if view.orphans and view.orphans.certain else ""
    state: Literal["provisional", "final"] = "final" if view.final else "provisional"
    if not view.final and verdict is not Verdict.NOT_APPLICABLE:
        said += "; provisional: late records may still change this"
    facts = _facts_of(view, events, heartbeat, gaps, loss)
    facts += (counts.fact(CHECK, view.counted),) if counts is not None and view.counted else ()
    finding = Finding(CHECK, verdict, said, facts, fix)
    return ArrivalResult(finding, gaps, state, events, loss.text if loss else None)


def _gaps_of(view: EventDayView, events: int, heartbeat: Heartbeat, longer_than_s: int) -> tuple[Silence, ...]:
    if not events:
        return tuple(Silence(w, SilenceKind.BLACKOUT, w.seconds) for w in view.windows)
    if heartbeat is Heartbeat.NONE:
        return ()
    before, after = view.day - _ONE_DAY in view.batches, view.day + _ONE_DAY in view.batches
    due = [item.window for item in view.due]
    return find_silences(view.tally, due, Horizon(view.day, before, after), longer_than_s=longer_than_s)


def _judge(
    view: EventDayView, events: int, heartbeat: Heartbeat, gaps: Sequence[Silence], threshold: int
) -> tuple[Verdict, str, str]:
    day = format_day(view.day)
    if not view.windows:
        return Verdict.NOT_APPLICABLE, f"no records were due on {day}", ""
    if view.day not in view.batches:
        return Verdict.UNKNOWN, f"batch {day} is not sealed yet, so its event day cannot be judged", ""
    if not events:
        said = f"no record of {day} in {count(len(view.batches), 'sealed batch', 'es')}, records were due: {_why(view)}"
        return _unless_unread(view, said, show_command(view.cluster, view.day))
    return _judge_events(view, events, heartbeat, gaps, threshold)


def _judge_events(
    view: EventDayView, events: int, heartbeat: Heartbeat, gaps: Sequence[Silence], threshold: int
) -> tuple[Verdict, str, str]:
    fix = show_command(view.cluster, view.day)
    if heartbeat is Heartbeat.NONE:
        said = f"{events} records, but no heartbeat of any kind: a silence would mean nothing"
        return Verdict.UNKNOWN, said, fix
    outages = [gap for gap in gaps if gap.kind is not SilenceKind.EDGE]
    if outages:
        return _judge_outages(view, outages, heartbeat, threshold)
    if gaps and view.final:
        said = f"no batch lies beyond the day's edge, so {gaps[0].text} cannot be judged"
        return Verdict.UNKNOWN, said, fix
    said = f"no outage over {threshold} s seen; selective loss not excluded (heartbeat: {heartbeat.value})"
    return Verdict.PASS, said, ""


def _judge_loss(view: EventDayView, loss: LossEstimate | None) -> tuple[Verdict, str, str] | None:
    """Judge what is missing although nothing was silent; None: nothing shows."""
    fix = show_command(view.cluster, view.day)
    splits = find_split_loss(view.tally)
    if splits.missing:
        return _unless_unread(view, f"{splits.text}, all parts promised", fix, final=view.final)
    lossy = [hour for hour in loss.lossy if hour.share > _TOLERATED_LOSS and _is_due(view, hour)] if loss else []
    if loss is None or not lossy:
        return None
    together = next((hour for hour in lossy if hour.together), None)
    if together:
        said = (
            f"suspected loss of one API server's stream: {together.silent} of {together.leases} leases silent together "
            f"at {together.hour:%H:%M}, no node came or went; {loss.text}"
        )
        return Verdict.UNKNOWN, said, fix
    return Verdict.UNKNOWN, f"probably lost in {count(len(lossy), 'hour')}: {loss.text}", fix


def _is_due(view: EventDayView, hour: HourLoss) -> bool:
    inside = any(w.start <= hour.window.start and hour.window.end <= w.end for w in view.windows)
    explained = (item.window for item in view.explained)
    return inside and not any(w.start < hour.window.end and hour.window.start < w.end for w in explained)


def _judge_outages(
    view: EventDayView, outages: Sequence[Silence], heartbeat: Heartbeat, threshold: int
) -> tuple[Verdict, str, str]:
    longest = max(outages, key=lambda gap: gap.window.seconds)
    blackouts = sum(gap.kind is SilenceKind.BLACKOUT for gap in outages)
    fix = show_command(view.cluster, view.day)
    said = (
        f"{count(len(outages), 'silence')} over {threshold} s ({blackouts} of an hour or more), "
        f"longest {longest.text}; a record every {threshold} s promised (heartbeat: {heartbeat.value})"
    )
    if view.tally.minutes.rest:
        return Verdict.UNKNOWN, f"{said}; but the tally had to drop minutes, so they may be none", fix
    reasons = {_explanation(view, gap) for gap in outages}
    if None not in reasons:
        told = ", ".join(sorted(reason for reason in reasons if reason is not None))
        return Verdict.UNKNOWN, f"EXPLAINED by {told}, not shown to be empty: {said}", fix
    return _unless_unread(view, said, fix)


def _unless_unread(view: EventDayView, said: str, fix: str, *, final: bool = True) -> tuple[Verdict, str, str]:
    """Fail, unless what was not read, or is not there yet, may hold what is missing: an error never becomes FAIL."""
    if not final:
        return Verdict.UNKNOWN, said, fix
    if view.unread:
        return Verdict.UNKNOWN, f"{said}; but not all was read: {view.unread[0]} ({len(view.unread)} in all)", fix
    return Verdict.FAIL, said, fix


def _explanation(view: EventDayView, gap: Silence) -> str | None:
    for item in view.explained:
        if item.window.start <= gap.window.start and gap.window.end <= item.window.end:
            return item.why
    return None


def _why(view: EventDayView) -> str:
    whole = day_window(view.day)
    inside = {d.why for d in view.due if d.window.start < whole.end and d.window.end > whole.start}
    return ", ".join(sorted(inside))


def _facts_of(
    view: EventDayView, events: int, heartbeat: Heartbeat, gaps: Sequence[Silence], loss: LossEstimate | None
) -> tuple[Fact, ...]:
    batches = ", ".join(format_day(day) for day in sorted(view.batches)) or "none"
    write = FactWriter(CHECK, call=f"tally of batches {batches}", resource=view.cluster.text)
    due = ", ".join(f"{format_time(w.start)}/{format_time(w.end)}" for w in view.windows)
    tally, longest = view.tally, max((gap.window.seconds for gap in gaps), default=0.0)
    placed = sum(cell.events for cell in tally.minutes.kept.values()) + tally.minutes.rest
    return (
        write.fact("due", due or "nothing"),
        write.fact("events", str(events)),
        write.fact("heartbeat", heartbeat.value),
        write.fact("silences", f"{len(gaps)}, longest {format_seconds(longest)}"),
        write.fact("lossEstimate", loss.text if loss else "not estimated"),
        write.fact("lossByHour", "; ".join(hour.text for hour in loss.hours) if loss else "not estimated"),
        write.fact("nodePace", loss.pace_text if loss else "not known"),
        write.fact("orphanTokens", view.orphans.text if view.orphans else "not estimated"),
        write.fact("copies", estimate_copies(tally).text),
        write.fact("splitEntries", find_split_loss(tally).text),
        write.fact("truncated", f"{tally.truncated} truncated records, {tally.skipped_bodies} bodies left out"),
        write.fact("withoutTime", f"{tally.events - placed} records of these batches have no readable event time"),
    )
