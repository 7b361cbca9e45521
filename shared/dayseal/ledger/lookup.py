"""The look-up file of one revision of a cluster's day: envelope and entry index.

It only repeats what the log holds, so that finding a day costs one GET; nothing rests on it.

Format: `{"envelope":"<base64>","index":<n>}`, canonical JSON. Spec: ledger-formats section 11.
"""

import dataclasses

from dayseal.codec import Wire, decode_base64, encode_base64, encode_document, open_document
from dayseal.errors import FormatError, TamperError


class _Attestation(Wire):
    envelope: str
    index: int


class _Rejection(Wire):
    envelope: str
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Filed:
    """What a look-up file claims: that entry `index` is `envelope`."""

    index: int
    envelope: bytes


def encode_attestation(index: int, envelope: bytes) -> bytes:
    """Encode a look-up file; base64 needs no escape, so that its canonical JSON can be written down directly."""
    return f'{{"envelope":"{encode_base64(envelope)}","index":{index}}}'.encode()


def open_attestation(data: bytes, *, subject: str) -> Filed:
    """Read a look-up file.

    Raises:
        TamperError: it is not one that a recorder writes.
    """
    try:
        document = open_document(data, _Attestation, subject=subject)
        envelope = decode_base64(document.envelope, subject=subject)
    except FormatError as exc:
        raise TamperError(str(exc)) from exc
    if document.index < 0:
        raise TamperError(f"{subject}: entry {document.index}, 0 or more promised")
    return Filed(document.index, envelope)


def encode_rejection(reason: str, envelope: bytes) -> bytes:
    """Encode a refusal: why, and the bytes that were refused (none when they were too many)."""
    return encode_document(_Rejection(envelope=encode_base64(envelope), reason=reason))


def open_rejection(data: bytes, *, subject: str) -> tuple[str, bytes]:
    """Read a refusal: reason and refused bytes.

    Raises:
        FormatError: it is not one that a recorder writes.
    """
    document = open_document(data, _Rejection, subject=subject)
    return document.reason, decode_base64(document.envelope, subject=subject)
