"""Stores and a head guard in memory, with what a versioned bucket lets an adversary do."""

import bisect
import hashlib
from collections.abc import Iterator

from dayseal.errors import ExistsError, FormatError, NotFoundError, StaleError
from dayseal.ledger.layout import check_key
from dayseal.model import GuardState, ObjectVersion


class MemoryStore:
    """Port `ObjectStore` and `VersionLister` in memory: a versioned bucket under object lock.

    Nothing can be deleted, but `put_version` and `put_marker` do what an intruder with write access
    could: a version on top, or a delete marker, which `create` takes for absence as S3 does.
    """

    def __init__(self) -> None:
        self._versions: dict[str, list[bytes | None]] = {}  # None is a delete marker
        self._replaced: set[str] = set()
        self._sorted: list[str] = []

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give an object's bytes; see the port."""
        check_key(key)
        versions = [data for data in self._versions.get(key, []) if data is not None]
        if not versions or (key in self._replaced and self._versions[key][-1] is None):
            raise NotFoundError(f"{key}: no such object")
        data = versions[-1 if key in self._replaced else 0]
        if max_bytes is not None and len(data) > max_bytes:
            raise FormatError(f"{key}: {len(data)} bytes, at most {max_bytes} promised")
        return data

    def keys(self, prefix: str) -> Iterator[str]:
        """Give the keys under `prefix`, sorted; see the port."""
        start = bisect.bisect_left(self._sorted, prefix)
        for key in self._sorted[start:]:
            if not key.startswith(prefix):
                return
            if self._versions[key][-1] is not None:
                yield key

    def create(self, key: str, data: bytes) -> None:
        """Create the object if it is absent; see the port."""
        check_key(key)
        if key in self._versions and self._versions[key][-1] is not None:
            raise ExistsError(f"{key}: exists")
        self._put(key, data)

    def replace(self, key: str, data: bytes) -> None:
        """Write the object whether or not it exists; see the port."""
        check_key(key)
        self._replaced.add(key)
        self._put(key, data)

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        """Give every version of every key under `prefix`; see the port."""
        for key in sorted(k for k in self._versions if k.startswith(prefix)):
            held = self._versions[key]
            for number, data in enumerate(held):
                last = number == len(held) - 1
                yield ObjectVersion(key, str(number), len(data or b""), marker=data is None, latest=last)

    def put_version(self, key: str, data: bytes) -> None:
        """Add a version on top, as an intruder may under object lock."""
        self._put(key, data)

    def put_marker(self, key: str) -> None:
        """Add a delete marker on top, as an intruder may under object lock."""
        self._put(key, None)

    def overwrite(self, key: str, data: bytes) -> None:
        """Change the bytes themselves, as only whoever holds the disks could."""
        self.forget(key)
        self._put(key, data)

    def forget(self, key: str) -> None:
        """Lose an object with all its versions, as only whoever holds the disks could."""
        if self._versions.pop(key, None) is not None:
            self._sorted.remove(key)

    def copy(self) -> "MemoryStore":
        """Give a store with the same content, to roll back to or to try things on."""
        other = MemoryStore()
        other._versions = {key: list(held) for key, held in self._versions.items()}
        other._replaced = set(self._replaced)
        other._sorted = list(self._sorted)
        return other

    def _put(self, key: str, data: bytes | None) -> None:
        if key not in self._versions:
            bisect.insort(self._sorted, key)
        self._versions.setdefault(key, []).append(data)


class MemoryGuard:
    """Port `HeadGuard` in memory; `state` may be set to what an intruder would set it to."""

    def __init__(self, state: GuardState | None = None) -> None:
        self.state = state

    def read(self) -> tuple[GuardState, str] | None:
        """Give the state and its tag; see the port."""
        return None if self.state is None else (self.state, _tag(self.state))

    def create(self, state: GuardState) -> None:
        """Create the register; see the port."""
        if self.state is not None:
            raise ExistsError("head guard: exists")
        self.state = state

    def swap(self, tag: str, state: GuardState) -> None:
        """Replace the state if the tag still fits; see the port."""
        if self.state is None or _tag(self.state) != tag:
            raise StaleError("head guard: changed since it was read")
        self.state = state


def _tag(state: GuardState) -> str:
    return hashlib.sha256(repr(state).encode()).hexdigest()
