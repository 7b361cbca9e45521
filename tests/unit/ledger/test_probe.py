"""Stores that do not keep their promises are refused at the start."""

import datetime as dt

import pytest

from dayseal.errors import TamperError, UsageError
from dayseal.ledger.probe import probe_guard, probe_store
from dayseal.model import GuardState, TreeHead
from dayseal.testing.faults import Fault, FaultPlan, FaultyGuard, FaultyStore
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.world import World, some_cluster

STATE = GuardState(0, TreeHead(1, bytes(32)), "commits/x")


class OverwritingStore(MemoryStore):
    """A store that ignores If-None-Match, as some do."""

    def create(self, key: str, data: bytes) -> None:
        """Write in any case."""
        self.overwrite(key, data)


class CarelessGuard(MemoryGuard):
    """A guard that ignores the tag."""

    def swap(self, tag: str, state: GuardState) -> None:  # noqa: ARG002 - that is its fault
        """Swap in any case."""
        self.state = state


class OneAnswerStore(MemoryStore):
    """A store that answers "exists" and writes all the same."""

    def create(self, key: str, data: bytes) -> None:
        """Write, then refuse if something was there."""
        there = list(self.keys(key))
        self.overwrite(key, data)
        if there:
            super().create(key, data)


def test_a_store_that_keeps_its_promise_passes() -> None:
    """The probe leaves one tiny object behind."""
    store = MemoryStore()
    probe_store(store, "0123")
    assert store.get("probe/0123") == b"1\n"


@pytest.mark.parametrize("store", [OverwritingStore(), OneAnswerStore()])
def test_a_store_that_overwrites_is_refused(store: MemoryStore) -> None:
    """It would lose entries without a word."""
    with pytest.raises(UsageError, match="create-if-absent promised"):
        probe_store(store, "0123")


def test_a_guard_that_accepts_a_stale_tag_is_refused() -> None:
    """Two recorders would both win and fork the ledger."""
    with pytest.raises(UsageError, match="compare-and-set promised"):
        probe_guard(CarelessGuard(STATE))


def test_a_missing_guard_is_no_guard_to_probe() -> None:
    """Before `init` there is nothing to rely on; afterwards somebody took it away."""
    with pytest.raises(TamperError, match="missing"):
        probe_guard(MemoryGuard())


def test_a_store_that_was_mended_is_accepted_again() -> None:
    """What the probe left in the days of the fault must not lock anybody out."""
    careless, mended = OverwritingStore(), MemoryStore()
    with pytest.raises(UsageError):
        probe_store(careless)
    mended.create("probe/start", careless.get("probe/start"))
    probe_store(mended)
    assert careless.get("probe/start") == mended.get("probe/start") == b"2\n"


@pytest.fixture
def world() -> World:
    """A ledger that was made while its stores still kept their promises."""
    world = World(MemoryStore(), MemoryGuard(), MemoryStore())
    world.create()
    world.attestor().enrol(some_cluster())
    return world


def content(store: MemoryStore) -> dict[str, bytes]:
    """Give everything in a store but the probe."""
    return {key: store.get(key) for key in store.keys("") if not key.startswith("probe/")}


@pytest.mark.parametrize("kind", [OverwritingStore, OneAnswerStore])
def test_no_recorder_starts_on_a_store_that_overwrites(world: World, kind: type[MemoryStore]) -> None:
    """A ledger may have been moved to such a store since `init` asked; nothing there may be touched."""
    moved = kind()
    assert isinstance(world.store, MemoryStore)
    for key, data in content(world.store).items():
        moved.overwrite(key, data)
    world.store = moved
    before = content(moved)
    for start in (lambda: world.recorder().run(), lambda: world.recorder().roll_call(dt.date(2026, 11, 22))):
        with pytest.raises(UsageError, match="create-if-absent promised"):
            start()
    assert content(moved) == before


def test_no_recorder_starts_on_a_guard_that_accepts_a_stale_tag(world: World) -> None:
    """A guard may have been moved too."""
    assert isinstance(world.guard, MemoryGuard)
    assert isinstance(world.store, MemoryStore)
    before, keys = world.guard.state, content(world.store)
    world.guard = CarelessGuard(before)
    with pytest.raises(UsageError, match="compare-and-set promised"):
        world.recorder().run()
    assert (world.guard.read() or [None])[0] == before
    assert content(world.store) == keys


def test_starts_leave_one_object_behind_however_many_there_are(world: World) -> None:
    """Under object lock nothing can be cleaned up."""
    assert isinstance(world.store, MemoryStore)
    for _ in range(3):
        world.recorder().run()
    assert [(v.key, v.version) for v in world.store.versions("probe/")] == [("probe/start", "0")]


def test_a_recorder_probes_once_and_not_for_each_run(world: World) -> None:
    """A commit's requests are counted; a start may cost five more."""
    plan = FaultPlan()
    counted = World(FaultyStore(world.store, plan), FaultyGuard(world.guard, plan), world.inbox)
    recorder = counted.recorder()
    for _ in range(2):
        recorder.run()
    assert [what for what in plan.log if "probe" in what] == ["create probe/start"] * 2
    assert plan.log[:3] == ("swap guard", "create probe/start", "create probe/start")


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.KEPT])
@pytest.mark.parametrize("at", range(3))
def test_a_probe_that_gets_no_answer_asks_again(world: World, at: int, fault: Fault) -> None:
    """No answer is no reason to call a store careless."""
    plan = FaultPlan(at, fault)
    shaky = World(FaultyStore(world.store, plan), FaultyGuard(world.guard, plan), world.inbox)
    assert len(shaky.recorder().run().admitted) == 1
    assert world.store.get("probe/start") == b"1\n"
