"""What a log writes as tiles gives back every root, node and proof."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.errors import FormatError, ProofError
from dayseal.merkle import (
    Tile,
    TileReader,
    build_tiles,
    consistency_from_tiles,
    inclusion_from_tiles,
    node_at,
    right_edge,
    root_from_tiles,
)
from support import naive_tree

_SIZE = 66_000  # three tile levels
_LEAVES = naive_tree.leaves(_SIZE)


@pytest.fixture(scope="module")
def large() -> dict[str, bytes]:
    """Give the tiles of the tree over all leaves."""
    return naive_tree.tiles(_LEAVES)


def _store(size: int) -> dict[str, bytes]:
    return naive_tree.tiles(_LEAVES[:size])


def _cut_from(tiles: dict[str, bytes]) -> TileReader:
    """Serve a tile, or the start of the full one it grew into."""
    return lambda tile: (tiles.get(tile.path) or tiles[tile.full.path])[: 32 * tile.width]


@given(st.lists(st.integers(0, 400), max_size=4))
def test_tiles_written_in_batches_are_the_naive_tiles(batches: list[int]) -> None:
    """Each size of the log that was published keeps its own edge, byte for byte."""
    store: dict[str, bytes] = {}
    expected: dict[str, bytes] = {}
    size = 0
    for count in batches:
        written = build_tiles(lambda tile: store[tile.path], size, _LEAVES[size : size + count])
        assert not store.keys() & written.keys(), "a tile is immutable"
        store.update(written)
        size += count
        expected |= _store(size)
    assert store == expected


def test_a_log_of_three_levels_is_written_at_once_or_grown(large: dict[str, bytes]) -> None:
    """The third level begins with entry 65,536."""
    before = _store(65_535)
    assert build_tiles(_cut_from(before), 0, _LEAVES) == large
    grown = build_tiles(_cut_from(before), 65_535, _LEAVES[65_535:])
    assert grown.keys() == large.keys() - before.keys()
    assert grown.items() <= large.items()


def test_lower_levels_are_written_first() -> None:
    """Whoever writes in this order never shows a hash whose tile below is missing."""
    levels = [int(path.split("/")[1]) for path in build_tiles(_cut_from({}), 0, _LEAVES)]
    assert levels == sorted(levels)


@given(st.integers(1, 600), st.data())
def test_proofs_from_tiles_are_the_naive_proofs(size: int, data: st.DataObject) -> None:
    """A reader has tiles only."""
    read = _cut_from(_store(size))
    index = data.draw(st.integers(0, size - 1))
    assert list(inclusion_from_tiles(read, index, size)) == naive_tree.inclusion(index, _LEAVES[:size])
    old_size = data.draw(st.integers(1, size))
    assert list(consistency_from_tiles(read, old_size, size)) == naive_tree.consistency(old_size, _LEAVES[:size])


@pytest.mark.parametrize(("old_size", "index"), [(65_536, 0), (65_537, 65_536), (256, 65_999), (4_000, 33_333)])
def test_proofs_from_a_large_log_read_few_tiles(large: dict[str, bytes], old_size: int, index: int) -> None:
    """On object storage each tile is a request."""
    asked: list[Tile] = []

    def read(tile: Tile) -> bytes:
        asked.append(tile)
        return _cut_from(large)(tile)

    assert list(inclusion_from_tiles(read, index, _SIZE)) == naive_tree.inclusion(index, _LEAVES)
    assert len(asked) == len(set(asked)) <= 6
    asked.clear()
    assert list(consistency_from_tiles(read, old_size, _SIZE)) == naive_tree.consistency(old_size, _LEAVES)
    assert len(asked) == len(set(asked)) <= 6


@given(st.integers(0, 600))
def test_the_right_edge_goes_on_where_the_log_ends(size: int) -> None:
    """The recorder starts from the edge and never reads the whole log."""
    tiles = _store(size)
    builder = right_edge(lambda tile: tiles[tile.path], size)
    assert builder.root() == root_from_tiles(lambda tile: tiles[tile.path], size) == naive_tree.root(_LEAVES[:size])
    builder.append(_LEAVES[size])
    assert builder.root() == naive_tree.root(_LEAVES[: size + 1])


@pytest.mark.parametrize(("level", "index"), [(0, 65_999), (3, 8_249), (8, 256), (10, 63), (16, 0)])
def test_a_node_is_the_root_over_its_leaves(large: dict[str, bytes], level: int, index: int) -> None:
    """Nodes between two tile levels are computed, not stored."""
    span = _LEAVES[index << level : (index + 1) << level]
    assert node_at(_cut_from(large), level=level, index=index, size=_SIZE) == naive_tree.root(span)


@pytest.mark.parametrize(("level", "index"), [(0, 66_000), (16, 1), (17, 0), (-1, 0), (0, -1)])
def test_a_node_beyond_the_edge_is_refused(level: int, index: int) -> None:
    """Its hash would change with every new entry."""
    with pytest.raises(ProofError, match="not complete"):
        node_at(_cut_from({}), level=level, index=index, size=_SIZE)


def test_a_tile_of_another_length_is_named() -> None:
    """The operator must know which object to look at."""
    with pytest.raises(FormatError, match=r"tile/0/000\.p/5: tile: 159 bytes, 160 promised"):
        root_from_tiles(lambda _: bytes(159), 5)
    with pytest.raises(FormatError, match=r"159 bytes, 160 promised"):
        build_tiles(lambda _: bytes(159), 5, _LEAVES[:1])


def test_a_leaf_that_is_no_hash_is_never_written() -> None:
    """Tiles are immutable: a wrong one can not be repaired."""
    with pytest.raises(ProofError, match="32 promised"):
        build_tiles(_cut_from({}), 0, [_LEAVES[0], bytes(31)])


def test_proofs_outside_the_tree_are_refused() -> None:
    """The same borders as for proofs from leaf hashes."""
    with pytest.raises(ProofError):
        inclusion_from_tiles(_cut_from({}), 5, 5)
    with pytest.raises(ProofError):
        consistency_from_tiles(_cut_from({}), 0, 5)
    with pytest.raises(ProofError):
        consistency_from_tiles(_cut_from({}), 6, 5)
