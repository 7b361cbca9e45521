"""Keys that sign envelopes in tests: like the signers of the ports, but in memory."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_HASHES: Final[Mapping[int, Callable[[], hashes.HashAlgorithm]]] = {
    256: hashes.SHA256,
    384: hashes.SHA384,
    521: hashes.SHA512,
}


@dataclasses.dataclass(frozen=True)
class MemorySigner:
    """Signs with the private key it holds."""

    private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey

    @property
    def spki(self) -> bytes:
        """The public key as DER SubjectPublicKeyInfo."""
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, message: bytes) -> bytes:
        """Sign the message: Ed25519, or ECDSA with the hash of the curve's size."""
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(message)
        return self.private.sign(message, ec.ECDSA(_HASHES[self.private.curve.key_size]()))


def ed25519_signer(seed: int = 1) -> MemorySigner:
    """Give the Ed25519 signer number `seed`, the same one each time."""
    return MemorySigner(ed25519.Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big")))


def ecdsa_signer(seed: int = 1, curve: ec.EllipticCurve | None = None) -> MemorySigner:
    """Give the ECDSA signer number `seed`, on P-256 unless another curve is named."""
    return MemorySigner(ec.derive_private_key(seed, curve or ec.SECP256R1()))
