"""Builds an event proof: one record, the object it lies in, and the entry that states its day."""

from collections.abc import Sequence

from dayseal.digest.manifest import descriptor_leaf, open_manifest
from dayseal.digest.records import Record, read_records
from dayseal.errors import DigestError, UsageError
from dayseal.evidence.collect import old_heads
from dayseal.evidence.entries import LoggedEntry
from dayseal.evidence.event_proof import DescriptorProof, EventProof, RecordProof
from dayseal.ledger.layout import manifest_key
from dayseal.ledger.reader import LedgerReader, RecordedDay
from dayseal.merkle import inclusion_path, leaf_hash, root_of
from dayseal.model import ObjectDescriptor
from dayseal.ports import ByteSource


def build_event_proof(
    reader: LedgerReader,
    recorded: RecordedDay,
    descriptor_index: int,
    stored: ByteSource,
    record_index: int,
    *,
    old_sizes: Sequence[int] = (),
) -> EventProof:
    """Prove record `record_index` of the object that stands at `descriptor_index` in the day's manifest.

    `stored` gives the object's stored bytes `[from, to)` of the descriptor. `old_sizes` are sizes of
    checkpoints that somebody kept: the proof shows growth from each.

    Raises:
        UsageError: there is no such object or record, or an old size is larger than the ledger.
        DigestError: the object no longer reads as recorded.
        RefutedError, TamperError, NotFoundError: the ledger does not hold what its checkpoint promises.
    """
    manifest = open_manifest(reader.object(manifest_key(recorded.predicate.archive.manifest.sha256)))
    descriptors = manifest.descriptors
    if not 0 <= descriptor_index < len(descriptors):
        raise UsageError(f"object {descriptor_index} asked, the manifest of the day has {len(descriptors)}")
    descriptor = descriptors[descriptor_index]
    leaves = [leaf_hash(descriptor_leaf(d)) for d in descriptors]
    return EventProof(
        checkpoint=reader.checkpoint_bytes,
        old_heads=old_heads(reader, old_sizes),
        entries=_entries(reader, recorded),
        descriptor=DescriptorProof(descriptor, descriptor_index, inclusion_path(leaves, descriptor_index)),
        record=prove_record_in(descriptor, stored, record_index),
    )


def prove_record_in(descriptor: ObjectDescriptor, stored: ByteSource, index: int) -> RecordProof:
    """Read the object again and give record `index` with its path; 32 bytes a record are kept in memory.

    Raises:
        UsageError: the object has no such record, or it is too large to be shown.
        DigestError: the object no longer reads as recorded.
    """
    if not 0 <= index < descriptor.events:
        raise UsageError(f"{descriptor.key}: record {index} asked, it has {descriptor.events} (numbers start at 0)")
    hashes: list[bytes] = []
    chosen: Record | None = None
    for found in read_records(stored):
        hashes.append(found.leaf)
        chosen = found if found.index == index else chosen
    root = root_of(hashes).hex()
    if root != descriptor.events_root or chosen is None:
        raise DigestError(descriptor.key, expected=descriptor.events_root, actual=root, source="the manifest")
    if chosen.oversize:
        raise UsageError(f"{descriptor.key}: record {index} is over 4 MiB, only its hash is kept")
    return RecordProof(chosen.data, chosen.context, index, inclusion_path(hashes, index))


def _entries(reader: LedgerReader, recorded: RecordedDay) -> tuple[LoggedEntry, ...]:
    # Genesis, every delegation, the newest roll-call (it counts the delegations), and the day itself.
    state = reader.state()
    indexes = {0, recorded.index, *(entry.index for entry in state.delegations.entries)}
    if state.roll_call is not None:
        indexes.add(state.roll_call.index)
    return tuple(LoggedEntry(i, reader.entry(i), reader.inclusion(i)) for i in sorted(indexes))
