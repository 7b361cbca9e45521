"""Who this process is in Azure: a token of its managed identity, for whom we want to convince."""

import dataclasses
from typing import Final

from azure.core.exceptions import AzureError

from dayseal.clouds.azure.credentials import OrdinaryCredentials
from dayseal.errors import AccessError

_HINT: Final = "run with a managed identity, and register an application whose Application ID URI is the audience"


@dataclasses.dataclass(frozen=True, slots=True)
class EntraIdentity:
    """Port `IdentityToken`: what Entra gives for `audience`, the Application ID URI of a registration (`api://...`).

    Its subject is the identity's object id; its issuer is Entra's for the directory, in which the registration is.
    """

    audience: str
    credentials: OrdinaryCredentials

    def token(self) -> str:
        """Give a token; see the port."""
        try:
            return self.credentials().get_token(f"{self.audience}/.default").token
        except AzureError as exc:
            raise AccessError(f"identity token for {self.audience}: {type(exc).__name__}", hint=_HINT) from exc
