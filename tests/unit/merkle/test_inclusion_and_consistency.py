"""Proofs: made like the naive ones, accepted as they are, refused when anything differs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.errors import ProofError
from dayseal.merkle import consistency_path, inclusion_path, leaf_hash, root_of, verify_consistency, verify_inclusion
from dayseal.model import TreeHead
from support import naive_tree
from support.example_ledger import EXAMPLES

_LEAVES = naive_tree.leaves(130)
_ROOTS = [naive_tree.root(_LEAVES[:size]) for size in range(len(_LEAVES) + 1)]


def _head(size: int) -> TreeHead:
    return TreeHead(size, _ROOTS[size])


def test_the_worked_example_has_its_paths() -> None:
    """Section 1 of the formats spells out four paths."""
    hashes = [leaf_hash(entry.encode()) for entry in EXAMPLES["tree"]["entries"]]
    roots = {int(size): bytes.fromhex(root) for size, root in EXAMPLES["tree"]["roots"].items()}
    assert inclusion_path(hashes, 2) == (hashes[3], roots[2], hashes[4])
    assert inclusion_path(hashes, 4) == (roots[4],)
    assert consistency_path(hashes, 3) == (hashes[2], hashes[3], roots[2], hashes[4])
    assert consistency_path(hashes, 4) == (hashes[4],)


def test_every_inclusion_in_small_trees_verifies() -> None:
    """All shapes of the right edge occur below 40 leaves."""
    for size in range(1, 40):
        for index in range(size):
            path = inclusion_path(_LEAVES[:size], index)
            assert list(path) == naive_tree.inclusion(index, _LEAVES[:size])
            verify_inclusion(leaf=_LEAVES[index], index=index, size=size, path=path, root=_ROOTS[size])


def test_every_consistency_of_small_trees_verifies() -> None:
    """All pairs of shapes occur below 40 leaves."""
    for size in range(1, 40):
        for old_size in range(1, size + 1):
            path = consistency_path(_LEAVES[:size], old_size)
            assert list(path) == naive_tree.consistency(old_size, _LEAVES[:size])
            verify_consistency(old=_head(old_size), new=_head(size), path=path)


@given(st.data())
def test_an_inclusion_proof_proves_nothing_else(data: st.DataObject) -> None:
    """Another leaf, place, tree, root or path of another length must be refused."""
    size = data.draw(st.integers(2, len(_LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(_LEAVES[:size], index)
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index))
    cut = data.draw(st.integers(0, len(path) - 1))
    wrong = [
        (_LEAVES[other], index, size, path, _ROOTS[size]),
        (_LEAVES[index], other, size, path, _ROOTS[size]),
        (_LEAVES[index], index, size, path, _ROOTS[size - 1]),
        (_LEAVES[index], index, size, (*path, _LEAVES[0]), _ROOTS[size]),
        (_LEAVES[index], index, size, path[:cut] + path[cut + 1 :], _ROOTS[size]),
        (_LEAVES[index], index, size, (*path[:cut], bytes(32), *path[cut + 1 :]), _ROOTS[size]),
        (_LEAVES[index], size, size, path, _ROOTS[size]),
        (_LEAVES[index], -1, size, path, _ROOTS[size]),
        (_LEAVES[index], index, size, (*path[:cut], path[cut] + b"\x00", *path[cut + 1 :]), _ROOTS[size]),
        (_LEAVES[index][:31], index, size, path, _ROOTS[size]),
    ]
    for leaf, at, of, steps, root in wrong:
        with pytest.raises(ProofError):
            verify_inclusion(leaf=leaf, index=at, size=of, path=steps, root=root)


@given(st.data())
def test_a_consistency_proof_proves_nothing_else(data: st.DataObject) -> None:
    """Another old or new tree, or another path, must be refused."""
    size = data.draw(st.integers(2, len(_LEAVES)))
    old_size = data.draw(st.integers(1, size - 1))
    path = consistency_path(_LEAVES[:size], old_size)
    cut = data.draw(st.integers(0, len(path) - 1))
    old, new = _head(old_size), _head(size)
    wrong = [
        (TreeHead(old.size, bytes(32)), new, path),
        (old, TreeHead(new.size, bytes(32)), path),
        (new, old, path),
        (old, new, ()),
        (old, new, (*path, _LEAVES[0])),
        (old, new, (_LEAVES[0], *path)),
        (old, new, path[:cut] + path[cut + 1 :]),
        (old, new, (*path[:cut], bytes(32), *path[cut + 1 :])),
        (old, new, (*path[:cut], path[cut][:31], *path[cut + 1 :])),
        (TreeHead(0, _ROOTS[0]), new, path),
    ]
    for before, after, steps in wrong:
        with pytest.raises(ProofError):
            verify_consistency(old=before, new=after, path=steps)


def test_trees_of_one_size_are_consistent_only_if_equal() -> None:
    """There is nothing to prove, so a path beside equal roots is refused as well."""
    verify_consistency(old=_head(5), new=_head(5), path=())
    with pytest.raises(ProofError, match="new root"):
        verify_consistency(old=_head(5), new=TreeHead(5, _ROOTS[4]), path=())
    with pytest.raises(ProofError, match="none promised"):
        verify_consistency(old=_head(5), new=_head(5), path=(_LEAVES[0],))


def test_a_proof_for_no_leaf_is_not_made() -> None:
    """A path for an index outside the tree, or from the empty tree, would prove nothing."""
    for index in (-1, 3):
        with pytest.raises(ProofError, match="inclusion"):
            inclusion_path(_LEAVES[:3], index)
    for old_size in (0, 4):
        with pytest.raises(ProofError, match="consistency"):
            consistency_path(_LEAVES[:3], old_size)


def test_a_huge_size_costs_no_time() -> None:
    """Sizes come from files of strangers; only the path's length may cost."""
    with pytest.raises(ProofError, match="more promised"):
        verify_inclusion(leaf=_LEAVES[0], index=0, size=2**63, path=_LEAVES[:62], root=root_of(_LEAVES))
