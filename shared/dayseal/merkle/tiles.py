"""Where a log's hashes and entries lie: tlog-tiles coordinates and entry bundles."""

import dataclasses
import re
from collections.abc import Iterable
from typing import Final

from dayseal.errors import FormatError
from dayseal.merkle.tree import HASH_BYTES

TILE_WIDTH: Final = 256
TILE_HEIGHT: Final = 8
MAX_LEVEL: Final = 63
MAX_ENTRY_BYTES: Final = 65_535
MAX_SIZE: Final = 2**63 - 1

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?\Z",
    re.ASCII,
)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Hashes `256 * index` and on of tile level `level`: `width` of them, 256 when the tile is full.

    On level 0 they are leaf hashes; hash i of level l + 1 is the root of full tile i of level l.
    The entry bundle of the same entries has the coordinates of the level 0 tile.

    Spec: C2SP tlog-tiles, ledger-formats section 2.
    """

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if not 0 <= self.level <= MAX_LEVEL:
            raise FormatError(f"tile: level {self.level}, 0 to {MAX_LEVEL} promised")
        if not 0 <= self.index <= MAX_SIZE // TILE_WIDTH:
            raise FormatError(f"tile: index {self.index}, 0 to {MAX_SIZE // TILE_WIDTH} promised")
        if not 1 <= self.width <= TILE_WIDTH:
            raise FormatError(f"tile: width {self.width}, 1 to {TILE_WIDTH} promised")

    @property
    def path(self) -> str:
        """Where the hash tile lies, below the log's prefix: `tile/0/x001/234.p/5`."""
        return f"tile/{self.level}/{self._place}"

    @property
    def bundle_path(self) -> str:
        """Where the bundle of the same entries lies: `tile/entries/x001/234.p/5`; level 0 only.

        Raises:
            FormatError: the tile is on another level.
        """
        if self.level != 0:
            raise FormatError(f"tile: level {self.level} has no entry bundles, only level 0 has")
        return f"tile/entries/{self._place}"

    @property
    def full(self) -> "Tile":
        """The full tile that a partial one grows into; a full tile itself."""
        return dataclasses.replace(self, width=TILE_WIDTH)

    @property
    def _place(self) -> str:
        rest, last = divmod(self.index, 1000)
        groups = [f"{last:03d}"]
        while rest:
            rest, group = divmod(rest, 1000)
            groups.append(f"x{group:03d}")
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return "/".join(reversed(groups)) + partial


def parse_tile_path(path: str) -> Tile:
    """Read what `Tile.path` writes.

    Raises:
        FormatError: any other spelling.
    """
    match = _PATH.match(path)
    if match is None or match["level"] == "entries":
        raise FormatError(f"tile path: {path[:80]!r}, tile/<level>/<index>[.p/<width>] promised")
    tile = _tile_of(match, level=int(match["level"]))
    if tile.path != path:
        raise FormatError(f"tile path: {path[:80]!r}, its one spelling {tile.path} promised")
    return tile


def parse_bundle_path(path: str) -> Tile:
    """Read what `Tile.bundle_path` writes.

    Raises:
        FormatError: any other spelling.
    """
    match = _PATH.match(path)
    if match is None or match["level"] != "entries":
        raise FormatError(f"bundle path: {path[:80]!r}, tile/entries/<index>[.p/<width>] promised")
    tile = _tile_of(match, level=0)
    if tile.bundle_path != path:
        raise FormatError(f"bundle path: {path[:80]!r}, its one spelling {tile.bundle_path} promised")
    return tile


def tiles_added(old_size: int, new_size: int) -> tuple[Tile, ...]:
    """Give every hash tile of the tree of `new_size` that the tree of `old_size` does not have.

    Partial tiles at the right edge are among them, so every published size keeps its own edge;
    empty tiles never are. Lower levels first, then by index.

    Raises:
        FormatError: the sizes shrink, or are no sizes.
    """
    _check_sizes(old_size, new_size)
    tiles: list[Tile] = []
    for level in range(MAX_LEVEL // TILE_HEIGHT + 1):
        added = _level_added(level, old_size >> level * TILE_HEIGHT, new_size >> level * TILE_HEIGHT)
        if not added:
            break
        tiles += added
    return tuple(tiles)


def bundles_added(old_size: int, new_size: int) -> tuple[Tile, ...]:
    """Give the coordinates of every entry bundle that the log of `new_size` has and that of `old_size` has not.

    Raises:
        FormatError: the sizes shrink, or are no sizes.
    """
    _check_sizes(old_size, new_size)
    return tuple(_level_added(0, old_size, new_size))


def edge_tile(level: int, size: int) -> Tile | None:
    """Give the partial tile on the right edge of `level` in a tree of `size`, None where there is none."""
    index, width = divmod(size >> level * TILE_HEIGHT, TILE_WIDTH)
    return Tile(level, index, width) if width else None


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Join entries into a bundle: two bytes of length, big-endian, then the entry.

    Raises:
        FormatError: an entry has more than 65,535 bytes.
    """
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise FormatError(f"entry: {len(entry)} bytes, at most {MAX_ENTRY_BYTES} promised")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def parse_bundle(data: bytes, count: int) -> tuple[bytes, ...]:
    """Cut a bundle into its entries: exactly `count` of them, and no bytes left over.

    Raises:
        FormatError: fewer or more entries, or an entry is cut short.
    """
    entries: list[bytes] = []
    position = 0
    while position < len(data):
        start = position + 2
        position = start + int.from_bytes(data[position:start], "big")
        if start > len(data) or position > len(data):
            raise FormatError(f"entry bundle: entry {len(entries)} is cut short")
        entries.append(data[start:position])
    if len(entries) != count:
        raise FormatError(f"entry bundle: {len(entries)} entries, {count} promised")
    return tuple(entries)


def split_tile(data: bytes, width: int) -> tuple[bytes, ...]:
    """Cut a tile's bytes into its `width` hashes.

    Raises:
        FormatError: the tile holds another number of bytes.
    """
    if len(data) != width * HASH_BYTES:
        raise FormatError(f"tile: {len(data)} bytes, {width * HASH_BYTES} promised")
    return tuple(data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES))


def _tile_of(match: re.Match[str], *, level: int) -> Tile:
    index = int(match["index"].replace("x", "").replace("/", ""))
    return Tile(level, index, int(match["width"] or TILE_WIDTH))


def _level_added(level: int, old_count: int, new_count: int) -> list[Tile]:
    if old_count == new_count:
        return []
    indices = range(old_count // TILE_WIDTH, (new_count - 1) // TILE_WIDTH + 1)
    return [Tile(level, index, min(TILE_WIDTH, new_count - index * TILE_WIDTH)) for index in indices]


def _check_sizes(old_size: int, new_size: int) -> None:
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise FormatError(f"log: from {old_size} to {new_size} entries, 0 <= old <= new promised")
