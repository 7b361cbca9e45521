"""Finding one archived record and proving it: from the record to the log's checkpoint.

Reads the archive once more; whatever no longer reads as recorded is refused here already.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence

from dayseal.audit.event import parse_event
from dayseal.codec import format_day
from dayseal.digest.manifest import Manifest, descriptor_leaf
from dayseal.digest.records import Record, leaf_data, read_records
from dayseal.errors import AccessError, DigestError, NotFoundError, UsageError
from dayseal.evidence.collect import build_event_proof
from dayseal.evidence.event_proof import DescriptorProof, RecordProof
from dayseal.ledger.reader import LedgerReader
from dayseal.merkle import inclusion_path, leaf_hash, root_of
from dayseal.model import ClusterId, ObjectDescriptor
from dayseal.steps.parts import Archive
from dayseal.steps.recorded import RecordedBatch, newest_statement, recorded_manifest

_DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """One record that was found: its batch, its object (index in the manifest), and its number in that object."""

    archive: Archive
    day: dt.date
    manifest: Manifest
    source: RecordedBatch
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

    Audit ids are chosen by clients, so several records may carry one. Records of all clusters that share the
    objects are looked at; the id decides.

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
                if needle not in record.data:
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


def prove_hit(ledger: LedgerReader, hit: Hit) -> bytes:
    """Read the object again and build the event proof's bytes.

    Raises:
        DigestError: the object no longer has the records that were recorded.
    """
    leaves: list[bytes] = []
    chosen: Record | None = None
    for record in _records(hit.archive, hit.descriptor):
        leaves.append(leaf_hash(leaf_data(record.context, record.data)))
        if record.index == hit.number:
            chosen = record
    found = root_of(leaves).hex()
    if chosen is None or found != hit.descriptor.events_root:
        raise DigestError(
            hit.descriptor.key,
            expected=hit.descriptor.events_root,
            actual=found,
            source=f"ledger entry {hit.source.index}",
        )
    descriptors = [leaf_hash(descriptor_leaf(d)) for d in hit.manifest.descriptors]
    return build_event_proof(
        ledger,
        day_index=hit.source.index,
        descriptor=DescriptorProof(hit.descriptor, hit.object_index, tuple(inclusion_path(descriptors, hit.object_index))),
        record=RecordProof(chosen.data, chosen.context, hit.number, tuple(inclusion_path(leaves, hit.number))),
    )


def _batches(
    ledger: LedgerReader, archives: Sequence[Archive], cluster: ClusterId, days: Sequence[dt.date]
) -> Iterator[tuple[Archive, dt.date, Manifest, RecordedBatch]]:
    for day in days:
        said = newest_statement(ledger, cluster, day)
        for archive in archives:
            if said is not None and said.predicate.archive.uri == archive.reader.uri:
                manifest, _ = recorded_manifest(ledger, [cluster], archive.reader.uri, day)
                yield archive, day, manifest, said


def _records(archive: Archive, descriptor: ObjectDescriptor) -> Iterator[Record]:
    found = archive.reader.find(descriptor.key, descriptor.version)
    if found is None:
        raise AccessError(f"{descriptor.key}: gone from {archive.reader.uri}, it was recorded there")
    try:
        with archive.reader.open(found, descriptor.start, descriptor.end) as source:
            yield from read_records(source)
    except NotFoundError as exc:
        raise AccessError(f"{descriptor.key}: gone from {archive.reader.uri} while it was read") from exc
