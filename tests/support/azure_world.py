"""An Azure on this machine: Resource Manager as far as dayseal asks it, Entra, and a machine's managed identity."""

from typing import Any, Final, Protocol

from azure.core.credentials import AccessToken, TokenCredential

from dayseal.clouds.azure.calls import Calls
from dayseal.clouds.azure.credentials import SharedTokens
from dayseal.clouds.azure.session import Access, Sessions
from support.azure_arm import Arm
from support.azure_blob_listing import BlobListing
from support.azure_entra import HEADER, Entra
from support.azure_gate import Gate
from support.azure_insights import Insights
from support.azure_log_analytics import LogAnalytics
from support.azure_rights import Rights
from support.azure_routes import Route
from support.azure_security import Security
from support.azure_storage_arm import StorageArm
from support.azure_tls import Tls

_SCOPE: Final = "/.default"


class Part(Protocol):
    """Something that answers requests."""

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        ...


class World:
    """What there is; every member may be changed by a test."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.faults: list[str] = []  # of our own answers
        self.entra = Entra()
        self.arm = Arm()
        self.rights = Rights()
        self.storage = StorageArm()
        self.blobs = BlobListing()
        self.insights = Insights()
        self.logs = LogAnalytics()
        self.security = Security()
        facts: list[Part] = [self.storage, self.blobs, self.insights, self.logs, self.security]
        self.parts: list[Part] = [self.entra, self.arm, self.rights, *facts]
        self.address = ""
        self.tls: Tls | None = None
        self._routes: list[tuple[Route, ...]] = []

    def open_at(self, address: str, tls: Tls) -> None:
        """Say where it is served."""
        self.address = self.entra.address = self.logs.address = address
        self.tls = tls

    def routes(self) -> list[Route]:
        """Give what all parts answer; one that a test adds answers before the others."""
        if len(self._routes) != len(self.parts):
            self._routes = [part.routes() for part in self.parts]
        return [route for routes in reversed(self._routes) for route in routes]

    def environment(self) -> dict[str, str]:
        """Give the environment of a process on a machine in this Azure: whom to trust, and its managed identity."""
        assert self.tls is not None
        return {
            "REQUESTS_CA_BUNDLE": str(self.tls.authority),
            "IDENTITY_ENDPOINT": f"{self.address}/msi/token",
            "IDENTITY_HEADER": HEADER,
        }

    def credentials(self) -> TokenCredential:
        """Give credentials that hold what Entra gives, as their requests are checked."""
        return SharedTokens(_Holder(self.entra))

    def access(self, **more: Any) -> Access:  # noqa: ANN401 - any field of an access
        """Say how to get in: here, waiting for nothing."""
        blobs = f"{self.address}/blobs/{{account}}"
        told: dict[str, Any] = {"open_credentials": self.credentials, "wait": at_once, "blob_endpoint": blobs} | more
        return Access(endpoint=self.address, logs_endpoint=self.address, **told)

    def calls(self, **more: Any) -> Calls:  # noqa: ANN401 - any field of an access
        """Get in."""
        return Calls(Sessions(self.access(**more)))


class _Holder(TokenCredential):
    def __init__(self, entra: Entra) -> None:
        self._entra = entra

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:  # noqa: ANN401 - as the protocol has it
        return self._entra.give(scopes[0].removesuffix(_SCOPE))


def at_once(_: float) -> None:
    """Wait for nothing."""
