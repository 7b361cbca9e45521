"""Two recorders on one ledger: wherever the second one cuts in, the log is one and whole."""

import contextlib
import datetime as dt
from collections.abc import Callable

import pytest

from dayseal.errors import DaysealError, TamperError, UsageError
from dayseal.ledger.fsck import ProblemKind, check_ledger
from dayseal.ledger.intake import Limits
from dayseal.ledger.layout import CHECKPOINT
from dayseal.notes import parse_checkpoint
from dayseal.testing.faults import FaultPlan, FaultyGuard, FaultyStore
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.world import World, some_cluster

PROD, DEV = some_cluster("prod"), some_cluster("dev", "gke", "project")
DAYS = ("2026-11-20", "2026-11-21", "2026-11-22")


class CutIn(FaultPlan):
    """Runs `other` right before durable write number `at`, once."""

    def __init__(self, at: int, other: Callable[[], object]) -> None:
        super().__init__()
        self._cut = at
        self._other = other

    def write(self, what: str, action: Callable[[], None]) -> None:
        """Let the other one in first, if this is the moment."""
        if len(self.log) == self._cut:
            self._other()
        super().write(what, action)


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

    def through(self, plan: FaultPlan) -> World:
        """Give the world as a recorder sees it whose writes go through `plan`."""
        return World(FaultyStore(self.store, plan), FaultyGuard(self.guard, plan), self.inbox)

    def signed(self) -> dict[int, bytes]:
        """Give every root that was ever signed, by size; two for one size would fail here."""
        roots: dict[int, bytes] = {}
        for version in [*self.store.keys("checkpoints/"), CHECKPOINT]:
            head = parse_checkpoint(self.store.get(version)).head
            assert roots.setdefault(head.size, head.root) == head.root
        return roots

    def check(self) -> None:
        """Require a whole log with each of the 11 entries once, and nothing left to repair."""
        state = self.world.reader().state()
        assert (state.size, state.days(PROD), state.days(DEV)) == (11, DAYS, DAYS)
        self.signed()
        assert check_ledger(self.store, self.guard, self.world.policy).problems == ()


def writes_of_a_run() -> int:
    """Count the durable writes of an undisturbed run."""
    plan = FaultPlan()
    Shared().through(plan).recorder(Limits(batch=3)).run()
    return len(plan.log)


@pytest.mark.parametrize("batch", [3, 2], ids=["same batches", "other batches"])
def test_wherever_the_second_recorder_cuts_in_the_log_is_one(batch: int) -> None:
    """Before the commit object, the swap, each tile, the checkpoint: two runs, one history."""
    for at in range(writes_of_a_run()):
        shared = Shared()
        plan = CutIn(at, lambda: shared.world.recorder(Limits(batch=batch)).run())  # noqa: B023 - used at once
        first = shared.through(plan).recorder(Limits(batch=3))
        first.run()
        # A slow first recorder may have put an older `checkpoint` over a newer one: readable, then repaired.
        kinds = {problem.kind for problem in check_ledger(shared.store, shared.guard, shared.world.policy).problems}
        assert kinds <= {ProblemKind.CHECKPOINT_ROLLED_BACK}, f"write {at}"
        shared.world.reader().state()
        shared.world.recorder().run()
        shared.check()


def test_losing_the_guard_leaves_an_orphan_and_nothing_else() -> None:
    """The commit object was staged before the swap was lost."""
    shared = Shared()
    swap = 1 + next(n for n, what in enumerate(_log_of_a_run()) if "commits/" in what)
    plan = CutIn(swap, lambda: shared.world.recorder(Limits(batch=2)).run())
    shared.through(plan).recorder(Limits(batch=3)).run()
    shared.check()
    (note,) = check_ledger(shared.store, shared.guard, shared.world.policy).notes
    assert "orphan" in note


@pytest.mark.parametrize("at", range(6))
def test_two_roll_calls_of_one_day_become_one(at: int) -> None:
    """Whoever loses the race finds the day called; made in one moment, both are the very same entry."""
    for later in (dt.timedelta(), dt.timedelta(seconds=1)):
        shared = Shared()
        shared.world.recorder().run()
        day = dt.date(2026, 11, 22)
        mine = shared.through(CutIn(at, lambda: shared.world.recorder().roll_call(day)))  # noqa: B023 - used at once
        mine.clock.advance(later)
        with contextlib.suppress(UsageError):
            mine.recorder().roll_call(day)
        shared.world.recorder().run()
        assert shared.world.reader().tree_head.size == 12
        assert check_ledger(shared.store, shared.guard, shared.world.policy).problems == ()


def test_a_ledger_rolled_back_behind_its_guard_stops_the_recorder() -> None:
    """An honest recorder must not sign a second root of a size it has signed before."""
    shared = Shared()
    older = [shared.store.copy()]
    for _ in range(3):
        shared.world.recorder(Limits(batch=3, quota=3)).run()
        older.append(shared.store.copy())
    for copy in older[:-1]:
        world = World(copy, shared.guard, shared.inbox)
        before = list(copy.keys(""))
        with pytest.raises(TamperError, match="the head guard promises it"):
            world.recorder().run()
        assert list(copy.keys("")) == before


def test_a_missing_guard_stops_the_recorder() -> None:
    """Without the guard nobody knows whether the ledger is whole."""
    shared = Shared()
    shared.world.recorder().run()
    shared.guard.state = None
    with pytest.raises(TamperError, match="head guard: missing"):
        shared.world.recorder().run()
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


def test_a_delete_marker_on_any_object_forks_nothing_and_is_reported() -> None:
    """Object lock lets an intruder add markers; the oldest version is read and the log goes on."""
    shared = Shared()
    shared.world.recorder(Limits(batch=3, quota=3)).run()
    for key in list(shared.store.keys("")):
        store, guard = shared.store.copy(), MemoryGuard(shared.guard.state)
        store.put_marker(key)
        report = check_ledger(store, guard, shared.world.policy, versions=store)
        assert ProblemKind.DELETE_MARKER in {problem.kind for problem in report.problems}
        world = World(store, guard, shared.inbox)
        world.recorder().run()
        assert world.reader().state().size == 11, key


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


def _log_of_a_run() -> tuple[str, ...]:
    plan = FaultPlan()
    Shared().through(plan).recorder(Limits(batch=3)).run()
    return plan.log
