"""An attestor whose recorder runs elsewhere: what it said and nobody has taken yet is not said again."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from dayseal.attest.predicates import ClusterDay, Enrolment, Inventory
from dayseal.errors import UsageError
from dayseal.reverification import reverify_archives
from dayseal.steps.parts import Parts
from dayseal.steps.reverifying import Selection
from dayseal.workflow import attest_day, seal_day
from support.plain_logs import DAY, write_day
from support.sealing import World

NEXT = DAY + dt.timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two days of logs, the second one over."""
    world = World(tmp_path)
    for day in (DAY, NEXT):
        write_day(world.logs, day)
    world.clock.advance(dt.timedelta(days=2))
    return world


def alone(world: World) -> Parts:
    """Give the parts of an attestor that has no recorder."""
    return dataclasses.replace(world.parts(), recorder=None)


def test_days_wait_in_the_inbox_until_a_recorder_comes(world: World) -> None:
    """A recorder that is away for a day must cost no statement and break no chain."""
    outcomes = [attest_day(alone(world), day).clusters[0].outcome for day in (DAY, DAY, NEXT, NEXT, DAY)]
    assert outcomes == ["sealed", "waiting", "sealed", "waiting", "waiting"]
    assert not [e for e in world.entries() if isinstance(e, ClusterDay)]
    report = world.parts().own_recorder.run()
    assert (report.rejected, report.held) == ((), ())
    said = [e for e in world.entries() if isinstance(e, ClusterDay)]
    assert [(e.day, e.revision, e.status) for e in said] == [(str(d), 0, "SEALED") for d in (DAY, NEXT)]
    assert sum(isinstance(e, Enrolment) for e in world.entries()) == 1
    assert attest_day(alone(world), NEXT).clusters[0].outcome == "unchanged"


def test_alone_or_with_a_recorder_the_statement_is_the_same(world: World, tmp_path: Path) -> None:
    """Who appends to the ledger must not show in what is stated."""
    attest_day(alone(world), DAY)
    world.parts().own_recorder.run()
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other")
    write_day(other.logs, DAY)
    other.clock.advance(dt.timedelta(days=2))
    other.seal(DAY)
    ours, theirs = world.statement(), other.statement()
    assert (ours.archive, ours.events, ours.findings) == (theirs.archive, theirs.events, theirs.findings)


def test_a_waiting_inventory_is_followed_by_the_next_one(world: World) -> None:
    """The attestor's own chain goes on behind what waits too."""
    for day in (DAY, NEXT):
        attest_day(alone(world), day)
    world.parts().own_recorder.run()
    inventories = [e for e in world.entries() if isinstance(e, Inventory)]
    assert [e.chain.seq for e in inventories] == [0, 1]


def test_reading_again_needs_no_recorder(world: World) -> None:
    """A re-verification is submitted like a day."""
    world.seal(DAY)
    report = reverify_archives(alone(world), Selection("day"), only=DAY)
    assert report.verdict.text == "PASS"
    assert len(world.parts().own_recorder.run().admitted) == 1


def test_sealing_in_one_process_needs_the_recorder(world: World) -> None:
    """Step 8 is a promise of that verb."""
    with pytest.raises(UsageError, match="recorder"):
        seal_day(alone(world), DAY)
