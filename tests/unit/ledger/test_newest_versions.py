"""What proves itself is read in its newest version, and in its oldest where somebody put another one on top."""

import datetime as dt

import pytest

from dayseal.errors import DigestError, NotFoundError, ProofError, TamperError
from dayseal.ledger.intake import Limits
from dayseal.ledger.layout import CHECKPOINT, TILES
from dayseal.ledger.reader import LedgerReader
from dayseal.ledger.recorder import Recorder
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.world import ORIGIN, World, some_cluster

CLUSTER = some_cluster()
FIRST = dt.date(2026, 1, 1)


class Oldest(MemoryStore):
    """The store as a versioned reading gives it; remembers what was asked for."""

    def __init__(self, of: MemoryStore) -> None:
        super().__init__()
        self._of = of
        self.asked: list[str] = []

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give an object's oldest version."""
        self.asked.append(key)
        return self._of.get(key, max_bytes=max_bytes)


class Newest(MemoryStore):
    """The same objects as a plain request gives them: the version on top, and nothing below a delete marker."""

    def __init__(self, of: MemoryStore) -> None:
        super().__init__()
        self._versions = of._versions

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give an object's newest version."""
        versions = self._versions.get(key)
        if not versions or (data := versions[-1]) is None or max_bytes == 0:
            raise NotFoundError(f"{key}: no such object")
        return data


def written(days: int) -> tuple[World, MemoryStore]:
    """Build a ledger of `days` + 4 entries."""
    store = MemoryStore()
    world = World(store, MemoryGuard(), MemoryStore())
    world.create()
    attestor = world.attestor()
    attestor.enrol(CLUSTER)
    for number in range(days):
        attestor.seal(CLUSTER, (FIRST + dt.timedelta(days=number)).isoformat())
    world.recorder(Limits(batch=90)).run()
    return world, store


def replayed(world: World, store: MemoryStore) -> tuple[int, list[str]]:
    """Replay the whole log with both readings; give its size, and what was asked of the oldest versions."""
    oldest = Oldest(store)
    return LedgerReader(oldest, world.policy, Newest(store)).state().size, oldest.asked


def test_an_honest_log_is_read_without_asking_for_versions() -> None:
    """Only the checkpoint, which is replaced, comes from the other reading."""
    world, store = written(300)
    assert replayed(world, store) == (304, [CHECKPOINT])


@pytest.mark.parametrize("change", ["version", "marker"])
def test_what_an_intruder_put_on_top_is_looked_through(change: str) -> None:
    """Whatever is on top of any tile or bundle, the log reads the same; for the others no version is asked for."""
    world, store = written(300)
    read = {key for key in store.keys(TILES) if not key.endswith(tuple(f".p/{width}" for width in range(1, 48)))}
    assert len(read) > 3
    for key in read:
        spoiled = store.copy()
        if change == "version":
            spoiled.put_version(key, bytes(len(store.get(key))))
        else:
            spoiled.put_marker(key)
        size, asked = replayed(world, spoiled)
        assert size == 304
        assert len(asked) <= 4, asked


def test_a_log_that_was_altered_below_too_is_still_refused() -> None:
    """The oldest version has the last word, and its error is the one that is told."""
    world, store = written(3)
    bundle = next(key for key in store.keys(f"{TILES}entries/") if key.endswith("/7"))
    tile = bundle.replace("entries", "0")
    for key, error in ((bundle, (DigestError, TamperError)), (tile, ProofError)):
        spoiled = store.copy()
        data = bytearray(store.get(key))
        data[-1] ^= 1
        spoiled.overwrite(key, bytes(data))
        with pytest.raises(error):
            replayed(world, spoiled)
        spoiled.forget(key)
        with pytest.raises(TamperError):
            replayed(world, spoiled)


def test_a_recorder_goes_on_from_newest_versions() -> None:
    """It appends to what it proved, wherever that was read."""
    world, store = written(3)
    recorder = Recorder(
        store,
        world.guard,
        world.inbox,
        origin=ORIGIN,
        log=world.keys.log,
        policy=world.policy,
        clock=world.clock,
        newest=Newest(store),
    )
    before = world.reader().tree_head.size
    recorder.roll_call(FIRST)
    assert world.reader().state().size == before + 1
