"""Growth that could not be read is said, and recorded as soon as it can be."""

import contextlib
import dataclasses
import datetime as dt
from pathlib import Path

from dayseal.errors import AccessError
from dayseal.model import ArchiveObject, Listing
from dayseal.ports import ArchiveReader, ByteSource
from dayseal.steps.parts import Parts
from support.plain_logs import DAY, write_day
from support.sealing import World


class NoGrowth:
    """An archive in which nothing beyond the first range can be read."""

    def __init__(self, inner: ArchiveReader) -> None:
        self._inner = inner

    @property
    def uri(self) -> str:
        """Name the archive as the folder does."""
        return self._inner.uri

    def list_day(self, day: dt.date) -> Listing:
        """List as the folder does."""
        return self._inner.list_day(day)

    def find(self, key: str, version: str) -> ArchiveObject | None:
        """Find as the folder does."""
        return self._inner.find(key, version)

    def open(
        self, found: ArchiveObject, start: int = 0, end: int | None = None
    ) -> contextlib.AbstractContextManager[ByteSource]:
        """Open what was recorded, refuse what is new."""
        if start > 0:
            raise AccessError(f"{found.key}: it grew 4 times while it was read")
        return self._inner.open(found, start, end)


def hindered(parts: Parts) -> Parts:
    """Give the same parts with an archive whose growth cannot be read."""
    archive = parts.archives[0]
    return dataclasses.replace(parts, archives=(dataclasses.replace(archive, reader=NoGrowth(archive.reader)),))


def test_growth_that_cannot_be_read_now_is_recorded_later(tmp_path: Path) -> None:
    """What stands recorded stays recorded; the new bytes are neither passed over nor taken for a change."""
    world = World(tmp_path)
    log = write_day(world.logs)
    world.seal()
    size, line = log.stat().st_size, log.read_bytes().splitlines(keepends=True)[7]
    with log.open("ab") as file:
        file.write(line)
    report = world.seal(DAY, hindered(world.parts()))
    assert (report.changed, len(report.unreadable)) == (0, 1)
    assert "it grew 4 times" in report.unreadable[0]
    assert [c.outcome for c in world.seal().clusters] == ["revised"]
    said = world.statement()
    assert (said.status, said.events.count, said.archive.bytes) == ("SEALED", 5762, size + len(line))
    assert [c.outcome for c in world.seal().clusters] == ["unchanged"]
