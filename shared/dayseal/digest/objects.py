"""One pass over an archived object: stored bytes, records, tally."""

import dataclasses
import hashlib
from collections.abc import Iterator
from typing import Final

from dayseal.audit.formats.anomalies import Anomaly, AnomalyLog
from dayseal.audit.formats.split import split
from dayseal.audit.formats.unpack import Meter
from dayseal.digest.book import PatternShelf, TallyBook
from dayseal.digest.counting import count
from dayseal.digest.leaves import piece_leaves
from dayseal.digest.tally import Tally
from dayseal.errors import AccessError
from dayseal.merkle.tree import RootBuilder
from dayseal.model import ClusterHint, ObjectDescriptor
from dayseal.ports import ByteSource

READ_BYTES: Final = 256 * 1024


@dataclasses.dataclass(frozen=True, slots=True)
class ObjectDigest:
    """What one pass over an object, or over the new bytes of a grown one, found.

    `size` counts the stored bytes read. `tallies` holds one tally for each cluster the records name; None
    stands for records that name none. `foreign` counts records of other logs: with the events of all
    tallies they add up to the descriptor's events. `control` counts CloudWatch's probes, which are no
    records. At most 32 anomalies are kept, `anomalies_left_off` counts the others.
    """

    descriptor: ObjectDescriptor
    size: int
    tallies: tuple[tuple[ClusterHint | None, Tally], ...]
    control: int
    foreign: int
    anomalies: tuple[Anomaly, ...]
    anomalies_left_off: int


def digest_object(
    source: ByteSource,
    *,
    key: str,
    version: str,
    start: int = 0,
    end: int | None = None,
    shelf: PatternShelf | None = None,
) -> ObjectDigest:
    """Digest the stored bytes that `source` gives: those from `start` to `end` of the object.

    Reads everything once, in constant memory (less than 200 MB whatever it holds). `end` None means
    to the end of the source. A `shelf` used for many objects makes it faster and changes nothing else.
    Damage is reported in `anomalies`, never raised.

    Raises:
        AccessError: the source failed, or gave another number of bytes than `end - start`.
    """
    stored = StoredBytes(source)
    log = AnomalyLog()
    shape, pieces = split(stored.pieces(), stored.meter, log)
    book = TallyBook(shape, shelf or PatternShelf())
    root = RootBuilder()
    for piece in pieces:
        leaves = piece_leaves(piece)
        root.extend(leaves)
        count(book, piece, leaves)
    stored.drain()
    if end is not None and stored.meter.stored != end - start:
        raise AccessError(f"{key}: {stored.meter.stored} bytes came, {end - start} promised")
    descriptor = ObjectDescriptor(
        events=root.size,
        events_root=root.root().hex(),
        start=start,
        key=key,
        sha256=stored.sha256,
        splitter=shape.splitter,
        end=start + stored.meter.stored,
        version=version,
    )
    return ObjectDigest(
        descriptor, stored.meter.stored, book.freeze(), book.control, book.foreign, log.kept, log.left_off
    )


class StoredBytes:
    """Hands out a source's bytes in pieces of equal size, and hashes them on the way."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self._hash = hashlib.sha256()
        self.meter = Meter()

    @property
    def sha256(self) -> str:
        """The hex SHA-256 of the bytes handed out so far."""
        return self._hash.hexdigest()

    def pieces(self) -> Iterator[bytes]:
        """Give the bytes in pieces of `READ_BYTES`, the last one shorter, however the source gives them."""
        while piece := self._read_piece():
            self._hash.update(piece)
            self.meter.stored += len(piece)
            yield piece

    def drain(self) -> None:
        """Read and hash what nobody asked for."""
        for _ in self.pieces():
            pass

    def _read_piece(self) -> bytes:
        parts = []
        left = READ_BYTES
        while left and (part := self._source.read(left)):
            parts.append(part)
            left -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)
