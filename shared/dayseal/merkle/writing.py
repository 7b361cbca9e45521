"""The tiles and entry bundles that a growing log must write."""

from collections.abc import Sequence

from dayseal.merkle.reading import TileReader
from dayseal.merkle.tiles import (
    TILE_WIDTH,
    Tile,
    bundles_added,
    edge_tile,
    encode_bundle,
    parse_bundle,
    split_tile,
    tiles_added,
)
from dayseal.merkle.tree import check_hash, root_of


def build_tiles(read: TileReader, old_size: int, leaves: Sequence[bytes]) -> dict[str, bytes]:
    """Give every hash tile to write when `leaves` (leaf hashes) follow the tree of `old_size`, by path.

    `read` gives the old tree's partial tiles (one a level at most); it is not called for an empty
    tree. Partial tiles of the new size are among the result, empty tiles never are. Lower levels
    come first, so that whoever writes in order never shows a hash whose tile below is missing.

    Spec: C2SP tlog-tiles, ledger-formats section 2.

    Raises:
        FormatError: a partial tile has another length than its width promises.
        ProofError: a leaf hash does not have 32 bytes.
    """
    new_size = old_size + len(leaves)
    written: dict[str, bytes] = {}
    for value in leaves:
        check_hash(value, subject="leaf")
    arrived = list(leaves)  # the hashes that are new on this level
    for level_tiles in _by_level(tiles_added(old_size, new_size)):
        level = level_tiles[0].level
        edge = edge_tile(level, old_size)
        hashes = [*(split_tile(read(edge), edge.width) if edge else ()), *arrived]
        arrived = []
        for number, tile in enumerate(level_tiles):
            part = hashes[number * TILE_WIDTH : number * TILE_WIDTH + tile.width]
            written[tile.path] = b"".join(part)
            if tile.width == TILE_WIDTH:
                arrived.append(root_of(part))
    return written


def build_bundles(read: TileReader, old_size: int, entries: Sequence[bytes]) -> dict[str, bytes]:
    """Give every entry bundle to write when `entries` follow the log of `old_size`, by path.

    `read` gives the bytes of the old log's partial bundle, where it has one.

    Spec: C2SP tlog-tiles, ledger-formats section 2.

    Raises:
        FormatError: an entry has more than 65,535 bytes, or the partial bundle does not hold the
            entries that `old_size` promises.
    """
    edge = edge_tile(0, old_size)
    kept = b""
    if edge is not None and entries:
        kept = read(edge)
        parse_bundle(kept, edge.width)
    written: dict[str, bytes] = {}
    for tile in bundles_added(old_size, old_size + len(entries)):
        first = tile.index * TILE_WIDTH - old_size  # below 0 where the bundle holds old entries
        written[tile.bundle_path] = kept + encode_bundle(entries[max(0, first) : first + tile.width])
        kept = b""
    return written


def _by_level(tiles: Sequence[Tile]) -> list[list[Tile]]:
    levels: list[list[Tile]] = [[] for _ in range(tiles[-1].level + 1)] if tiles else []
    for tile in tiles:
        levels[tile.level].append(tile)
    return levels
