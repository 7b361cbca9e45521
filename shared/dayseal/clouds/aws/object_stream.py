"""The bytes of one stored version as they come over the network, over a second connection if need be."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import BotoCoreError, FlexibleChecksumError

from dayseal.errors import AccessError

_ATTEMPTS: Final = 4
_BLOCK_BYTES: Final = 1 << 20


class EmptyStream:
    """Port `ByteSource` of no bytes."""

    def read(self, size: int = -1, /) -> bytes:  # noqa: ARG002 - the port's
        """Give the end."""
        return b""


class ObjectStream:
    """Port `ByteSource` on the bytes `[start, stop)` of one version.

    `fetch(at)` asks S3 for the bytes from `at` on; it is called at once, and again after a connection broke:
    a version's bytes do not change, so the rest of it fits what was read. `lock_mode` and `retain_until` are
    the lock as the first answer shows it.
    """

    def __init__(self, fetch: Callable[[int], Any], name: str, start: int, stop: int) -> None:
        self._fetch = fetch
        self._name = name
        self._at = start
        self._stop = stop
        self._attempts = 1
        answer = fetch(start)
        self._body = answer["Body"]
        self.lock_mode: str = answer.get("ObjectLockMode", "")
        self.retain_until: dt.datetime | None = answer.get("ObjectLockRetainUntilDate")

    def read(self, size: int = -1, /) -> bytes:
        """Give up to `size` bytes (at most 1 MiB when it is negative); `b""` at the end.

        Raises:
            AccessError: the connection broke four times, or the bytes do not fit S3's own checksum.
        """
        wanted = _BLOCK_BYTES if size < 0 else size
        while True:
            try:
                data: bytes = self._body.read(wanted)
            except FlexibleChecksumError as exc:
                raise AccessError(
                    f"{self._name}: what was read does not fit the checksum that S3 sent with it"
                ) from exc
            except BotoCoreError as exc:
                self._again(exc)
                continue
            self._at += len(data)
            if data or not wanted or self._at >= self._stop:
                return data
            self._again(None)

    def close(self) -> None:
        """Give the connection back."""
        self._body.close()

    def _again(self, exc: BotoCoreError | None) -> None:
        self._body.close()
        if self._attempts == _ATTEMPTS:
            why = "it ended early" if exc is None else type(exc).__name__
            raise AccessError(f"{self._name}: cannot read beyond byte {self._at} of {self._stop} ({why})") from exc
        self._attempts += 1
        self._body = self._fetch(self._at)["Body"]
