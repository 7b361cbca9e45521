"""Cloud KMS as far as dayseal asks it: a key's state, a version's public half, signatures; CRC32C both ways."""

import dataclasses
from typing import Any, Final

import google_crc32c
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dayseal.codec import decode_base64, encode_base64

RING: Final = "projects/audit/locations/europe-west1/keyRings/dayseal/cryptoKeys"


@dataclasses.dataclass(slots=True)
class Kms:
    """Keys by their version's name; `states` of keys; `changes` are made to every answer about a version."""

    keys: dict[str, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey] = dataclasses.field(default_factory=dict)
    states: dict[str, str] = dataclasses.field(default_factory=dict)
    changes: dict[str, Any] = dataclasses.field(default_factory=dict)

    def add(self, name: str, key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> tuple[str, bytes]:
        """Make a key of one version; give the version's name and public half."""
        version = f"{RING}/{name}/cryptoKeyVersions/1"
        self.keys[version] = key
        return version, key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def answer(self, name: str, verb: str, body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Answer a request about a key or a version.

        Raises:
            LookupError: there is no such one.
        """
        if "/cryptoKeyVersions/" not in name:
            return {"name": name, "primary": {"name": f"{name}/cryptoKeyVersions/1", "state": self.states[name]}}
        key = self.keys[name]
        found = _public(name, key) if verb == "/publicKey" else _signed(name, key, body)
        return {key: value for key, value in (found | self.changes).items() if value is not None}


def _public(name: str, key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> dict[str, Any]:
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    algorithm = "EC_SIGN_ED25519" if isinstance(key, ed25519.Ed25519PrivateKey) else "EC_SIGN_P256_SHA256"
    return {"name": name, "pem": pem.decode(), "algorithm": algorithm, "pemCrc32c": _sum(pem)}


def _signed(
    name: str, key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, body: dict[str, Any]
) -> dict[str, Any]:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        data = decode_base64(body["data"])
        signature, heard = key.sign(data), {"verifiedDataCrc32c": body["dataCrc32c"] == _sum(data)}
    else:
        digest = decode_base64(body["digest"]["sha256"])
        signature = key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        heard = {"verifiedDigestCrc32c": body["digestCrc32c"] == _sum(digest)}
    told = {"name": name, "signature": encode_base64(signature), "protectionLevel": "HSM"}
    return told | heard | {"signatureCrc32c": _sum(signature)}


def _sum(data: bytes) -> str:
    return str(google_crc32c.value(data))
