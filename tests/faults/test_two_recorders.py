"""What an intruder does to a ledger of several commits, where an example says more than every order of a small one.

Every order in which recorders can meet, on the smallest ledger that shows it, is in `test_interleaved_recorders`.
"""

import pytest

from dayseal.errors import DaysealError, TamperError
from dayseal.ledger.fsck import check_ledger
from dayseal.ledger.intake import Limits
from dayseal.ledger.layout import COMMITS, checkpoint_key
from dayseal.testing.faults import FaultPlan, FaultyGuard
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.world import World, some_cluster

PROD, DEV = some_cluster("prod"), some_cluster("dev", "gke", "project")
DAYS = ("2026-11-20", "2026-11-21", "2026-11-22")


class Shared:
    """One ledger with an inbox full of work."""

    def __init__(self) -> None:
        self.store, self.guard, self.inbox = MemoryStore(), MemoryGuard(), MemoryStore()
        self.world = World(self.store, self.guard, self.inbox)
        self.world.create()
        attestor = self.world.attestor()
        for cluster in (PROD, DEV):
            attestor.enrol(cluster)
            for day in DAYS:
                attestor.seal(cluster, day)


def test_losing_the_guard_leaves_an_orphan_and_nothing_else() -> None:
    """The commit object was staged before the swap was lost."""
    shared = Shared()

    def another_wins() -> None:
        if len(list(shared.store.keys(COMMITS))) == 2 and not list(shared.store.keys(checkpoint_key(1))):
            shared.world.recorder(Limits(batch=2)).run()

    guard = FaultyGuard(shared.guard, FaultPlan(), before_swap=another_wins)
    World(shared.store, guard, shared.inbox).recorder(Limits(batch=3)).run()
    report = check_ledger(shared.store, shared.guard, shared.world.policy)
    assert (report.entries, report.problems) == (11, ())
    (note,) = report.notes
    assert "orphan" in note


def test_a_ledger_whose_guard_is_gone_is_not_created_again() -> None:
    """Without the guard nobody knows whether the ledger is whole."""
    shared = Shared()
    shared.guard.state = None
    with pytest.raises(TamperError, match="no head guard"):
        shared.world.create()


def test_a_guard_that_was_rolled_back_stops_the_recorder() -> None:
    """Else it would commit a second time what is signed already."""
    shared = Shared()
    states = [shared.guard.state]
    for _ in range(3):
        shared.world.recorder(Limits(batch=3, quota=3)).run()
        states.append(shared.guard.state)
    for state in states[:-1]:
        shared.guard.state = state
        with pytest.raises(TamperError, match="beyond the head guard"):
            shared.world.recorder().run()


def test_an_altered_newest_tile_stops_the_recorder() -> None:
    """It appends to nothing that does not lead to the guard's root."""
    shared = Shared()
    shared.world.recorder().run()
    for key in ("tile/0/000.p/11", "tile/entries/000.p/11"):
        store = shared.store.copy()
        store.overwrite(key, b"x" + store.get(key)[1:])
        shared.world.attestor().inventory(PROD)
        with pytest.raises(DaysealError):
            World(store, MemoryGuard(shared.guard.state), shared.inbox).recorder().run()
