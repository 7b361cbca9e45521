"""The one door to Azure's APIs: ordinary credentials, pooled connections, bounded retries."""

import dataclasses
import time
from collections.abc import Callable
from typing import Any, Final

import requests
from azure.core import PipelineClient
from azure.core.credentials import TokenCredential
from azure.core.pipeline.policies import (
    BearerTokenCredentialPolicy,
    ProxyPolicy,
    RequestIdPolicy,
    RetryPolicy,
    UserAgentPolicy,
)
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest, HttpResponse
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from dayseal.clouds.azure.credentials import MANAGEMENT_SCOPE, OrdinaryCredentials
from dayseal.once import Once

MANAGEMENT: Final = "https://management.azure.com"
LOGS: Final = "https://api.loganalytics.io"
BLOBS: Final = "https://{account}.blob.core.windows.net"
STORAGE_SCOPE: Final = "https://storage.azure.com/.default"
_CONNECT_S: Final = 5
_READ_S: Final = 30
_POOL: Final = 32  # connections that are kept to one host
_LONGEST_WAIT_S: Final = 30.0  # asked to wait longer, we say so instead
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})  # each POST of ours is a question
_ORDINARY: Final = OrdinaryCredentials()


@dataclasses.dataclass(frozen=True, slots=True)
class Access:
    """How to get into Azure; can be pickled, so that a worker process gets in by itself.

    `endpoint` is Resource Manager's address, `logs_endpoint` Log Analytics', and in `blob_endpoint` the account's
    name takes the place of `{account}`; `""`: the public cloud's. `attempts` counts the first try too.
    """

    endpoint: str = ""
    logs_endpoint: str = ""
    blob_endpoint: str = ""
    attempts: int = 4
    open_credentials: Callable[[], TokenCredential] = _ORDINARY
    wait: Callable[[float], None] = time.sleep

    @property
    def management(self) -> str:
        """The address of Resource Manager, without a `/` at its end."""
        return (self.endpoint or MANAGEMENT).rstrip("/")

    @property
    def logs(self) -> str:
        """The address of Log Analytics' queries, without a `/` at its end."""
        return (self.logs_endpoint or LOGS).rstrip("/")

    def blobs(self, account: str) -> str:
        """Give the address of a storage account's blobs."""
        return (self.blob_endpoint or BLOBS).replace("{account}", account).rstrip("/")


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer, read to its end."""

    status: int
    body: bytes


class Sessions:
    """Opens credentials and connections once, for all threads; nothing is asked before the first call.

    Official clients of other services are opened with `client_options`, so that they share these connections,
    retries and credentials.
    """

    def __init__(self, access: Access) -> None:
        self.access = access
        self._credentials: Once[None, TokenCredential] = Once()
        self._http: Once[None, requests.Session] = Once()
        self._client: Once[None, PipelineClient[HttpRequest, HttpResponse]] = Once()

    def credentials(self) -> TokenCredential:
        """Give the credentials; the first token is fetched by whoever needs it."""
        return self._credentials.get(None, self.access.open_credentials)

    def client_options(self) -> dict[str, Any]:
        """Give the keyword arguments that every official client takes: connections, timeouts, bounded retries."""
        return {
            "transport": _Transport(self._http.get(None, _open_http), self.access.wait),
            "retry_policy": _retries(self.access.attempts),
            "user_agent": "dayseal",
        }

    def send(self, method: str, url: str, *, body: bytes | None) -> Reply:
        """Send a request to Resource Manager, again after an answer that says "later" or none at all.

        Retry-After is waited for up to 30 s; asked for more, the answer stands. Redirects are not followed, the
        token would go along.

        Raises:
            azure.core.exceptions.AzureError: no answer, or nobody gives a token.
        """
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body is not None else {})
        request = HttpRequest(method, url, headers=headers, content=body)
        answer = self._client.get(None, self._open).send_request(request, retry_on_methods=_METHODS)
        return Reply(answer.status_code, answer.read())

    def open_pipeline(
        self, address: str, scope: str, *, enable_cae: bool = False
    ) -> PipelineClient[HttpRequest, HttpResponse]:
        """Open a client of an address whose tokens are for `scope`; nothing is asked yet."""
        options = self.client_options()
        policies = [
            RequestIdPolicy(),
            UserAgentPolicy(user_agent=options["user_agent"]),
            ProxyPolicy(),
            options["retry_policy"],
            BearerTokenCredentialPolicy(self.credentials(), scope, enable_cae=enable_cae),
        ]
        return PipelineClient(address, policies=policies, transport=options["transport"])

    def _open(self) -> PipelineClient[HttpRequest, HttpResponse]:
        return self.open_pipeline(self.access.management, MANAGEMENT_SCOPE, enable_cae=True)


class _Retries(RetryPolicy[HttpRequest, HttpResponse]):
    """The SDK's own policy, within bounds: a run must end."""

    def is_retry(self, settings: dict[str, Any], response: Any) -> bool:  # noqa: ANN401 - as generic as the SDK's
        asked = self.get_retry_after(response)
        return (asked is None or asked <= _LONGEST_WAIT_S) and bool(super().is_retry(settings, response))


class _Transport(RequestsTransport):  # type: ignore[misc]  # the SDK hides its type behind a lazy import
    """The SDK's own transport; how it waits can be replaced."""

    def __init__(self, http: requests.Session, wait: Callable[[float], None]) -> None:
        super().__init__(session=http, session_owner=False, connection_timeout=_CONNECT_S, read_timeout=_READ_S)
        self._wait = wait

    def sleep(self, duration: float) -> None:
        self._wait(duration)


def _retries(attempts: int) -> RetryPolicy[HttpRequest, HttpResponse]:
    more = attempts - 1
    told = {"retry_total": more, "retry_connect": more, "retry_read": more, "retry_status": more}
    return _Retries(**told)


def _open_http() -> requests.Session:
    session = requests.Session()
    none = Retry(total=False, redirect=False, raise_on_status=False)  # the policy retries, and nobody else
    session.mount("https://", HTTPAdapter(_POOL, _POOL, max_retries=none))
    return session
