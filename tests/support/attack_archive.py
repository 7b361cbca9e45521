"""An archive in memory, with versions and delete markers, and what somebody with write access could do to it."""

import contextlib
import dataclasses
import datetime as dt
import io
from collections.abc import Iterator

from dayseal.errors import NotFoundError
from dayseal.model import ArchiveObject, Listing, batch_day_of_key


@dataclasses.dataclass(frozen=True, slots=True)
class _Version:
    name: str
    data: bytes | None  # None is a delete marker
    stored_at: dt.datetime


class MemoryArchive:
    """Port `ArchiveReader` in memory: a versioned bucket whose keys name their batch day."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._held: dict[str, tuple[_Version, ...]] = {}

    @property
    def uri(self) -> str:
        """The archive as statements name it."""
        return f"memory:{self._name}"

    def list_day(self, day: dt.date) -> Listing:
        """Give every version whose key names `day`; see the port."""
        keys = [key for key in sorted(self._held) if batch_day_of_key(key) == day]
        return Listing(
            objects=tuple(_object(key, v.name, v) for key in keys for v in self._held[key] if v.data is not None),
            delete_markers=tuple(key for key in keys if self._held[key][-1].data is None),
        )

    def find(self, key: str, version: str) -> ArchiveObject | None:
        """Give one stored version as it is now; see the port."""
        found = next((v for v in self._held.get(key, ()) if v.name == version and v.data is not None), None)
        return None if found is None else _object(key, version, found)

    @contextlib.contextmanager
    def open(self, found: ArchiveObject, start: int = 0, end: int | None = None) -> Iterator[io.BytesIO]:
        """Open the stored bytes `[start, end)` of exactly that version; see the port."""
        for held in self._held.get(found.key, ()):
            if held.name == found.version and held.data is not None:
                yield io.BytesIO(held.data[start:end])
                return
        raise NotFoundError(f"{found.key}: gone from {self.uri}")

    def put(self, key: str, data: bytes, at: dt.datetime) -> None:
        """Store an object; on a key that exists, a version on top."""
        self._add(key, data, at)

    def mark(self, key: str, at: dt.datetime) -> None:
        """Put a delete marker on top."""
        self._add(key, None, at)

    def append(self, key: str, data: bytes) -> None:
        """Append to the newest version in place, as append blobs and folders allow."""
        *below, top = self._held[key]
        self._held[key] = (*below, dataclasses.replace(top, data=(top.data or b"") + data))

    def overwrite(self, key: str, data: bytes) -> None:
        """Change the newest version in place, as on a folder, or by whoever holds the disks."""
        *below, top = self._held[key]
        self._held[key] = (*below, dataclasses.replace(top, data=data))

    def forget(self, key: str) -> None:
        """Lose an object with all its versions."""
        del self._held[key]

    def read(self, key: str) -> bytes:
        """Give the newest version's bytes."""
        return self._held[key][-1].data or b""

    def copy(self) -> "MemoryArchive":
        """Give an archive with the same content, to try things on."""
        other = MemoryArchive(self._name)
        other._held = dict(self._held)
        return other

    def _add(self, key: str, data: bytes | None, at: dt.datetime) -> None:
        held = self._held.get(key, ())
        self._held[key] = (*held, _Version(f"v{len(held) + 1}", data, at))


def _object(key: str, version: str, held: _Version) -> ArchiveObject:
    return ArchiveObject(key=key, version=version, size=len(held.data or b""), stored_at=held.stored_at)
