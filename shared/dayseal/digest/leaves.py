"""The leaves of the object tree."""

import hashlib
import struct

from dayseal.audit.formats.envelopes import Envelope
from dayseal.audit.formats.lines import NO_CONTEXT, Lines, Oversize
from dayseal.codec import canonical_json


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
    """Hash log events; the canonical context is put together from parts that all of them share."""
    sha256 = hashlib.sha256
    middle = canonical_json({"logGroup": envelope.log_group, "logStream": envelope.log_stream, "owner": envelope.owner})
    before = b'","' + middle[2:-1] + b',"timestamp":'
    leaves = []
    for at, event in enumerate(envelope.events):
        if event.id.isalnum() and event.id.isascii():
            context = b'{"id":"%b%b%d}' % (event.id.encode("ascii"), before, event.timestamp)
        else:
            context = envelope.context(event)
        record = envelope.raw[at] if at in envelope.raw else event.message.encode("utf-8")
        leaves.append(sha256(b"\x00" + leaf_data(context, record)).digest())
    return leaves
