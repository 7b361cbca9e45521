"""Hashes and roots of RFC 6962 Merkle trees over SHA-256."""

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from typing import Final, Self

from dayseal.errors import ProofError

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

# Copying a hash that has its prefix is a sixth faster than joining prefix and data.
_LEAF: Final = hashlib.sha256(b"\x00")
_NODE: Final = hashlib.sha256(b"\x01")
_AT_ONCE: Final = 4_096  # leaves, so that memory stays small


def leaf_hash(data: bytes) -> bytes:
    """Hash an entry into its leaf.

    Spec: RFC 9162 section 2.1.1; ledger-formats section 1.
    """
    hasher = _LEAF.copy()
    hasher.update(data)
    return hasher.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbouring subtrees into their parent.

    Spec: RFC 9162 section 2.1.1; ledger-formats section 1.
    """
    hasher = _NODE.copy()
    hasher.update(left)
    hasher.update(right)
    return hasher.digest()


def check_hash(value: bytes, *, subject: str) -> None:
    """Require a hash of 32 bytes.

    Raises:
        ProofError: it has another length.
    """
    if len(value) != HASH_BYTES:
        raise ProofError(f"{subject}: {len(value)} bytes, {HASH_BYTES} promised")


class RootBuilder:
    """Computes the root of a growing tree in memory that grows with the logarithm of its size.

    It keeps one hash for each complete subtree of the tree so far (one for each 1 bit of the size):
    its compact range. `append` costs one hash on average.

    Spec: ledger-formats section 1, streaming root.
    """

    __slots__ = ("_size", "_stack")

    def __init__(self) -> None:
        self._size = 0
        self._stack: list[bytes] = []

    @classmethod
    def resume(cls, size: int, stack: Sequence[bytes]) -> Self:
        """Go on from an earlier builder's `size` and `stack`.

        Raises:
            ProofError: not one 32-byte hash for each 1 bit of `size`.
        """
        if size < 0 or len(stack) != size.bit_count():
            raise ProofError(f"right edge: {len(stack)} hashes for {size} leaves, one for each 1 bit promised")
        for value in stack:
            check_hash(value, subject="right edge")
        builder = cls()
        builder._size = size
        builder._stack = list(stack)
        return builder

    @property
    def size(self) -> int:
        """The number of leaves so far."""
        return self._size

    @property
    def stack(self) -> tuple[bytes, ...]:
        """The roots of the complete subtrees, largest first."""
        return tuple(self._stack)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash.

        Raises:
            ProofError: it does not have 32 bytes.
        """
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add many leaf hashes, in order; much faster than `append` for each.

        Raises:
            ProofError: one does not have 32 bytes; those before it were added.
        """
        source = iter(leaves)
        while nodes := list(itertools.islice(source, _AT_ONCE)):
            bad = None if {HASH_BYTES}.issuperset(map(len, nodes)) else _first_odd(nodes)
            self._extend(nodes[:bad])
            if bad is not None:
                check_hash(nodes[bad], subject="leaf")

    def _extend(self, nodes: list[bytes]) -> None:
        """Add leaf hashes level by level: nodes of one level are hashed faster together."""
        stack, size, copy = self._stack, self._size, _NODE.copy
        self._size += len(nodes)
        edge: list[bytes] = []  # what no right neighbour completes, smallest first
        while nodes:  # `size` counts the complete subtrees that this level had before
            if size & 1:
                nodes.insert(0, stack.pop())
            if len(nodes) & 1:
                edge.append(nodes.pop())
            parents = []
            halves = iter(nodes)
            for left, right in zip(halves, halves, strict=True):
                hasher = copy()
                hasher.update(left + right)
                parents.append(hasher.digest())
            nodes = parents
            size >>= 1
        stack += reversed(edge)

    def root(self) -> bytes:
        """Give the root over the leaves so far; more may be added afterwards."""
        stack = self._stack
        if not stack:
            return EMPTY_ROOT
        root = stack[-1]
        for left in reversed(stack[:-1]):
            root = node_hash(left, root)
        return root


def root_of(hashes: Iterable[bytes]) -> bytes:
    """Give the root of the tree over these leaf hashes.

    Spec: RFC 9162 section 2.1.1.

    Raises:
        ProofError: a hash does not have 32 bytes.
    """
    builder = RootBuilder()
    builder.extend(hashes)
    return builder.root()


def _first_odd(hashes: Sequence[bytes]) -> int:
    return next(at for at, value in enumerate(hashes) if len(value) != HASH_BYTES)
