"""Proofs, roots and right edges read from a log's hash tiles.

`read` gives a tile's hashes, joined: exactly `32 * width` bytes. Where a partial tile is gone
because the full one has taken its place, `read` cuts the full one. What comes out of here is as
good as the tiles were: compare a root, or verify a proof, before believing it.
"""

from collections.abc import Callable

from dayseal.errors import FormatError, ProofError
from dayseal.merkle.proofs import consistency_spans, inclusion_spans, split_point
from dayseal.merkle.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, split_tile
from dayseal.merkle.tree import RootBuilder, node_hash, root_of

TileReader = Callable[[Tile], bytes]


def node_at(read: TileReader, *, level: int, index: int, size: int) -> bytes:
    """Give the root of the complete subtree over leaves `[index << level, (index + 1) << level)`.

    Raises:
        ProofError: that subtree is not complete in a tree of `size`.
        FormatError: a tile has another length than its width promises.
    """
    return _Nodes(read, size).complete(level, index)


def inclusion_from_tiles(read: TileReader, index: int, size: int) -> tuple[bytes, ...]:
    """Give the path that proves leaf `index` in the tree of `size`, sibling of the leaf first.

    Spec: RFC 9162 section 2.1.3.1.

    Raises:
        ProofError: `index` is outside the tree.
        FormatError: a tile has another length than its width promises.
    """
    nodes = _Nodes(read, size)
    return tuple(nodes.over(low, high) for low, high in inclusion_spans(index, size))


def consistency_from_tiles(read: TileReader, old_size: int, size: int) -> tuple[bytes, ...]:
    """Give the path that proves the tree of `old_size` to be the start of the tree of `size`.

    Spec: RFC 9162 section 2.1.4.1.

    Raises:
        ProofError: `old_size` is 0 (an empty tree needs no proof) or larger than `size`.
        FormatError: a tile has another length than its width promises.
    """
    nodes = _Nodes(read, size)
    return tuple(nodes.over(low, high) for low, high in consistency_spans(old_size, size))


def right_edge(read: TileReader, size: int) -> RootBuilder:
    """Give a builder that stands at the end of the tree of `size`, ready for the next leaf.

    Raises:
        FormatError: a tile has another length than its width promises.
    """
    nodes = _Nodes(read, size)
    stack = []
    done = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            stack.append(nodes.complete(level, done >> level))
            done += 1 << level
    return RootBuilder.resume(size, stack)


def root_from_tiles(read: TileReader, size: int) -> bytes:
    """Give the root of the tree of `size` as its tiles say it is.

    Raises:
        FormatError: a tile has another length than its width promises.
    """
    return right_edge(read, size).root()


class _Nodes:
    """The subtrees of one tree; each tile is read once."""

    def __init__(self, read: TileReader, size: int) -> None:
        self._read = read
        self._size = size
        self._tiles: dict[tuple[int, int], tuple[bytes, ...]] = {}

    def over(self, low: int, high: int) -> bytes:
        # `low` is a multiple of the largest power of two that fits, as in every split of a tree.
        width = high - low
        if width & (width - 1) == 0:
            level = width.bit_length() - 1
            return self.complete(level, low >> level)
        middle = low + split_point(width)
        return node_hash(self.over(low, middle), self.over(middle, high))

    def complete(self, level: int, index: int) -> bytes:
        if level < 0 or index < 0 or (index + 1) << level > self._size:
            raise ProofError(f"subtree: number {index} of height {level} is not complete in {self._size} leaves")
        tile_level, height = divmod(level, TILE_HEIGHT)
        tile_index, first = divmod(index << height, TILE_WIDTH)
        hashes = self._hashes(tile_level, tile_index)
        return root_of(hashes[first : first + (1 << height)])

    def _hashes(self, level: int, index: int) -> tuple[bytes, ...]:
        known = self._tiles.get((level, index))
        if known is not None:
            return known
        count = (self._size >> level * TILE_HEIGHT) - index * TILE_WIDTH
        tile = Tile(level, index, min(TILE_WIDTH, count))
        data = self._read(tile)
        try:
            hashes = split_tile(data, tile.width)
        except FormatError as exc:
            raise FormatError(f"{tile.path}: {exc}") from exc
        self._tiles[(level, index)] = hashes
        return hashes
