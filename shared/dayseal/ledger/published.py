"""A ledger in a store that lets nothing be replaced: `checkpoint`, the one object that ever is, lies somewhere else.

Nothing rests on that other place: who opens a checkpoint verifies its signature, and the head guard says whether it is
the newest. What somebody puts under that name into the ledger's own store is never read.
"""

import heapq
from collections.abc import Iterator

from dayseal.ledger.layout import CHECKPOINT
from dayseal.ports import ObjectStore


class PublishedApart:
    """Port `ObjectStore`: `checkpoint` in `published`, everything else in `store`."""

    def __init__(self, store: ObjectStore, published: ObjectStore) -> None:
        self._store = store
        self._published = published

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give an object's bytes; see the port."""
        return self._home(key).get(key, max_bytes=max_bytes)

    def keys(self, prefix: str) -> Iterator[str]:
        """Give the keys under `prefix` of both, sorted bytewise; see the port."""
        ours = (key for key in self._store.keys(prefix) if key != CHECKPOINT)
        apart = self._published.keys(CHECKPOINT) if CHECKPOINT.startswith(prefix) else iter(())
        yield from heapq.merge(ours, (key for key in apart if key == CHECKPOINT))

    def create(self, key: str, data: bytes) -> None:
        """Create the object if it is absent; see the port."""
        self._home(key).create(key, data)

    def replace(self, key: str, data: bytes) -> None:
        """Write the object whether or not it exists; see the port."""
        self._home(key).replace(key, data)

    def _home(self, key: str) -> ObjectStore:
        return self._published if key == CHECKPOINT else self._store
