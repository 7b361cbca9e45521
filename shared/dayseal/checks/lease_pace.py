"""How often leases are renewed: the series of each, and its usual pace."""

import dataclasses
import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from dayseal.digest.bounded import key_hash
from dayseal.digest.tally import Tally

MIN_HOURS: Final = 3
_MAD_TO_SIGMA: Final = 1.4826
_EDGE: Final = 1.0  # a steady beat still puts one more or one fewer into an hour
_NODE: Final = "node/"

Series = Mapping[str, Mapping[int, int]]


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class LeaseRate:
    """How many times an hour one lease (by its label) is renewed, and the standard deviation of that count."""

    name: str
    per_hour: float
    spread: float


def lease_series(tally: Tally) -> Series:
    """Give the renewals of each lease by hour; where the tally had to drop leases, those it kept whole."""
    series: dict[str, dict[int, int]] = defaultdict(dict)
    for (name, hour), updates in tally.leases.kept.items():
        series[name][hour] = updates
    if tally.leases.rest and series:
        del series[max(series, key=key_hash)]  # the only one that may have lost hours
    return series


def lease_rates(tallies: Iterable[Tally]) -> tuple[LeaseRate, ...]:
    """Give the pace of every lease that these days show in at least 3 full hours, ordered by name."""
    joined: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for tally in tallies:
        for name, hours in lease_series(tally).items():
            for hour, updates in hours.items():
                joined[name][hour] += updates
    return own_rates(joined)


def own_rates(series: Series) -> tuple[LeaseRate, ...]:
    """Give the pace of each lease by its own full hours, ordered by name; those with fewer than 3 are left out."""
    rates = []
    for name, hours in series.items():
        # Only hours with neighbours are full ones: a lease's first and last hour are cut short.
        full = [updates for hour, updates in hours.items() if hour - 1 in hours and hour + 1 in hours]
        if len(full) >= MIN_HOURS:
            middle = statistics.median(full)
            spread = statistics.median(abs(updates - middle) for updates in full) * _MAD_TO_SIGMA
            error = 1.25 * max(spread, _EDGE) / math.sqrt(len(full))  # of a median
            rates.append(LeaseRate(name, float(middle), math.hypot(max(spread, _EDGE), error)))
    return tuple(sorted(rates))


def paces_of(series: Series, history: Sequence[LeaseRate]) -> dict[str, LeaseRate]:
    """Give the pace each lease should have: of `history`; a new node's is that of the nodes there; else its own."""
    known = {rate.name: rate for rate in history}
    own = {rate.name: rate for rate in own_rates(series)}
    usual = node_pace(history)
    paces = {}
    for name in series:
        pace = known.get(name) or (usual if is_single_node(name) else None) or own.get(name)
        if pace is not None:
            paces[name] = pace
    return paces


def node_pace(rates: Iterable[LeaseRate]) -> LeaseRate | None:
    """Give the usual pace of a node, None without any."""
    nodes = [rate for rate in rates if is_single_node(rate.name)]
    if not nodes:
        return None
    middle = statistics.median(rate.per_hour for rate in nodes)
    between = statistics.median(abs(rate.per_hour - middle) for rate in nodes) * _MAD_TO_SIGMA
    return LeaseRate(_NODE, middle, math.hypot(between, statistics.median(rate.spread for rate in nodes)))


def is_single_node(name: str) -> bool:
    """Say whether a label stands for one node; leases without a pseudonym are many under one label."""
    return name.startswith(_NODE) and name != _NODE
