"""From stored bytes to records: undo gzip, recognise the shape, cut."""

import itertools
from collections.abc import Iterator
from typing import Final

from dayseal.audit.formats.anomalies import AnomalyLog
from dayseal.audit.formats.firehose import Piece, split_firehose
from dayseal.audit.formats.lines import LineCutter
from dayseal.audit.formats.shapes import BOM, HEAD_BYTES, Shape, recognise
from dayseal.audit.formats.unpack import Chunk, Meter, unpack

_BLOCK_BYTES: Final = 512 * 1024


def split(pieces: Iterator[bytes], meter: Meter, log: AnomalyLog) -> tuple[Shape, Iterator[Piece]]:
    """Recognise an object's shape and cut its text into records, lazily and in order.

    A UTF-8 byte order mark at the start of the text belongs to no record. Damage is noted in `log`
    while the records are drawn; `pieces` may not be used up then.

    Format: ledger-formats section 9, object tree.
    """
    chunks = unpack(pieces, meter, log)
    seen: list[Chunk] = []
    size = 0
    while size < HEAD_BYTES + len(BOM) and (chunk := next(chunks, None)) is not None:
        seen.append(chunk)
        size += len(chunk.data)
    chunks = _without_bom(itertools.chain(seen, chunks))
    head = b"".join(chunk.data[: HEAD_BYTES + len(BOM)] for chunk in seen)
    shape = recognise(head.removeprefix(BOM))
    return shape, split_firehose(chunks, log) if shape is Shape.FIREHOSE else _split_lines(chunks)


def _split_lines(chunks: Iterator[Chunk]) -> Iterator[Piece]:
    cutter = LineCutter()
    for data, _ in chunks:
        # A few kilobytes of gzip may be 17 MiB of text, and that millions of lines.
        for at in range(0, len(data), _BLOCK_BYTES):
            yield from cutter.push(data[at : at + _BLOCK_BYTES])
    yield from cutter.finish()


def _without_bom(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    head = b""
    for data, ends_member in chunks:
        head += data
        if len(head) >= len(BOM) or not BOM.startswith(head):
            yield Chunk(head.removeprefix(BOM), ends_member)
            yield from chunks
            return
    yield Chunk(head.removeprefix(BOM), ends_member=True)
