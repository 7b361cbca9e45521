"""Attestors and recorders on one folder ledger, as processes that somebody keeps killing.

    python killed_worker.py HOME SEED SECONDS

One process starts the others: it forks, waits a random while, sends SIGKILL, forks again, for so many
seconds. Whatever a worker met that a kill does not explain is written to HOME/surprises.
"""

import contextlib
import datetime as dt
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dayseal.attest.keys import keyid_of
from dayseal.clouds.local.guard import FolderGuard
from dayseal.clouds.local.store import FolderStore
from dayseal.codec import format_day, sha256_hex
from dayseal.errors import DaysealError, StoreError
from dayseal.ledger.inbox import Submitter
from dayseal.ledger.intake import Limits
from dayseal.ledger.reader import newest_checkpoint
from dayseal.model import ClusterId
from dayseal.testing import statements
from dayseal.testing.world import World, day_objects, seal, some_cluster

CLUSTERS: Final = (some_cluster("prod"), some_cluster("dev", "gke", "project"), some_cluster("lab", "local", "lab"))
_FIRST_DAY: Final = 735_000  # as date.fromordinal counts
_WORKERS: Final = 3
_LONGEST_S: Final = 0.25


def folder_world(home: Path) -> World:
    """Give the world whose stores lie in `home`."""
    return World(FolderStore(home / "ledger"), FolderGuard(home / "guard"), FolderStore(home / "inbox"))


class Attestor:
    """Goes on from what lies in the inbox, as a process does that was started again."""

    def __init__(self, world: World) -> None:
        self._key = world.keys.attestor
        self._submitter = Submitter(world.inbox, keyid_of(self._key.spki))
        self._heads: dict[ClusterId, tuple[int, str]] = {}

    def submit_next(self, cluster: ClusterId) -> None:
        """Submit the cluster's next statement, or take over what another run submitted there."""
        if cluster not in self._heads:
            self._find_head(cluster)
        head = self._heads.get(cluster)
        seq, link = (head[0] + 1, head[1]) if head else (0, None)
        place = statements.chain(seq, link)
        if seq == 0:
            said, objects = seal(statements.enrolment(cluster, place, day="2013-01-01"), self._key), {}
        else:
            day = format_day(dt.date.fromordinal(_FIRST_DAY + seq))
            named = day_objects(cluster, day)
            said = seal(statements.cluster_day(cluster, day, place, named), self._key)
            objects = {sha256_hex(data): data for data in named}
        there = self._submitter.submit(said, cluster.path, seq, objects)
        self._heads[cluster] = (seq, sha256_hex(there))

    def _find_head(self, cluster: ClusterId) -> None:
        for seq in range(100_000):
            data = self._submitter.submitted(cluster.path, seq)
            if data is None:
                return
            self._heads[cluster] = (seq, sha256_hex(data))


def work(home: Path, dice: random.Random) -> None:
    """Submit and record, in turn, until killed."""
    world = folder_world(home)
    attestor, recorder = Attestor(world), world.recorder(Limits(batch=dice.choice((1, 3, 30))))
    while True:
        for _ in range(dice.randrange(4)):
            attestor.submit_next(dice.choice(CLUSTERS))
        with contextlib.suppress(StoreError):  # another one was faster each time: the next turn does it
            recorder.run()


def _start(home: Path, seed: str) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work(home, random.Random(seed))  # noqa: S311 - a seeded choice
    except (DaysealError, OSError, ValueError, LookupError, TypeError, ArithmeticError):
        (home / "surprises" / str(os.getpid())).write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        os._exit(1)


def _published(home: Path) -> Iterator[bytes]:
    """Give what a reader sees right now, if there is anything."""
    with contextlib.suppress(StoreError):
        yield newest_checkpoint(FolderStore(home / "ledger"))


def main(home: Path, seed: str, seconds: float) -> None:
    """Start, kill and start again for so many seconds; then kill all, and print how many died."""
    dice = random.Random(seed)  # noqa: S311 - a seeded choice
    (home / "surprises").mkdir()
    (home / "seen").mkdir()
    end, killed = time.monotonic() + seconds, 0
    running = [_start(home, f"{seed}/{n}") for n in range(_WORKERS)]
    while time.monotonic() < end:
        time.sleep(dice.uniform(0, _LONGEST_S) ** 2 / _LONGEST_S)
        for seen in _published(home):
            (home / "seen" / sha256_hex(seen)).write_bytes(seen)
        victim = running.pop(dice.randrange(len(running)))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        killed += 1
        running.append(_start(home, f"{seed}/{_WORKERS + killed}"))
    for child in running:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    print(killed + len(running))  # noqa: T201 - what the parent reads


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
