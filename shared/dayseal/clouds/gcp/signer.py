"""A private key that stays in Cloud KMS: P-256 for attestations, Ed25519 for the log."""

import dataclasses
import hashlib
import re
from types import MappingProxyType
from typing import Final

import google_crc32c
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from dayseal.attest.pinned import KeyKind, PinnedKey
from dayseal.clouds.gcp.calls import Ask, Calls
from dayseal.clouds.gcp.refusals import access_error
from dayseal.clouds.gcp.values import Json
from dayseal.codec import decode_base64, encode_base64
from dayseal.errors import AccessError, FormatError, TrustError, UsageError
from dayseal.model.route import Call, Known
from dayseal.once import Once

MAX_DATA_BYTES: Final = 65_536  # Cloud KMS AsymmetricSign, `data`
_NAME: Final = re.compile(
    r"projects/[^/\s]{1,80}/locations/[a-z0-9-]{1,40}/keyRings/[A-Za-z0-9_-]{1,63}"
    r"/cryptoKeys/[A-Za-z0-9_-]{1,63}/cryptoKeyVersions/[1-9][0-9]{0,9}\Z",
    re.ASCII,
)


_ALGORITHMS: Final = MappingProxyType({KeyKind.P256: "EC_SIGN_P256_SHA256", KeyKind.ED25519: "EC_SIGN_ED25519"})


@dataclasses.dataclass(frozen=True, slots=True)
class KmsKey:
    """One key version by its resource name, and the public half (DER SubjectPublicKeyInfo) it must have."""

    name: str
    spki: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)


class KmsSigner:
    """Port `Signer` on a key version in Cloud KMS; every signature is verified against the pinned key.

    Nothing is asked at construction. Before the first signature KMS is asked for the public key once. CRC32C goes
    along both ways: KMS says whether it received what was sent, and its answers are compared with theirs.
    """

    def __init__(self, calls: Calls, key: KmsKey) -> None:
        self._calls = calls
        self._key = key
        self._pinned = PinnedKey(key.name, key.spki)
        self._kind = self._pinned.kind
        self._checked: Once[None, None] = Once()

    @property
    def spki(self) -> bytes:
        """The pinned public key."""
        return self._key.spki

    def check(self) -> None:
        """Ask KMS whether the key has the pinned public half and signs the way it must.

        Raises:
            TrustError: it has another, or is no key for signatures of that kind.
            AccessError: denied, or no answer, or one that was damaged on the way.
        """
        self._checked.get(None, self._compare)

    def sign(self, message: bytes) -> bytes:
        """Sign the message: ECDSA P-256 with SHA-256 in DER (of any length), or pure Ed25519.

        Raises:
            UsageError: more than 65,536 bytes for Ed25519, which KMS signs whole or not at all.
            SignatureError: KMS gave a signature that the pinned key does not verify.
            TrustError: KMS holds another key, or signed with another.
            AccessError: denied, or no answer, or one that was damaged on the way.
        """
        whole = self._kind is KeyKind.ED25519
        if whole and len(message) > MAX_DATA_BYTES:
            raise UsageError(f"Ed25519 key in KMS: {len(message)} bytes to sign, at most {MAX_DATA_BYTES} promised")
        self.check()
        sent = message if whole else hashlib.sha256(message).digest()
        named = "data" if whole else "digest"
        value: object = encode_base64(sent) if whole else {"sha256": encode_base64(sent)}
        body = {named: value, f"{named}Crc32c": str(google_crc32c.value(sent))}
        call = Call("cloudkms", "cryptoKeyVersions.asymmetricSign", self._key.name)
        answer = self._calls.ask(Ask(call, f"v1/{self._key.name}:asymmetricSign", body=body), lambda found: found)
        if not isinstance(answer, Known):
            raise access_error(answer)
        signature = self._signature(answer.value, f"verified{named.capitalize()}Crc32c")
        self._pinned.verify(signature, message)
        return signature

    def _signature(self, found: Json, verified: str) -> bytes:
        subject = f"signature by {self._key.name}"
        if found.get("name") != self._key.name:
            raise TrustError(f"{self._key.name}: KMS signed with {str(found.get('name'))[:200]}")
        if found.get(verified) is not True:
            raise AccessError(f"{subject}: KMS did not receive what was sent ({verified} is not true)")
        try:
            signature = decode_base64(str(found.get("signature")), subject=subject)
        except FormatError as exc:
            raise AccessError(str(exc)) from exc
        _check_sum(signature, found.get("signatureCrc32c"), subject)
        return signature

    def _compare(self) -> None:
        told, algorithm = _ask_public_key(self._calls, self._key.name)
        self._pinned.require(told)
        promised = _ALGORITHMS[self._kind]
        if algorithm != promised:
            raise TrustError(f"{self._key.name}: signs {algorithm}, {promised} promised")


def public_key_of(calls: Calls, name: str) -> bytes:
    """Ask KMS for a key version's public half (DER SubjectPublicKeyInfo): once, to pin it.

    Raises:
        UsageError: the name is not that of a key version.
        AccessError: denied, or no answer, or one that was damaged on the way.
    """
    _check_name(name)
    return _ask_public_key(calls, name)[0]


def _ask_public_key(calls: Calls, name: str) -> tuple[bytes, str]:
    call = Call("cloudkms", "cryptoKeyVersions.getPublicKey", name)
    answer = calls.ask(Ask(call, f"v1/{name}/publicKey"), lambda found: (found, found["pem"], found["algorithm"]))
    if not isinstance(answer, Known):
        raise access_error(answer)
    found, pem, algorithm = answer.value
    _check_sum(str(pem).encode(), found.get("pemCrc32c"), f"public key of {name}")
    if found.get("name") != name:
        raise TrustError(f"{name}: KMS gave the public key of {str(found.get('name'))[:200]}")
    try:
        public = load_pem_public_key(str(pem).encode())
    except (ValueError, UnsupportedAlgorithm) as exc:
        raise AccessError(f"public key of {name}: no PEM that can be read ({type(exc).__name__})") from exc
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), str(algorithm)


def _check_sum(data: bytes, told: object, subject: str) -> None:
    found = str(google_crc32c.value(data))
    if str(told) != found:
        raise AccessError(f"{subject}: CRC32C of what came is {found}, KMS says {str(told)[:20]}")


def _check_name(name: str) -> None:
    if not _NAME.match(name):
        raise UsageError(
            f"KMS key: {name[:200]!r}, the resource name of a key version promised",
            hint="it ends in cryptoKeyVersions/1 or the like; a key alone can be turned to another version",
        )
