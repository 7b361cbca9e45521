"""Reading ahead changes when requests are made, never what is read."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayseal.errors import AccessError, NotFoundError
from dayseal.ledger.readahead import AHEAD, ReadAhead
from dayseal.merkle import Tile
from dayseal.testing.memory import MemoryStore


class Slow(MemoryStore):
    """Remembers what was asked for; keys in `refused` do not answer."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.refused: set[str] = set()

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give an object."""
        self.asked.append(key)
        if key in self.refused:
            raise AccessError(f"{key}: no answer")
        return super().get(key, max_bytes=max_bytes)


def bundles(count: int, store: MemoryStore) -> list[str]:
    """Put that many full bundles into a store; give their keys."""
    keys = [Tile(0, number).bundle_path for number in range(count)]
    for number, key in enumerate(keys):
        store.create(key, b"%d" % number)
    return keys


class Gathering(Slow):
    """Answers eight requests only when all of them wait together."""

    def __init__(self) -> None:
        super().__init__()
        self._together = threading.Barrier(AHEAD)
        self._gathered = {Tile(0, number).bundle_path for number in range(2, 2 + AHEAD)}

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give an object, some in company; whoever waits alone for 20 s breaks the barrier, which is an error."""
        if key in self._gathered:
            self._together.wait(timeout=20)
        return super().get(key, max_bytes=max_bytes)


def test_bundles_read_in_a_row_are_fetched_at_once() -> None:
    """The third one is given although its store waits for seven more requests: they were made."""
    store = Gathering()
    keys = bundles(2 + AHEAD, store)
    ahead = ReadAhead(store)
    assert [ahead.get(key) for key in keys] == [b"%d" % number for number in range(2 + AHEAD)]


def test_each_bundle_is_asked_for_once() -> None:
    """Beyond the last one nothing is asked for again and again."""
    store = Slow()
    keys = bundles(40, store)
    ahead = ReadAhead(store)
    assert [ahead.get(key) for key in keys] == [b"%d" % number for number in range(40)]
    assert sorted(key for key in store.asked if key in keys) == keys
    assert len(store.asked) <= 40 + AHEAD


def test_what_is_not_read_in_a_row_is_only_passed_on() -> None:
    """A proof reads tiles here and there; nobody wants their neighbours."""
    store = Slow()
    keys = bundles(40, store)
    ahead = ReadAhead(store)
    for place in (5, 30, 7, 9, 39, 0):
        ahead.get(keys[place])
    assert store.asked == [keys[place] for place in (5, 30, 7, 9, 39, 0)]


def test_partial_tiles_and_other_objects_are_only_passed_on() -> None:
    """They change, or nobody knows what follows."""
    store = Slow()
    keys = [Tile(0, 3, width).bundle_path for width in (1, 2, 3)] + ["checkpoint", "facts/x.json"]
    for key in keys:
        store.create(key, b"here")
    ahead = ReadAhead(store)
    assert [ahead.get(key) for key in keys] == [b"here"] * 5
    assert store.asked == keys
    assert list(ahead.keys("facts/")) == ["facts/x.json"]


def test_a_request_that_failed_ahead_of_time_is_made_again() -> None:
    """What was not there yet may be there when its turn comes; and what is still refused says so."""
    store = Slow()
    keys = bundles(3, store)
    ahead = ReadAhead(store)
    store.refused.add(keys[2])
    assert [ahead.get(key) for key in keys[:2]] == [b"0", b"1"]
    with pytest.raises(AccessError):
        ahead.get(keys[2])
    late = Tile(0, 3).bundle_path
    with pytest.raises(NotFoundError):
        ahead.get(late)
    ahead.create(late, b"late")
    assert ahead.get(late) == b"late"


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 25)), max_size=40))
def test_any_order_of_reads_gives_what_the_store_gives(places: list[tuple[bool, int]]) -> None:
    """Tiles and bundles, forwards, backwards and beyond the end."""
    store = MemoryStore()
    for number in range(20):
        store.create(Tile(0, number).bundle_path, b"bundle %d" % number)
        store.create(Tile(0, number).path, b"tile %d" % number)
    ahead = ReadAhead(store, ahead=3)
    for is_bundle, number in places:
        key = Tile(0, number).bundle_path if is_bundle else Tile(0, number).path
        if number < 20:
            assert ahead.get(key) == store.get(key)
        else:
            with pytest.raises(NotFoundError):
                ahead.get(key)
