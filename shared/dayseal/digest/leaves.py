"""The leaves of the object tree."""

import hashlib
import re
import struct
from collections.abc import Sequence
from typing import Final

from dayseal.audit.formats.envelopes import Envelope
from dayseal.audit.formats.lines import NO_CONTEXT, Lines, Oversize
from dayseal.codec import canonical_json
from dayseal.merkle.tree import leaf_hash

_ID: Final = '{"id":"'
_ADMIN: Final = b"kube-audit-admin"
_ADMIN_MEMBER: Final = b'"category":"kube-audit-admin"'
_AUDIT_MEMBER: Final = b'"category":"kube-audit"'
_ADMIN_CATEGORY: Final = re.compile(rb'("category"[ \t]*:[ \t]*")kube-audit-admin"')
_PLAIN: Final = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"


def leaf_data(context: bytes, record: bytes) -> bytes:
    """Join what a leaf hashes: the context's length, the context, the record.

    Format: ledger-formats section 9, object tree.
    """
    return struct.pack(">I", len(context)) + context + record


def piece_leaves(piece: Envelope | Lines | Oversize) -> list[bytes]:
    """Give the leaf hashes of the records in one piece of an object, in order."""
    if isinstance(piece, Lines):
        return _hash_all(b"\x00" + NO_CONTEXT, piece.records)
    if isinstance(piece, Oversize):
        return [piece.leaf]
    return [] if piece.control else _envelope_leaves(piece)


def twin_leaves(records: Sequence[bytes], leaves: Sequence[bytes]) -> Sequence[bytes]:
    """Give the leaf hashes of Azure diagnostic records as if each came in category `kube-audit`.

    `kube-audit-admin` carries the same records once more, with nothing changed but the category's name: what both
    bring is told by these hashes. They stand in no tree.
    """
    if not any(_ADMIN in record for record in records):
        return leaves
    return _hash_all(b"\x00" + NO_CONTEXT, [_twin(record) for record in records])


def _twin(record: bytes) -> bytes:
    twin = record.replace(_ADMIN_MEMBER, _AUDIT_MEMBER, 1)
    if _ADMIN in twin:  # written with spaces, or an event speaks of it
        return _ADMIN_CATEGORY.sub(rb'\1kube-audit"', record, count=1)
    return twin


def _hash_all(start: bytes, records: list[bytes]) -> list[bytes]:
    # A copy of a hash that has its start is a fifth faster than joining start and record.
    leaves, copy = [], hashlib.sha256(start).copy
    for record in records:
        hasher = copy()
        hasher.update(record)
        leaves.append(hasher.digest())
    return leaves


def _envelope_leaves(envelope: Envelope) -> list[bytes]:
    """Hash log events. Most envelopes are regular: then their contexts differ in nothing but plain ids and times."""
    ids = [event.id for event in envelope.events]
    times = [str(event.timestamp) for event in envelope.events]
    middle = f'","logGroup":{_quote(envelope.log_group)},"logStream":{_quote(envelope.log_stream)}'
    middle = f'{middle},"owner":{_quote(envelope.owner)},"timestamp":'
    sizes = {*map(len, ids)}, {*map(len, times)}
    odd = "".join(ids).encode("utf-8").translate(None, _PLAIN)
    if odd or not middle.isascii() or any(len(found) != 1 for found in sizes):
        pairs = zip(envelope.events, envelope.records, strict=True)
        return [leaf_hash(leaf_data(envelope.context(event), record)) for event, record in pairs]
    heads = "\n".join([f'{{"id":"{id_}{middle}{time}}}' for id_, time in zip(ids, times, strict=True)])
    size = len(_ID) + len(ids[0]) + len(middle) + len(times[0]) + len("}")
    leaves, copy = [], hashlib.sha256(b"\x00" + struct.pack(">I", size)).copy
    for head, record in zip(heads.encode("ascii").split(b"\n"), envelope.records, strict=True):
        hasher = copy()
        hasher.update(head)
        hasher.update(record)
        leaves.append(hasher.digest())
    return leaves


def _quote(text: str) -> str:
    """Write a JSON string as RFC 8785 does."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return canonical_json(text).decode("utf-8")
