"""Silences: spans between two records that are longer than a live control plane leaves."""

import dataclasses
import datetime as dt
import enum
from collections.abc import Iterable, Iterator, Sequence

from dayseal.codec import format_time
from dayseal.digest.tally import Tally
from dayseal.model import Window, day_window

BLACKOUT_SECONDS = 3600
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_HOURS = 24


class SilenceKind(enum.StrEnum):
    """`outage`; `blackout`: an hour or more; `edge`: it touches a batch that is not sealed, so it may not be one."""

    OUTAGE = "outage"
    BLACKOUT = "blackout"
    EDGE = "edge"


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Silence:
    """A span without a record of any kind; `window` is cut at the event day, `seconds` is the uncut length."""

    window: Window
    kind: SilenceKind
    seconds: float

    @property
    def text(self) -> str:
        """The span in words: `10 min 2 s from 2026-11-22T03:00:00Z to 2026-11-22T03:10:02Z`."""
        start, end = format_time(self.window.start), format_time(self.window.end)
        return f"{format_seconds(self.window.seconds)} from {start} to {end}"


@dataclasses.dataclass(frozen=True, slots=True)
class Horizon:
    """What lies beyond the day's edges: is the batch before it sealed, and the batch after it?"""

    day: dt.date
    before: bool
    after: bool


def find_silences(tally: Tally, due: Sequence[Window], horizon: Horizon, *, longer_than_s: int) -> tuple[Silence, ...]:
    """Give every silence longer than `longer_than_s` that touches the event day, in order of time.

    Exact to the microsecond: measured from the last record of one minute to the first of the next
    one that has any, and only inside `due`, whose windows may reach beyond the day. A silence
    across midnight is measured as a whole and shown with the part that lies in this day; if that part is no
    longer than `longer_than_s` and the rest is, only the other day shows it.
    `longer_than_s` is 60 or more: a minute's cell knows its first and last record only.
    """
    spans = tuple(_spans_between(tally))
    found = [
        silence
        for window in merge_windows(due)
        for span in spans
        if (silence := _silence_in(span, window, horizon, longer_than_s)) is not None
    ]
    return tuple(sorted(found))


def merge_windows(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Join windows that overlap or touch; the result is ordered and has no empty ones."""
    merged: list[Window] = []
    for window in sorted(w for w in windows if w.end > w.start):
        if merged and window.start <= merged[-1].end:
            merged[-1] = Window(merged[-1].start, max(merged[-1].end, window.end))
        else:
            merged.append(window)
    return tuple(merged)


def cut_windows(windows: Iterable[Window], day: dt.date) -> tuple[Window, ...]:
    """Give the parts of the windows that lie in the UTC day, merged."""
    whole = day_window(day)
    parts = [(max(w.start, whole.start), min(w.end, whole.end)) for w in windows]
    return merge_windows(Window(start, end) for start, end in parts if start < end)


def hourly_events(tally: Tally, day: dt.date) -> tuple[int, ...]:
    """Give the records of each of the 24 hours of the UTC day, by event time."""
    first_minute = (day_window(day).start - _EPOCH) // dt.timedelta(minutes=1)
    hours = [0] * _HOURS
    for minute, cell in tally.minutes.kept.items():
        if 0 <= minute - first_minute < _HOURS * 60:
            hours[(minute - first_minute) // 60] += cell.events
    return tuple(hours)


def moment_of(microseconds: int) -> dt.datetime:
    """Turn microseconds since the epoch into a moment, exactly."""
    return _EPOCH + microseconds * _MICROSECOND


def format_seconds(seconds: float) -> str:
    """Write a length of time for people: `45 s`, `10 min 2 s`, `3 h 5 min`; parts of a second are dropped."""
    whole = int(seconds)
    if whole < 60:  # noqa: PLR2004 - a minute
        return f"{whole} s"
    if whole < BLACKOUT_SECONDS:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _spans_between(tally: Tally) -> Iterator[tuple[dt.datetime | None, dt.datetime | None]]:
    """Give (last record, next record) around every place where records may be missing; None is "no such record"."""
    last: dt.datetime | None = None
    for _, cell in sorted(tally.minutes.kept.items()):
        yield last, moment_of(cell.first_us)
        last = moment_of(cell.last_us)
    yield last, None


def _silence_in(
    span: tuple[dt.datetime | None, dt.datetime | None], due: Window, horizon: Horizon, longer_than_s: int
) -> Silence | None:
    day = day_window(horizon.day)
    last, following = span
    # Where no record bounds the span, the day does: what lies further out is another day's business.
    start = max(last, due.start) if last is not None else max(day.start, due.start)
    end = min(following, due.end) if following is not None else min(day.end, due.end)
    seen_start, seen_end = max(start, day.start), min(end, day.end)
    if seen_start >= seen_end or (end - start).total_seconds() <= longer_than_s:
        return None
    open_start = last is None and due.start <= day.start and not horizon.before
    open_end = following is None and due.end >= day.end and not horizon.after
    seconds, seen = (end - start).total_seconds(), (seen_end - seen_start).total_seconds()
    if seen <= longer_than_s < seconds - seen:
        return None  # the other day shows it by itself; a few seconds of it are no outage of this one
    if open_start or open_end:
        kind = SilenceKind.EDGE
    else:
        kind = SilenceKind.BLACKOUT if seconds >= BLACKOUT_SECONDS else SilenceKind.OUTAGE
    return Silence(Window(seen_start, seen_end), kind, seconds)
