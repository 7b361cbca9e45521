"""A store that notes what is read from it, and may answer something else."""

from collections.abc import Iterator, Mapping

from dayseal.ports import ObjectStore


class NotingStore:
    """Port `ObjectStore` in front of another: `read` are the keys asked for, `instead` answers given in their place."""

    def __init__(self, inner: ObjectStore, instead: Mapping[str, bytes] | None = None) -> None:
        self._inner = inner
        self._instead = instead or {}
        self.read: list[str] = []

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give what is there, or what is to be said instead."""
        self.read.append(key)
        return self._instead[key] if key in self._instead else self._inner.get(key, max_bytes=max_bytes)

    def keys(self, prefix: str) -> Iterator[str]:
        """List as the store does."""
        return self._inner.keys(prefix)

    def create(self, key: str, data: bytes) -> None:
        """Create as the store does."""
        self._inner.create(key, data)

    def replace(self, key: str, data: bytes) -> None:
        """Replace as the store does."""
        self._inner.replace(key, data)
