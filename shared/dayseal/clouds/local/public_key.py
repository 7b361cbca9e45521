"""Public keys as people hand them over: a file in PEM, DER or base64, or the base64 itself."""

from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from dayseal.attest.keys import check_public_key
from dayseal.codec import decode_base64
from dayseal.errors import AccessError, FormatError, TrustError, UsageError

_MAX_BYTES: Final = 16_384
_DER: Final = b"\x30"  # a SEQUENCE, as every SubjectPublicKeyInfo is


def read_public_key(given: str) -> bytes:
    """Give a public key as DER SubjectPublicKeyInfo; `given` is a file, or base64 as settings pin KMS keys.

    Raises:
        UsageError: it is none, or a private key.
        AccessError: the file cannot be read.
    """
    path = Path(given)
    try:
        data = path.read_bytes()[:_MAX_BYTES] if path.is_file() else given.encode()
    except OSError as exc:
        raise AccessError(f"{path}: cannot read the key ({exc.strerror})") from exc
    subject = f"public key {given[:60]}"
    try:
        spki = _spki_of(data, subject)
        check_public_key(spki, subject=subject)
    except (FormatError, TrustError, ValueError, UnsupportedAlgorithm) as exc:
        hint = "PEM or DER SubjectPublicKeyInfo, or its base64; openssl pkey -pubout makes it from a private key"
        raise UsageError(f"{subject}: no public key that may sign here", hint=hint) from exc
    return spki


def _spki_of(data: bytes, subject: str) -> bytes:
    if b"PRIVATE KEY" in data:
        raise UsageError(
            f"{subject}: a private key, its public half promised",
            hint="openssl pkey -pubout -in KEY -out PUBLIC; private keys stay where they are",
        )
    if data.startswith(b"-----BEGIN"):
        return load_pem_public_key(data).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return data if data.startswith(_DER) else decode_base64(data.decode("ascii").strip(), subject=subject)
