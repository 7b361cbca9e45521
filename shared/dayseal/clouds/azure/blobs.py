"""Microsoft's own client of a container, opened with our credentials and connections and bounded retries."""

from collections.abc import Callable
from typing import Any, Final

from azure.storage.blob import BlobServiceClient, ContainerClient, ExponentialRetry

from dayseal.clouds.azure.session import Sessions

# What the client raises over a 200 that is no answer of Blob storage: it reads without care.
UNREADABLE: Final = (KeyError, TypeError, ValueError, AttributeError)
_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 30.0


def open_container_client(sessions: Sessions, account: str, container: str) -> ContainerClient:
    """Open a container; nothing is asked yet."""
    return ContainerClient(sessions.access.blobs(account), container, **_options(sessions))


def open_account_client(sessions: Sessions, account: str) -> BlobServiceClient:
    """Open a storage account's blobs; nothing is asked yet."""
    return BlobServiceClient(sessions.access.blobs(account), **_options(sessions))


def _options(sessions: Sessions) -> dict[str, Any]:
    """Give what both are opened with. Redirects are not followed, the token would go along."""
    retries = _Retries(sessions.access.attempts, sessions.access.wait)
    own = {"credential": sessions.credentials(), "permit_redirects": False, "retry_policy": retries}
    return sessions.client_options() | own


class _Retries(ExponentialRetry):
    """The client's own policy, without which it cannot be, that waits as long as it is asked to."""

    def __init__(self, attempts: int, wait: Callable[[float], None]) -> None:
        more = attempts - 1
        self._wait = wait
        super().__init__(retry_total=more, retry_connect=more, retry_read=more, retry_status=more)

    def sleep(self, settings: dict[str, Any], transport: object) -> None:
        """Wait; a blob's transport is not the one its container was opened with, and would wait by itself."""
        del transport
        self._wait(self.get_backoff_time(settings))

    def get_backoff_time(self, settings: dict[str, Any]) -> float:
        """Give what the answer asks for in seconds, up to a bound; else our own."""
        answer = settings["history"][-1].http_response if settings["history"] else None
        asked = str(answer.headers.get("Retry-After", "")) if answer is not None else ""
        if asked.isascii() and asked.isdigit():
            return min(float(asked[:6]), _LONGEST_WAIT_S)
        return float(min(_FIRST_WAIT_S * 2 ** max(0, settings["count"] - 1), _LONGEST_WAIT_S))
