"""The slow, clear path over an object's records: what proofs and searches use."""

import dataclasses
from collections.abc import Iterator

from dayseal.audit.formats.anomalies import AnomalyLog
from dayseal.audit.formats.envelopes import Envelope
from dayseal.audit.formats.lines import Lines
from dayseal.audit.formats.shapes import Shape
from dayseal.audit.formats.split import split
from dayseal.audit.wire import DIAGNOSTICS, ENTRIES
from dayseal.digest.hints import aks_hint, eks_hint, gke_hint
from dayseal.digest.leaves import leaf_data
from dayseal.digest.objects import StoredBytes
from dayseal.merkle.tree import leaf_hash
from dayseal.model import ClusterHint
from dayseal.ports import ByteSource

__all__ = ["Record", "leaf_data", "read_records"]


@dataclasses.dataclass(frozen=True, slots=True)
class Record:
    """Record `index` (from 0) of an object of this `shape`, exactly as archived.

    `data` is empty for a record over 4 MiB (`oversize`), of which only the `leaf` hash is kept. `hint`
    is the cluster it names, if any.
    """

    index: int
    context: bytes
    data: bytes
    hint: ClusterHint | None
    shape: Shape
    leaf: bytes
    oversize: bool = False


def read_records(source: ByteSource) -> Iterator[Record]:
    """Give the records of an object, or of a byte range of it, one by one, in the order they are digested.

    Raises:
        AccessError: the source failed.
    """
    stored = StoredBytes(source)
    shape, pieces = split(stored.pieces(), stored.meter, AnomalyLog())
    index = 0
    for piece in pieces:
        if isinstance(piece, Envelope):
            hint = eks_hint(piece.owner, piece.log_group)
            events = [] if piece.control else zip(piece.events, piece.records, strict=True)
            for event, data in events:
                context = piece.context(event)
                yield Record(index, context, data, hint, shape, leaf_hash(leaf_data(context, data)))
                index += 1
        elif isinstance(piece, Lines):
            for data in piece.records:
                found = None if piece.garbage else _hint(shape, data)
                yield Record(index, b"", data, found, shape, leaf_hash(leaf_data(b"", data)))
                index += 1
        else:
            yield Record(index, b"", b"", None, shape, piece.leaf, oversize=True)
            index += 1


def _hint(shape: Shape, data: bytes) -> ClusterHint | None:
    if shape is Shape.GKE:
        entry = ENTRIES.read(data)
        return gke_hint(entry.resource.labels) if entry else None
    if shape is Shape.AKS:
        record = DIAGNOSTICS.read(data)
        return aks_hint(record.resource_id) if record else None
    return None
