"""Key Vault as far as dayseal asks it: a key version's public half, and signatures; who has no token is challenged.

Source: Key Vault REST API, "Get Key" and "Sign"; "Authentication, requests and responses".
"""

import base64
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dayseal.codec import decode_base64
from support.azure_entra import TENANT
from support.azure_routes import Answer, NotHereError, Raw, Request, Route
from support.azure_world import World

VERSION: Final = "0123456789abcdef0123456789abcdef"
_SIZE: Final = 32


class Vault:
    """Keys by name, each of one version; `changes` are made to every answer, those of value None left out.

    The official client sees to it that the challenge names a part of the vault's own host: here all but its first
    number, so that nothing of the client has to be switched off.
    """

    def __init__(self, world: World) -> None:
        self.keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        self.changes: dict[str, Any] = {}
        self.attributes: dict[str, Any] = {"enabled": True, "created": 1, "updated": 1}
        self.resource = ""
        self._world = world
        world.parts.append(self)

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        key = r"/keys/([^/]+)/([0-9a-f]{32})"
        return (
            Route("keyvault:keys.get", "GET", key, self._get, ""),
            Route("keyvault:keys.sign", "POST", f"{key}/sign", self._sign, ""),
        )

    def add(self, name: str, key: ec.EllipticCurvePrivateKey) -> tuple[str, bytes]:
        """Make a key; give its version's address and its public half."""
        self.keys[name] = key
        spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return self._url(name), spki

    def _url(self, name: str) -> str:
        return f"{self._world.address}/keys/{name}/{VERSION}"

    def _get(self, request: Request) -> Answer:
        refused = self._challenge(request)
        if refused is not None:
            return refused
        name = request.found[1]
        numbers = self._key(request).public_key().public_numbers()
        key = {"kid": self._url(name), "kty": "EC", "crv": "P-256", "key_ops": ["sign", "verify"]}
        key |= {"x": _encoded(numbers.x.to_bytes(_SIZE, "big")), "y": _encoded(numbers.y.to_bytes(_SIZE, "big"))}
        return {"key": self._changed(key), "attributes": dict(self.attributes)}

    def _sign(self, request: Request) -> Answer:
        refused = self._challenge(request)
        if refused is not None:
            return refused
        assert request.body["alg"] == "ES256"
        text = request.body["value"].replace("-", "+").replace("_", "/")
        digest = decode_base64(text + "=" * (-len(text) % 4))
        signed = self._key(request).sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        raw = b"".join(part.to_bytes(_SIZE, "big") for part in utils.decode_dss_signature(signed))
        return self._changed({"kid": self._url(request.found[1]), "value": _encoded(raw)})

    def _key(self, request: Request) -> ec.EllipticCurvePrivateKey:
        if request.found[1] not in self.keys or request.found[2] != VERSION:
            raise NotHereError("KeyNotFound")
        return self.keys[request.found[1]]

    def _changed(self, answer: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in (answer | self.changes).items() if value is not None}

    def _challenge(self, request: Request) -> Raw | None:
        audience = self.resource or f"https://{self._world.address.partition('//127.')[2]}"
        if not self._world.entra.refusal(request.headers["Authorization"] or "", audience):
            return None
        told = f'Bearer authorization="{self._world.address}/{TENANT}", resource="{audience}"'
        return Raw(401, b'{"error":{"code":"Unauthorized"}}', {"WWW-Authenticate": told})


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
