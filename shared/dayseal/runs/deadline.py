"""Stopping before somebody else stops us."""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Final

from dayseal.errors import OutOfTimeError
from dayseal.model import ArchiveObject, Listing
from dayseal.ports import ArchiveReader, ByteSource
from dayseal.steps.parts import Archive

MARGIN_MS: Final = 20_000  # to end in order: what was opened is closed, what is half done is left out


@dataclasses.dataclass(frozen=True, slots=True)
class Deadline:
    """How long a task may still run: `remaining_ms` says it, `task` is what the task calls itself."""

    task: str
    remaining_ms: Callable[[], int]
    margin_ms: int = MARGIN_MS

    @property
    def near(self) -> bool:
        """Whether less than the margin is left."""
        return self.remaining_ms() < self.margin_ms

    def check(self, doing: str) -> None:
        """Go on, or stop.

        Raises:
            OutOfTimeError: the deadline is near.
        """
        if self.near:
            raise OutOfTimeError(
                f"{self.task}: {self.remaining_ms() // 1000} s left while {doing}, {self.margin_ms // 1000} s promised",
                hint="give the function more time or memory, or make its shards smaller",
            )


class TimedReader:
    """Port `ArchiveReader` under a deadline: every piece that is read asks whether there is time for it."""

    def __init__(self, inner: ArchiveReader, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    @property
    def uri(self) -> str:
        """The archive's address."""
        return self._inner.uri

    def list_day(self, day: dt.date) -> Listing:
        """List; see the port."""
        return self._inner.list_day(day)

    def find(self, key: str, version: str) -> ArchiveObject | None:
        """Find; see the port."""
        self._deadline.check(f"looking at {key}")
        return self._inner.find(key, version)

    @contextlib.contextmanager
    def open(self, found: ArchiveObject, start: int = 0, end: int | None = None) -> Iterator[ByteSource]:
        """Open; see the port. Reading raises OutOfTimeError near the deadline."""
        with self._inner.open(found, start, end) as source:
            yield _TimedSource(source, self._deadline, found.key)


def timed(archive: Archive, deadline: Deadline) -> Archive:
    """Give the archive, read under the deadline."""
    return dataclasses.replace(archive, reader=TimedReader(archive.reader, deadline))


@dataclasses.dataclass(frozen=True, slots=True)
class _TimedSource:
    source: ByteSource
    deadline: Deadline
    key: str

    def read(self, size: int = -1, /) -> bytes:
        self.deadline.check(f"reading {self.key}")
        return self.source.read(size)
