"""From pieces of an object to counted batches."""

import collections
import functools
import types
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Final

from dayseal.audit.event_times import END_US, event_time_us
from dayseal.audit.formats.envelopes import Envelope
from dayseal.audit.formats.lines import Lines, Oversize
from dayseal.audit.formats.shapes import Shape, after_export_time
from dayseal.digest.book import TallyBook
from dayseal.digest.columns import Columns
from dayseal.digest.hints import EKS_AUDIT_STREAM, eks_hint
from dayseal.digest.leaves import twin_leaves
from dayseal.digest.patterns import Pattern
from dayseal.digest.policies import PolicyJudge
from dayseal.digest.sightings import (
    Sighting,
    Unread,
    reread,
    sight_diagnostic,
    sight_entry,
    sight_event,
    sight_nothing,
)
from dayseal.model import ClusterHint

Times = Sequence[int | None]

_MILLISECOND_US: Final = 1_000
_EXPORT_START: Final = len("2026-11-22T06:00:00.000Z ")  # where the event usually starts in an export line
_EXPORT_ZONE: Final = _EXPORT_START - len("Z ")
_SIGHT: Final[Mapping[Shape, Callable[[bytes, PolicyJudge | None], Sighting | Unread]]] = {
    Shape.FIREHOSE: sight_event,
    Shape.EXPORT: sight_event,
    Shape.GKE: sight_entry,
    Shape.AKS: sight_diagnostic,
    Shape.KUBE: sight_event,
    Shape.UNKNOWN: sight_nothing,
}
_NO_SAMPLE: Final[Mapping[int, bytes]] = types.MappingProxyType({})


def count(book: TallyBook, piece: Envelope | Lines | Oversize, leaves: Sequence[bytes]) -> None:
    """Count one piece of an object into its book; `leaves` are its records' leaf hashes."""
    if book.shape is Shape.AKS and isinstance(piece, Lines):
        leaves = twin_leaves(piece.records, leaves)
    limit = book.sample_limit
    sampled = [at for at, leaf in enumerate(leaves) if leaf < limit]
    if isinstance(piece, Envelope):
        _count_envelope(book, piece, [leaves[at] for at in sampled])
    elif isinstance(piece, Oversize):
        book.counter(None).unparsable += 1
    elif piece.garbage:
        book.counter(None).unparsable += len(piece.records)
    elif book.shape is Shape.EXPORT:
        _count_export(book, piece, [leaves[at] for at in sampled])
    else:
        copies = {at: leaves[at] for at in sampled}
        for source, columns in _sort(book, piece.records, plain=piece.plain, sampled=copies).items():
            hint, stream = book.place(source)
            columns.count(book, hint, stream)


def _count_envelope(book: TallyBook, envelope: Envelope, sampled: Sequence[bytes]) -> None:
    if envelope.control:
        book.control += 1
    elif not envelope.log_stream.startswith(EKS_AUDIT_STREAM):
        book.foreign += len(envelope.records)
    else:
        hint = eks_hint(envelope.owner, envelope.log_group)
        times = [event.timestamp * _MILLISECOND_US for event in envelope.events]
        ingested: Times = times
        if min(times, default=0) < 0 or max(times, default=0) >= END_US:
            ingested = [time if 0 <= time < END_US else None for time in times]
        plain = all(map(bytes.isascii, envelope.records))
        for columns in _sort(book, envelope.records, plain=plain, hint=hint, ingested=ingested).values():
            columns.count(book, hint, envelope.log_stream)
        book.counter(hint).copies.add(sampled)


