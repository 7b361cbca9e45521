"""The one door to Google's APIs: ordinary credentials, pooled connections, bounded retries."""

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import google.auth
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession, Request
from requests import RequestException
from requests.adapters import HTTPAdapter

from dayseal.clouds.gcp.refusals import RefusedError, missing_of
from dayseal.model.route import Call
from dayseal.once import Once

SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"  # what may be done, IAM says
_TIMEOUT_S: Final = (5, 20)
_POOL: Final = 32  # connections to one service; as many threads may wait for answers at once
_WAITS_S: Final = (0.5, 1.0, 2.0, 4.0)
_LONGEST_WAIT_S: Final = 8.0
_BUSY: Final = frozenset({408, 429, 500, 502, 503, 504})


def open_ordinary_credentials() -> Credentials:
    """Give the ordinary credentials: environment, gcloud's, the metadata server's."""
    credentials, _ = google.auth.default(scopes=[SCOPE])
    if not isinstance(credentials, Credentials):
        raise GoogleAuthError(f"{type(credentials).__name__}: no credentials for requests")
    return credentials


@dataclasses.dataclass(frozen=True, slots=True)
class Access:
    """How to get into Google Cloud; can be pickled, so that a worker process gets in by itself.

    `endpoint` `""`: each service's own address; else one address for all of them, and `entries_endpoint`
    (`host:port`, without TLS) for Logging's gRPC. `quota_project` is who requests are counted against, `""`: the
    credentials' own. `attempts` counts the first try too.
    """

    endpoint: str = ""
    entries_endpoint: str = ""
    quota_project: str = ""
    attempts: int = 4
    open_credentials: Callable[[], Credentials] = open_ordinary_credentials
    wait: Callable[[float], None] = time.sleep

    def address(self, service: str) -> str:
        """Give the address of a service, e.g. `https://container.googleapis.com`."""
        return self.endpoint or f"https://{service}.googleapis.com"


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer, read to its end."""

    status: int
    body: bytes


class Sessions:
    """Opens credentials and connections once, for all threads; nothing is asked before the first call."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._credentials: Once[None, Credentials] = Once()
        self._opened: Once[None, AuthorizedSession] = Once()

    def credentials(self) -> Credentials:
        """Give the credentials, with a token.

        Raises:
            RefusedError: there are none, or they are refused.
        """
        return self._credentials.get(None, self._open_credentials)

    def http(self) -> AuthorizedSession:
        """Give the session that signs requests; raises as `credentials` does."""
        return self._opened.get(None, self._open)

    def send(self, method: str, url: str, *, params: Mapping[str, Any], body: bytes | None) -> Reply:
        """Send a request, again after an answer that says "later" or none at all, at most 1 + 2 + 4 s apart.

        Every call of ours may be sent twice: none changes anything but a signature's date.

        Raises:
            RefusedError: there are no credentials.
            requests.RequestException, google.auth.exceptions.GoogleAuthError: no answer.
        """
        http = self.http()
        for attempt in range(self.access.attempts - 1):
            try:
                answer = self._once(http, method, url, params, body)
            except RequestException:
                pause = _WAITS_S[min(attempt, len(_WAITS_S) - 1)]
            else:
                if answer.status_code not in _BUSY:
                    return Reply(answer.status_code, answer.content)
                pause = _pause(answer.headers.get("Retry-After", ""), attempt)
            self.access.wait(pause)
        answer = self._once(http, method, url, params, body)
        return Reply(answer.status_code, answer.content)

    def _once(
        self, http: AuthorizedSession, method: str, url: str, params: Mapping[str, Any], body: bytes | None
    ) -> requests.Response:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.access.quota_project:
            headers["X-Goog-User-Project"] = self.access.quota_project
        answer: requests.Response = http.request(
            method, url, params=params, data=body, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False
        )
        return answer

    def _open_credentials(self) -> Credentials:
        call = Call("oauth2", "token", "our credentials")
        try:
            credentials = self.access.open_credentials()
            if not credentials.valid:
                credentials.refresh(Request())
        except (GoogleAuthError, RequestException) as exc:
            raise RefusedError(missing_of(exc, call)) from exc
        return credentials

    def _open(self) -> AuthorizedSession:
        http = AuthorizedSession(self.credentials())
        http.headers["User-Agent"] = "dayseal"
        for scheme in ("https://", "http://") if self.access.endpoint.startswith("http://") else ("https://",):
            http.mount(scheme, HTTPAdapter(pool_connections=_POOL, pool_maxsize=_POOL))
        return http


def _pause(retry_after: str, attempt: int) -> float:
    """Give what the answer asks for in seconds, up to a bound; else our own."""
    asked = retry_after.isascii() and retry_after.isdigit()
    return min(float(retry_after[:6]), _LONGEST_WAIT_S) if asked else _WAITS_S[min(attempt, len(_WAITS_S) - 1)]
