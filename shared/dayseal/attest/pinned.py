"""A private key that stays where it is, by its name there and its public half: what a signer far away is held to."""

import dataclasses
import enum

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dayseal.attest.keys import keyid_of, verify_signature
from dayseal.errors import TrustError, UsageError


class KeyKind(enum.Enum):
    """The kinds of keys that sign for us from afar."""

    P256 = "ECDSA P-256"
    ED25519 = "Ed25519"


@dataclasses.dataclass(frozen=True, slots=True)
class PinnedKey:
    """A key by its name, and the public half (DER SubjectPublicKeyInfo) it must have."""

    name: str
    spki: bytes

    @property
    def kind(self) -> KeyKind:
        """The kind of the pinned half.

        Raises:
            UsageError: it is none of ours, or no public key.
        """
        try:
            public = load_der_public_key(self.spki)
        except (ValueError, UnsupportedAlgorithm) as exc:
            raise UsageError(f"{self.name}: the pinned public key is not DER SubjectPublicKeyInfo") from exc
        if isinstance(public, ed25519.Ed25519PublicKey):
            return KeyKind.ED25519
        if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
            return KeyKind.P256
        raise UsageError(f"{self.name}: the pinned key is a {type(public).__name__}, Ed25519 or ECDSA P-256 promised")

    def require(self, told: bytes) -> None:
        """Hold the key to its pin; `told` is the public half that it says it has.

        Raises:
            TrustError: it is another.
        """
        if told != self.spki:
            shown, pinned = keyid_of(told)[:16], keyid_of(self.spki)[:16]
            raise TrustError(f"{self.name}: its public key is {shown}, {pinned} is pinned")

    def verify(self, signature: bytes, message: bytes) -> None:
        """Prove that the pinned half verifies a signature that the key is said to have made; see `verify_signature`."""
        verify_signature(self.spki, signature, message, subject=f"signature by {self.name}")
