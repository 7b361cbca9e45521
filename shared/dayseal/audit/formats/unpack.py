"""Stored bytes to text: up to three layers of gzip, each of any number of members, undone as a stream.

What a cut or broken member yields is exactly what its deflate symbols before the fault say, so
every decoder of the format agrees on it. Reading of a layer stops at its first fault.
"""

import contextlib
import itertools
from collections.abc import Generator, Iterator
from typing import Any, Final, NamedTuple

from zlib_ng import zlib_ng

from dayseal.audit.formats.anomalies import AnomalyKind, AnomalyLog

MAX_LAYERS: Final = 3
FREE_BYTES: Final = 64 * 1024 * 1024  # this much may come out of any object
MAX_RATIO: Final = 256  # beyond that, this much for each stored byte
PIECE_BYTES: Final = 16 * 1024  # deflate makes at most 1,032 times as much of it: 17 MiB

_MAGIC: Final = b"\x1f\x8b"
_FAULT: Final[type[Exception]] = zlib_ng.error  # type: ignore[assignment]  # the stubs call it an instance
_GZIP: Final = 31  # zlib's window bits for gzip with header and trailer


class Chunk(NamedTuple):
    """Some unpacked bytes; `ends_member` says that a gzip member ends right after them."""

    data: bytes
    ends_member: bool


class Meter:
    """Counts the stored bytes handed out so far: what the caps are measured against."""

    def __init__(self) -> None:
        self.stored = 0


def unpack(pieces: Iterator[bytes], meter: Meter, log: AnomalyLog) -> Iterator[Chunk]:
    """Undo the gzip layers of an object given in non-empty pieces.

    Stops early at damage, which it notes in `log`; pieces may be left over then.

    Spec: RFC 1952.
    """
    chunks: Iterator[Chunk] = (Chunk(piece, ends_member=False) for piece in pieces)
    for layer in range(MAX_LAYERS + 1):
        head, chunks = _peek(chunks, len(_MAGIC))
        if head != _MAGIC:
            break
        if layer == MAX_LAYERS:
            log.add(AnomalyKind.TOO_DEEP, layer, 0)
            break
        chunks = _Layer(layer, meter, log).inflate(_sliced(chunks))
    return chunks


class _Layer:
    """Undoes one layer of gzip."""

    def __init__(self, layer: int, meter: Meter, log: AnomalyLog) -> None:
        self._layer, self._meter, self._log = layer, meter, log
        self._made = 0  # bytes of output

    def inflate(self, pieces: Iterator[bytes]) -> Iterator[Chunk]:
        """Undo one member after the other; `offset` is where a member begins in this layer's input."""
        offset, rest = 0, b""
        while True:
            while len(rest) < len(_MAGIC) and (piece := next(pieces, b"")):
                rest += piece
            if not rest:
                return
            if not rest.startswith(_MAGIC):
                self._log.add(AnomalyKind.TRAILING_BYTES, self._layer, offset)
                return
            end = yield from self._member(rest, pieces, offset)
            if end is None:
                return
            used, rest = end
            offset += used

    def _member(
        self, piece: bytes, pieces: Iterator[bytes], offset: int
    ) -> Generator[Chunk, None, tuple[int, bytes] | None]:
        """Undo one member; give its length and the input after it, or None when reading must stop."""
        decoder = zlib_ng.decompressobj(_GZIP)
        used = 0
        while piece:
            before = decoder.copy()  # type: ignore[attr-defined]  # the stubs leave it out
            try:
                data = decoder.decompress(piece)
            except _FAULT as exc:
                yield Chunk(_decode_to_the_fault(before, piece), ends_member=False)
                bad_sum = "incorrect data check" in str(exc) or "incorrect length check" in str(exc)
                self._log.add(AnomalyKind.BAD_CHECKSUM if bad_sum else AnomalyKind.BAD_DEFLATE, self._layer, offset)
                return None
            self._made += len(data)
            if decoder.eof:
                yield Chunk(data, ends_member=True)
                rest = decoder.unused_data
                return used + len(piece) - len(rest), rest
            yield Chunk(data, ends_member=False)
            if self._made > max(FREE_BYTES, MAX_RATIO * self._meter.stored):
                self._log.add(AnomalyKind.BOMB, self._layer, offset)
                return None
            used += len(piece)
            piece = next(pieces, b"")
        self._log.add(AnomalyKind.CUT_MEMBER, self._layer, offset)
        return None


def _decode_to_the_fault(decoder: Any, piece: bytes) -> bytes:  # noqa: ANN401 - zlib-ng does not name the type
    """Feed single bytes, so that the call that fails loses nothing."""
    out = bytearray()
    with contextlib.suppress(_FAULT):
        for i in range(len(piece)):
            out += decoder.decompress(piece[i : i + 1])
    return bytes(out)


def _peek(chunks: Iterator[Chunk], size: int) -> tuple[bytes, Iterator[Chunk]]:
    """Look at the first `size` bytes without consuming them."""
    seen: list[Chunk] = []
    head = b""
    while len(head) < size and (chunk := next(chunks, None)) is not None:
        seen.append(chunk)
        head += chunk.data[:size]
    return head[:size], itertools.chain(seen, chunks)


def _sliced(chunks: Iterator[Chunk]) -> Iterator[bytes]:
    """Give the bytes of `chunks` in non-empty pieces of at most `PIECE_BYTES`."""
    for data, _ in chunks:
        for at in range(0, len(data), PIECE_BYTES):
            yield data[at : at + PIECE_BYTES]
