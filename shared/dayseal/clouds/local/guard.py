"""A head guard in a folder: one small file, replaced under a lock.

Put it on other storage than the ledger: it is what shows that the ledger was rolled back.
"""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dayseal.codec import sha256_hex
from dayseal.errors import AccessError, ExistsError, FormatError, StaleError, TamperError
from dayseal.ledger.guardfile import encode_guard, open_guard
from dayseal.model import GuardState

_HEAD: Final = "head.json"
_LOCK: Final = "lock"


class FolderGuard:
    """Port `HeadGuard` in the folder `path`, which is made by `create`.

    The state is `head.json`, canonical JSON; its tag is the file's SHA-256. Writers hold flock(2) on
    `lock`, so the folder must be on a file system whose locks work (no old NFS).
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> tuple[GuardState, str] | None:
        """Give the state and its tag; see the port.

        Raises:
            TamperError: the file is malformed.
        """
        try:
            data = (self._path / _HEAD).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise AccessError(f"cannot read head guard {self._path}: {exc.strerror}") from exc
        try:
            return open_guard(data), sha256_hex(data)
        except FormatError as exc:
            raise TamperError(str(exc)) from exc

    def create(self, state: GuardState) -> None:
        """Create the register; see the port."""
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            _sync(self._path.parent)
        except OSError as exc:
            raise AccessError(f"cannot create head guard {self._path}: {exc.strerror}") from exc
        with self._locked():
            if self.read() is not None:
                raise ExistsError(f"head guard {self._path}: exists")
            self._write(state)

    def swap(self, tag: str, state: GuardState) -> None:
        """Replace the state if the tag still fits; see the port."""
        if not self._path.is_dir():
            raise StaleError(f"head guard {self._path}: missing")
        with self._locked():
            now = self.read()
            if now is None or now[1] != tag:
                raise StaleError(f"head guard {self._path}: changed since it was read")
            self._write(state)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            lock = os.open(self._path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        except OSError as exc:
            raise AccessError(f"cannot lock head guard {self._path}: {exc.strerror}") from exc
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        except OSError as exc:
            raise AccessError(f"cannot write head guard {self._path}: {exc.strerror}") from exc
        finally:
            os.close(lock)  # releases the lock, as a crash does

    def _write(self, state: GuardState) -> None:
        temporary = self._path / f".tmp-{secrets.token_hex(8)}"
        file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        try:
            os.write(file, encode_guard(state))
            os.fsync(file)
        finally:
            os.close(file)
        # A crash before the rename leaves the old state and a temporary file, which nobody reads.
        temporary.rename(self._path / _HEAD)
        _sync(self._path)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
