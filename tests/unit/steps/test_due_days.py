"""Which days need a statement: from a cluster's enrolment until it leaves, and to the newest frozen day."""

import datetime as dt

import pytest

from dayseal.accounting import judge_ledger
from dayseal.lookup import Lookup
from dayseal.settings import SealSettings
from dayseal.steps.parts import newest_frozen_day
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.world import World, some_cluster

PROD = some_cluster("prod")
DUE = dt.date(2026, 11, 25)
NOW = dt.datetime(2026, 11, 26, 7, tzinfo=dt.UTC)


@pytest.fixture
def world() -> World:
    """A cluster that entered on the 18th and has statements of the 18th and 19th."""
    world = World(MemoryStore(), MemoryGuard(), MemoryStore())
    world.create()
    return world


def gaps(world: World) -> tuple[list[int], str]:
    """Give the days (of November) without a statement, by the days and by the chain."""
    world.recorder().run()
    ledger = world.reader()
    missing = [view.day.day for view in Lookup(ledger).days(PROD, None, DUE) if view.status == "MISSING"]
    found = dict(judge_ledger(ledger, newest_due=DUE, as_of=NOW))["prod"]
    return missing, found.summary


def test_every_frozen_day_since_enrolment_is_due(world: World) -> None:
    """Also behind the newest statement."""
    attestor = world.attestor()
    attestor.enrol(PROD, day="2026-11-18")
    for day in ("2026-11-18", "2026-11-19"):
        attestor.seal(PROD, day)
    missing, said = gaps(world)
    assert missing == [20, 21, 22, 23, 24, 25]
    assert "due day 2026-11-25 has no statement" in said or "6 faults" in said


def test_an_enrolled_cluster_that_was_never_sealed_is_all_gaps(world: World) -> None:
    """An enrolment and then silence."""
    world.attestor().enrol(PROD, day="2026-11-23")
    assert gaps(world)[0] == [23, 24, 25]


def test_a_cluster_that_left_is_due_until_it_left_and_again_once_it_came_back(world: World) -> None:
    """Leaving excuses no day before it; a cluster that is gone owes nothing."""
    attestor = world.attestor()
    attestor.enrol(PROD, day="2026-11-18")
    attestor.seal(PROD, "2026-11-18")
    attestor.enrol(PROD, action="leave", day="2026-11-20")
    missing, said = gaps(world)
    assert missing == [19]
    assert "due day 2026-11-19 has no statement" in said
    attestor.enrol(PROD, day="2026-11-24")
    attestor.seal(PROD, "2026-11-24")
    missing, said = gaps(world)
    assert missing == [19, 25]
    assert "2 faults: due day 2026-11-19 has no statement; due day 2026-11-25 has no statement" in said


@pytest.mark.parametrize(
    ("now", "hours", "newest"),
    [("23T05:59:59", 6, 21), ("23T06:00:00", 6, 22), ("23T00:00:00", 0, 22), ("25T00:00:00", 48, 22)],
)
def test_a_day_is_due_from_its_cutoff_on(now: str, hours: int, newest: int) -> None:
    """Not a second before: what arrives until then belongs to it."""
    moment = dt.datetime.fromisoformat(f"2026-11-{now}+00:00")
    assert newest_frozen_day(moment, SealSettings(cutoff_hours=hours)) == dt.date(2026, 11, newest)
