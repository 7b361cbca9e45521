"""Public keys: their ids, the kinds we accept, and one spelling each."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dayseal.attest.keys import keyid_of, verify_signature
from dayseal.errors import SignatureError, TrustError
from support.example_ledger import ECDSA_SPKI
from support.example_signers import MemorySigner, ecdsa_signer, ed25519_signer

_DER = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
_SIGNERS = [ed25519_signer(), ecdsa_signer(), ecdsa_signer(curve=ec.SECP384R1()), ecdsa_signer(curve=ec.SECP521R1())]


def test_a_key_id_is_the_digest_of_the_whole_public_key() -> None:
    """Of its DER form, in hex."""
    assert keyid_of(ECDSA_SPKI) == hashlib.sha256(ECDSA_SPKI).hexdigest()


@pytest.mark.parametrize("signer", _SIGNERS, ids=["Ed25519", "P-256", "P-384", "P-521"])
def test_a_signature_is_by_one_key_over_one_message(signer: MemorySigner) -> None:
    """Any other key, message or signature is refused."""
    signature = signer.sign(b"message")
    verify_signature(signer.spki, signature, b"message", subject="entry")
    for spki, raw, message in (
        (signer.spki, signature, b"massage"),
        (signer.spki, signature + b"\x00", b"message"),
        (signer.spki, signature[:-1], b"message"),
        (signer.spki, b"", b"message"),
        (ed25519_signer(9).spki, signature, b"message"),
        (ecdsa_signer(9).spki, signature, b"message"),
    ):
        with pytest.raises(SignatureError, match="entry: the signature is not by key"):
            verify_signature(spki, raw, message, subject="entry")


def test_an_ecdsa_signature_has_one_der_spelling() -> None:
    """A length written in two bytes where one is enough would be a second signature."""
    signer = ecdsa_signer()
    signature = signer.sign(b"message")
    longer = b"\x30\x81" + signature[1:]
    with pytest.raises(SignatureError):
        verify_signature(signer.spki, longer, b"message", subject="entry")


@pytest.mark.parametrize(
    "spki",
    [
        b"",
        b"junk",
        ECDSA_SPKI[:-1],
        ECDSA_SPKI + b"\x00",
        ed25519_signer().spki[-32:],
        rsa.generate_private_key(65_537, 2048).public_key().public_bytes(*_DER),
        ed448.Ed448PrivateKey.generate().public_key().public_bytes(*_DER),
        ec.generate_private_key(ec.SECP256K1()).public_key().public_bytes(*_DER),
        ec.generate_private_key(ec.SECP224R1()).public_key().public_bytes(*_DER),
    ],
    ids=["empty", "junk", "cut", "longer", "raw", "RSA", "Ed448", "secp256k1", "P-224"],
)
def test_a_key_of_another_kind_or_spelling_is_not_trusted(spki: bytes) -> None:
    """A pinned key is compared by its bytes, so it must have only one form."""
    with pytest.raises(TrustError, match="entry"):
        verify_signature(spki, b"x", b"message", subject="entry")
