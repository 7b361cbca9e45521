"""Public keys as statements and envelopes use them: DER SPKI, keyid, verification."""

import functools
import hashlib
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from dayseal.errors import SignatureError, TrustError

_HASHES: Final[Mapping[str, Callable[[], hashes.HashAlgorithm]]] = {
    "secp256r1": hashes.SHA256,
    "secp384r1": hashes.SHA384,
    "secp521r1": hashes.SHA512,
}


_PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey


class SigningKey(Protocol):
    """What signing needs of a key; `ports.Signer` promises the rest."""

    @property
    def spki(self) -> bytes:
        """The public key as DER SubjectPublicKeyInfo."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Sign the message itself."""
        ...


def keyid_of(spki: bytes) -> str:
    """Give a key's id: hex SHA-256 of its DER SubjectPublicKeyInfo."""
    return hashlib.sha256(spki).hexdigest()


def check_public_key(spki: bytes, *, subject: str) -> None:
    """Require a public key that our signatures may be by: Ed25519 or ECDSA, in the one spelling of its DER.

    Raises:
        TrustError: it is another.
    """
    _load(spki, subject)


def verify_signature(spki: bytes, signature: bytes, message: bytes, *, subject: str) -> None:
    """Prove that the key signed the message: Ed25519 pure, or ECDSA with the curve's own SHA-2 in DER.

    Spec: RFC 8032; FIPS 186-5; DSSE 1.0.2 (algorithms).

    Raises:
        SignatureError: it did not.
        TrustError: the key is of a kind we do not accept, or its DER is not the one spelling.
    """
    key = _load(spki, subject)
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        else:
            key.verify(signature, message, ec.ECDSA(_HASHES[key.curve.name]()))
    except InvalidSignature as exc:
        raise SignatureError(f"{subject}: the signature is not by key {keyid_of(spki)[:16]}") from exc


def _load(spki: bytes, subject: str) -> _PublicKey:
    key = _loaded(spki)
    if isinstance(key, str):
        raise TrustError(f"{subject}: {key}")
    return key


@functools.lru_cache(maxsize=64)
def _loaded(spki: bytes) -> _PublicKey | str:
    """Give the key, or why it is none; a ledger has few keys and many signatures."""
    try:
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        return "the public key is not DER SubjectPublicKeyInfo"
    if isinstance(key, ec.EllipticCurvePublicKey):
        if key.curve.name not in _HASHES:
            return f"curve {key.curve.name}, P-256, P-384 or P-521 promised"
    elif not isinstance(key, ed25519.Ed25519PublicKey):
        return f"{type(key).__name__}, Ed25519 or ECDSA promised"
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != spki:
        return "the public key's DER is not in its one spelling"
    return key
