"""A seal that dies at any durable write is finished by the next one: nothing lost, doubled or branched."""

import collections
import contextlib
import dataclasses
from pathlib import Path

import pytest

from dayseal.attest.keys import keyid_of
from dayseal.clouds.local.guard import FolderGuard
from dayseal.clouds.local.signer import read_key
from dayseal.clouds.local.store import FolderStore
from dayseal.errors import StoreError
from dayseal.ledger.fsck import check_ledger
from dayseal.ledger.inbox import Submitter
from dayseal.ledger.recorder import Recorder
from dayseal.steps.parts import Parts
from dayseal.testing.faults import Crash, Fault, FaultPlan, FaultyGuard, FaultyStore
from dayseal.wiring import open_workspace, read_policy
from support.plain_logs import DAY, write_day
from support.sealing import World


def faulty(world: World, plan: FaultPlan) -> Parts:
    """Give the world's parts with every durable write going through the plan."""
    parts, home = world.parts(), world.home / "w"
    inbox = FaultyStore(FolderStore(home / "inbox"), plan)
    recorder = Recorder(
        FaultyStore(FolderStore(home / "ledger"), plan),
        FaultyGuard(FolderGuard(home / "guard"), plan),
        inbox,
        origin="test.example/log",
        log=read_key(home / "keys/log.pem"),
        policy=read_policy(home / "trust.policy"),
        clock=world.clock,
    )
    return dataclasses.replace(
        parts,
        submitter=Submitter(inbox, keyid_of(parts.attestor.spki)),
        recorder=recorder,
        details=FaultyStore(FolderStore(home / "details"), plan),
    )


def small_world(home: Path) -> World:
    """Build a world with a log of one hour."""
    home.mkdir()
    world = World(home)
    write_day(world.logs, skip_minutes=range(60, 24 * 60))
    return world


def count_writes(home: Path) -> int:
    """Count the durable writes of one undisturbed seal."""
    world, plan = small_world(home), FaultPlan()
    world.seal(DAY, faulty(world, plan))
    return len(plan.log)


@pytest.mark.parametrize("fault", Fault)
def test_a_seal_that_fails_at_any_write_is_finished_by_the_next(tmp_path: Path, fault: Fault) -> None:
    """Every write once for each way to fail; then an undisturbed run."""
    writes = count_writes(tmp_path / "count")
    assert writes > 20
    for number in range(writes):
        world = small_world(tmp_path / str(number))
        with contextlib.suppress(Crash, StoreError):  # the process dies, or gives up without an answer
            world.seal(DAY, faulty(world, FaultPlan(number, fault)))
        world.seal()
        world.seal()
        kinds = collections.Counter(type(p).__name__ for p in world.entries())
        assert (kinds["ClusterDay"], kinds["Enrolment"], kinds["RollCall"]) == (1, 1, 1), (number, kinds)
        opened = open_workspace(world.parts().settings)
        report = check_ledger(opened.store, opened.guard, opened.policy, versions=None)
        assert report.problems == (), number
