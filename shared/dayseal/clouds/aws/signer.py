"""A private key that stays in AWS KMS: P-256 for attestations, Ed25519 for the log."""

import dataclasses
import hashlib
import re
from types import MappingProxyType
from typing import Final

from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from dayseal.attest.pinned import KeyKind, PinnedKey
from dayseal.clouds.aws.places import place_of_arn
from dayseal.clouds.aws.refusals import access_error
from dayseal.clouds.aws.session import Sessions
from dayseal.errors import TrustError, UsageError
from dayseal.model.route import Call
from dayseal.once import Once

MAX_RAW_BYTES: Final = 4_096  # KMS Sign, MessageType RAW
_KEY_ARN: Final = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{1,64}\Z", re.ASCII)


_ALGORITHMS: Final = MappingProxyType({KeyKind.P256: "ECDSA_SHA_256", KeyKind.ED25519: "ED25519_SHA_512"})


@dataclasses.dataclass(frozen=True, slots=True)
class KmsKey:
    """One key by its own ARN, and the public half (DER SubjectPublicKeyInfo) it must have. An alias can be turned."""

    arn: str
    spki: bytes

    def __post_init__(self) -> None:
        if not _KEY_ARN.match(self.arn):
            raise UsageError(
                f"KMS key: {self.arn!r}, the ARN of a key promised",
                hint="aws kms describe-key --key-id NAME shows it; an alias can be turned to another key",
            )


class KmsSigner:
    """Port `Signer` on a key in KMS; every signature is verified against the pinned key before it is given out.

    Nothing is asked at construction. Before the first signature KMS is asked for the public key once.
    """

    def __init__(self, sessions: Sessions, key: KmsKey) -> None:
        self._sessions = sessions
        self._key = key
        self._pinned = PinnedKey(key.arn, key.spki)
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
            AccessError: denied, or no answer.
        """
        self._checked.get(None, self._compare)

    def sign(self, message: bytes) -> bytes:
        """Sign the message: ECDSA P-256 with SHA-256 in DER, or pure Ed25519.

        ECDSA takes messages of any length: beyond 4,096 bytes KMS is sent the digest.

        Raises:
            UsageError: more than 4,096 bytes for Ed25519, which KMS signs whole or not at all.
            SignatureError: KMS gave a signature that the pinned key does not verify.
            TrustError: KMS holds another key.
            AccessError: denied, or no answer.
        """
        short = len(message) <= MAX_RAW_BYTES
        if not short and self._kind is KeyKind.ED25519:
            raise UsageError(f"Ed25519 key in KMS: {len(message)} bytes to sign, at most {MAX_RAW_BYTES} promised")
        self.check()
        call = Call("kms", "Sign", self._key.arn)
        try:
            answer = self._client.sign(
                KeyId=self._key.arn,
                Message=message if short else hashlib.sha256(message).digest(),
                MessageType="RAW" if short else "DIGEST",
                SigningAlgorithm=_ALGORITHMS[self._kind],
            )
        except (ClientError, BotoCoreError) as exc:
            raise access_error(exc, call) from exc
        signature: bytes = answer["Signature"]
        self._pinned.verify(signature, message)
        return signature

    def _compare(self) -> None:
        call = Call("kms", "GetPublicKey", self._key.arn)
        try:
            found = self._client.get_public_key(KeyId=self._key.arn)
        except (ClientError, BotoCoreError) as exc:
            raise access_error(exc, call) from exc
        self._pinned.require(found["PublicKey"])
        algorithm = _ALGORITHMS[self._kind]
        if algorithm not in found.get("SigningAlgorithms", ()):
            raise TrustError(f"{self._key.arn}: signs no {algorithm}, which was promised")

    @property
    def _client(self) -> BaseClient:
        place = place_of_arn(self._key.arn)
        if place is None:  # the ARN was checked when the key was named
            raise UsageError(f"KMS key: {self._key.arn!r} names no account and Region")
        return self._sessions.client("kms", place)


def public_key_of(sessions: Sessions, arn: str) -> bytes:
    """Ask KMS for a key's public half (DER SubjectPublicKeyInfo): once, to pin it.

    Raises:
        UsageError: the ARN is not that of a key.
        AccessError: denied, or no answer.
    """
    place = place_of_arn(arn)
    if place is None or not _KEY_ARN.match(arn):
        raise UsageError(f"KMS key: {arn!r}, the ARN of a key promised")
    try:
        return bytes(sessions.client("kms", place).get_public_key(KeyId=arn)["PublicKey"])
    except (ClientError, BotoCoreError) as exc:
        raise access_error(exc, Call("kms", "GetPublicKey", arn)) from exc
