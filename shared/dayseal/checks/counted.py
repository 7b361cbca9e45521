"""What the provider counted of a cluster's day beside what the archive holds of it."""

import dataclasses
import datetime as dt
from typing import Final

from dayseal.checks.delivery_loss import estimate_copies
from dayseal.checks.route_words import name_missing
from dayseal.checks.wording import FactWriter
from dayseal.digest.tally import Skew, Tally
from dayseal.model import Fact, Window, day_window
from dayseal.model.route import Answer, HourlyCounts, Missing, Reason

_TOLERATED: Final = 0.01  # of the day: counters are sampled, and their ends are not those of the day to the second
_HOUR_US: Final = 3_600_000_000
_MINUTE_US: Final = 60_000_000
_US: Final = dt.timedelta(microseconds=1)
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclasses.dataclass(frozen=True, slots=True)
class CountsCompared:
    """What came of the comparison in words; `doubt` says why the day cannot pass, `""`: nothing speaks against it."""

    text: str
    doubt: str = ""

    def fact(self, check: str, counted: Answer[HourlyCounts]) -> Fact:
        """Give the fact `<check>.counted`, under the call that counted."""
        call = counted.call if isinstance(counted, Missing) else counted.source
        return FactWriter(check, call.text, call.resource).fact("counted", self.text)


def compare_counts(counted: Answer[HourlyCounts], tally: Tally, day: dt.date) -> CountsCompared:
    """Compare the provider's count of a day with the different records of that day in the archive.

    Where a counter does not say whether it goes by a record's own time or by its arrival, the archive's number is
    bounded so that it holds for either, by how late its records came. Copies are taken off as estimated. More counted
    than the upper bound is doubt, and so is less than the lower one: then somebody counts what the other does not
    have. A count that was refused, or that cannot be compared, is doubt too; one nobody asked for is none.
    """
    if isinstance(counted, Missing):
        doubt = "" if counted.reason is Reason.NOT_ASKED else f"the provider's count is not known: {_why(counted)}"
        return CountsCompared(f"not known: {counted.text}", doubt)
    found, window = counted.value, day_window(day)
    if window.start < found.window.start or found.window.end < window.end:
        return CountsCompared("not asked: the day lies outside of what was asked for")
    total = found.total(window)
    if total is None:
        said = f"{found.metric} has no data points of the day"
        return CountsCompared(said, f"the provider's count cannot be compared: {said}")
    held = _held(tally, window, own_time=found.own_time)
    if isinstance(held, str):
        return CountsCompared(f"{total:.0f} counted, not compared: {held}", f"{total:.0f} records were counted by "
                              f"{found.metric}, which cannot be compared: {held}")  # fmt: skip
    low, high = held
    between = f"{low:.0f} to {high:.0f}" if round(low) != round(high) else f"{high:.0f}"
    text = f"{total:.0f} counted by {found.metric}, {between} different records in the archive"
    tolerated = _TOLERATED * max(total, high)
    if total > high + tolerated:
        return CountsCompared(text, f"at least {total - high:.0f} records are missing: {text}")
    if total < low - tolerated:
        return CountsCompared(text, f"the archive holds {low - total:.0f} records more than were counted: {text}")
    return CountsCompared(text)


def _why(miss: Missing) -> str:
    return name_missing([miss])


def _held(tally: Tally, window: Window, *, own_time: bool) -> tuple[float, float] | str:
    """Bound how many different records of the window the tally holds; a text says why it cannot."""
    skew = Skew(0, 0, 0) if own_time else tally.skew
    if tally.minutes.rest:
        return "the tally had to drop minutes"
    if skew is None:
        return "the records carry no time of arrival"
    if skew.min_us < -_HOUR_US:
        return "some records came over an hour before they happened"
    copies = estimate_copies(tally)
    if not copies.sample:
        return "no record was sampled, so copies cannot be told"
    late, early = max(0, min(skew.max_us, _HOUR_US)), max(0, -skew.min_us)
    start, end = (round((moment - _EPOCH) / _US) for moment in (window.start, window.end))
    inner = _events(tally, start + early, end - late, whole=True) - skew.late_over_1h
    placed = sum(cell.events for cell in tally.minutes.kept.values())
    outer = _events(tally, start - late, end + early, whole=False) + skew.late_over_1h + (tally.events - placed)
    least, most = (max(0.0, min(1.0, copies.share + sign * copies.uncertainty)) for sign in (-1, 1))
    return max(0, inner) * (1 - most), outer * (1 - least)


def _events(tally: Tally, start_us: int, end_us: int, *, whole: bool) -> int:
    """Count the records of the minutes that lie in the span, or (not `whole`) that touch it."""
    first = -(-start_us // _MINUTE_US) if whole else start_us // _MINUTE_US
    last = end_us // _MINUTE_US if whole else -(-end_us // _MINUTE_US)
    return sum(cell.events for minute, cell in tally.minutes.kept.items() if first <= minute < last)
