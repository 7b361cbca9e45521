"""The bytes of one stored blob as they come over the network, block by block, while it may grow."""

import hashlib
from collections.abc import Callable
from typing import Final, NamedTuple

from dayseal.errors import AccessError

_BLOCK_BYTES: Final = 8 << 20
_RESTARTS: Final = 3  # how often a blob may grow while it is read once


class Block(NamedTuple):
    """Some bytes of a blob, and the ETag of the blob they are from."""

    data: bytes
    etag: str


class EmptyStream:
    """Port `ByteSource` of no bytes."""

    def read(self, size: int = -1, /) -> bytes:  # noqa: ARG002 - the port's
        """Give the end."""
        return b""


class BlobStream:
    """Port `ByteSource` on the bytes `[start, stop)` of one blob, all of them of one state of it.

    `fetch(start, stop, etag)` asks for some of them, of the blob with that ETag (`""`: of whichever there is), and
    gives None when it has another by now. An append blob may have grown then: what was read is read again and must
    hash the same, and the rest is of the new state.
    """

    def __init__(self, fetch: Callable[[int, int, str], Block | None], name: str, *, start: int, stop: int) -> None:
        self._fetch = fetch
        self._name = name
        self._start = self._at = start
        self._stop = stop
        self._etag = ""
        self._sum = hashlib.sha256()
        self._restarts = 0
        self._block = memoryview(b"")
        self._fill()  # one that is gone is told when it is opened, not later

    def read(self, size: int = -1, /) -> bytes:
        """Give up to `size` bytes (at most a block of 8 MiB); `b""` at the end.

        Raises:
            AccessError: a block was refused or is short, or the blob was changed while it was read.
        """
        if not self._block and self._at < self._stop and size:
            self._fill()
        wanted = len(self._block) if size < 0 else size
        data = bytes(self._block[:wanted])
        self._block = self._block[len(data) :]
        return data

    def _fill(self) -> None:
        stop = min(self._at + _BLOCK_BYTES, self._stop)
        data = self._get(self._at, stop)
        while data is None:
            self._read_again()
            data = self._get(self._at, stop)
        self._sum.update(data)
        self._at = stop
        self._block = memoryview(data)

    def _get(self, start: int, stop: int) -> bytes | None:
        """Give bytes of the state that is read, or None when there is another by now."""
        found = self._fetch(start, stop, self._etag)
        if found is None:
            return None
        if len(found.data) != stop - start:
            raise AccessError(f"{self._name}: {len(found.data)} bytes from byte {start} on, {stop - start} promised")
        self._etag = found.etag
        return found.data

    def _read_again(self) -> None:
        """Take the blob as it is now: what was read before must stand there unchanged."""
        again, at, self._etag = hashlib.sha256(), self._start, ""
        while at < self._at:
            stop = min(at + _BLOCK_BYTES, self._at)
            data = self._get(at, stop)
            if data is None:  # once more, meanwhile
                again, at, self._etag = hashlib.sha256(), self._start, ""
                self._count_restart()
                continue
            again.update(data)
            at = stop
        if again.digest() != self._sum.digest():
            raise AccessError(f"{self._name}: it was changed while it was read, growth at its end at most promised")
        self._count_restart()

    def _count_restart(self) -> None:
        self._restarts += 1
        if self._restarts > _RESTARTS:
            raise AccessError(f"{self._name}: it grew {self._restarts} times while it was read; read it later")
