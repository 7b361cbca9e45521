"""Reading a log's full tiles and bundles before they are asked for, where each request waits for a network.

It changes no trust: whatever comes is proved against the checkpoint by who reads it, as ever.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from dayseal.errors import DaysealError, FormatError
from dayseal.ledger.layout import TILES
from dayseal.merkle import TILE_WIDTH, Tile, parse_bundle_path, parse_tile_path
from dayseal.ports import ObjectStore

AHEAD: Final = 8  # of each kind; a bundle has at most 1.5 MB
_BUNDLES: Final = f"{TILES}entries/"


class ReadAhead:
    """Port `ObjectStore` on another one, whose `get` may be called by several threads at once.

    Whoever reads two full tiles, or two full bundles, one behind the other is taken to go on: the next eight of that
    kind are fetched meanwhile. Everything else is passed on as it is.
    """

    def __init__(self, store: ObjectStore, *, ahead: int = AHEAD) -> None:
        self._store = store
        self._ahead = ahead
        self._lock = threading.Lock()
        self._next: dict[bool, int] = {}  # by whether it is a bundle: the number behind the one read last
        self._coming: dict[str, Future[bytes]] = {}
        self._threads: ThreadPoolExecutor | None = None

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give an object's bytes; see the port. What went wrong ahead of time is asked for again."""
        tile = _full_tile(key) if max_bytes is None else None
        if tile is not None and (coming := self._turn(key, tile)) is not None:
            try:
                return coming.result()
            except DaysealError:  # it may be there by now
                return self._store.get(key)
        return self._store.get(key, max_bytes=max_bytes)

    def keys(self, prefix: str) -> Iterator[str]:
        """Give every key that starts with `prefix`; see the port."""
        return self._store.keys(prefix)

    def create(self, key: str, data: bytes) -> None:
        """Create the object if it is absent; see the port."""
        self._store.create(key, data)

    def replace(self, key: str, data: bytes) -> None:
        """Write the object whether or not it exists; see the port."""
        self._store.replace(key, data)

    def _turn(self, key: str, tile: Tile) -> Future[bytes] | None:
        """Note that a tile is read now, let those behind it be fetched, and give it if it is being fetched itself."""
        kind = key.startswith(_BUNDLES)
        with self._lock:
            going_on = self._next.get(kind) == tile.index
            self._next[kind] = tile.index + 1
            mine = self._coming.pop(key, None)
            if going_on:
                self._fetch_behind(tile.index, bundles=kind)
            else:
                self._forget(bundles=kind)
            return mine

    def _fetch_behind(self, index: int, *, bundles: bool) -> None:
        self._threads = self._threads or ThreadPoolExecutor(2 * self._ahead, thread_name_prefix="ahead")
        for number in range(index + 1, index + 1 + self._ahead):
            tile = Tile(0, number)
            key = tile.bundle_path if bundles else tile.path
            coming = self._coming.get(key)
            if coming is None:
                self._coming[key] = self._threads.submit(self._store.get, key)
            elif coming.done() and coming.exception() is not None:
                return  # here the full ones end

    def _forget(self, *, bundles: bool) -> None:
        for key in [key for key in self._coming if key.startswith(_BUNDLES) == bundles]:
            self._coming.pop(key).cancel()


def _full_tile(key: str) -> Tile | None:
    """Give the full tile of leaf hashes, or of entries, that a key names; None where it names something else."""
    if not key.startswith(TILES):
        return None
    try:
        tile = (parse_bundle_path if key.startswith(_BUNDLES) else parse_tile_path)(key)
    except FormatError:
        return None
    return tile if tile.level == 0 and tile.width == TILE_WIDTH else None
