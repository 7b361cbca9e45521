"""`fsck`: the leaf hashes of a log that may have been tampered with, as its signed root vouches for them.

Bundles and level 0 tiles say the same thing twice. Where they differ, the root decides which of the
two is right; where the root alone cannot, the tiles of level 1 help.
"""

import dataclasses
from collections.abc import Iterator, Sequence

from dayseal.errors import FormatError
from dayseal.ledger.writes import get_or_none
from dayseal.merkle import HASH_BYTES, TILE_WIDTH, Tile, leaf_hash, parse_bundle, root_of
from dayseal.model import TreeHead
from dayseal.ports import ObjectStore

Leaves = tuple[bytes, ...] | None  # of one level 0 tile; None where nothing readable was found


@dataclasses.dataclass(frozen=True, slots=True)
class Bundle:
    """An entry bundle as it lies there, and its entries' leaf hashes."""

    data: bytes
    entries: tuple[bytes, ...]
    leaves: tuple[bytes, ...]


class RawLog:
    """Reads bundles and tiles of one head without believing them; the bundle read last is kept."""

    def __init__(self, store: ObjectStore, head: TreeHead) -> None:
        self._store = store
        self._head = head
        self._last: tuple[int, Bundle | None] = (-1, None)

    def row(self, level: int) -> Iterator[Tile]:
        """Give every tile of a level, the partial one on the edge last."""
        count = self._head.size >> 8 * level
        for index in range(-(-count // TILE_WIDTH)):
            yield Tile(level, index, min(TILE_WIDTH, count - index * TILE_WIDTH))

    def bundle(self, index: int) -> Bundle | None:
        """Give the widest bundle `index` under the head, None when it is missing or malformed."""
        if self._last[0] != index:
            tile = Tile(0, index, min(TILE_WIDTH, self._head.size - index * TILE_WIDTH))
            data = self._either(tile.bundle_path, tile.full.bundle_path)
            self._last = (index, None if data is None else open_bundle(data, tile.width))
        return self._last[1]

    def hashes(self, tile: Tile) -> Leaves:
        """Give a tile's hashes as they lie there, None when it is missing or too short."""
        data = self._either(tile.path, tile.full.path)
        if data is None or len(data) < tile.width * HASH_BYTES:
            return None
        return tuple(data[start : start + HASH_BYTES] for start in range(0, tile.width * HASH_BYTES, HASH_BYTES))

    def _either(self, path: str, full: str) -> bytes | None:
        data = get_or_none(self._store, path)
        return data if data is not None or path == full else get_or_none(self._store, full)


def open_bundle(data: bytes, count: int) -> Bundle | None:
    """Cut a bundle into its first `count` entries, None when it is malformed or shorter."""
    for width in (count, TILE_WIDTH):
        try:
            entries = parse_bundle(data, width)[:count]
        except FormatError:
            continue
        return Bundle(data, entries, tuple(leaf_hash(entry) for entry in entries))
    return None


def decide_leaves(raw: RawLog, root: bytes) -> tuple[list[Leaves], bool]:
    """Give the leaf hashes of each level 0 tile, and whether they make `root`."""
    bundled = [bundle.leaves if (bundle := raw.bundle(tile.index)) else None for tile in raw.row(0)]
    tiled = [raw.hashes(tile) for tile in raw.row(0)]
    by_tiles = [t or b for b, t in zip(bundled, tiled, strict=True)]
    by_bundles = [b or t for b, t in zip(bundled, tiled, strict=True)]
    above = [h for tile in raw.row(1) for h in (raw.hashes(tile) or (b"",) * tile.width)]
    mixed = [
        b if b and number < len(above) and root_of(b) == above[number] else t
        for number, (b, t) in enumerate(zip(by_bundles, by_tiles, strict=True))
    ]
    for leaves in (by_tiles, by_bundles, mixed, [*mixed[:-1], *by_bundles[-1:]]):
        if _root(leaves) == root:
            return leaves, True
    return mixed, False


def _root(leaves: Sequence[Leaves]) -> bytes | None:
    if any(part is None for part in leaves):
        return None
    return root_of(leaf for part in leaves if part is not None for leaf in part)
