"""Where tiles and bundles lie, and which ones a growing log adds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.errors import FormatError
from dayseal.merkle import Tile, bundles_added, edge_tile, parse_bundle_path, parse_tile_path, tiles_added

_TILES = st.builds(Tile, level=st.integers(0, 63), index=st.integers(0, 2**55 - 1), width=st.integers(1, 256))


@pytest.mark.parametrize(
    ("index", "place"),
    [
        (0, "000"),
        (255, "255"),
        (1_000, "x001/000"),
        (70_000, "x070/000"),
        (1_234_067, "x001/x234/067"),
        (10**9, "x001/x000/x000/000"),
    ],
)
def test_an_index_is_written_in_groups_of_three_digits(index: int, place: str) -> None:
    """The examples of section 2."""
    assert Tile(0, index).path == f"tile/0/{place}"
    assert Tile(0, index, 5).bundle_path == f"tile/entries/{place}.p/5"


@given(_TILES)
def test_a_path_reads_back_as_its_tile(tile: Tile) -> None:
    """A check of the store lists keys and must know what each of them is."""
    assert parse_tile_path(tile.path) == tile
    if tile.level == 0:
        assert parse_bundle_path(tile.bundle_path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/05",
        "tile/0/000.p/",
        "tile/0/000\n",
        "tile/0/000/",
        "/tile/0/000",
        "tile/entries/000",
        "tile/0/\u0660\u0660\u0660",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ],
)
def test_a_path_has_one_spelling(path: str) -> None:
    """A second spelling of a tile would be a second object that nobody checks."""
    with pytest.raises(FormatError):
        parse_tile_path(path)


def test_bundles_and_hash_tiles_are_told_apart() -> None:
    """Their paths look alike, their contents do not."""
    with pytest.raises(FormatError, match="bundle path"):
        parse_bundle_path("tile/0/000")
    with pytest.raises(FormatError, match="one spelling"):
        parse_bundle_path("tile/entries/000.p/256")
    with pytest.raises(FormatError, match="only level 0"):
        _ = Tile(1, 0).bundle_path


@pytest.mark.parametrize(("level", "index", "width"), [(64, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_a_tile_that_cannot_be_is_not_built(level: int, index: int, width: int) -> None:
    """An empty tile is never written, so it has no coordinates."""
    with pytest.raises(FormatError):
        Tile(level, index, width)


def test_the_listed_trees_have_their_tiles() -> None:
    """Section 2 counts the tiles of four trees."""
    assert [tile.path for tile in tiles_added(0, 256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert [tile.path for tile in tiles_added(0, 257)] == ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]
    assert _shape(65_536) == {0: (256, None), 1: (1, None), 2: (0, 1)}
    assert _shape(70_000) == {0: (273, 112), 1: (1, 17), 2: (0, 1)}


@given(st.integers(0, 200_000), st.integers(0, 3_000))
def test_growing_adds_what_the_new_tree_has_more(old_size: int, more: int) -> None:
    """Written commit by commit or at once, a log must end up with the same full tiles."""
    added = tiles_added(old_size, old_size + more)
    assert set(added) == set(tiles_added(0, old_size + more)) - set(tiles_added(0, old_size))
    assert bundles_added(old_size, old_size + more) == tuple(tile for tile in added if tile.level == 0)


@given(st.integers(1, 2**40))
def test_every_size_keeps_its_edge(size: int) -> None:
    """A reader of an old checkpoint needs the partial tiles of exactly that size."""
    added = set(tiles_added(size - 1, size))
    edges = [edge_tile(level, size) for level in range(6)]
    changed = [edge for edge in edges if edge is not None and (size - 1) >> 8 * edge.level != size >> 8 * edge.level]
    assert added >= set(changed)
    assert all(tile.width > 0 for tile in added)


@pytest.mark.parametrize(("old_size", "new_size"), [(-1, 0), (2, 1), (0, 2**63)])
def test_sizes_that_cannot_be_are_refused(old_size: int, new_size: int) -> None:
    """A log only grows, and no counter beyond 2**63 - 1 is portable."""
    with pytest.raises(FormatError):
        tiles_added(old_size, new_size)
    with pytest.raises(FormatError):
        bundles_added(old_size, new_size)


def _shape(size: int) -> dict[int, tuple[int, int | None]]:
    """Give, for each level, the number of full tiles and the width of the partial one."""
    tiles = tiles_added(0, size)
    return {
        level: (
            sum(tile.level == level and tile.width == 256 for tile in tiles),
            next((tile.width for tile in tiles if tile.level == level and tile.width < 256), None),
        )
        for level in {tile.level for tile in tiles}
    }
