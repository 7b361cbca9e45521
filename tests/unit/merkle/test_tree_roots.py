"""Roots: known trees, the naive tree, and builders that stop and go on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.errors import ProofError
from dayseal.merkle import EMPTY_ROOT, RootBuilder, leaf_hash, node_hash, root_of
from support import naive_tree
from support.example_ledger import EXAMPLES
from support.vector_files import read_vector

_LEAVES = naive_tree.leaves(200)


def test_the_worked_example_has_its_roots() -> None:
    """Leaf hashes and roots were computed by another program."""
    tree = EXAMPLES["tree"]
    hashes = [leaf_hash(entry.encode()) for entry in tree["entries"]]
    assert [value.hex() for value in hashes] == tree["leaves"]
    for size, root in tree["roots"].items():
        assert root_of(hashes[: int(size)]).hex() == root
    assert node_hash(hashes[0], hashes[1]).hex() == tree["roots"]["2"]


def test_the_classic_eight_leaves_have_their_roots() -> None:
    """Every implementation of RFC 6962 agrees on these."""
    tree = read_vector("rfc6962-eight-leaves/trees.json")
    hashes = [leaf_hash(bytes.fromhex(entry)) for entry in tree["leaves"]]
    assert [root_of(hashes[: size + 1]).hex() for size in range(8)] == tree["roots"]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    """RFC 9162 section 2.1.1 fixes it; it is not the hash of an empty entry."""
    assert RootBuilder().root() == root_of([]) == EMPTY_ROOT
    assert leaf_hash(b"") != EMPTY_ROOT


@given(st.integers(0, len(_LEAVES)))
def test_a_root_is_that_of_the_naive_tree(size: int) -> None:
    """The stack of subtrees is a shortcut for the recursion of the RFC."""
    assert root_of(_LEAVES[:size]) == naive_tree.root(_LEAVES[:size])


@given(st.lists(st.integers(0, 40), max_size=5))
def test_batches_do_not_change_the_root(batches: list[int]) -> None:
    """A digest gets its records in pieces of any size."""
    at_once, in_batches, one_by_one = RootBuilder(), RootBuilder(), RootBuilder()
    total = sum(batches)
    at_once.extend(_LEAVES[:total])
    for value in _LEAVES[:total]:
        one_by_one.append(value)
    start = 0
    for count in batches:
        in_batches.extend(iter(_LEAVES[start : start + count]))
        start += count
    assert at_once.root() == in_batches.root() == one_by_one.root()
    assert at_once.size == in_batches.size == one_by_one.size == total


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_builder_resumes_where_another_stopped(first: int, more: int) -> None:
    """Size and compact range are all that a grown object needs to be digested further."""
    before = RootBuilder()
    before.extend(_LEAVES[:first])
    after = RootBuilder.resume(before.size, before.stack)
    after.extend(_LEAVES[first : first + more])
    assert after.root() == naive_tree.root(_LEAVES[: first + more])
    assert before.size == first, "resuming must not touch the builder it came from"


def test_the_stack_holds_complete_subtrees_largest_first() -> None:
    """Right edges are stored and compared in this order."""
    builder = RootBuilder()
    builder.extend(_LEAVES[:7])
    assert builder.stack == (root_of(_LEAVES[:4]), root_of(_LEAVES[4:6]), _LEAVES[6])


@pytest.mark.parametrize(("size", "count"), [(5, 1), (5, 3), (0, 1), (-1, 1)])
def test_a_stack_that_does_not_fit_its_size_is_refused(size: int, count: int) -> None:
    """A builder resumed from a damaged edge would give a root of no tree at all."""
    with pytest.raises(ProofError, match="right edge"):
        RootBuilder.resume(size, _LEAVES[:count])


@pytest.mark.parametrize("value", [b"", bytes(31), bytes(33)])
def test_a_hash_of_another_length_is_refused(value: bytes) -> None:
    """A 33 byte "hash" would move the border between two nodes."""
    builder = RootBuilder()
    with pytest.raises(ProofError, match="32 promised"):
        builder.append(value)
    with pytest.raises(ProofError, match="32 promised"):
        builder.extend([_LEAVES[0], value])
    assert builder.size == 1, "what came before the bad hash was added"
    with pytest.raises(ProofError, match="32 promised"):
        RootBuilder.resume(1, [value])
