from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from dayseal.attest.keys import verify_signature
from dayseal.clouds.gcp.signer import MAX_DATA_BYTES, KmsKey, KmsSigner, public_key_of
from dayseal.errors import AccessError, DaysealError, SignatureError, TrustError, UsageError
from support.gcp_gate import Fault
from support.gcp_world import World

Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
KEYS: dict[str, Private] = {
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
}
SIGN = "cloudkms:cryptoKeyVersions.asymmetricSign"


@pytest.fixture(params=sorted(KEYS))
def signer(request: pytest.FixtureRequest, google: World) -> KmsSigner:
    """Give a signer with its key in KMS, of either kind."""
    name, spki = google.kms.add(request.param, KEYS[request.param])
    assert public_key_of(google.calls(), name) == spki
    return KmsSigner(google.calls(), KmsKey(name, spki))


@pytest.mark.parametrize("size", [0, 1, 5_000, MAX_DATA_BYTES])
def test_a_signature_verifies_against_the_pinned_key(signer: KmsSigner, google: World, size: int) -> None:
    """ECDSA signs a digest, Ed25519 the message; the public half is asked for once."""
    message = b"x" * size
    for _ in range(2):
        verify_signature(signer.spki, signer.sign(message), message, subject="test")
    assert google.gate.count("cloudkms:cryptoKeyVersions.getPublicKey") == 2  # to pin it, and once to compare


def test_ed25519_signs_no_more_than_kms_takes(google: World) -> None:
    """Beyond that KMS refuses, with words nobody understands."""
    signer = KmsSigner(google.calls(), KmsKey(*google.kms.add("log", KEYS["ed25519"])))
    with pytest.raises(UsageError, match="65537 bytes"):
        signer.sign(b"x" * (MAX_DATA_BYTES + 1))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"verifiedDigestCrc32c": False, "verifiedDataCrc32c": False}, AccessError),
        ({"verifiedDigestCrc32c": None, "verifiedDataCrc32c": None}, AccessError),
        ({"signatureCrc32c": "1"}, AccessError),
        ({"signatureCrc32c": None}, AccessError),
        ({"signature": "AAAA", "signatureCrc32c": "1393404931"}, AccessError),
        ({"signature": "%%"}, AccessError),
        ({"name": "projects/audit/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/2"}, TrustError),
    ],
)
def test_a_damaged_answer_is_no_signature(
    signer: KmsSigner, google: World, change: dict[str, Any], kind: type[DaysealError]
) -> None:
    """CRC32C goes along both ways, and the answer says which version signed."""
    signer.check()
    google.kms.changes = change
    with pytest.raises(kind):
        signer.sign(b"message")
    google.faults.clear()  # those were meant


def test_a_signature_by_another_key_is_refused(signer: KmsSigner, google: World) -> None:
    """A version can be exchanged after its public half was compared; each signature is verified here."""
    signer.check()
    (name,) = google.kms.keys
    other: dict[str, Private] = {
        "p256": ec.generate_private_key(ec.SECP256R1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
    }
    google.kms.keys[name] = other["ed25519" if "ed25519" in name else "p256"]
    with pytest.raises(SignatureError):
        signer.sign(b"message")


def test_another_public_half_than_the_pinned_one_is_refused(google: World) -> None:
    """The pin decides, not KMS."""
    name, _ = google.kms.add("p256", KEYS["p256"])
    _, other = google.kms.add("other", ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(TrustError, match="is pinned"):
        KmsSigner(google.calls(), KmsKey(name, other)).sign(b"message")


@pytest.mark.parametrize(
    "change", [{"pemCrc32c": "1"}, {"pem": "no PEM", "pemCrc32c": "1"}, {"algorithm": "RSA_SIGN_PSS_2048_SHA256"}]
)
def test_a_public_key_that_is_damaged_or_of_another_kind_is_refused(
    signer: KmsSigner, google: World, change: dict[str, str]
) -> None:
    """The comparison must be of what KMS sent."""
    google.kms.changes = change
    with pytest.raises((AccessError, TrustError)):
        signer.sign(b"message")


def test_a_refusal_names_the_permission(signer: KmsSigner, google: World) -> None:
    """Who runs this must know what to grant."""
    google.gate.refuse(SIGN)
    with pytest.raises(AccessError, match=SIGN) as caught:
        signer.sign(b"message")
    assert caught.value.hint == "grant cloudkms.cryptoKeyVersions.useToSign"


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOST])
def test_a_signature_whose_answer_broke_off_is_asked_for_again(signer: KmsSigner, google: World, fault: Fault) -> None:
    """Signing twice harms nobody."""
    google.gate.hurt(SIGN, fault, times=2)
    verify_signature(signer.spki, signer.sign(b"m"), b"m", subject="test")


@pytest.mark.parametrize("name", ["projects/p/locations/l/keyRings/r/cryptoKeys/k", "k", ""])
def test_a_key_without_its_version_is_refused(name: str) -> None:
    """A key's primary version can change."""
    with pytest.raises(UsageError):
        KmsKey(name, b"")
