"""Real processes on a folder ledger, killed with SIGKILL at random moments, several at once.

Afterwards one undisturbed run repairs everything: each statement is in the log exactly once, fsck has nothing to
say, and whatever checkpoint anybody ever saw is a prefix of the log.
"""

import collections
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dayseal.attest.predicates import ClusterDay
from dayseal.ledger.fsck import check_ledger
from dayseal.ledger.layout import CHECKPOINT, INBOX
from dayseal.merkle import verify_consistency
from dayseal.notes import open_checkpoint
from dayseal.testing.world import World
from dayseal.wiring import open_workspace
from support import killed_worker
from support.plain_logs import DAY, write_day
from support.sealing import World as SealingWorld

_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {"PYTHONPATH": f"{_ROOT / 'shared'}{os.pathsep}{_ROOT / 'tests'}"}
_FOUNDING = 3  # genesis and two delegations


def kill_for(home: Path, seed: str, seconds: float) -> int:
    """Let workers be killed for so many seconds; give how many were. Nothing else may have gone wrong."""
    command = [sys.executable, killed_worker.__file__, str(home), seed, str(seconds)]
    found = subprocess.run(command, env=_ENVIRONMENT, stdout=subprocess.PIPE, check=True, timeout=seconds + 120)
    surprises = [path.read_text() for path in (home / "surprises").iterdir()]
    assert surprises == []
    return int(found.stdout)


def check_everything(world: World, seen: list[bytes]) -> int:
    """Require what the module promises; give the size of the log."""
    reader = world.reader()
    entries = list(reader.entries())
    submitted = [world.inbox.get(key) for key in world.inbox.keys(INBOX) if "/objects/" not in key]
    assert collections.Counter(entries[_FOUNDING:]) == collections.Counter(submitted)
    assert len(set(entries)) == len(entries)
    assert check_ledger(world.store, world.guard, world.policy).problems == ()
    newest = reader.head().checkpoint.head
    kept = [world.store.get(key) for key in [*world.store.keys("checkpoints/"), CHECKPOINT]]
    for old in {open_checkpoint(data, world.policy).checkpoint.head for data in (*kept, *seen)}:
        verify_consistency(old=old, new=newest, path=reader.consistency(old.size))
    return newest.size


@pytest.mark.parametrize(
    "seed", ["1", pytest.param("2", marks=pytest.mark.slow), pytest.param("3", marks=pytest.mark.slow)]
)
def test_attestors_and_recorders_killed_at_random_lose_and_double_nothing(
    tmp_path: Path, seed: str, request: pytest.FixtureRequest
) -> None:
    """Three processes at a time, each submitting and recording, dozens of kills a second."""
    slow = request.node.get_closest_marker("slow") is not None
    world = killed_worker.folder_world(tmp_path)
    world.create()
    killed = kill_for(tmp_path, seed, 60 if slow else 8)
    left_over = world.recorder().run()
    assert (left_over.rejected, left_over.held) == ((), ())
    seen = [path.read_bytes() for path in (tmp_path / "seen").iterdir()]
    size = check_everything(killed_worker.folder_world(tmp_path), seen)
    assert killed > 20
    assert size > _FOUNDING + 10
    assert len(seen) > 3


def kill_a_seal(home: Path, dice: random.Random, longest_s: float) -> None:
    """Start two `dayseal seal` of one day at once, and kill both at random moments."""
    command = [
        sys.executable, "-m", "dayseal", "seal", "--config", str(home / "w/dayseal.toml"), "--day", str(DAY),
    ]  # fmt: skip
    quiet = subprocess.DEVNULL
    running = [
        subprocess.Popen(command, env=_ENVIRONMENT, stdout=quiet, stderr=quiet, start_new_session=True) for _ in "12"
    ]
    for process in running:
        time.sleep(dice.uniform(0.1, longest_s))
        os.killpg(process.pid, signal.SIGKILL)  # its workers too: a machine that fails spares nobody
        process.wait()


@pytest.mark.parametrize("times", [5, pytest.param(60, marks=pytest.mark.slow)])
def test_the_seal_command_killed_at_random_is_finished_by_the_next(tmp_path: Path, times: int) -> None:
    """Two at once on one workspace; the last one is left alone, and then everything is there once."""
    world = SealingWorld(tmp_path)
    write_day(world.logs)
    dice = random.Random(times)  # noqa: S311 - a seeded choice
    for _ in range(times):
        kill_a_seal(tmp_path, dice, 1.2)
    world.seal()
    world.seal()
    opened = open_workspace(world.parts().settings)
    assert check_ledger(opened.store, opened.guard, opened.policy).problems == ()
    kinds = collections.Counter(type(said).__name__ for said in world.entries())
    assert (kinds["ClusterDay"], kinds["Enrolment"], kinds["RollCall"]) == (1, 1, 1)
    assert [said.events.count for said in world.entries() if isinstance(said, ClusterDay)] == [5_761]