def _count_export(book: TallyBook, lines: Lines, sampled: Sequence[bytes]) -> None:
    """Count export lines; the time in front of the event is that of its ingestion."""
    events = [record[_EXPORT_START:] for record in lines.records]
    times = [record[:_EXPORT_ZONE] + b"000" + record[_EXPORT_ZONE : _EXPORT_ZONE + 1] for record in lines.records]
    spaces = {record[_EXPORT_START - 1 : _EXPORT_START] for record in lines.records}
    ingested: Times | None = book.clock.read_all(times) if spaces == {b" "} else None
    if ingested is None:  # a line has something unusual: look at each
        starts = [after_export_time(record) for record in lines.records]
        pairs = [(record, start) for record, start in zip(lines.records, starts, strict=True) if start]
        book.counter(None).unparsable += len(starts) - len(pairs)
        ingested = [event_time_us(record[: start - 1].decode("ascii")) for record, start in pairs]
        events = [record[start:] for record, start in pairs]
    for columns in _sort(book, events, plain=lines.plain, ingested=ingested).values():
        columns.count(book, None, "")
    book.counter(None).copies.add(sampled)


def _sort(
    book: TallyBook,
    records: Sequence[bytes],
    *,
    plain: bool,
    hint: ClusterHint | None = None,
    ingested: Times = (),
    sampled: Mapping[int, bytes] = _NO_SAMPLE,
) -> dict[Hashable, Columns]:
    """Read records, count at once what is no event, and put the others side by side, by source.

    `hint` is the cluster of records that cannot be read; `ingested` runs parallel to `records`, or is empty.
    `sampled` holds the leaf hashes of the records whose copies are counted, by their places.
    """
    sorted_: dict[Hashable, Columns] = collections.defaultdict(Columns)
    found, values = book.patterns.match_all(records) if plain else ([None] * len(records), [])
    hits = [pattern for pattern in found if pattern]
    if hits:
        times = [time for time, pattern in zip(ingested, found, strict=True) if pattern] if ingested else ()
        _sort_hits(sorted_, hits, values, times)
    if len(hits) < len(records):
        new = [at for at, pattern in enumerate(found) if pattern is None]
        times = [ingested[at] for at in new] if ingested else [None] * len(new)
        _sort_new(book, sorted_, [records[at] for at in new], times, plain=plain, hint=hint)
    for at, leaf in sampled.items():
        pattern = found[at]
        meaning = pattern.meaning if pattern else _SIGHT[book.shape](records[at], None)
        if not isinstance(meaning, Unread):
            sorted_[meaning.source].sampled.append(leaf)
    return sorted_


def _sort_hits(
    sorted_: dict[Hashable, Columns],
    hits: Sequence[Pattern[Sighting]],
    values: Sequence[tuple[bytes, ...]],
    ingested: Times,
) -> None:
    sources = {pattern.meaning.source for pattern in set(hits)}
    for source in sources:
        if len(sources) == 1:
            sorted_[source].add_known(hits, values, ingested)
            return
        chosen = [at for at, pattern in enumerate(hits) if pattern.meaning.source == source]
        times = [ingested[at] for at in chosen] if ingested else ()
        sorted_[source].add_known([hits[at] for at in chosen], [values[at] for at in chosen], times)


def _sort_new(
    book: TallyBook,
    sorted_: dict[Hashable, Columns],
    records: Sequence[bytes],
    ingested: Times,
    *,
    plain: bool,
    hint: ClusterHint | None,
) -> None:
    """Parse records that no pattern fits, and learn from those that will repeat."""
    sight, judge = _SIGHT[book.shape], book.judge
    by_source: dict[Hashable, tuple[list[Sighting], list[int | None]]] = {}
    found = [sight(record, judge) for record in records]
    for record, sighting, time in zip(records, found, ingested, strict=True):
        if isinstance(sighting, Unread):
            _count_unread(book, sighting, hint)
            continue
        sightings, times = by_source.get(sighting.source) or by_source.setdefault(sighting.source, ([], []))
        sightings.append(sighting)
        times.append(time)
        if plain and sighting.renews and sighting.trace is None:
            book.patterns.learn(record, sighting, sighting.times, functools.partial(reread, sight))
    for source, (sightings, times) in by_source.items():
        sorted_[source].add_parsed(sightings, times)


def _count_unread(book: TallyBook, unread: Unread, hint: ClusterHint | None) -> None:
    if unread.foreign:
        book.foreign += 1
        return
    counter = book.counter(hint or book.place(unread.source)[0])
    if unread.cut:
        counter.cut += 1
    else:
        counter.unparsable += 1
