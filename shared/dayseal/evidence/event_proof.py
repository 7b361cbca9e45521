"""An event proof: one file that shows, with no network, that one record was archived and recorded.

It holds the record and its context, the path from the record to its object, the path from the object
to the day root, the entries that state the day root and say who may state it, and one checkpoint.
Nothing in it is free text: whatever the file says is checked by `offline`, so no bit of it may change.

Format: docs/formats/event-proof.md.
"""

import dataclasses
from typing import Final, Literal

from dayseal.codec import Wire, decode_base64, encode_base64, encode_document, open_document
from dayseal.errors import FormatError
from dayseal.evidence.entries import LoggedEntry, OldHead, OldHeadDocument, hex_path, parse_path
from dayseal.model import ObjectDescriptor

EVENT_PROOF_KIND: Final = "https://dayseal.dev/event-proof/v1"
MAX_PROOF_BYTES: Final = 64 << 20
MAX_ENTRIES: Final = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class RecordProof:
    """A record's bytes and context, its place in its object, and its path to the object's events root."""

    record: bytes
    context: bytes
    index: int
    path: tuple[bytes, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class DescriptorProof:
    """An object's descriptor, its place in the manifest, and its path to the day root."""

    descriptor: ObjectDescriptor
    index: int
    path: tuple[bytes, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class EventProof:
    """What an event proof's bytes claim: nothing in it is verified.

    `entries` by index: genesis, every delegation, the cluster-day, and the newest roll-call if there is one.
    """

    checkpoint: bytes
    old_heads: tuple[OldHead, ...]
    entries: tuple[LoggedEntry, ...]
    descriptor: DescriptorProof
    record: RecordProof


class _Entry(Wire):
    envelope: str
    index: int
    path: tuple[str, ...]


class _Descriptor(Wire):
    descriptor: ObjectDescriptor
    index: int
    path: tuple[str, ...]


class _Record(Wire):
    context: str
    index: int
    path: tuple[str, ...]
    record: str


class _Document(Wire):
    checkpoint: str
    consistency: tuple[OldHeadDocument, ...]
    descriptor: _Descriptor
    entries: tuple[_Entry, ...]
    kind: Literal["https://dayseal.dev/event-proof/v1"]
    record: _Record


def encode_event_proof(proof: EventProof) -> bytes:
    """Write the proof as canonical JSON without a final newline.

    Raises:
        FormatError: a checkpoint or envelope that is not UTF-8, or more than `MAX_PROOF_BYTES`.
    """
    found = proof.descriptor
    data = encode_document(
        _Document(
            checkpoint=_text(proof.checkpoint, "checkpoint"),
            consistency=tuple(OldHeadDocument.of(old) for old in proof.old_heads),
            descriptor=_Descriptor(descriptor=found.descriptor, index=found.index, path=hex_path(found.path)),
            entries=tuple(
                _Entry(envelope=_text(e.envelope, f"entry {e.index}"), index=e.index, path=hex_path(e.path))
                for e in proof.entries
            ),
            kind=EVENT_PROOF_KIND,
            record=_Record(
                context=encode_base64(proof.record.context),
                index=proof.record.index,
                path=hex_path(proof.record.path),
                record=encode_base64(proof.record.record),
            ),
        )
    )
    _check_size(data)
    return data


def parse_event_proof(data: bytes) -> EventProof:
    """Read what an event proof claims; only `encode_event_proof`'s own spelling is accepted.

    Raises:
        FormatError: anything that `encode_event_proof` would not have written.
    """
    _check_size(data)
    document = open_document(data, _Document, subject="event proof")
    if len(document.entries) > MAX_ENTRIES:
        raise FormatError(f"event proof: {len(document.entries)} entries, at most {MAX_ENTRIES} promised")
    indexes = [entry.index for entry in document.entries]
    sizes = [old.size for old in document.consistency]
    if sorted(set(indexes)) != indexes or sorted(set(sizes)) != sizes:
        raise FormatError("event proof: entries or old heads are repeated or out of order")
    found, record = document.descriptor, document.record
    return EventProof(
        checkpoint=document.checkpoint.encode(),
        old_heads=tuple(old.value for old in document.consistency),
        entries=tuple(
            LoggedEntry(e.index, e.envelope.encode(), parse_path(e.path, subject=f"entry {e.index}"))
            for e in document.entries
        ),
        descriptor=DescriptorProof(found.descriptor, found.index, parse_path(found.path, subject="descriptor")),
        record=RecordProof(
            record=decode_base64(record.record, subject="record"),
            context=decode_base64(record.context, subject="context"),
            index=record.index,
            path=parse_path(record.path, subject="record"),
        ),
    )


def _text(raw: bytes, subject: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as exc:
        raise FormatError(f"{subject}: not UTF-8, text promised") from exc


def _check_size(data: bytes) -> None:
    if len(data) > MAX_PROOF_BYTES:
        raise FormatError(f"event proof: {len(data)} bytes, at most {MAX_PROOF_BYTES} promised")
