"""Standard base64 with padding, one spelling only (RFC 4648 section 4)."""

import base64
import binascii

from dayseal.errors import FormatError


def encode_base64(raw: bytes) -> str:
    """Encode with the standard alphabet and padding.

    Spec: RFC 4648 section 4.
    """
    return base64.b64encode(raw).decode("ascii")


def decode_base64(text: str, *, subject: str = "base64", size: int | None = None) -> bytes:
    """Decode the only spelling `encode_base64` would give; `size` is the wanted length in bytes.

    Spec: RFC 4648 sections 3.3 (no other characters) and 3.5 (zero pad bits).

    Raises:
        FormatError: other characters, missing padding, stray bits, or another length.
    """
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as exc:
        raise FormatError(f"{subject}: not base64, standard base64 with padding promised") from exc
    if encode_base64(raw) != text:
        raise FormatError(f"{subject}: base64 with stray bits, one spelling promised")
    if size is not None and len(raw) != size:
        raise FormatError(f"{subject}: {len(raw)} bytes, {size} promised")
    return raw
