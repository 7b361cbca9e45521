"""securesystemslib, the reference implementation of DSSE in Python, verifies what we sign."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]  # exported by their docs, not their types

from dayseal.attest.dsse import open_envelope, sign_envelope
from dayseal.attest.keys import keyid_of
from support.example_signers import MemorySigner, ecdsa_signer, ed25519_signer

_SIGNERS = [ed25519_signer(), ecdsa_signer(), ecdsa_signer(curve=ec.SECP384R1())]
_BOTH = [ed25519_signer(1), ecdsa_signer(2)]


def _their_key(signer: MemorySigner) -> SSlibKey:
    """Give the public key as their library has it."""
    public = signer.private.public_key()
    keyid = keyid_of(signer.spki)
    if isinstance(public, ed25519.Ed25519PublicKey):
        return SSlibKey(keyid, "ed25519", "ed25519", {"public": public.public_bytes_raw().hex()})
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return SSlibKey(keyid, "ecdsa", f"ecdsa-sha2-nistp{public.curve.key_size}", {"public": pem})


@pytest.mark.parametrize("signer", _SIGNERS, ids=["Ed25519", "P-256", "P-384"])
@given(payload=st.binary(max_size=200))
def test_another_implementation_verifies_our_envelopes(signer: MemorySigner, payload: bytes) -> None:
    """Signatures, encoding and payload, for each kind of key."""
    envelope = Envelope.from_dict(json.loads(sign_envelope(payload, [signer])))
    assert envelope.payload == payload
    assert len(envelope.verify([_their_key(signer)], 1)) == 1


def test_another_implementation_counts_two_signers() -> None:
    """A threshold of two is met by two keys."""
    envelope = Envelope.from_dict(json.loads(sign_envelope(b"{}", _BOTH)))
    assert len(envelope.verify([_their_key(signer) for signer in _BOTH], 2)) == 2


def test_another_implementation_refuses_what_we_refuse() -> None:
    """A changed payload, and a key that did not sign."""
    data = sign_envelope(b"{}", [_BOTH[0]])
    changed = json.loads(data) | {"payload": "W10="}
    with pytest.raises(VerificationError):
        Envelope.from_dict(changed).verify([_their_key(_BOTH[0])], 1)
    with pytest.raises(VerificationError):
        Envelope.from_dict(json.loads(data)).verify([_their_key(_BOTH[1])], 1)


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
def test_each_curve_signs_with_its_own_hash(curve: ec.EllipticCurve) -> None:
    """SHA-256, SHA-384 and SHA-512."""
    signer = ecdsa_signer(curve=curve)
    opened, _ = open_envelope(sign_envelope(b"{}", [signer]), {keyid_of(signer.spki): signer.spki}, subject="entry")
    assert opened == b"{}"
