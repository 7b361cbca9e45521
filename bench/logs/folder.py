"""A folder as an archive, with nothing but what the digest needs."""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from dayseal.model import ArchiveObject, Listing
from dayseal.ports import ByteSource


@dataclasses.dataclass(frozen=True, slots=True)
class FolderReader:
    """Port `ArchiveReader` on a folder that nobody else writes to."""

    folder: Path

    @property
    def uri(self) -> str:
        """Where it is."""
        return f"file:{self.folder.name}"

    def list_day(self, day: dt.date) -> Listing:
        """Give nothing: objects are named one by one here."""
        del day
        return Listing(())

    def find(self, key: str, version: str) -> ArchiveObject | None:
        """Find nothing."""
        del key, version
        return None

    @contextlib.contextmanager
    def open(self, found: ArchiveObject, start: int = 0, end: int | None = None) -> Iterator[ByteSource]:
        """Open the whole file."""
        del start, end
        with (self.folder / found.key).open("rb", buffering=0) as stream:
            yield stream
