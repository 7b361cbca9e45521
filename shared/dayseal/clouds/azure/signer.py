"""A private key that stays in Azure Key Vault: ECDSA P-256, the one kind of ours that it has."""

import dataclasses
import hashlib
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from azure.core.exceptions import AzureError
from azure.keyvault.keys import KeyClient, KeyVaultKey
from azure.keyvault.keys.crypto import CryptographyClient, SignatureAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dayseal.attest.pinned import KeyKind, PinnedKey
from dayseal.clouds.azure.refusals import access_error, missing_of
from dayseal.clouds.azure.session import Sessions
from dayseal.errors import AccessError, SignatureError, TrustError, UsageError
from dayseal.model.route import Call
from dayseal.once import Once

_T = TypeVar("_T")
_URL: Final = re.compile(
    r"(https://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?)/keys/([A-Za-z0-9-]{1,127})/([0-9a-f]{32})\Z", re.ASCII
)
_HALF_BYTES: Final = 32  # r and s of a P-256 signature
_AGAIN: Final[Mapping[str, Any]] = MappingProxyType(
    {"retry_on_methods": frozenset({"POST"})}
)  # signing twice harms nobody
_NO_ED25519: Final = "Key Vault has no Ed25519: make the key with --kty EC --curve P-256, for a log too"


@dataclasses.dataclass(frozen=True, slots=True)
class VaultKey:
    """One key version by its address, and the public half (DER SubjectPublicKeyInfo) it must have.

    `https://VAULT.vault.azure.net/keys/NAME/VERSION`: without its version a key can be turned to another one.
    """

    url: str
    spki: bytes

    def __post_init__(self) -> None:
        _split(self.url)
        kind = PinnedKey(self.url, self.spki).kind
        if kind is not KeyKind.P256:
            raise UsageError(f"{self.url}: the pinned key is {kind.value}, ECDSA P-256 promised", hint=_NO_ED25519)


class VaultSigner:
    """Port `Signer` on a key version in Key Vault; every signature is verified against the pinned key.

    Nothing is asked at construction. Before the first signature Key Vault is asked for the public key once. It is
    sent digests only, so messages may have any length. A log signed so has an ECDSA note key (type 02).
    """

    def __init__(self, sessions: Sessions, key: VaultKey) -> None:
        self._sessions = sessions
        self._key = key
        self._pinned = PinnedKey(key.url, key.spki)
        self._opened: Once[None, CryptographyClient] = Once()

    @property
    def spki(self) -> bytes:
        """The pinned public key."""
        return self._key.spki

    def check(self) -> None:
        """Ask Key Vault whether the key has the pinned public half.

        Raises:
            TrustError: it has another, or is no key for such signatures.
            AccessError: denied, or no answer.
        """
        self._opened.get(None, self._open)

    def sign(self, message: bytes) -> bytes:
        """Sign the message: ECDSA P-256 with SHA-256 in DER.

        Raises:
            SignatureError: Key Vault gave a signature that the pinned key does not verify.
            TrustError: Key Vault holds another key.
            AccessError: denied, or no answer, or one that cannot be read.
        """
        client = self._opened.get(None, self._open)
        digest, call = hashlib.sha256(message).digest(), Call("keyvault", "keys.sign", self._key.url)
        raw = _asked(call, lambda: bytes(client.sign(SignatureAlgorithm.es256, digest, **_AGAIN).signature))
        if len(raw) != 2 * _HALF_BYTES:
            told = f"signature by {self._key.url}: {len(raw)} bytes, {2 * _HALF_BYTES} (r and s) promised"
            raise SignatureError(told)
        halves = (int.from_bytes(part, "big") for part in (raw[:_HALF_BYTES], raw[_HALF_BYTES:]))
        signature = encode_dss_signature(*halves)
        self._pinned.verify(signature, message)
        return signature

    def _open(self) -> CryptographyClient:
        found = _ask_key(self._sessions, self._key.url)
        self._pinned.require(_spki_of(found, self._key.url))
        return CryptographyClient(found, self._sessions.credentials(), **self._sessions.client_options())


def public_key_of(sessions: Sessions, url: str) -> bytes:
    """Ask Key Vault for a key version's public half (DER SubjectPublicKeyInfo): once, to pin it.

    Raises:
        UsageError: the address is not that of a key version.
        TrustError: it is no key for signatures of ours.
        AccessError: denied, or no answer, or one that cannot be read.
    """
    return _spki_of(_ask_key(sessions, url), url)


def _ask_key(sessions: Sessions, url: str) -> KeyVaultKey:
    vault, name, version = _split(url)
    client = KeyClient(vault, sessions.credentials(), **sessions.client_options())
    found = _asked(Call("keyvault", "keys.get", url), lambda: client.get_key(name, version))
    if found.id != url:
        raise TrustError(f"{url}: Key Vault gave the key {str(found.id)[:200]}")
    return found


def _spki_of(found: KeyVaultKey, url: str) -> bytes:
    key: Any = found.key  # its members have no types
    kind, curve = (str(getattr(one, "value", one)) for one in (key.kty, key.crv))
    if kind not in {"EC", "EC-HSM"} or curve != "P-256":
        raise TrustError(f"{url}: a key of kind {kind} {curve}, ECDSA P-256 promised", hint=_NO_ED25519)
    try:
        x, y = (int.from_bytes(part, "big") for part in (key.x or b"", key.y or b""))
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError as exc:
        raise AccessError(f"public key of {url}: no point of its curve") from exc
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _asked(call: Call, ask: Callable[[], _T]) -> _T:
    try:
        return ask()
    except AzureError as exc:
        raise access_error(missing_of(exc, call)) from exc
    except (ValueError, TypeError, KeyError, AttributeError) as exc:  # the client reads answers without care
        raise AccessError(f"{call.text} on {call.resource}: the answer cannot be read ({type(exc).__name__})") from exc


def _split(url: str) -> tuple[str, str, str]:
    found = _URL.match(url)
    if found is None:
        raise UsageError(
            f"Key Vault key: {url[:200]!r}, the address of a key version promised",
            hint="az keyvault key show --vault-name VAULT --name NAME --query key.kid shows it, version included",
        )
    return found[1], found[2], found[3]
