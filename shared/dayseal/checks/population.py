"""Which clusters the findings speak of, and which scopes nobody heard from: part of every report."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from dayseal.checks.wording import count
from dayseal.codec import format_time


@dataclasses.dataclass(frozen=True, slots=True)
class Population:
    """How many clusters which calls returned, when, and the scopes that did not answer."""

    clusters: int
    calls: tuple[str, ...]
    at: dt.datetime
    silent: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Say whether every listing in scope answered completely."""
        return not self.silent and bool(self.calls)


def state_population(population: Population) -> str:
    """Write the population as reports carry it; "no clusters" only when every listing answered."""
    calls = ", ".join(dict.fromkeys(population.calls)) or "no call"
    returned = f"returned by {calls} at {format_time(population.at)}"
    if not population.silent:
        return (
            f"{count(population.clusters, 'cluster')} {returned}; every scope answered"
            if population.complete
            else (f"no scope was asked at {format_time(population.at)}")
        )
    silent = _some(population.silent)
    if not population.clusters:
        return f"whether there are clusters is not known: none {returned}, but did not answer: {silent}"
    return f"{count(population.clusters, 'cluster')} {returned}, perhaps not all; scopes that did not answer: {silent}"


def _some(scopes: Sequence[str], most: int = 10) -> str:
    more = f" and {len(scopes) - most} more" if len(scopes) > most else ""
    return ", ".join(scopes[:most]) + more
