"""From pieces of an object to counted batches, for each shape."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import msgspec

from dayseal.audit.event_times import event_time_us, known_us
from dayseal.audit.formats.envelopes import Envelope
from dayseal.audit.formats.lines import MAX_RECORD_BYTES, Lines, Oversize
from dayseal.audit.formats.shapes import Shape, after_export_time
from dayseal.audit.wire import AKS_EVENTS, DIAGNOSTICS, ENTRIES, EVENTS, AksEventWire, EntryWire, EventWire, LabelsWire, WireReader
from dayseal.digest.book import TallyBook
from dayseal.digest.counter import Batch, TallyCounter
from dayseal.digest.hints import EKS_AUDIT_STREAM, aks_hint, eks_hint, gke_hint
from dayseal.digest.rows import entry_identity, event_identity, is_renewal

T = TypeVar("T", bound=msgspec.Struct)

_CUT_MARK: Final = b"[Truncated...]"  # how CloudWatch ends a message it cut
_CUT_MARK_TEXT: Final = _CUT_MARK.decode()
_SKIPPED: Final = "skipped-too-big-size-object"
_SKIPPED_RAW: Final = msgspec.json.encode(_SKIPPED)
_AKS_AUDIT: Final = frozenset({"kube-audit", "kube-audit-admin"})
_GKE_AUDIT: Final = "cloudaudit.googleapis.com"
_MILLISECOND_US: Final = 1_000
MAX_UTF8_BYTES: Final = 4  # of one character


def count(book: TallyBook, piece: Envelope | Lines | Oversize) -> None:
    """Count one piece of an object into its book."""
    if isinstance(piece, Envelope):
        _count_envelope(book, piece)
    elif isinstance(piece, Oversize):
        book.counter(None).unparsable += 1
    elif piece.garbage:
        book.counter(None).unparsable += len(piece.records)
    else:
        _COUNT_LINES[book.shape](book, piece)


def _count_envelope(book: TallyBook, envelope: Envelope) -> None:
    if envelope.control:
        book.control += 1
        return
    if not envelope.log_stream.startswith(EKS_AUDIT_STREAM):
        book.foreign += len(envelope.events)
        return
    if not envelope.events:
        return
    counter = book.counter(eks_hint(envelope.owner, envelope.log_group))
    messages = [event.message for event in envelope.events]
    wires = _read_messages(envelope, messages)
    ingested: list[int | None] = [known_us(event.timestamp * _MILLISECOND_US) for event in envelope.events]
    if None in wires:
        bad = [message for message, wire in zip(messages, wires, strict=True) if wire is None]
        cut = sum(message.endswith(_CUT_MARK_TEXT) for message in bad)
        counter.cut += cut
        counter.unparsable += len(bad) - cut
        ingested = [time for time, wire in zip(ingested, wires, strict=True) if wire is not None]
    _add_events(counter, [wire for wire in wires if wire is not None], envelope.log_stream, ingested)


def _read_messages(envelope: Envelope, messages: Sequence[str]) -> Sequence[EventWire | None]:
    if not envelope.raw and max(map(len, messages)) <= MAX_RECORD_BYTES // MAX_UTF8_BYTES:
        try:
            return list(map(EVENTS.decode, messages))
        except (msgspec.DecodeError, RecursionError):
            pass  # one of them is unusual: look at each
    return [
        None if at in envelope.raw or len(message.encode("utf-8")) > MAX_RECORD_BYTES else EVENTS.read(message)
        for at, message in enumerate(messages)
    ]


def _read_records(reader: WireReader[T], records: Sequence[bytes], *, utf8: bool) -> Sequence[T | None]:
    if utf8:
        try:
            return list(map(reader.decode, records))
        except (msgspec.DecodeError, RecursionError):
            pass  # one of them is unusual: look at each
    return [reader.read(record) for record in records]


def _count_events(book: TallyBook, lines: Lines) -> None:
    counter = book.counter(None)
    wires = _read_records(EVENTS, lines.records, utf8=lines.utf8)
    _count_bad(counter, lines.records, wires)
    _add_events(counter, [wire for wire in wires if wire is not None])


def _count_export(book: TallyBook, lines: Lines) -> None:
    counter = book.counter(None)
    starts = [after_export_time(record) for record in lines.records]
    events = [record[start:] if start else b"" for record, start in zip(lines.records, starts, strict=True)]
    wires = _read_records(EVENTS, events, utf8=lines.utf8)
    _count_bad(counter, events, wires)
    ingested = [
        event_time_us(record[: start - 1].decode("ascii"))
        for record, start, wire in zip(lines.records, starts, wires, strict=True)
        if wire is not None
    ]
    _add_events(counter, [wire for wire in wires if wire is not None], ingested=ingested)


def _count_bad(counter: TallyCounter, texts: Sequence[bytes], wires: Sequence[EventWire | None]) -> None:
    if None in wires:
        bad = [text for text, wire in zip(texts, wires, strict=True) if wire is None]
        cut = sum(text.endswith(_CUT_MARK) for text in bad)
        counter.cut += cut
        counter.unparsable += len(bad) - cut


def _add_events(
    counter: TallyCounter, events: Sequence[EventWire], stream: str = "", ingested: Sequence[int | None] = ()
) -> None:
    if not events:
        return
    counter.marked += sum(1 for event in events if event.annotations.truncated)
    identities = [event_identity(event) for event in events]
    counter.add(Batch(identities, [event.time for event in events], list(map(is_renewal, events)), stream, ingested))


def _count_entries(book: TallyBook, lines: Lines) -> None:
    by_cluster: dict[LabelsWire, list[EntryWire]] = {}
    for entry in _read_records(ENTRIES, lines.records, utf8=lines.utf8):
        if entry is None:
            book.counter(None).unparsable += 1
        elif entry.resource.type != "k8s_cluster" or _GKE_AUDIT not in entry.log_name:
            book.foreign += 1
        else:
            by_cluster.setdefault(entry.resource.labels, []).append(entry)
    for labels, entries in by_cluster.items():
        received = [entry.receive_timestamp for entry in entries]
        ingested = book.clock.read_all(received) or [event_time_us(text) for text in received]
        identities = [entry_identity(entry) for entry in entries]
        renews = [entry.proto_payload.method_name.endswith((".leases.update", ".leases.patch")) for entry in entries]
        times = [entry.timestamp for entry in entries]
        book.counter(gke_hint(labels)).add(Batch(identities, times, renews, ingested=ingested))


def _count_diagnostics(book: TallyBook, lines: Lines) -> None:
    by_source: dict[tuple[str, str], list[str | AksEventWire]] = {}
    for record in _read_records(DIAGNOSTICS, lines.records, utf8=lines.utf8):
        if record is None:
            book.counter(None).unparsable += 1
        elif record.category not in _AKS_AUDIT:
            book.foreign += 1
        else:
            by_source.setdefault((record.resource_id, record.properties.pod), []).append(record.properties.log)
    for (resource_id, pod), logs in by_source.items():
        counter = book.counter(aks_hint(resource_id))
        events = [AKS_EVENTS.read(log) if isinstance(log, str) else log for log in logs]
        bad = [log for log, event in zip(logs, events, strict=True) if event is None]
        cut = sum(1 for log in bad if isinstance(log, str) and log.startswith("{"))
        counter.cut += cut
        counter.unparsable += len(bad) - cut
        found = [event for event in events if event is not None]
        counter.skipped_bodies += sum(map(_has_skipped_body, found))
        _add_events(counter, found, pod)


def _has_skipped_body(event: AksEventWire) -> bool:
    return any(
        body[:1] == b'"' and (body == _SKIPPED_RAW or msgspec.json.decode(body) == _SKIPPED)
        for body in (bytes(event.request_object), bytes(event.response_object))
    )


def _count_unknown(book: TallyBook, lines: Lines) -> None:
    book.counter(None).unparsable += len(lines.records)


_COUNT_LINES: Final[Mapping[Shape, Callable[[TallyBook, Lines], None]]] = {
    Shape.FIREHOSE: _count_unknown,
    Shape.EXPORT: _count_export,
    Shape.GKE: _count_entries,
    Shape.AKS: _count_diagnostics,
    Shape.KUBE: _count_events,
    Shape.UNKNOWN: _count_unknown,
}
