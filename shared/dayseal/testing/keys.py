"""Signing keys from a seed: the same seed gives the same key and the same signatures. For tests only."""

import hashlib
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Ed25519Signer:
    """Port `Signer`: an Ed25519 key in memory."""

    def __init__(self, seed: str) -> None:
        self._key = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())

    @property
    def spki(self) -> bytes:
        """The public key as DER SubjectPublicKeyInfo."""
        return self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def public(self) -> bytes:
        """The public key's 32 bytes."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> bytes:
        """Sign the message."""
        return self._key.sign(message)


class P256Signer:
    """Port `Signer`: an ECDSA P-256 key in memory, signing deterministically (RFC 6979)."""

    def __init__(self, seed: str) -> None:
        number = int.from_bytes(hashlib.sha512(seed.encode()).digest(), "big")
        self._key = ec.derive_private_key(number % (_P256_ORDER - 1) + 1, ec.SECP256R1())

    @property
    def spki(self) -> bytes:
        """The public key as DER SubjectPublicKeyInfo."""
        return self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, message: bytes) -> bytes:
        """Sign the message's SHA-256; the signature is ASN.1 DER."""
        return self._key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
