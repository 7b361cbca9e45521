"""Reading a ledger: nothing is given that the signed root does not vouch for."""

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest

from dayseal.codec import sha256_hex
from dayseal.errors import (
    DaysealError,
    DigestError,
    NotFoundError,
    ProofError,
    RefutedError,
    SignatureError,
    TamperError,
    TrustError,
)
from dayseal.ledger.intake import Limits
from dayseal.ledger.layout import attestation_key, manifest_key
from dayseal.ledger.lookup import encode_attestation
from dayseal.ledger.reader import LedgerReader
from dayseal.merkle import leaf_hash, verify_consistency, verify_inclusion
from dayseal.model import TreeHead
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.world import Keys, World, day_objects, some_cluster

CLUSTER = some_cluster()
FIRST = dt.date(2026, 1, 1)
DAY = dt.date(2026, 1, 2)


def built(days: int) -> tuple[World, MemoryStore]:
    """Build a ledger of `days` + 4 entries, in commits of 90."""
    store = MemoryStore()
    world = World(store, MemoryGuard(), MemoryStore())
    world.create()
    attestor = world.attestor()
    attestor.enrol(CLUSTER)
    for number in range(days):
        attestor.seal(CLUSTER, (FIRST + dt.timedelta(days=number)).isoformat())
    world.recorder(Limits(batch=90)).run()
    return world, store


@pytest.fixture(scope="module")
def large() -> tuple[World, MemoryStore]:
    """Give a ledger of 304 entries: two level 0 tiles, one of them partial."""
    return built(300)


@pytest.fixture
def small() -> tuple[World, MemoryStore]:
    """Give a ledger of 7 entries that a test may spoil."""
    return built(3)


def test_every_entry_is_provable(large: tuple[World, MemoryStore]) -> None:
    """Paths from tiles lead from each entry to the signed root, at the head and at an older size."""
    reader = large[0].reader()
    head = reader.tree_head
    entries = list(reader.entries())
    assert len(entries) == head.size == 304
    for index in (0, 1, 93, 255, 256, 303):
        leaf = leaf_hash(reader.entry(index))
        verify_inclusion(leaf=leaf, index=index, size=304, path=reader.inclusion(index), root=head.root)
    root = reader.view.root_at(100)
    verify_inclusion(leaf=leaf_hash(entries[99]), index=99, size=100, path=reader.inclusion(99, 100), root=root)


def test_any_two_sizes_are_consistent(large: tuple[World, MemoryStore]) -> None:
    """Whoever kept an old checkpoint can check that the log only grew."""
    reader = large[0].reader()
    for old, new in ((1, 304), (93, 256), (256, 304), (300, 301), (7, 7)):
        heads = [TreeHead(size, reader.view.root_at(size)) for size in (old, new)]
        verify_consistency(old=heads[0], new=heads[1], path=reader.consistency(old, new))


def test_days_are_the_same_from_look_up_files_and_from_entries(large: tuple[World, MemoryStore]) -> None:
    """The quick way and the sure way must not differ in an honest ledger."""
    quick, sure = large[0].reader(), large[0].reader()
    sure.state()
    assert quick.days(CLUSTER) == sure.days(CLUSTER)
    assert len(quick.days(CLUSTER)) == 300
    assert quick.day(CLUSTER, DAY) == sure.day(CLUSTER, DAY) != ()
    assert quick.day(CLUSTER, dt.date(2020, 1, 1)) == sure.day(CLUSTER, dt.date(2020, 1, 1)) == ()


def test_a_withheld_day_shows_once_the_log_was_read(small: tuple[World, MemoryStore]) -> None:
    """A host can hide a look-up file, not an entry."""
    world, store = small
    store.forget(attestation_key(CLUSTER, DAY, 0))
    reader = world.reader()
    assert reader.day(CLUSTER, DAY) == ()
    reader.state()
    assert len(reader.day(CLUSTER, DAY)) == 1


def test_objects_must_have_the_digest_in_their_name(small: tuple[World, MemoryStore]) -> None:
    """A swapped manifest is not a manifest."""
    world, store = small
    manifest = day_objects(CLUSTER, DAY.isoformat())[0]
    key = manifest_key(sha256_hex(manifest))
    assert world.reader().object(key) == manifest
    store.overwrite(key, b"other")
    with pytest.raises(DigestError, match="its name says"):
        world.reader().object(key)


def flip(store: MemoryStore, key: str, at: int = 40) -> None:
    """Change one bit of an object."""
    data = bytearray(store.get(key))
    data[at % len(data)] ^= 1
    store.overwrite(key, bytes(data))


def forget_all(store: MemoryStore, prefix: str) -> None:
    """Lose every object under a prefix."""
    for key in list(store.keys(prefix)):
        store.forget(key)


SPOILED: dict[str, tuple[Callable[[MemoryStore], None], type[DaysealError]]] = {
    "a hash in the tile": (lambda s: flip(s, "tile/0/000.p/7"), ProofError),
    "an entry": (lambda s: flip(s, "tile/entries/000.p/7", 4000), DigestError),
    "an entry's length": (lambda s: flip(s, "tile/entries/000.p/7", 0), TamperError),
    "the tile is gone": (lambda s: s.forget("tile/0/000.p/7"), TamperError),
    "the bundle is gone": (lambda s: s.forget("tile/entries/000.p/7"), TamperError),
    "the tile is short": (lambda s: s.overwrite("tile/0/000.p/7", b"x" * 31), TamperError),
    "the checkpoint's root": (lambda s: flip(s, "checkpoint", len("dayseal.test/ledger\n7\n") + 3), SignatureError),
    "the checkpoint is gone, the kept ones too": (
        lambda s: forget_all(s, "checkpoint"),
        NotFoundError,
    ),
}


@pytest.mark.parametrize("case", SPOILED)
def test_what_was_altered_is_not_given(small: tuple[World, MemoryStore], case: str) -> None:
    """Each byte is checked before it is believed."""
    world, store = small
    spoil, error = SPOILED[case]
    spoil(store)
    with pytest.raises(error):
        world.reader().state()


def test_a_look_up_file_of_another_entry_is_refused(small: tuple[World, MemoryStore]) -> None:
    """Neither another day's envelope, nor another index, nor an envelope that no entry holds."""
    world, store = small
    key = attestation_key(CLUSTER, DAY, 0)
    true = world.reader().day(CLUSTER, DAY)[0]
    other = world.reader().day(CLUSTER, FIRST)[0]
    cases = {
        encode_attestation(other.index, other.envelope): TamperError,
        encode_attestation(true.index + 1, true.envelope): RefutedError,
        encode_attestation(true.index, true.envelope + b" "): DigestError,
        b"{}": TamperError,
    }
    for data, error in cases.items():
        store.overwrite(key, data)
        with pytest.raises(error):
            world.reader().day(CLUSTER, DAY)


def test_the_newest_kept_checkpoint_stands_in_for_a_missing_one(small: tuple[World, MemoryStore]) -> None:
    """Where a store forbids to overwrite there is no `checkpoint`."""
    world, store = small
    store.forget("checkpoint")
    assert world.reader().tree_head.size == 7


def test_another_log_or_other_roots_are_refused(small: tuple[World, MemoryStore]) -> None:
    """The policy pins origin, log key and roots."""
    world, store = small
    stranger = Keys.from_seed("stranger").policy
    with pytest.raises(SignatureError):
        LedgerReader(store, stranger).head()
    mixed = dataclasses.replace(world.policy, roots=stranger.roots)
    with pytest.raises(TrustError, match="not the pinned ones"):
        LedgerReader(store, mixed).state()
