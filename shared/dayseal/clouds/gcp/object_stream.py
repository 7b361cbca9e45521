"""The bytes of one stored generation as they come over the network, block by block."""

from collections.abc import Callable
from typing import Final

import google_crc32c

from dayseal.codec import encode_base64
from dayseal.errors import AccessError

_BLOCK_BYTES: Final = 8 << 20


class EmptyStream:
    """Port `ByteSource` of no bytes."""

    def read(self, size: int = -1, /) -> bytes:  # noqa: ARG002 - the port's
        """Give the end."""
        return b""


class ObjectStream:
    """Port `ByteSource` on the bytes `[start, stop)` of one generation.

    `fetch(start, stop)` asks Cloud Storage for some of them. `checksum()` gives the CRC32C that it says of the
    whole object, base64, `""` where it says none; with `whole`, what was read must fit it.
    """

    def __init__(
        self,
        fetch: Callable[[int, int], bytes],
        checksum: Callable[[], str],
        name: str,
        *,
        start: int,
        stop: int,
        whole: bool,
    ) -> None:
        self._fetch = fetch
        self._checksum = checksum
        self._name = name
        self._at = start
        self._stop = stop
        self._whole = whole
        self._sum = 0
        self._block = memoryview(b"")
        self._fill()  # one that is gone is told when it is opened, not later

    def read(self, size: int = -1, /) -> bytes:
        """Give up to `size` bytes (at most a block of 8 MiB); `b""` at the end.

        Raises:
            AccessError: a block was refused, is short, or the whole does not fit Cloud Storage's own checksum.
        """
        if not self._block and self._at < self._stop and size:
            self._fill()
        wanted = len(self._block) if size < 0 else size
        data = bytes(self._block[:wanted])
        self._block = self._block[len(data) :]
        return data

    def _fill(self) -> None:
        stop = min(self._at + _BLOCK_BYTES, self._stop)
        data = self._fetch(self._at, stop)
        if len(data) != stop - self._at:
            raise AccessError(f"{self._name}: {len(data)} bytes from byte {self._at} on, {stop - self._at} promised")
        self._at = stop
        self._block = memoryview(data)
        if self._whole:
            self._sum = google_crc32c.extend(self._sum, data)
            if stop == self._stop:
                self._compare(encode_base64(self._sum.to_bytes(4, "big")))

    def _compare(self, found: str) -> None:
        promised = self._checksum()
        if promised and promised != found:
            raise AccessError(f"{self._name}: CRC32C of what was read is {found}, Cloud Storage says {promised}")
