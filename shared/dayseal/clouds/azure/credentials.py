"""The ordinary credentials of this machine in Azure, and tokens that many threads ask for at once."""

import dataclasses
import logging
import threading
import time
from typing import Any, Final

from azure.core.credentials import AccessToken, AccessTokenInfo, TokenCredential, TokenRequestOptions
from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.identity import DefaultAzureCredential

from dayseal.errors import AccessError

MANAGEMENT_SCOPE: Final = "https://management.azure.com/.default"
_FRESH_S: Final = 60.0  # whoever gives tokens gives none that ends sooner


@dataclasses.dataclass(frozen=True, slots=True)
class OrdinaryCredentials:
    """Opens the credentials this process has: environment, workload or managed identity, else a person's login.

    `client_id` names the user-assigned identity (`""`: AZURE_CLIENT_ID, else the only one there is). `tenants` are
    directories beside their own that they may ask for tokens.
    """

    client_id: str = ""
    tenants: tuple[str, ...] = ()

    def __call__(self) -> TokenCredential:
        """Open them; nothing is asked yet."""
        quiet = logging.getLogger("azure.identity")
        if not quiet.handlers:  # else Python itself prints its twenty lines on whom it tried, before our one
            quiet.addHandler(logging.NullHandler())
        told: dict[str, Any] = {"managed_identity_client_id": self.client_id} if self.client_id else {}
        return SharedTokens(DefaultAzureCredential(additionally_allowed_tenants=list(self.tenants), **told))


class SharedTokens(TokenCredential):
    """Gives the tokens of other credentials to many threads, each fetched once; a login that failed stays failed.

    Sixteen threads begin at once, and what is behind may start a program for every token.
    """

    def __init__(self, behind: TokenCredential) -> None:
        self._behind = behind
        self._lock = threading.Lock()
        self._kept: dict[tuple[tuple[str, ...], str], tuple[float, AccessTokenInfo]] = {}
        self._refused: dict[tuple[tuple[str, ...], str], AzureError] = {}

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **_: Any,  # noqa: ANN401 - as the protocol has it
    ) -> AccessToken:
        """Give a token, as azure-core's older protocol asks."""
        told: TokenRequestOptions = {"enable_cae": enable_cae}
        if claims:
            told["claims"] = claims
        if tenant_id:
            told["tenant_id"] = tenant_id
        found = self.get_token_info(*scopes, options=told)
        return AccessToken(found.token, found.expires_on)

    def get_token_info(self, *scopes: str, options: TokenRequestOptions | None = None) -> AccessTokenInfo:
        """Give a token, as azure-core's newer protocol asks.

        Raises:
            azure.core.exceptions.AzureError: nobody gives one.
        """
        key = (scopes, repr(sorted((options or {}).items())))
        with self._lock:
            if key in self._refused:
                raise self._refused[key]
            fetched, token = self._kept.get(key, (0.0, None))
            now = time.monotonic()
            if token is not None and now - fetched < _FRESH_S:
                return token
            try:
                token = self._fetch(scopes, options or {})
            except ClientAuthenticationError as exc:
                if key not in self._kept:
                    self._refused[key] = exc
                raise
            self._kept[key] = (now, token)
            return token

    def _fetch(self, scopes: tuple[str, ...], options: TokenRequestOptions) -> AccessTokenInfo:
        ask = getattr(self._behind, "get_token_info", None)
        if ask is not None:
            found: AccessTokenInfo = ask(*scopes, options=options)
            return found
        token = self._behind.get_token(*scopes, **options)
        return AccessTokenInfo(token.token, token.expires_on)


def open_credentials(client_id: str = "", tenants: tuple[str, ...] = ()) -> TokenCredential:
    """Open the ordinary credentials and see that they give a token for Resource Manager.

    Raises:
        AccessError: there are none, or Entra refuses them.
    """
    found = OrdinaryCredentials(client_id, tenants)()
    try:
        found.get_token(MANAGEMENT_SCOPE)
    except AzureError as exc:
        hint = "az login, or run where a managed identity is (its client id in AZURE_CLIENT_ID or the settings)"
        raise AccessError("no Azure credentials found", hint=hint) from exc
    return found
