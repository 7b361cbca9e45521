"""The demo's archives: three clusters of three providers, and the oddities planted in them."""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from dayseal.demo.generator.cast import Cast, cast_of
from dayseal.demo.generator.chance import Chance
from dayseal.demo.generator.layout_aks import AksArchive
from dayseal.demo.generator.layout_eks import EksArchive
from dayseal.demo.generator.layout_gke import GkeArchive
from dayseal.demo.generator.planted import LateObject, Notable, Outage, Planted
from dayseal.demo.generator.repertoire import Repertoire, repertoire_of
from dayseal.demo.generator.schedule import (
    DAY_US,
    HOUR_US,
    MIN_EVENTS_PER_DAY,
    SECOND_US,
    Event,
    Span,
    event_at,
    events_in,
    fresh_slots,
)
from dayseal.demo.generator.templates import moment, start_of
from dayseal.errors import UsageError
from dayseal.model import ClusterId, Window

EKS: Final = ClusterId("eks", "111122223333", "eu-central-1", "eks-prod", "5D41402ABC4B2A76B9719D911017C592")
GKE: Final = ClusterId("gke", "example-project", "europe-west3", "gke-prod", "9b74c9897bac770ffc029102a200c5de" * 2)
AKS: Final = ClusterId(
    "aks", "00000000-0000-0000-0000-000000000001", "westeurope", "aks-prod", "65f1c0a3b7d2e94f10a8c6d5"
)

_OUTAGE_START_US: Final = 11 * HOUR_US + (17 * 60 + 23) * SECOND_US
_OUTAGE_US: Final = (23 * 60 + 8) * SECOND_US
_LATE_START_US: Final = 13 * HOUR_US + 12 * 60 * SECOND_US
_LATE_US: Final = 8 * 60 * SECOND_US
_LATE_EVENTS: Final = 60
_LATE_SENT_US: Final = DAY_US + 10 * HOUR_US + 5 * 60 * SECOND_US  # the next day at 10:05, four hours after the cutoff
_NOTABLE_US: Final = (14 * HOUR_US + 1329 * SECOND_US, 15 * HOUR_US + 2411 * SECOND_US, 16 * HOUR_US + 187 * SECOND_US)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the oddities go: no two of them touch the same cluster."""

    days: tuple[dt.date, ...]
    outage_day: dt.date
    late_day: dt.date
    empty_day: dt.date

    @property
    def outage(self) -> Span:
        start_us = start_of(self.outage_day) + _OUTAGE_START_US
        return Span(start_us, start_us + _OUTAGE_US)

    def notable_day(self, cluster: ClusterId) -> dt.date:
        """Give the first day on which the cluster has events."""
        return next(day for day in self.days if cluster != AKS or day != self.empty_day)


class _Archive(Protocol):
    def write_day(self, day: dt.date, events: Sequence[Event]) -> int: ...


def generate_archive(into: Path, *, seed: int, days: Sequence[dt.date], events_per_day: int = 20_000) -> Planted:
    """Write the archives of three clusters into `into/eks`, `into/gke` and `into/aks`, as their providers lay them out.

    The same arguments give the same records, keys and modification times everywhere, and the same
    bytes wherever zlib is the same build. The outage is planted on the middle day (EKS), the late
    object belongs to the second day (GKE), the empty day is one of the later ones but not the last (AKS).

    Raises:
        UsageError: fewer than two days, days that do not follow each other, fewer than 2,000
            events a day, or folders that hold something already.
    """
    plan = _plan(days)
    if events_per_day < MIN_EVENTS_PER_DAY:
        raise UsageError(f"events a day: {events_per_day}, at least {MIN_EVENTS_PER_DAY} promised")
    roots = {cluster.name: into / cluster.provider for cluster in (EKS, GKE, AKS)}
    for root in roots.values():
        if root.exists() and any(root.iterdir()):
            raise UsageError(f"{root}: the folder is not empty", hint="choose another folder")
        root.mkdir(parents=True, exist_ok=True)
    counts: dict[tuple[str, dt.date], int] = {}
    notable: list[Notable] = []
    late: list[LateObject] = []
    for cluster in (EKS, GKE, AKS):
        chance = Chance(seed, cluster.text)
        cast = cast_of(cluster, chance)
        repertoire = repertoire_of(cast, chance)
        archive = _archive(roots[cluster.name], cast, repertoire, chance)
        for day in plan.days:
            planted = _notable_events(cast, repertoire, day, chance) if day == plan.notable_day(cluster) else ()
            notable += [one for one, _ in planted]
            extra = [event for _, event in planted]
            events = _day_events(plan, cluster, repertoire, day, events_per_day, chance)
            counts[cluster.name, day] = archive.write_day(day, sorted(events + extra, key=lambda event: event.at_us))
        if isinstance(archive, GkeArchive):
            late.append(_hold_back(archive, repertoire, start_of(plan.late_day), chance))
    return Planted(
        clusters=(EKS, GKE, AKS),
        archives=roots,
        outage=Outage(EKS.name, Window(moment(plan.outage.start_us), moment(plan.outage.end_us))),
        late=late[0],
        empty_day=(AKS.name, plan.empty_day),
        counts=counts,
        notable=tuple(notable),
    )


def _plan(days: Sequence[dt.date]) -> _Plan:
    count = len(days)
    if count < 2:  # noqa: PLR2004 - one day cannot be both empty and full
        raise UsageError(f"days: {count}, at least 2 promised")
    if any((later - earlier).days != 1 for earlier, later in itertools.pairwise(days)):
        raise UsageError("days: they do not follow each other, consecutive days promised")
    return _Plan(tuple(days), days[count // 2], days[1], days[(count - 1) * 3 // 4])


def _archive(root: Path, cast: Cast, repertoire: Repertoire, chance: Chance) -> _Archive:
    if cast.cluster == EKS:
        return EksArchive(root, cast, repertoire.acts, chance)
    if cast.cluster == AKS:
        return AksArchive(root, cast, repertoire.acts, chance)
    return GkeArchive(root, cast, repertoire.acts, repertoire.leases, chance)


def _day_events(
    plan: _Plan, cluster: ClusterId, repertoire: Repertoire, day: dt.date, count: int, chance: Chance
) -> list[Event]:
    if cluster == AKS and day == plan.empty_day:
        return []
    start_us = start_of(day)
    events = events_in(Span(start_us, start_us + DAY_US), repertoire, count, chance)
    if cluster == EKS:
        return [event for event in events if not plan.outage.holds(event)]
    return events


def _notable_events(
    cast: Cast, repertoire: Repertoire, day: dt.date, chance: Chance
) -> tuple[tuple[Notable, Event], ...]:
    """Plant the acts worth proving in the afternoon, each under an audit id we know."""
    planted = []
    for (act, text), after_us in zip(repertoire.notable, _NOTABLE_US, strict=True):
        at_us = start_of(day) + after_us + chance.below(SECOND_US)
        slots = {**fresh_slots(at_us, chance), "id": chance.uuid()}
        notable = Notable(cast.cluster.name, day, slots["id"], text)
        planted.append((notable, event_at(at_us, act, slots, chance)))
    return tuple(planted)


def _hold_back(archive: GkeArchive, repertoire: Repertoire, day_us: int, chance: Chance) -> LateObject:
    span = Span(day_us + _LATE_START_US, day_us + _LATE_START_US + _LATE_US)
    return archive.hold_back(events_in(span, repertoire, _LATE_EVENTS, chance), day_us + _LATE_SENT_US)
