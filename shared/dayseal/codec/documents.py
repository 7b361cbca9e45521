"""JSON documents of ours: typed, canonical, and equal to the bytes they came from."""

from typing import Any, TypeVar, dataclass_transform

import msgspec
import rfc8785

from dayseal.errors import FormatError

T = TypeVar("T")


# msgspec hands `frozen` down to subclasses; this tells type checkers so.
@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Wire(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename="camel",
):
    """Base of every document of ours: frozen, no unknown fields, camelCase on the wire.

    A field that may be absent is typed `X | msgspec.UnsetType` and defaults to `msgspec.UNSET`.
    """


def canonical_json(value: Any) -> bytes:  # noqa: ANN401 - any JSON value is what this takes
    """Encode a JSON value, the one way there is.

    Integers must lie within 2**53 - 1; keys are sorted by UTF-16 code units.

    Spec: RFC 8785.

    Raises:
        FormatError: the value has no canonical form (NaN, a huge integer, a lone surrogate).
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as exc:
        raise FormatError(f"document: no canonical JSON form ({exc}), RFC 8785 promised") from exc


def encode_document(document: msgspec.Struct) -> bytes:
    """Encode a document of ours as canonical JSON (RFC 8785), without a final newline."""
    return canonical_json(msgspec.to_builtins(document))


def open_document(data: bytes, kind: type[T], *, subject: str) -> T:
    """Decode a document of ours and require that it encodes back to the same bytes.

    That refuses duplicate keys, spaces, other number spellings and escapes at once.
    `subject` names the document in error messages.

    Raises:
        FormatError: not JSON, not this type, or not canonical.
    """
    try:
        document = msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as exc:
        raise FormatError(f"{subject}: {exc}, {kind.__name__} promised") from exc
    if canonical_json(msgspec.to_builtins(document)) != data:
        raise FormatError(f"{subject}: not canonical JSON, RFC 8785 promised")
    return document


def parse_foreign(data: bytes, kind: type[T], *, subject: str) -> T:
    """Decode somebody else's JSON into a type that names the fields we read; others are ignored.

    Raises:
        FormatError: not JSON, or a field we read has another type.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as exc:
        raise FormatError(f"{subject}: {exc}") from exc
