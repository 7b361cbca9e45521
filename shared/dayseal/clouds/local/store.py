"""A ledger store in a plain folder: one file for each object, durable before a write returns.

`create` writes a hidden temporary file, fsyncs it and link(2)s it to its name: atomic, one winner, and
never a half-written object. Temporary files that a crash left behind start with a dot, which no key
does: they are not listed and harm nothing. Symbolic links and pipes are never followed or opened.
"""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dayseal.errors import AccessError, ExistsError, FormatError, NotFoundError, TamperError
from dayseal.ledger.layout import check_key

_DIR: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class FolderStore:
    """Port `ObjectStore` on the folder `path`, which is made when first written to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._durable: set[str] = set()  # directories whose names this process has fsynced into their parents

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give an object's bytes; see the port."""
        check_key(key)
        *parents, name = key.split("/")
        access = _access(f"read {key} in {self._path}")
        with access, self._folder(parents, key) as folder, _open(name, _READ, folder, key) as file:
            info = os.fstat(file)
            if not stat.S_ISREG(info.st_mode):
                raise TamperError(f"{key}: not a plain file")
            if max_bytes is not None and info.st_size > max_bytes:
                raise FormatError(f"{key}: {info.st_size} bytes, at most {max_bytes} promised")
            return _read_all(file, info.st_size)

    def keys(self, prefix: str) -> Iterator[str]:
        """Give the keys under `prefix`, sorted bytewise; see the port."""
        base, _, start = prefix.rpartition("/")
        if base:
            check_key(base)
        parents = base.split("/") if base else []
        try:
            with _access(f"list {prefix} in {self._path}"), self._folder(parents, prefix) as folder:
                yield from _walk(folder, f"{base}/" if base else "", start)
        except NotFoundError:
            return

    def create(self, key: str, data: bytes) -> None:
        """Create the object if it is absent; see the port."""
        check_key(key)
        *parents, name = key.split("/")
        with _access(f"create {key} in {self._path}"), self._made_folder(parents, key) as folder:
            try:
                if _is_there(name, folder):
                    raise ExistsError(f"{key}: exists")
                with _temporary(folder, data) as temporary:
                    os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
            except FileExistsError as exc:
                raise ExistsError(f"{key}: exists") from exc
            finally:
                os.fsync(folder)  # also when it exists: who is told so may rely on it

    def replace(self, key: str, data: bytes) -> None:
        """Write the object whether or not it exists; see the port."""
        check_key(key)
        *parents, name = key.split("/")
        with _access(f"replace {key} in {self._path}"), self._made_folder(parents, key) as folder:
            with _temporary(folder, data) as temporary:
                os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            os.fsync(folder)

    @contextlib.contextmanager
    def _folder(self, parents: list[str], key: str) -> Iterator[int]:
        # The root may be reached through links; below it no link is followed.
        try:
            folder = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError as exc:
            raise NotFoundError(f"{key}: no folder {self._path}") from exc
        try:
            for name in parents:
                with _open(name, _DIR, folder, key) as inner:
                    os.dup2(inner, folder, inheritable=False)
            yield folder
        finally:
            os.close(folder)

    @contextlib.contextmanager
    def _made_folder(self, parents: list[str], key: str) -> Iterator[int]:
        for depth in range(len(parents) + 1):
            path = "/".join(parents[:depth])
            if path not in self._durable:
                self._make(parents[:depth], key)
                self._durable.add(path)
        with self._folder(parents, key) as folder:
            yield folder

    def _make(self, names: list[str], key: str) -> None:
        if not names:
            self._path.mkdir(parents=True, exist_ok=True)
            _sync(self._path.parent)
            return
        with self._folder(names[:-1], key) as folder:
            with contextlib.suppress(FileExistsError):
                os.mkdir(names[-1], dir_fd=folder)
            os.fsync(folder)  # also when another process made it: it may not have come this far


@contextlib.contextmanager
def _access(doing: str) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise AccessError(f"cannot {doing}: {exc.strerror}") from exc


@contextlib.contextmanager
def _open(name: str, flags: int, folder: int, key: str) -> Iterator[int]:
    try:
        opened = os.open(name, flags, dir_fd=folder)
    except FileNotFoundError as exc:
        raise NotFoundError(f"{key}: no such object") from exc
    except OSError as exc:
        if exc.errno not in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO):
            raise
        if exc.errno == errno.ENOTDIR and stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise NotFoundError(f"{key}: no such object") from exc
        raise TamperError(f"{key}: a link or a special file lies there, a plain file promised") from exc
    try:
        yield opened
    finally:
        os.close(opened)


@contextlib.contextmanager
def _temporary(folder: int, data: bytes) -> Iterator[str]:
    name = f".tmp-{secrets.token_hex(8)}"
    file = os.open(name, _WRITE, 0o644, dir_fd=folder)
    try:
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(file, rest) :]
            os.fsync(file)
        finally:
            os.close(file)
        yield name
    finally:
        with contextlib.suppress(FileNotFoundError):  # renamed
            os.unlink(name, dir_fd=folder)


def _read_all(file: int, size: int) -> bytes:
    parts = []
    while part := os.read(file, max(size, 65_536)):
        parts.append(part)
    return b"".join(parts)


def _is_there(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _walk(folder: int, base: str, start: str) -> Iterator[str]:
    with os.scandir(folder) as found:
        # A folder sorts as its keys do: with the slash that follows its name.
        names = sorted(f"{e.name}/" if e.is_dir(follow_symlinks=False) else e.name for e in found)
    for name in names:
        if not name.startswith(start) or not _is_key(base + name.rstrip("/")):
            continue
        if not name.endswith("/"):
            yield base + name
            continue
        inner = os.open(name[:-1], _DIR, dir_fd=folder)
        try:
            yield from _walk(inner, base + name, "")
        finally:
            os.close(inner)


def _is_key(text: str) -> bool:
    try:
        check_key(text)
    except FormatError:
        return False
    return True


def _sync(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
