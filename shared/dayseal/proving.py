"""Finding one archived record and proving it: from the record to the log's checkpoint.

Reads the archive once more; whatever no longer reads as recorded is refused here already.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence

from dayseal.audit.event import parse_event
from dayseal.codec import format_day
from dayseal.digest.manifest import Manifest
from dayseal.digest.records import Record, read_records
from dayseal.errors import UsageError
from dayseal.evidence import build_event_proof, encode_event_proof
from dayseal.ledger.reader import LedgerReader, RecordedDay
from dayseal.model import ClusterId, ObjectDescriptor
from dayseal.steps.parts import Archive
from dayseal.steps.reading import open_recorded
from dayseal.steps.recorded import newest_statement, recorded_manifest

_DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """One record that was found: its batch, its object (index in the manifest), and its number in that object."""

    archive: Archive
    day: dt.date
    manifest: Manifest
    source: RecordedDay
    object_index: int
    number: int
    text: str

    @property
    def descriptor(self) -> ObjectDescriptor:
        """The object it lies in."""
        return self.manifest.descriptors[self.object_index]


def find_by_audit_id(
    ledger: LedgerReader, archives: Sequence[Archive], cluster: ClusterId, day: dt.date, audit_id: str
) -> tuple[Hit, ...]:
    """Find every record with this audit id in the batches of the event day (the day before to two days after).

    Audit ids are chosen by clients, so several records may carry one. Records that name another cluster are
    passed over: objects may be shared.

    Raises:
        AccessError: an object cannot be read: never a shorter list.
        UsageError: no batch around the day is sealed, or the archives given do not hold them.
    """
    hits: list[Hit] = []
    batches = list(_batches(ledger, archives, cluster, [day + n * _DAY for n in (-1, 0, 1, 2)]))
    if not batches:
        raise UsageError(f"{cluster.name}: no batch around {format_day(day)} is sealed in the archives given")
    needle = audit_id.encode()
    for archive, batch_day, manifest, source in batches:
        for object_index, descriptor in enumerate(manifest.descriptors):
            for record in _records(archive, descriptor):
                if needle not in record.data or (record.hint is not None and not record.hint.fits(cluster)):
                    continue
                event = parse_event(record)
                if event is not None and event.audit_id == audit_id:
                    hits.append(Hit(archive, batch_day, manifest, source, object_index, record.index, event.text))
    return tuple(hits)


def find_by_number(
    ledger: LedgerReader, archives: Sequence[Archive], cluster: ClusterId, day: dt.date, key: str, number: int
) -> Hit:
    """Find record `number` (from 0) of the object `key` in the batch of `day`.

    Raises:
        UsageError: the batch does not hold that object, or the object not that many records.
    """
    for archive, batch_day, manifest, source in _batches(ledger, archives, cluster, [day]):
        left = number
        for object_index, descriptor in enumerate(manifest.descriptors):
            if descriptor.key != key:
                continue
            if left < descriptor.events:
                return Hit(archive, batch_day, manifest, source, object_index, left, f"record {number} of {key}")
            left -= descriptor.events
        if left != number:
            raise UsageError(f"{key}: it has {number - left} records, there is no record {number}")
    raise UsageError(f"{key}: not in the sealed batch {format_day(day)} of {cluster.name}")


def prove_hit(ledger: LedgerReader, hit: Hit, *, old_sizes: Sequence[int] = ()) -> bytes:
    """Read the object again and build the event proof's bytes; `old_sizes`: sizes of checkpoints somebody kept.

    Raises:
        DigestError: the object no longer reads as recorded.
        UsageError: an old size is larger than the ledger.
    """
    with open_recorded(hit.archive, hit.descriptor) as stored:
        proof = build_event_proof(ledger, hit.source, hit.object_index, stored, hit.number, old_sizes=old_sizes)
    return encode_event_proof(proof)


def _batches(
    ledger: LedgerReader, archives: Sequence[Archive], cluster: ClusterId, days: Sequence[dt.date]
) -> Iterator[tuple[Archive, dt.date, Manifest, RecordedDay]]:
    for day in days:
        said = newest_statement(ledger, cluster, day)
        for archive in archives:
            if said is not None and said.predicate.archive.uri == archive.reader.uri:
                manifest, _ = recorded_manifest(ledger, [cluster], archive.reader.uri, day)
                yield archive, day, manifest, said


def _records(archive: Archive, descriptor: ObjectDescriptor) -> Iterator[Record]:
    with open_recorded(archive, descriptor) as source:
        yield from read_records(source)
