"""Stores that do not keep their promises are refused at the start."""

import pytest

from dayseal.errors import UsageError
from dayseal.ledger.probe import probe_guard, probe_store
from dayseal.model import GuardState, TreeHead
from dayseal.testing.memory import MemoryGuard, MemoryStore

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
    """Before `init` there is nothing to rely on."""
    with pytest.raises(UsageError, match="missing"):
        probe_guard(MemoryGuard())
