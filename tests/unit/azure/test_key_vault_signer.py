from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dayseal.attest.keys import verify_signature
from dayseal.clouds.azure.session import Access, Sessions
from dayseal.clouds.azure.signer import VaultKey, VaultSigner, public_key_of
from dayseal.errors import AccessError, DaysealError, SignatureError, TrustError, UsageError
from support.azure_gate import Fault
from support.azure_vault import VERSION, Vault
from support.azure_world import World

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
SIGN, GET = "keyvault:keys.sign", "keyvault:keys.get"


@pytest.fixture
def vault(azure: World) -> Vault:
    """Give an empty vault."""
    return Vault(azure)


@pytest.fixture
def signer(azure: World, vault: Vault) -> VaultSigner:
    """Give a signer with its key in the vault."""
    url, spki = vault.add("attestor", KEY)
    sessions = Sessions(azure.access())
    assert public_key_of(sessions, url) == spki
    return VaultSigner(sessions, VaultKey(url, spki))


@pytest.mark.parametrize("size", [0, 1, 5_000, 1_000_000])
def test_a_signature_verifies_against_the_pinned_key(signer: VaultSigner, azure: World, size: int) -> None:
    """Key Vault gives r and s, we write DER; it signs a digest, so no message is too long."""
    message = b"x" * size
    for _ in range(2):
        verify_signature(signer.spki, signer.sign(message), message, subject="test")
    assert (azure.gate.count(GET), azure.gate.count(SIGN)) == (3, 2)  # challenged, to pin it, to compare


def test_signatures_with_short_halves_are_written_as_der_wants_them(signer: VaultSigner) -> None:
    """One in 128 has a leading zero in r or s: DER leaves it off, or adds one."""
    for number in range(200):
        signer.sign(number.to_bytes(2, "big"))


def test_the_machines_own_identity_answers_the_challenge(azure: World, vault: Vault) -> None:
    """The official client fetches a token for whom the challenge names, as it does against Azure."""
    url, spki = vault.add("attestor", KEY)
    VaultSigner(Sessions(Access()), VaultKey(url, spki)).sign(b"message")
    assert {name for name in azure.entra.asked if "//0.0.1:" in name} == {f"https://{azure.address[12:]}"}


def test_a_challenge_that_names_another_host_gets_no_token(azure: World, vault: Vault) -> None:
    """Whoever plays the vault must not be given a token for somebody else."""
    url, _ = vault.add("attestor", KEY)
    vault.resource = "https://vault.azure.net"
    with pytest.raises(AccessError):
        public_key_of(Sessions(azure.access()), url)
    assert "https://vault.azure.net" not in azure.entra.asked


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"value": "AAAA"}, SignatureError),
        ({"value": "A" * 86}, SignatureError),
        ({"value": "A" * 128}, SignatureError),
        ({"value": None}, AccessError),
        ({"value": "\u00e9"}, AccessError),
        ({"value": 7}, AccessError),
    ],
)
def test_a_damaged_answer_is_no_signature(
    signer: VaultSigner, vault: Vault, change: dict[str, Any], kind: type[DaysealError]
) -> None:
    """Nothing is attested with bytes that nobody can verify."""
    signer.check()
    vault.changes = change
    with pytest.raises((kind, SignatureError)):
        signer.sign(b"message")


def test_a_signature_by_another_key_is_refused(signer: VaultSigner, vault: Vault) -> None:
    """What answers may be exchanged after the public half was compared; each signature is verified here."""
    signer.check()
    vault.keys["attestor"] = OTHER
    with pytest.raises(SignatureError):
        signer.sign(b"message")


def test_another_public_half_than_the_pinned_one_is_refused(azure: World, vault: Vault) -> None:
    """The pin decides, not Key Vault."""
    url, _ = vault.add("attestor", KEY)
    _, other = vault.add("other", OTHER)
    with pytest.raises(TrustError, match="is pinned"):
        VaultSigner(Sessions(azure.access()), VaultKey(url, other)).sign(b"message")


@pytest.mark.parametrize(
    "change", [{"crv": "P-384"}, {"crv": "P-256K"}, {"kty": "RSA"}, {"x": "AAAA"}, {"kid": "https://v/keys/k/1"}]
)
def test_a_key_that_is_damaged_or_of_another_kind_is_refused(
    signer: VaultSigner, vault: Vault, change: dict[str, str]
) -> None:
    """The comparison must be of the key that was asked for."""
    vault.changes = change
    with pytest.raises((AccessError, TrustError)):
        signer.sign(b"message")


def test_a_refusal_names_the_permission(signer: VaultSigner, azure: World) -> None:
    """Who runs this must know what to grant."""
    signer.sign(b"message")
    azure.gate.refuse(SIGN, code="Forbidden")
    with pytest.raises(AccessError, match=SIGN) as caught:
        signer.sign(b"message")
    assert caught.value.hint == "grant Microsoft.KeyVault/vaults/keys/sign/action"


def test_a_key_that_is_gone_is_told_so(azure: World, vault: Vault) -> None:
    """A deleted key is no outage."""
    url, spki = vault.add("attestor", KEY)
    vault.keys.clear()
    with pytest.raises(AccessError, match="not-found"):
        VaultSigner(Sessions(azure.access()), VaultKey(url, spki)).sign(b"message")


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOST])
def test_a_signature_whose_answer_broke_off_is_asked_for_again(signer: VaultSigner, azure: World, fault: Fault) -> None:
    """Signing twice harms nobody."""
    signer.sign(b"m")
    azure.gate.hurt(SIGN, fault, times=2)
    verify_signature(signer.spki, signer.sign(b"m"), b"m", subject="test")


def test_a_throttled_vault_is_asked_again_when_it_says(azure: World, vault: Vault) -> None:
    """2,000 signatures in ten seconds are what a vault allows to all of its callers."""
    url, spki = vault.add("attestor", KEY)
    waits: list[float] = []
    azure.gate.refuse(SIGN, status=429, code="Throttled", retry_after="3", times=2)
    VaultSigner(Sessions(azure.access(wait=waits.append)), VaultKey(url, spki)).sign(b"m")
    assert waits == [3.0, 3.0]


@pytest.mark.parametrize(
    "url",
    ["https://v.vault.azure.net/keys/k", "https://v.vault.azure.net/keys/k/", f"http://v/keys/k/{VERSION}", "k", ""],
)
def test_a_key_without_its_version_is_refused(url: str) -> None:
    """A key's newest version can change."""
    with pytest.raises(UsageError):
        VaultKey(url, b"")


def test_an_ed25519_pin_is_refused_with_what_there_is_instead() -> None:
    """Key Vault has no such keys, and a log's key need not be one."""
    spki = ed25519.Ed25519PrivateKey.generate().public_key()
    pinned = spki.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(UsageError, match="ECDSA P-256 promised") as caught:
        VaultKey(f"https://v.vault.azure.net/keys/k/{VERSION}", pinned)
    assert "no Ed25519" in caught.value.hint
