"""Strict encodings: canonical JSON, base64, hex, decimals and times.

Every `parse_*` here accepts exactly one spelling of a value: what it returned encodes
back to the very bytes it was given.
"""

from dayseal.codec.base64 import decode_base64, encode_base64
from dayseal.codec.documents import Wire, canonical_json, encode_document, open_document, parse_foreign
from dayseal.codec.text import (
    format_day,
    format_time,
    parse_day,
    parse_decimal,
    parse_sha256_hex,
    parse_time,
    sha256_hex,
)
from dayseal.codec.values import encode_value, open_value

__all__ = [
    "Wire",
    "canonical_json",
    "decode_base64",
    "encode_base64",
    "encode_document",
    "encode_value",
    "format_day",
    "format_time",
    "open_document",
    "open_value",
    "parse_day",
    "parse_decimal",
    "parse_foreign",
    "parse_sha256_hex",
    "parse_time",
    "sha256_hex",
]
