"""How much of an hour is probably missing, told from leases that are renewed at a steady pace."""

import dataclasses
import datetime as dt
import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Final

from dayseal.checks.lease_pace import MIN_HOURS, LeaseRate, Series, lease_series, node_pace, own_rates, paces_of
from dayseal.digest.tally import Tally
from dayseal.model import Window, day_window

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ONE_HOUR: Final = dt.timedelta(hours=1)
_FLOOR: Final = 0.01  # what slow hours do to all leases of a healthy cluster alike
_HIT: Final = 0.10  # a lease that lost less stands out from nothing
_ALIKE: Final = 0.25  # where the others lost more than this part of what the hit ones did, all lost alike
_ALL: Final = 0.9
_NODE_EVENTS: Final = frozenset({"create", "delete"})
_SHOWN: Final = 6  # hours in a text


@dataclasses.dataclass(frozen=True, slots=True)
class HourLoss:
    """The share of an hour's lease renewals that is missing, and how far it may be off (two standard deviations).

    `leases` could be judged; `silent` of them lost much while the others lost nothing. One silent lease is left out
    of the share: its node or controller went. `together` says that those of several are missing without nodes that
    came or went: as if one API server's stream were lost.
    """

    hour: dt.datetime
    share: float
    uncertainty: float
    leases: int
    silent: int
    together: bool

    @property
    def window(self) -> Window:
        """The hour as a span."""
        return Window(self.hour, self.hour + _ONE_HOUR)

    @property
    def certain(self) -> bool:
        """Whether the share is more than its uncertainty."""
        return self.share > self.uncertainty

    @property
    def text(self) -> str:
        """The hour in words: `07:00 50.0 +/- 3.1 %`."""
        return f"{self.hour:%H:%M} {100 * max(0.0, self.share):.1f} +/- {100 * self.uncertainty:.1f} %"


@dataclasses.dataclass(frozen=True, slots=True)
class LossEstimate:
    """The hours of a day that could be judged, at least 3: an estimate, not a count.

    `from_history` tells whether the pace came from earlier days; without them, loss at a steady rate cannot
    show. `node_pace` is how often a node renews its lease in an hour, None without nodes.
    """

    hours: tuple[HourLoss, ...]
    from_history: bool
    node_pace: float | None

    @property
    def worst(self) -> HourLoss:
        """The hour with the largest share missing; of equal ones the first."""
        return max(self.hours, key=lambda hour: (hour.share, -hour.hour.timestamp()))

    @property
    def median_share(self) -> float:
        """The share missing in the median hour."""
        return statistics.median(hour.share for hour in self.hours)

    @property
    def lossy(self) -> tuple[HourLoss, ...]:
        """The hours whose loss is more than its uncertainty, worst first."""
        return tuple(sorted((h for h in self.hours if h.certain), key=lambda h: (-h.share, h.hour)))

    @property
    def pace_text(self) -> str:
        """How often a node renews its lease, beside what is usual."""
        if self.node_pace is None:
            return "not known"
        return (
            f"a node renews its lease {self.node_pace:.0f} times an hour; about 350 is usual, fewer may be steady loss"
        )

    @property
    def text(self) -> str:
        """The estimate in one sentence, with what it rests on."""
        worst = self.worst
        basis = "earlier days" if self.from_history else "this day alone: steady loss would not show"
        more = [hour.text for hour in self.lossy[1:_SHOWN]]
        others = f"; also {', '.join(more)}" if more else ""
        others += f" and {len(self.lossy) - _SHOWN} hours more" if len(self.lossy) > _SHOWN else ""
        return (
            f"lease updates missing: {100 * max(0.0, worst.share):.1f} % +/- {100 * worst.uncertainty:.1f} % in the "
            f"worst hour ({worst.hour:%H:%M}){others}; {100 * max(0.0, self.median_share):.1f} % in the median of "
            f"{len(self.hours)} hours; pace taken from {basis}"
        )


def estimate_loss(tally: Tally, day: dt.date, *, history: Sequence[LeaseRate] = ()) -> LossEstimate | None:
    """Estimate the loss of each hour of the day from the leases that were alive before and after it.

    A lease counts in an hour when it was renewed both in an earlier and in a later one; its pace is that of
    `history` (see `lease_pace.paces_of`). None when fewer than 3 hours can be judged.
    """
    series = lease_series(tally)
    paces = paces_of(series, history)
    went = _node_events(tally)
    first = (day_window(day).start - _EPOCH) // _ONE_HOUR
    hours = [_judge_hour(series, paces, hour, went) for hour in range(first, first + 24)]
    judged = tuple(hour for hour in hours if hour is not None)
    if len(judged) < MIN_HOURS:
        return None
    usual = node_pace(history or own_rates(series))
    return LossEstimate(judged, bool(history), None if usual is None else usual.per_hour)


def _judge_hour(series: Series, paces: Mapping[str, LeaseRate], hour: int, went: int) -> HourLoss | None:
    alive = [name for name in paces if min(series[name]) < hour < max(series[name])]
    lost = {name: 1 - series[name].get(hour, 0) / paces[name].per_hour for name in alive}
    silent = _silent(lost, paces)
    counted = [name for name in alive if len(silent) > 1 or name not in silent]
    expected = sum(paces[name].per_hour for name in counted)
    if not expected:
        return None
    share = 1 - sum(series[name].get(hour, 0) for name in counted) / expected
    chance = max(0.0, share) * min(1.0, 1 - share) * expected
    error = math.sqrt(sum(paces[name].spread ** 2 for name in counted) + chance) / expected
    together = len(silent) > max(1, went)
    start = _EPOCH + dt.timedelta(hours=hour)
    return HourLoss(start, share, 2 * error + _FLOOR, len(alive), len(silent), together)


def _silent(lost: Mapping[str, float], paces: Mapping[str, LeaseRate]) -> frozenset[str]:
    """Give the leases that lost much while the others lost nothing like it; none where all lost alike."""
    hit = {n for n, share in lost.items() if share > max(_HIT, 4 * paces[n].spread / paces[n].per_hour)}
    if not hit or len(hit) >= _ALL * len(lost):
        return frozenset()
    others = statistics.median(share for name, share in lost.items() if name not in hit)
    alike = others > _ALIKE * statistics.median(lost[name] for name in hit)
    return frozenset() if alike else frozenset(hit)


def _node_events(tally: Tally) -> int:
    """Count nodes that were made or deleted in these batches."""
    keys = tally.keys.kept.items()
    return sum(n for key, n in keys if (key.group, key.resource) == ("", "nodes") and key.verb in _NODE_EVENTS)
