import hashlib

import pytest

from dayseal.attest.dsse import open_envelope, sign_envelope
from dayseal.attest.keys import keyid_of, verify_signature
from dayseal.clouds.aws.session import Sessions
from dayseal.clouds.aws.signer import MAX_RAW_BYTES, KmsKey, KmsSigner
from dayseal.errors import AccessError, SignatureError, TrustError, UsageError
from dayseal.testing.keys import Ed25519Signer, P256Signer
from support.moto_world import EU, World


def signer_of(world: World, kind: str = "p256") -> KmsSigner:
    """Make a key in KMS and give its signer."""
    arn = world.gaps.make_key(world.home, EU, kind=kind)
    return KmsSigner(Sessions(world.access()), KmsKey(arn, world.gaps.spki(arn)))


@pytest.mark.parametrize("kind", ["p256", "ed25519"])
@pytest.mark.parametrize("size", [1, MAX_RAW_BYTES])
def test_a_signature_is_over_the_message_itself(world: World, kind: str, size: int) -> None:
    """Whoever verifies has the message and the public key, and never asks KMS."""
    signer, message = signer_of(world, kind), b"m" * size
    verify_signature(signer.spki, signer.sign(message), message, subject="test")
    (request,) = [r for r in world.gate.log if r.name == "kms:Sign"]
    assert request.body["MessageType"] == "RAW"


def test_a_long_message_is_sent_as_its_digest(world: World) -> None:
    """KMS takes 4,096 bytes; a signature over the digest is the same kind of signature."""
    signer, message = signer_of(world), b"m" * (MAX_RAW_BYTES + 1)
    verify_signature(signer.spki, signer.sign(message), message, subject="test")
    (request,) = [r for r in world.gate.log if r.name == "kms:Sign"]
    assert request.body["MessageType"] == "DIGEST"


def test_ed25519_signs_whole_messages_or_nothing(world: World) -> None:
    """Pure Ed25519 has no digest form: a pre-hashed signature is another algorithm."""
    with pytest.raises(UsageError, match="at most 4096 promised"):
        signer_of(world, "ed25519").sign(b"m" * (MAX_RAW_BYTES + 1))


def test_an_envelope_signed_in_kms_opens(world: World) -> None:
    """The attestation's own path: statement, envelope, verification."""
    signer = signer_of(world)
    data = sign_envelope(b"{}" * 4_000, [signer])
    payload, keys = open_envelope(data, {keyid_of(signer.spki): signer.spki}, subject="test")
    assert (payload, keys) == (b"{}" * 4_000, (keyid_of(signer.spki),))


def test_the_pin_is_compared_once_and_before_anything_is_signed(world: World) -> None:
    """A key that was exchanged must not sign a single statement."""
    signer = signer_of(world)
    for _ in range(3):
        signer.sign(b"m")
    assert [r.name for r in world.gate.log if r.service == "kms"] == ["kms:GetPublicKey", *["kms:Sign"] * 3]


@pytest.mark.parametrize("kind", ["p256", "ed25519"])
def test_another_key_behind_the_same_arn_is_refused(world: World, kind: str) -> None:
    """The pin is the public key, not a name."""
    arn = world.gaps.make_key(world.home, EU, kind=kind)
    pinned = (P256Signer if kind == "p256" else Ed25519Signer)("other").spki
    with pytest.raises(TrustError, match="is pinned"):
        KmsSigner(Sessions(world.access()), KmsKey(arn, pinned)).sign(b"m")
    assert "kms:Sign" not in world.gate.counted()


def test_a_key_exchanged_later_is_caught_by_the_signature(world: World) -> None:
    """The comparison is made once; every signature is still verified."""
    arn = world.gaps.make_key(world.home, EU)
    signer = KmsSigner(Sessions(world.access()), KmsKey(arn, world.gaps.spki(arn)))
    signer.sign(b"m")
    world.gaps.turn_key(arn)
    with pytest.raises(SignatureError, match="not by key"):
        signer.sign(b"m")


@pytest.mark.parametrize("name", ["alias/dayseal", "own-1", "arn:aws:kms:eu-central-1:111122223333:alias/dayseal", ""])
def test_an_alias_is_no_key(name: str) -> None:
    """Whoever may turn an alias would choose the key that signs."""
    with pytest.raises(UsageError, match="the ARN of a key promised"):
        KmsKey(name, P256Signer("x").spki)


def test_a_pin_that_is_no_public_key_is_refused_at_once(world: World) -> None:
    """It could never be compared with anything."""
    arn = "arn:aws:kms:eu-central-1:111122223333:key/own-1"
    with pytest.raises(UsageError, match="SubjectPublicKeyInfo"):
        KmsSigner(Sessions(world.access()), KmsKey(arn, hashlib.sha256(b"x").digest()))


def test_a_refusal_names_the_permission(world: World) -> None:
    """No vendor exception crosses the port."""
    signer = signer_of(world)
    world.gate.refuse("kms:Sign", "AccessDeniedException", status=400)
    with pytest.raises(AccessError, match="kms:Sign on arn:aws:kms") as caught:
        signer.sign(b"m")
    assert caught.value.hint == "grant kms:Sign"


def test_the_real_key_of_moto_signs_too(world: World) -> None:
    """The keys above are our own behind the same door; this one is moto's."""
    kms = world.client("kms", world.home)
    made = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    spki = kms.get_public_key(KeyId=made["KeyId"])["PublicKey"]
    signer = KmsSigner(Sessions(world.access()), KmsKey(made["Arn"], spki))
    verify_signature(spki, signer.sign(b"m"), b"m", subject="test")
