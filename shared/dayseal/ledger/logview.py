"""Tiles and entries of one log head, none of them believed before it leads to the head's root.

The partial tiles on the right edge are proved together (their hashes make the root), a full tile by
its hash in the tile above, an entry bundle by the leaf hashes of its tile. So it does not matter where
they come from: newest versions cost one request, oldest ones a listing more.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from dayseal.errors import DigestError, FormatError, NotFoundError, ProofError, RefutedError, TamperError
from dayseal.merkle import (
    HASH_BYTES,
    TILE_WIDTH,
    Tile,
    consistency_from_tiles,
    edge_tile,
    encode_bundle,
    inclusion_from_tiles,
    leaf_hash,
    parse_bundle,
    right_edge,
    root_of,
    split_tile,
)
from dayseal.model import TreeHead
from dayseal.ports import ObjectStore

_LEVEL_BITS = 8
_T = TypeVar("_T")


class LogView:
    """Reads the log as `head` fixes it; proved tiles are kept in memory (8 kB for 256 entries).

    `newest` gives the newest versions of what `store` gives the oldest of: it is asked first, where there is one.
    """

    def __init__(self, store: ObjectStore, head: TreeHead, newest: ObjectStore | None = None) -> None:
        self._store = store
        self._newest = newest
        self._head = head
        self._tiles: dict[tuple[int, int], bytes] = {}  # proved
        self._bundle: tuple[Tile, tuple[bytes, ...]] | None = None  # the one read last, proved
        self._edge_proved = False

    @property
    def head(self) -> TreeHead:
        """The head that everything here is proved against."""
        return self._head

    def prove_edge(self) -> None:
        """Prove the partial tiles on the right edge.

        Raises:
            ProofError: they do not make the head's root.
            TamperError: one is missing, or has another length.
        """
        if self._edge_proved:
            return
        self._tiles.update(self._proved(self._read_edge))
        self._edge_proved = True

    def hashes(self, tile: Tile) -> bytes:
        """Give a tile's first `tile.width` hashes, proved.

        Raises:
            ProofError: the tile is not the one that the root promises, or lies outside the tree.
            TamperError: it is missing, or has another length.
        """
        count = (self._head.size >> _LEVEL_BITS * tile.level) - tile.index * TILE_WIDTH
        if tile.width > count:
            raise ProofError(f"{tile.path}: outside the log of {self._head.size} entries")
        self.prove_edge()
        key = (tile.level, tile.index)
        if key not in self._tiles:  # not on the edge, so it is full
            self._tiles[key] = self._prove_full(tile.full)
        return self._tiles[key][: tile.width * HASH_BYTES]

    def entries(self, start: int, end: int) -> Iterator[bytes]:
        """Give entries `[start, end)`, each proved by its leaf hash.

        Raises:
            ProofError: the range leaves the log, or a tile is not the promised one.
            DigestError: an entry is not the one whose hash the tree holds.
            TamperError: a tile or bundle is missing or malformed.
        """
        if not 0 <= start <= end <= self._head.size:
            raise ProofError(f"entries: {start} to {end}, 0 to {self._head.size} promised")
        for index in range(start // TILE_WIDTH, -(-end // TILE_WIDTH)):
            first = index * TILE_WIDTH
            yield from self._entries_of(index)[max(start - first, 0) : end - first]

    def entry(self, index: int) -> bytes:
        """Give one entry; raises as `entries` does."""
        return next(self.entries(index, index + 1))

    def leaf(self, index: int) -> bytes:
        """Give the leaf hash of one entry, proved."""
        number, place = divmod(index, TILE_WIDTH)
        return self.hashes(Tile(0, number, place + 1))[place * HASH_BYTES :]

    def edge_bundle(self, tile: Tile) -> bytes:
        """Give the bytes of the partial bundle on the right edge, proved."""
        return encode_bundle(self._entries_of(tile.index)[: tile.width])

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Give the path of entry `index` in the tree of the first `size` entries, sibling of the leaf first."""
        return inclusion_from_tiles(self.hashes, index, size)

    def consistency(self, old_size: int, size: int) -> tuple[bytes, ...]:
        """Give the path that proves the tree of `old_size` to be the start of the tree of `size`."""
        return consistency_from_tiles(self.hashes, old_size, size)

    def root_at(self, size: int) -> bytes:
        """Give the root that the log had when it held `size` entries."""
        return right_edge(self.hashes, size).root()

    def grown(self, head: TreeHead, written: Mapping[str, bytes]) -> "LogView":
        """Give the view of the next head, from the tiles and bundles (by path) just written for it.

        The writer made them from this view and saw them lead to `head`, so nothing is read again.
        """
        view = LogView(self._store, head, self._newest)
        for tile in filter(None, (edge_tile(level, head.size) for level in range(_LEVEL_BITS))):
            key = (tile.level, tile.index)
            view._tiles[key] = written[tile.path] if tile.path in written else self._tiles[key]
        edge = edge_tile(0, head.size)
        if edge and edge.bundle_path in written:
            view._bundle = (edge, parse_bundle(written[edge.bundle_path], edge.width))
        view._edge_proved = True
        return view

    def _entries_of(self, index: int) -> tuple[bytes, ...]:
        tile = Tile(0, index, min(TILE_WIDTH, self._head.size - index * TILE_WIDTH))
        if self._bundle and self._bundle[0] == tile:
            return self._bundle[1]
        hashes = split_tile(self.hashes(tile), tile.width)
        entries = self._proved(lambda store: self._read_bundle(store, tile, hashes))
        self._bundle = (tile, entries)
        return entries

    def _prove_full(self, tile: Tile) -> bytes:
        number, place = divmod(tile.index, TILE_WIDTH)
        promised = self.hashes(Tile(tile.level + 1, number, place + 1))[place * HASH_BYTES :]

        def read(store: ObjectStore) -> bytes:
            data = self._read_tile(store, tile)
            if root_of(split_tile(data, TILE_WIDTH)) != promised:
                raise ProofError(f"{tile.path}: its hashes do not make the hash in the tile above")
            return data

        return self._proved(read)

    def _proved(self, read: Callable[[ObjectStore], _T]) -> _T:
        """Read what proves itself from the newest versions; where those do not hold, from the oldest."""
        if self._newest is not None:
            with contextlib.suppress(RefutedError, TamperError):
                return read(self._newest)
        return read(self._store)

    def _read_edge(self, store: ObjectStore) -> dict[tuple[int, int], bytes]:
        tiles = [tile for level in range(_LEVEL_BITS) if (tile := edge_tile(level, self._head.size))]
        found = {(tile.level, tile.index): self._read_tile(store, tile) for tile in tiles}
        root = right_edge(lambda tile: found[(tile.level, tile.index)], self._head.size).root()
        if root != self._head.root:
            promised = f"the head of size {self._head.size} says {self._head.root.hex()[:16]}"
            raise ProofError(f"tiles: the right edge makes root {root.hex()[:16]}, {promised}")
        return found

    def _read_tile(self, store: ObjectStore, tile: Tile) -> bytes:
        data = self._either(store, tile.path, tile.full.path)[: tile.width * HASH_BYTES]
        if len(data) != tile.width * HASH_BYTES:
            raise TamperError(f"{tile.path}: {len(data)} bytes, {tile.width * HASH_BYTES} promised")
        return data

    def _read_bundle(self, store: ObjectStore, tile: Tile, hashes: Sequence[bytes]) -> tuple[bytes, ...]:
        data = self._either(store, tile.bundle_path, tile.full.bundle_path)
        try:
            entries = _first(data, tile.width)
        except FormatError as exc:
            raise TamperError(f"{tile.bundle_path}: {exc}") from exc
        for place, (entry, promised) in enumerate(zip(entries, hashes, strict=True)):
            if (found := leaf_hash(entry)) != promised:
                subject = f"entry {tile.index * TILE_WIDTH + place}"
                raise DigestError(subject, expected=promised.hex(), actual=found.hex(), source=tile.path)
        return entries

    def _either(self, store: ObjectStore, path: str, full: str) -> bytes:
        # A partial tile may be gone once the full one has taken its place.
        for candidate in dict.fromkeys((path, full)):
            try:
                return store.get(candidate)
            except NotFoundError:
                continue
        raise TamperError(f"{path}: missing, the head of size {self._head.size} promises it")


def _first(bundle: bytes, count: int) -> tuple[bytes, ...]:
    try:
        return parse_bundle(bundle, count)
    except FormatError:
        return parse_bundle(bundle, TILE_WIDTH)[:count]
