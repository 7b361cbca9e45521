"""DSSE envelopes: sign, parse, open."""

import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from dayseal.attest.keys import SigningKey, keyid_of, verify_signature
from dayseal.attest.statement import PAYLOAD_TYPE
from dayseal.codec import Wire, decode_base64, encode_base64, encode_document, open_document
from dayseal.errors import FormatError, SignatureError

MAX_ENVELOPE_BYTES: Final = 65_535
_MAX_SIGNATURES: Final = 16


class _Signature(Wire):
    keyid: str
    sig: str


class _Envelope(Wire):
    payload: str
    payload_type: str
    signatures: tuple[_Signature, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Envelope:
    """What an envelope's bytes claim: nothing in it is verified."""

    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]


def pre_auth_encoding(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Give the bytes that a DSSE signature covers.

    Spec: DSSE 1.0.2, PAE.
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign_envelope(payload: bytes, signers: Sequence[SigningKey]) -> bytes:
    """Sign a statement and give the envelope's bytes; each signature is verified before we return.

    The envelope is canonical JSON, signatures in the order of `signers`.

    Raises:
        SignatureError: a signer gave a signature that its own pinned key does not verify.
        FormatError: the envelope would be larger than a log entry may be (65,535 bytes).
    """
    message = pre_auth_encoding(payload)
    signatures = []
    for signer in signers:
        raw = signer.sign(message)
        verify_signature(signer.spki, raw, message, subject="new signature")
        signatures.append(_Signature(keyid=keyid_of(signer.spki), sig=encode_base64(raw)))
    data = encode_document(
        _Envelope(
            payload=encode_base64(payload),
            payload_type=PAYLOAD_TYPE,
            signatures=tuple(signatures),
        )
    )
    if len(data) > MAX_ENVELOPE_BYTES:
        raise FormatError(f"envelope: {len(data)} bytes, at most {MAX_ENVELOPE_BYTES} promised")
    return data


def parse_envelope(data: bytes, *, subject: str) -> Envelope:
    """Decode one of our envelopes without verifying it: canonical, at least one signature, each key once.

    Raises:
        FormatError: anything that `sign_envelope` would not have written.
    """
    if len(data) > MAX_ENVELOPE_BYTES:
        raise FormatError(f"{subject}: {len(data)} bytes, at most {MAX_ENVELOPE_BYTES} promised")
    document = _open_document(data, subject)
    if document.payload_type != PAYLOAD_TYPE:
        raise FormatError(f"{subject}: payload type {document.payload_type!r}, {PAYLOAD_TYPE} promised")
    if not 0 < len(document.signatures) <= _MAX_SIGNATURES:
        raise FormatError(f"{subject}: {len(document.signatures)} signatures, 1 to {_MAX_SIGNATURES} promised")
    if len({s.keyid for s in document.signatures}) != len(document.signatures):
        raise FormatError(f"{subject}: two signatures by one key")
    return Envelope(
        payload=decode_base64(document.payload, subject=f"{subject} payload"),
        signatures=tuple((s.keyid, decode_base64(s.sig, subject=f"{subject} signature")) for s in document.signatures),
    )


def open_envelope(
    data: bytes, keys: Mapping[str, bytes], *, threshold: int = 1, subject: str
) -> tuple[bytes, tuple[str, ...]]:
    """Give the payload and the ids of the keys that signed it; `keys` maps keyid to SPKI.

    EVERY signature must be by a key of `keys` and verify, and at least `threshold` of them must
    be there: our entries carry no signatures of strangers.

    Raises:
        FormatError: not one of our envelopes.
        SignatureError: a signature is by no key of `keys`, is wrong, or there are too few.
    """
    envelope = parse_envelope(data, subject=subject)
    message = pre_auth_encoding(envelope.payload)
    for keyid, raw in envelope.signatures:
        if keyid not in keys:
            raise SignatureError(f"{subject}: signed by key {keyid[:16]}, which is not accepted here")
        verify_signature(keys[keyid], raw, message, subject=subject)
    if len(envelope.signatures) < threshold:
        raise SignatureError(f"{subject}: {len(envelope.signatures)} signatures, {threshold} promised")
    return envelope.payload, tuple(keyid for keyid, _ in envelope.signatures)


def _open_document(data: bytes, subject: str) -> _Envelope:
    # An envelope is made of strings alone. Where none of them needs an escape, msgspec spells it as RFC 8785 does, in
    # a small part of the time: a ledger has thousands. Anything else takes the strict way, errors included.
    if data.isascii() and b"\\" not in data:
        with contextlib.suppress(msgspec.DecodeError):
            document = msgspec.json.decode(data, type=_Envelope)
            if msgspec.json.encode(document) == data:
                return document
    return open_document(data, _Envelope, subject=subject)
