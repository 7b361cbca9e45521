"""What every head guard must keep: one register, compare-and-set, no second winner."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dayseal.clouds.local.guard import FolderGuard
from dayseal.errors import ExistsError, StaleError
from dayseal.ledger.probe import probe_guard
from dayseal.model import GuardState, TreeHead
from dayseal.ports import HeadGuard
from dayseal.testing.memory import MemoryGuard
from support.stores import CLOUDS, Clouds

Opener = Callable[[], HeadGuard]


def state(g: int) -> GuardState:
    """Give a state with this number."""
    return GuardState(g, TreeHead(g + 3, bytes([g]) * 32), f"commits/{g:08d}-{g + 3}-0000000000000000")


@pytest.fixture(params=["memory", "folder", *CLOUDS])
def opener(request: pytest.FixtureRequest, tmp_path: Path, clouds: Clouds) -> Opener:
    """Give a function that opens the same guard again, as another process would."""
    if request.param in CLOUDS:
        return clouds.place(request.param).guard
    if request.param == "folder":
        return lambda: FolderGuard(tmp_path / "deep" / "guard")
    guard = MemoryGuard()
    return lambda: guard


def test_a_guard_that_was_never_created_reads_as_none(opener: Opener) -> None:
    """Only `init` creates it; everybody else must be able to tell that it is missing."""
    assert opener().read() is None
    with pytest.raises(StaleError):
        opener().swap("any", state(1))
    assert opener().read() is None


def test_the_guard_is_created_once(opener: Opener) -> None:
    """A second ledger must not take over the first one's guard."""
    opener().create(state(0))
    with pytest.raises(ExistsError):
        opener().create(state(0))
    read = opener().read()
    assert read is not None
    assert read[0] == state(0)


def test_a_swap_wins_once_for_each_tag(opener: Opener) -> None:
    """Two recorders read the same tag; one of them must lose."""
    opener().create(state(0))
    first = opener().read()
    assert first is not None
    opener().swap(first[1], state(1))
    with pytest.raises(StaleError):
        opener().swap(first[1], state(2))
    second = opener().read()
    assert second is not None
    assert second[0] == state(1)
    assert second[1] != first[1]


def test_the_probe_accepts_the_guard_and_leaves_it_alone(opener: Opener) -> None:
    """The start-up probe runs against a live ledger."""
    opener().create(state(4))
    before = opener().read()
    probe_guard(opener())
    assert opener().read() == before
