"""Inclusion and consistency proofs: made from leaf hashes, verified from roots."""

from collections.abc import Sequence

from dayseal.errors import ProofError
from dayseal.merkle.tree import check_hash, node_hash, root_of
from dayseal.model import TreeHead

Span = tuple[int, int]


def inclusion_path(hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Give the path that proves leaf `index` in the tree over `hashes`, sibling of the leaf first.

    Spec: RFC 9162 section 2.1.3.1.

    Raises:
        ProofError: `index` is outside the tree.
    """
    return tuple(root_of(hashes[low:high]) for low, high in inclusion_spans(index, len(hashes)))


def consistency_path(hashes: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """Give the path that proves the first `old_size` leaves unchanged in the tree over `hashes`.

    The path is empty when both sizes are equal.

    Spec: RFC 9162 section 2.1.4.1.

    Raises:
        ProofError: `old_size` is 0 (an empty tree needs no proof) or larger than the tree.
    """
    return tuple(root_of(hashes[low:high]) for low, high in consistency_spans(old_size, len(hashes)))


def inclusion_spans(index: int, size: int) -> tuple[Span, ...]:
    """Give, for each hash of an inclusion path, the leaves `[low, high)` it is the root over.

    Raises:
        ProofError: `index` is outside the tree of `size`.
    """
    if not 0 <= index < size:
        raise ProofError(f"inclusion: index {index} of {size} leaves, an index inside the tree promised")
    low, high = 0, size
    spans = []
    while high - low > 1:
        middle = low + split_point(high - low)
        if index < middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return tuple(reversed(spans))


def consistency_spans(old_size: int, size: int) -> tuple[Span, ...]:
    """Give, for each hash of a consistency path, the leaves `[low, high)` it is the root over.

    Raises:
        ProofError: `old_size` is 0 or larger than `size`.
    """
    if not 0 < old_size <= size:
        raise ProofError(f"consistency: from {old_size} to {size} leaves, 0 < old <= new promised")
    low, high = 0, size
    spans = []
    while high != old_size:
        middle = low + split_point(high - low)
        if old_size <= middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    if low > 0:  # else the old root itself is the hash, and the verifier has it
        spans.append((low, high))
    return tuple(reversed(spans))


def verify_inclusion(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Prove that `leaf` is entry `index` of the tree of `size` leaves headed by `root`.

    `leaf` is a leaf hash, not the entry. `path` runs from the leaf's sibling upwards.

    Spec: RFC 9162 section 2.1.3.2.

    Raises:
        ProofError: `index` is outside the tree, `path` is too short or too long, a hash does not
            have 32 bytes, or the path leads to another root.
    """
    if not 0 <= index < size:
        raise ProofError(f"inclusion: index {index} of {size} leaves, an index inside the tree promised")
    for value in (leaf, root, *path):
        check_hash(value, subject="inclusion proof")
    first, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofError(f"inclusion: the path has {len(path)} hashes, fewer promised for {index} of {size}")
        if first & 1 or first == last:
            found = node_hash(sibling, found)
            first, last = _skip_lone_levels(first, last)
        else:
            found = node_hash(found, sibling)
        first, last = first >> 1, last >> 1
    if last != 0:
        raise ProofError(f"inclusion: the path has {len(path)} hashes, more promised for {index} of {size}")
    if found != root:
        raise ProofError(f"inclusion: the path leads to root {found.hex()[:16]}, {root.hex()[:16]} promised")


def verify_consistency(*, old: TreeHead, new: TreeHead, path: Sequence[bytes]) -> None:
    """Prove that the tree headed by `new` starts with exactly the leaves of the tree headed by `old`.

    A size of 0 is refused: every tree starts with the empty one, so there is nothing to prove.

    Spec: RFC 9162 section 2.1.4.2.

    Raises:
        ProofError: the sizes do not grow from at least 1, `path` is too short or too long, a hash
            does not have 32 bytes, or the path leads to another old or new root.
    """
    if not 0 < old.size <= new.size:
        raise ProofError(f"consistency: from {old.size} to {new.size} leaves, 0 < old <= new promised")
    for value in (old.root, new.root, *path):
        check_hash(value, subject="consistency proof")
    if old.size == new.size:
        if path:
            raise ProofError(f"consistency: the path has {len(path)} hashes, none promised for equal sizes")
        _require_root(old.root, new.root, "new")
        return
    old_root, new_root = _fold_consistency(old, new, path)
    _require_root(old_root, old.root, "old")
    _require_root(new_root, new.root, "new")


def split_point(size: int) -> int:
    """Give the size of the left subtree of a tree of `size` > 1 leaves: the largest power of two below it."""
    return 1 << ((size - 1).bit_length() - 1)


def _fold_consistency(old: TreeHead, new: TreeHead, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    if not path:
        raise ProofError(f"consistency: the path is empty, hashes promised from {old.size} to {new.size}")
    steps = [old.root, *path] if old.size & (old.size - 1) == 0 else list(path)
    first, last = old.size - 1, new.size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old_root = new_root = steps[0]
    for value in steps[1:]:
        if last == 0:
            raise ProofError(f"consistency: the path has {len(path)} hashes, fewer promised")
        if first & 1 or first == last:
            old_root, new_root = node_hash(value, old_root), node_hash(value, new_root)
            first, last = _skip_lone_levels(first, last)
        else:
            new_root = node_hash(new_root, value)
        first, last = first >> 1, last >> 1
    if last != 0:
        raise ProofError(f"consistency: the path has {len(path)} hashes, more promised")
    return old_root, new_root


def _skip_lone_levels(first: int, last: int) -> tuple[int, int]:
    # A node without a right sibling is its own parent: those levels have no hash in the path.
    while first & 1 == 0 and first != 0:
        first, last = first >> 1, last >> 1
    return first, last


def _require_root(found: bytes, promised: bytes, which: str) -> None:
    if found != promised:
        raise ProofError(
            f"consistency: the path leads to {which} root {found.hex()[:16]}, {promised.hex()[:16]} promised"
        )
