"""From pieces of an object to counted batches."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dayseal.audit.event_times import event_time_us, known_us
from dayseal.audit.formats.envelopes import Envelope
from dayseal.audit.formats.lines import MAX_RECORD_BYTES, Lines, Oversize
from dayseal.audit.formats.shapes import Shape
from dayseal.digest.book import TallyBook
from dayseal.digest.counter import Batch
from dayseal.digest.hints import EKS_AUDIT_STREAM, eks_hint
from dayseal.digest.sightings import (
    Sighting,
    Unread,
    sight_diagnostic,
    sight_entry,
    sight_event,
    sight_export_line,
    sight_nothing,
)

_MILLISECOND_US: Final = 1_000
_SIGHT: Final[Mapping[Shape, Callable[[bytes], Sighting | Unread]]] = {
    Shape.FIREHOSE: sight_event,
    Shape.EXPORT: sight_export_line,
    Shape.GKE: sight_entry,
    Shape.AKS: sight_diagnostic,
    Shape.KUBE: sight_event,
    Shape.UNKNOWN: sight_nothing,
}


def count(book: TallyBook, piece: Envelope | Lines | Oversize) -> None:
    """Count one piece of an object into its book."""
    if isinstance(piece, Envelope):
        _count_envelope(book, piece)
    elif isinstance(piece, Oversize):
        book.counter(None).unparsable += 1
    elif piece.garbage:
        book.counter(None).unparsable += len(piece.records)
    else:
        for source, columns in _sort(book, piece.records, plain=piece.plain).items():
            hint, stream = book.place(source)
            columns.count(book, hint, stream)


def _count_envelope(book: TallyBook, envelope: Envelope) -> None:
    if envelope.control:
        book.control += 1
    elif not envelope.log_stream.startswith(EKS_AUDIT_STREAM):
        book.foreign += len(envelope.records)
    else:
        hint = eks_hint(envelope.owner, envelope.log_group)
        ingested = [known_us(event.timestamp * _MILLISECOND_US) for event in envelope.events]
        plain = all(map(bytes.isascii, envelope.records))
        for columns in _sort(book, envelope.records, plain=plain, hint=hint, ingested=ingested).values():
            columns.count(book, hint, envelope.log_stream)


class _Columns:
    """What the events of one source have, side by side."""

    def __init__(self) -> None:
        self._identities: list[Counted] = []
        self._times: list[bytes] = []
        self._renews: list[bool] = []
        self._ingested: list[int | None] = []
        self._ingested_texts: list[bytes] = []
        self._marked = 0
        self._skipped = 0

    def add(self, sighting: Sighting, ingested: int | None = None) -> None:
        """Take one record that was parsed."""
        meaning = sighting.meaning
        self._identities.append(meaning.identity)
        self._times.append(sighting.time.encode("utf-8"))
        self._renews.append(meaning.renews)
        self._ingested.append(ingested)
        self._ingested_texts.append(sighting.ingested.encode("utf-8"))
        self._marked += meaning.marked
        self._skipped += meaning.skipped

    def add_all(
        self, patterns: list[Pattern[Meaning]], values: list[tuple[bytes, ...]], ingested: Sequence[int | None]
    ) -> None:
        """Take records whose pattern is known."""
        self._identities += patterns
        self._times += [spans[pattern.time_at] for pattern, spans in zip(patterns, values, strict=True)]
        self._renews += [pattern.meaning.renews for pattern in patterns]
        self._ingested += ingested
        if patterns[0].received_at >= 0:
            ...

    def count(self, book: TallyBook, hint: ClusterHint | None, stream: str) -> None:
        """Count what was taken."""
