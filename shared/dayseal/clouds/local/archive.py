"""An archive that is a plain folder of log files."""

import contextlib
import dataclasses
import datetime as dt
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from dayseal.audit.event import parse_event
from dayseal.digest.records import read_records
from dayseal.errors import AccessError, DaysealError, NotFoundError
from dayseal.model import ArchiveObject, Listing, batch_day_of_key

_PEEK_RECORDS = 100
_DIR = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_GONE = frozenset({errno.ENOENT, errno.ENOTDIR})
_LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59Z


class _Slice:
    """The bytes of an open file up to an end: port `ByteSource`."""

    def __init__(self, handle: int, length: int | None) -> None:
        self._handle = handle
        self._left = length

    def read(self, size: int = -1, /) -> bytes:
        """Give up to `size` bytes (at most 1 MiB when it is negative); `b""` at the end."""
        wanted = 1 << 20 if size < 0 else size
        if self._left is not None:
            wanted = min(wanted, self._left)
        try:
            data = os.read(self._handle, wanted) if wanted else b""
        except OSError as exc:
            raise AccessError(f"archive: a read failed ({exc.strerror})") from exc
        if self._left is not None:
            self._left -= len(data)
        return data


@dataclasses.dataclass(slots=True)
class _Seen:
    """What the last walk of a folder found, by batch day, and the days that were asked for since.

    `days` remembers the day of each file whose name says none: its first event was read for that.
    """

    found: dict[dt.date, list[ArchiveObject]] = dataclasses.field(default_factory=dict)
    refused: tuple[str, ...] = ()
    asked: set[dt.date] = dataclasses.field(default_factory=set)
    walked: bool = False
    days: dict[ArchiveObject, dt.date] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class FolderArchive:
    """Port `ArchiveReader` on a folder. Links are never followed; only regular files are objects.

    A key is the path below `root` with `/` between parts. There are no versions and no locks. Many days cost one
    walk: what it found of a day is given out once, and who asks for that day again has the folder walked again.
    """

    root: Path
    name: str
    _seen: _Seen = dataclasses.field(default_factory=_Seen, compare=False, repr=False, init=False)

    def __reduce__(self) -> tuple[type["FolderArchive"], tuple[Path, str]]:
        """Travel to another process without what was seen here."""
        return FolderArchive, (self.root, self.name)

    @property
    def uri(self) -> str:
        """The archive as statements name it: `file:<name>`, without this machine's path."""
        return f"file:{self.name}"

    def list_day(self, day: dt.date) -> Listing:
        """Give the files whose batch day is `day`: by the date in the key, else the day of the first event.

        A file without any event time counts for the day it was last written.

        Raises:
            AccessError: a folder cannot be listed: never a shorter list.
        """
        if not self._seen.walked or day in self._seen.asked:
            self._look_again()
        self._seen.asked.add(day)
        dated = tuple(r for r in self._seen.refused if batch_day_of_key(r) in (day, None))
        return Listing(objects=tuple(sorted(self._seen.found.get(day, ()))), refused=dated)

    def find(self, key: str, version: str) -> ArchiveObject | None:
        """Give the file as it is now, or None when it is gone; a folder knows no versions."""
        if version:
            return None
        try:
            with self._folder_of(key) as (folder, name):
                status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError as exc:
            if exc.errno in _GONE:
                return None
            raise AccessError(f"{key!r}: cannot look at it ({exc.strerror})") from exc
        return _object(key, status) if stat.S_ISREG(status.st_mode) else None

    @contextlib.contextmanager
    def open(self, found: ArchiveObject, start: int = 0, end: int | None = None) -> Iterator[_Slice]:
        """Open the stored bytes `[start, end)`.

        Raises:
            NotFoundError: it is gone, or no regular file any more.
            AccessError: it cannot be read.
        """
        try:
            with self._folder_of(found.key) as (folder, name):
                handle = os.open(name, _FILE, dir_fd=folder)
        except OSError as exc:
            if exc.errno in _GONE:
                raise NotFoundError(f"{found.key!r}: gone from {self.uri}") from exc
            raise AccessError(f"{found.key!r}: cannot open it in {self.uri} ({exc.strerror})") from exc
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise NotFoundError(f"{found.key!r}: no regular file in {self.uri}")
            os.lseek(handle, start, os.SEEK_SET)
            yield _Slice(handle, None if end is None else end - start)
        finally:
            os.close(handle)

    @contextlib.contextmanager
    def _folder_of(self, key: str) -> Iterator[tuple[int, str]]:
        """Open the folder a key lies in, part by part so that no link is followed; give it and the last part."""
        *parents, name = key.split("/")
        if any(part in ("", ".", "..") for part in (*parents, name)) or "\0" in key or not _is_utf8(key):
            raise NotFoundError(f"{key!a}: not a key of a folder")
        try:
            folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as exc:  # an archive that is not there is an outage, not a day without objects
            raise AccessError(f"{self.uri}: cannot open its folder ({exc.strerror})") from exc
        try:
            for part in parents:
                inner = os.open(part, _DIR, dir_fd=folder)
                os.close(folder)
                folder = inner
            yield folder, name
        finally:
            os.close(folder)

    def _look_again(self) -> None:
        refused: list[str] = []
        found: dict[dt.date, list[ArchiveObject]] = {}
        for one in self._walk(self.root, "", refused):
            found.setdefault(self._batch_day(one), []).append(one)
        self._seen.found, self._seen.refused, self._seen.walked = found, tuple(sorted(refused)), True
        self._seen.asked.clear()

    def _walk(self, folder: Path, prefix: str, refused: list[str]) -> Iterator[ArchiveObject]:
        # No recursion: a folder may be nested deeper than a program may call itself.
        waiting = [(folder, prefix)]
        while waiting:
            folder, prefix = waiting.pop()
            for entry in self._entries(folder, prefix):
                key = prefix + entry.name
                if not _is_utf8(key):
                    refused.append(ascii(key))
                elif entry.is_dir(follow_symlinks=False):
                    waiting.append((folder / entry.name, key + "/"))
                elif not entry.is_file(follow_symlinks=False):
                    refused.append(ascii(key))
                else:
                    with contextlib.suppress(FileNotFoundError):  # gone since the folder was read
                        yield _object(key, entry.stat(follow_symlinks=False))

    def _entries(self, folder: Path, prefix: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as found:
                return sorted(found, key=lambda e: e.name)
        except OSError as exc:
            raise AccessError(
                f"{self.uri}: cannot list {prefix or 'the folder'} ({exc.strerror})",
                hint=f"check that {self.root} exists and may be read",
            ) from exc

    def _batch_day(self, found: ArchiveObject) -> dt.date:
        named = batch_day_of_key(found.key)
        if named is not None:
            return named
        if found not in self._seen.days:
            self._seen.days[found] = self._first_event_day(found) or found.stored_at.date()
        return self._seen.days[found]

    def _first_event_day(self, found: ArchiveObject) -> dt.date | None:
        try:
            with self.open(found) as source:
                for index, record in enumerate(read_records(source)):
                    event = parse_event(record)
                    if event is not None and event.time_us is not None:
                        return dt.datetime.fromtimestamp(event.time_us / 1_000_000, dt.UTC).date()
                    if index >= _PEEK_RECORDS:
                        return None
        except DaysealError:
            return None  # step 4 meets the same file again and says what is wrong with it
        return None


def _object(key: str, status: os.stat_result) -> ArchiveObject:
    # Whoever may write there may set any time, also one that no calendar has.
    seconds = min(max(int(status.st_mtime), 0), _LAST_SECOND)
    stored_at = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return ArchiveObject(key=key, version="", size=status.st_size, stored_at=stored_at)


def _is_utf8(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True
