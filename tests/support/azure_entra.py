"""Entra and the managed identity of a machine in Azure: who may ask, with tokens that are looked at.

Source: Microsoft identity platform, "OAuth 2.0 client credentials flow"; App Service, "REST endpoint reference" of
managed identities.
"""

import base64
import itertools
import json
from typing import Any, Final

from azure.core.credentials import AccessToken, TokenCredential

from dayseal.clouds.local.clock import SystemClock
from support.azure_routes import Answer, Raw, Request, Route

TENANT: Final = "77777777-7777-7777-7777-777777777777"
CLIENT: Final = "88888888-8888-8888-8888-888888888888"
OBJECT: Final = "99990000-0000-0000-0000-000000000001"  # the identity's object id
SECRET: Final = "nobody-knows"  # noqa: S105 - it is none
HEADER: Final = "identity-header"
_HOUR: Final = 3_600
_JSON: Final = {"Content-Type": "application/json"}


class Entra:
    """Gives tokens and knows those it gave. `identity` False: this machine has none. `asked` counts by audience."""

    def __init__(self) -> None:
        self.identity = True
        self.seconds = _HOUR
        self.asked: dict[str, int] = {}
        self.address = ""
        self._given: dict[str, tuple[str, int]] = {}
        self._numbers = itertools.count()

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        discovery = r"/[^/]+/v2\.0/\.well-known/openid-configuration"
        return (
            Route("entra:discovery", "GET", discovery, self._discovery, ""),
            Route("entra:token", "POST", r"/[^/]+/oauth2/v2\.0/token", self._token, ""),
            Route("identity:token", "GET", r"/msi/token", self._managed, ""),
        )

    def give(self, audience: str) -> AccessToken:
        """Give a token for an audience (`https://management.azure.com`)."""
        now = int(SystemClock().now().timestamp())
        audience = audience.rstrip("/")
        claims: dict[str, Any] = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{TENANT}/",
            "tid": TENANT,
            "sub": OBJECT,
            "oid": OBJECT,
            "appid": CLIENT,
            "iat": now,
            "nbf": now,
            "exp": now + self.seconds,
            "jti": next(self._numbers),
        }
        token = ".".join(map(_encoded, ({"alg": "RS256", "typ": "JWT"}, claims, {"signature": "nobody's"})))
        self._given[token] = (audience, now + self.seconds)
        self.asked[audience] = self.asked.get(audience, 0) + 1
        return AccessToken(token, now + self.seconds)

    def refusal(self, header: str, audience: str) -> str:
        """Give why a request's Authorization header is refused, `""` if it is not."""
        kind, _, token = header.partition(" ")
        if kind != "Bearer":
            return "AuthenticationFailed"
        found = self._given.get(token)
        if found is None or found[0] != audience:
            return "InvalidAuthenticationToken"
        return "ExpiredAuthenticationToken" if found[1] <= SystemClock().now().timestamp() else ""

    def _discovery(self, request: Request) -> Answer:
        tenant = request.found[0].split("/")[1]
        base = f"{self.address}/{tenant}"
        return {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "issuer": f"{self.address}/{tenant}/v2.0",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
        }

    def _token(self, request: Request) -> Answer:
        form = request.body
        if (form["client_id"], form.get("client_secret")) != (CLIENT, SECRET):
            told = {"error": "invalid_client", "error_description": "AADSTS7000215: somebody@example.com"}
            return Raw(401, json.dumps(told).encode(), _JSON)
        found = self.give(form["scope"].split()[0].removesuffix("/.default"))
        return {"token_type": "Bearer", "expires_in": self.seconds, "access_token": found.token}

    def _managed(self, request: Request) -> Answer:
        assert request.headers["X-IDENTITY-HEADER"] == HEADER
        assert request.query["api-version"] == "2019-08-01"
        if not self.identity or request.query.get("client_id", CLIENT) != CLIENT:
            told = {"statusCode": 400, "message": "No User Assigned or Delegated Managed Identity found"}
            return Raw(400, json.dumps(told).encode(), _JSON)
        audience = request.query["resource"]
        found = self.give(audience)
        told = {"access_token": found.token, "expires_on": str(found.expires_on), "resource": audience}
        return {**told, "token_type": "Bearer", "client_id": CLIENT}


def tokens_of() -> TokenCredential:
    """Give credentials of an Entra of their own, for who only looks at what a token says, as Azurite does."""
    return _Holder()


class _Holder(TokenCredential):
    def get_token(self, *scopes: str, **_: Any) -> AccessToken:  # noqa: ANN401 - as the protocol has it
        return Entra().give(scopes[0].removesuffix("/.default"))


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
