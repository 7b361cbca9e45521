"""An entry of the log as the ledger looks at it: its envelope's digest, signers and statement."""

import dataclasses

import msgspec

from dayseal.attest.dsse import parse_envelope
from dayseal.attest.predicates import KINDS
from dayseal.attest.statement import Statement, open_statement
from dayseal.codec import decode_base64, parse_foreign, sha256_hex
from dayseal.errors import FormatError


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """What an entry's bytes claim; nothing about its signatures is verified here."""

    data: bytes
    envelope_sha256: str
    keyids: tuple[str, ...]
    statement: Statement


class _Signature(msgspec.Struct):
    keyid: str


class _Envelope(msgspec.Struct, rename="camel"):
    payload: str
    signatures: list[_Signature]


class _Digest(msgspec.Struct):
    sha256: str


class _Subject(msgspec.Struct):
    name: str
    digest: _Digest


class _Statement(msgspec.Struct, rename="camel"):
    subject: list[_Subject]
    predicate_type: str
    predicate: msgspec.Raw


def parse_entry(data: bytes, *, subject: str) -> Entry:
    """Read an envelope of a stranger: canonical, of a known kind, strict to the last byte.

    Raises:
        FormatError: anything that our own encoders would not have written.
    """
    envelope = parse_envelope(data, subject=subject)
    statement = open_statement(envelope.payload, subject=subject)
    return Entry(data, sha256_hex(data), tuple(keyid for keyid, _ in envelope.signatures), statement)


def parse_admitted(data: bytes, *, subject: str) -> Entry:
    """Read an envelope that a tree root already vouches for, hundreds of times faster than `parse_entry`.

    What admission checked (canonical bytes, caps) is not checked again.

    Raises:
        FormatError: it does not hold a statement of a known kind.
    """
    envelope = parse_foreign(data, _Envelope, subject=subject)
    payload = decode_base64(envelope.payload, subject=f"{subject} payload")
    document = parse_foreign(payload, _Statement, subject=subject)
    kind = KINDS.get(document.predicate_type)
    if kind is None or not document.subject:
        raise FormatError(f"{subject}: predicate type {document.predicate_type!r}, one of ours with a subject promised")
    predicate = parse_foreign(bytes(document.predicate), kind, subject=subject)
    named = document.subject[0]
    return Entry(
        data,
        sha256_hex(data),
        tuple(s.keyid for s in envelope.signatures),
        Statement(named.name, named.digest.sha256, predicate),
    )
