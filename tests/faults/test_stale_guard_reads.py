"""A recorder that read the head guard, and then slept while another one went on, must not cry tampering."""

import pytest

from dayseal.errors import TamperError
from dayseal.ledger.fsck import check_ledger
from dayseal.ledger.intake import Limits
from dayseal.model import GuardState
from dayseal.ports import HeadGuard
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.world import World, some_cluster

DAYS = tuple(f"2026-11-{number}" for number in range(20, 26))


class SleepyGuard:
    """Right after read number `at` another recorder admits one batch more: the answer is old when it comes."""

    def __init__(self, inner: HeadGuard, other: World, at: int) -> None:
        self._inner = inner
        self._other = other
        self._at = at
        self.reads = 0

    def read(self) -> tuple[GuardState, str] | None:
        """Read, and let the other one in."""
        found = self._inner.read()
        self.reads += 1
        if self.reads == self._at:
            self._other.recorder(Limits(quota=3)).run()
        return found

    def create(self, state: GuardState) -> None:
        """Create, as the guard does."""
        self._inner.create(state)

    def swap(self, tag: str, state: GuardState) -> None:
        """Swap, as the guard does."""
        self._inner.swap(tag, state)


def full_world() -> World:
    """Give a ledger with an inbox full of work."""
    world = World(MemoryStore(), MemoryGuard(), MemoryStore())
    world.create()
    attestor = world.attestor()
    attestor.enrol(some_cluster())
    for day in DAYS:
        attestor.seal(some_cluster(), day)
    return world


@pytest.mark.parametrize("at", range(1, 8))
def test_whoever_is_overtaken_after_reading_the_guard_goes_on(at: int) -> None:
    """Found by killing processes: the checkpoint is beyond the guard that was read, not beyond the one that is."""
    world = full_world()
    guard = SleepyGuard(world.guard, world, at)
    sleepy = World(world.store, guard, world.inbox)
    sleepy.recorder(Limits(batch=2)).run()
    assert world.reader().state().days(some_cluster()) == DAYS
    assert check_ledger(world.store, world.guard, world.policy).problems == ()


def test_a_guard_that_was_really_rolled_back_still_stops_everything() -> None:
    """Reading it again gives the same answer: then it is what it looks like."""
    world = full_world()
    assert isinstance(world.guard, MemoryGuard)
    before = world.guard.state
    world.recorder().run()
    world.guard.state = before
    with pytest.raises(TamperError, match="beyond the head guard"):
        world.recorder().run()
