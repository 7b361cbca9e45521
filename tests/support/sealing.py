"""A small world to seal: an archive folder, a ledger in memory, a clock that can be moved."""

import contextlib
import dataclasses
import datetime as dt
from pathlib import Path

from dayseal.attest.predicates import ClusterDay
from dayseal.codec import Wire
from dayseal.errors import AccessError
from dayseal.ledger.entry import parse_admitted
from dayseal.lookup import DayView, Lookup, find_cluster
from dayseal.model import ArchiveObject, Listing
from dayseal.ports import ArchiveReader, ByteSource
from dayseal.settings import read_settings
from dayseal.steps.parts import NoProgress, Parts
from dayseal.testing.clock import FixedClock
from dayseal.wiring import Surroundings, assemble, create_workspace
from dayseal.workflow import DayReport, seal_day
from support.plain_logs import DAY

NODE_CLUSTERS = """
[[archives]]
name = "logs"
path = "../logs"

[[clusters]]
provider = "local"
account = "lab"
location = "-"
name = "blue"
uid = "uid-blue"
archive = "logs"
"""


class World:
    """A workspace and an archive folder below `home`; every run wires everything anew, as a process would."""

    def __init__(self, home: Path, *, settings: str = NODE_CLUSTERS) -> None:
        self.home = home
        self.logs = home / "logs"
        self.logs.mkdir()
        self.clock = FixedClock(_morning_after(DAY))
        self._count = 0
        create_workspace(home / "w", origin="test.example/log", surroundings=self._surroundings())
        with (home / "w/dayseal.toml").open("a", encoding="utf-8") as file:
            file.write(settings)

    def parts(self) -> Parts:
        """Wire everything up."""
        settings = read_settings(self.home / "w/dayseal.toml")
        return assemble(
            settings,
            surroundings=self._surroundings(),
            progress=NoProgress(),
            archive=None if settings.archives else self.logs,
        )

    def seal(self, day: dt.date = DAY, parts: Parts | None = None) -> DayReport:
        """Seal a day, at its morning after or later."""
        late = _morning_after(day) - self.clock.now()
        if late > dt.timedelta():
            self.clock.advance(late)
        return seal_day(parts or self.parts(), day)

    def view(self, day: dt.date = DAY, cluster: str = "blue") -> DayView:
        """Look a day up."""
        ledger = self.parts().open_reader()
        return Lookup(ledger).day(find_cluster(ledger, cluster), day)

    def statement(self, day: dt.date = DAY, cluster: str = "blue") -> ClusterDay:
        """Give the newest statement of a day, which must be there."""
        predicate = self.view(day, cluster).predicate
        assert predicate is not None
        return predicate

    def entries(self) -> list[Wire]:
        """Give every predicate in the log, in order."""
        ledger = self.parts().open_reader()
        return [parse_admitted(data, subject="entry").statement.predicate for data in ledger.entries()]

    def _surroundings(self) -> Surroundings:
        return Surroundings(self.clock, self._entropy)

    def _entropy(self, size: int) -> bytes:
        self._count += 1
        return self._count.to_bytes(4, "big").rjust(size, b"\x2a")[:size]


class DenyingArchive:
    """A folder archive in which one key cannot be opened."""

    def __init__(self, inner: ArchiveReader, denied: str) -> None:
        self._inner = inner
        self._denied = denied

    @property
    def uri(self) -> str:
        """Name the archive as the folder does."""
        return self._inner.uri

    def list_day(self, day: dt.date) -> Listing:
        """List as the folder does: the denied object too."""
        return self._inner.list_day(day)

    def find(self, key: str, version: str) -> ArchiveObject | None:
        """Find as the folder does."""
        return self._inner.find(key, version)

    def open(
        self, found: ArchiveObject, start: int = 0, end: int | None = None
    ) -> contextlib.AbstractContextManager[ByteSource]:
        """Open, or refuse."""
        if found.key == self._denied:
            raise AccessError(f"{found.key}: access denied")
        return self._inner.open(found, start, end)


def denying(parts: Parts, key: str) -> Parts:
    """Give the same parts with one object that cannot be opened."""
    archive = parts.archives[0]
    denied = dataclasses.replace(archive, reader=DenyingArchive(archive.reader, key))
    return dataclasses.replace(parts, archives=(denied,))


def _morning_after(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(6, 30), tzinfo=dt.UTC)
