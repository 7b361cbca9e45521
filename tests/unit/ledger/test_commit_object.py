"""The commit object, from which a repair finishes what was cut off."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.errors import FormatError, StaleError, UsageError
from dayseal.ledger.commit import Committer
from dayseal.ledger.commitfile import Commit, encode_commit, parse_commit
from dayseal.model import TreeHead
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.world import ORIGIN, World

HASHES = st.binary(min_size=32, max_size=32)


@st.composite
def commits(draw: st.DrawFn) -> Commit:
    """Draw any commit."""
    entries = tuple(draw(st.lists(st.binary(max_size=80), min_size=1, max_size=5)))
    old = TreeHead(draw(st.integers(0, 2**40)), draw(HASHES))
    return Commit(draw(st.integers(0, 10**8)), old, TreeHead(old.size + len(entries), draw(HASHES)), entries)


@given(commits())
def test_a_commit_reads_back(commit: Commit) -> None:
    """Repair must append exactly what was committed."""
    assert parse_commit(encode_commit(commit), subject="commit") == commit


@given(commits(), st.data())
def test_a_damaged_commit_is_refused_or_reads_as_another_one(commit: Commit, data: st.DataObject) -> None:
    """The parser has one spelling: whatever it accepts encodes back to the same bytes."""
    raw = bytearray(encode_commit(commit))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    for damaged in (bytes(raw), cut):
        with contextlib.suppress(FormatError):
            assert encode_commit(parse_commit(damaged, subject="commit")) == damaged


@pytest.mark.parametrize("head", [TreeHead(5, bytes(32)), TreeHead(4, bytes(32))])
def test_a_commit_that_adds_nothing_is_refused(head: TreeHead) -> None:
    """A log only grows."""
    commit = Commit(1, TreeHead(5, bytes(32)), head, ())
    with pytest.raises(FormatError, match="a growing log promised"):
        parse_commit(encode_commit(commit), subject="commit")


def test_entries_admitted_for_one_size_are_not_appended_to_another() -> None:
    """Between admission and commit another recorder may have added the very same entries."""
    world = World(MemoryStore(), MemoryGuard(), MemoryStore())
    size = world.create().size
    committer = Committer(world.store, world.guard, origin=ORIGIN, log=world.keys.log)
    assert committer.append([b"a"], onto_size=size).size == size + 1
    before = list(world.store.keys(""))
    with pytest.raises(StaleError, match="admitted for 3"):
        committer.append([b"b"], onto_size=size)
    with pytest.raises(UsageError):
        committer.append([], onto_size=size + 1)
    assert list(world.store.keys("")) == before
