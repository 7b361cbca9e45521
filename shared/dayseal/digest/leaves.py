"""The leaves of the object tree."""

import hashlib
import struct

from dayseal.audit.formats.envelopes import Envelope
from dayseal.audit.formats.lines import NO_CONTEXT, Lines, Oversize
from dayseal.codec import canonical_json
from dayseal.merkle.tree import leaf_hash


def leaf_data(context: bytes, record: bytes) -> bytes:
    """Join what a leaf hashes: the context's length, the context, the record.

    Format: ledger-formats section 9, object tree.
    """
    return struct.pack(">I", len(context)) + context + record


def piece_leaves(piece: Envelope | Lines | Oversize) -> list[bytes]:
    """Give the leaf hashes of the records in one piece of an object, in order."""
    if isinstance(piece, Lines):
        sha256, start = hashlib.sha256, b"\x00" + NO_CONTEXT
        return [sha256(start + record).digest() for record in piece.records]
    if isinstance(piece, Oversize):
        return [piece.leaf]
    return [] if piece.control else _envelope_leaves(piece)


def _envelope_leaves(envelope: Envelope) -> list[bytes]:
    """Hash log events; the start of the leaf data is put together from parts that all of them share."""
    sha256 = hashlib.sha256
    others = {"logGroup": envelope.log_group, "logStream": envelope.log_stream, "owner": envelope.owner}
    middle = canonical_json(others).decode("utf-8")[2:-1]
    if not middle.isascii():
        pairs = zip(envelope.events, envelope.records, strict=True)
        return [leaf_hash(leaf_data(envelope.context(event), record)) for event, record in pairs]
    middle = f'","{middle},"timestamp":'
    fixed = len('{"id":"') + len(middle) + len("}")
    starts: dict[int, str] = {}  # 00 and the context's length, by that length
    leaves = []
    for event, record in zip(envelope.events, envelope.records, strict=True):
        if not (event.id.isascii() and event.id.isalnum()):
            leaves.append(leaf_hash(leaf_data(envelope.context(event), record)))
            continue
        timestamp = str(event.timestamp)
        size = fixed + len(event.id) + len(timestamp)
        start = starts.get(size) or starts.setdefault(size, "\x00" + struct.pack(">I", size).decode("latin-1"))
        head = f'{start}{{"id":"{event.id}{middle}{timestamp}}}'.encode("latin-1")
        leaves.append(sha256(head + record).digest())
    return leaves
