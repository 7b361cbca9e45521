"""How much of an hour is probably missing, told from leases that are renewed at a steady pace."""

import dataclasses
import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence

from dayseal.digest.tally import Tally
from dayseal.model import day_window

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MIN_HOURS = 3
_FLOOR_PERCENT = 1.0  # what jitter and hour boundaries do to a healthy cluster's counts
_MAD_TO_SIGMA = 1.4826

_Series = Mapping[str, Mapping[int, int]]


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class LeaseRate:
    """How many times an hour one lease (`namespace/name`) was updated on earlier days: their median."""

    name: str
    per_hour: float


@dataclasses.dataclass(frozen=True, slots=True)
class LossEstimate:
    """The share of expected lease updates that is missing, in percent: an estimate, not a count.

    `uncertainty_percent` is twice the robust spread of the hours, at least 1. `from_history` tells whether
    the pace came from earlier days; without them, loss at a steady rate cannot show.
    """

    worst_hour: dt.datetime
    worst_percent: float
    median_percent: float
    uncertainty_percent: float
    hours: int
    from_history: bool

    @property
    def text(self) -> str:
        """The estimate in one sentence, with what it rests on."""
        basis = "earlier days" if self.from_history else "this day alone: steady loss would not show"
        return (
            f"lease updates missing: {self.worst_percent:.1f} % in the worst hour ({self.worst_hour:%H:%M}), "
            f"{self.median_percent:.1f} % in the median of {self.hours} hours, "
            f"+/- {self.uncertainty_percent:.1f} %; pace taken from {basis}"
        )


def estimate_loss(tally: Tally, day: dt.date, *, history: Sequence[LeaseRate] = ()) -> LossEstimate | None:
    """Estimate the loss of each hour of the day from the leases that were alive before and after it.

    A lease counts in an hour when it was updated in both neighbour hours; its pace is that of
    `history`, else the median of its own hours. None when fewer than 3 hours can be judged, or when
    the tally had to drop leases.
    """
    if tally.leases.rest:
        return None
    series = _by_lease(tally)
    rates = {rate.name: rate.per_hour for rate in history} or _own_rates(series)
    shares = _missing_shares(series, rates, day)
    if len(shares) < _MIN_HOURS:
        return None
    worst = max(shares, key=lambda hour: (shares[hour], -hour))
    middle = statistics.median(shares.values())
    spread = statistics.median(abs(share - middle) for share in shares.values()) * _MAD_TO_SIGMA
    return LossEstimate(
        worst_hour=_EPOCH + dt.timedelta(hours=worst),
        worst_percent=max(0.0, 100 * shares[worst]),
        median_percent=max(0.0, 100 * middle),
        uncertainty_percent=max(_FLOOR_PERCENT, 200 * spread),
        hours=len(shares),
        from_history=bool(history),
    )


def lease_rates(tallies: Sequence[Tally]) -> tuple[LeaseRate, ...]:
    """Give the pace of every lease that earlier days show in at least 3 full hours, ordered by name."""
    joined: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for tally in tallies:
        for name, hours in _by_lease(tally).items():
            for hour, updates in hours.items():
                joined[name][hour] += updates
    return tuple(LeaseRate(name, rate) for name, rate in sorted(_own_rates(joined).items()))


def _by_lease(tally: Tally) -> _Series:
    series: dict[str, dict[int, int]] = defaultdict(dict)
    for (name, hour), updates in tally.leases.kept.items():
        series[name][hour] = updates
    return series


def _own_rates(series: _Series) -> dict[str, float]:
    rates = {}
    for name, hours in series.items():
        # Only hours with neighbours are full ones: a lease's first and last hour are cut short.
        full = [updates for hour, updates in hours.items() if hour - 1 in hours and hour + 1 in hours]
        if len(full) >= _MIN_HOURS:
            rates[name] = float(statistics.median(full))
    return rates


def _missing_shares(series: _Series, rates: Mapping[str, float], day: dt.date) -> dict[int, float]:
    """Give, per epoch hour of the day that can be judged, 1 - observed / expected."""
    first = (day_window(day).start - _EPOCH) // dt.timedelta(hours=1)
    shares = {}
    for hour in range(first, first + 24):
        alive = [n for n, hours in series.items() if n in rates and hour - 1 in hours and hour + 1 in hours]
        expected = sum(rates[name] for name in alive)
        if expected > 0:
            shares[hour] = 1 - sum(series[name].get(hour, 0) for name in alive) / expected
    return shares
