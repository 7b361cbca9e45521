"""In-toto statements: one subject (content-addressed), one typed predicate."""

import dataclasses
from typing import Final

import msgspec

from dayseal.attest.predicates import KINDS, TYPE_OF
from dayseal.codec import Wire, canonical_json, parse_foreign, parse_sha256_hex
from dayseal.errors import FormatError

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
MAX_STATEMENT_BYTES: Final = 48_000


class _DigestSet(Wire):
    sha256: str


class _Subject(Wire):
    name: str
    digest: _DigestSet


class _Document(Wire):
    type: str = msgspec.field(name="_type")
    subject: tuple[_Subject]
    predicate_type: str
    predicate: msgspec.Raw


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """A claim about one content-addressed subject."""

    subject_name: str
    subject_sha256: str
    predicate: Wire

    @property
    def predicate_type(self) -> str:
        """The URI that names the predicate's format."""
        return TYPE_OF[type(self.predicate)]


def encode_statement(statement: Statement) -> bytes:
    """Encode as canonical JSON.

    Spec: in-toto Statement v1.

    Raises:
        FormatError: larger than 48,000 bytes.
    """
    data = canonical_json(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": statement.subject_name, "digest": {"sha256": statement.subject_sha256}}],
            "predicateType": statement.predicate_type,
            "predicate": msgspec.to_builtins(statement.predicate),
        }
    )
    if len(data) > MAX_STATEMENT_BYTES:
        raise FormatError(f"statement: {len(data)} bytes, at most {MAX_STATEMENT_BYTES} promised")
    return data


def open_statement(payload: bytes, *, subject: str) -> Statement:
    """Decode one of our statements: known predicate type, strict fields, canonical bytes.

    `payload` must already be verified; `subject` names it in error messages.

    Raises:
        FormatError: anything that `encode_statement` would not have written.
    """
    if len(payload) > MAX_STATEMENT_BYTES:
        raise FormatError(f"{subject}: {len(payload)} bytes, at most {MAX_STATEMENT_BYTES} promised")
    document = parse_foreign(payload, _Document, subject=subject)
    if document.type != STATEMENT_TYPE:
        raise FormatError(f"{subject}: type {document.type!r}, {STATEMENT_TYPE} promised")
    kind = KINDS.get(document.predicate_type)
    if kind is None:
        raise FormatError(f"{subject}: predicate type {document.predicate_type!r} is unknown")
    predicate = parse_foreign(bytes(document.predicate), kind, subject=subject)
    named = document.subject[0]
    parse_sha256_hex(named.digest.sha256, subject=f"{subject} subject")
    statement = Statement(named.name, named.digest.sha256, predicate)
    if encode_statement(statement) != payload:
        raise FormatError(f"{subject}: not canonical JSON, RFC 8785 promised")
    return statement
