"""Speaks to a look-up API behind API Gateway: requests signed with SigV4, errors turned into ours.

Nothing that comes back is believed here: who reads a ledger through this proves what it reads.
"""

import dataclasses
import time
import urllib.parse
from collections.abc import Callable
from typing import Final

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session
from botocore.response import StreamingBody

from dayseal.errors import AccessError, FormatError, NotFoundError, UsageError

_SERVICE: Final = "execute-api"
_TIMEOUT_S: Final = (5, 35)  # API Gateway itself gives up after 30 s
_WAITS_S: Final = (0.5, 1.0, 2.0, 4.0)
_LONGEST_WAIT_S: Final = 60.0
_BLOCK: Final = 1 << 16
_BUSY: Final = frozenset({429, 502, 503, 504})
_MOVED: Final = frozenset({302, 303, 307, 308})
_LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_WORDS: Final = 300


@dataclasses.dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: dict[str, str]
    body: bytes


class LookupApi:
    """One API at `address`, with the ordinary credentials; they are asked for with the first request.

    `wait` sleeps for so many seconds.
    """

    def __init__(self, address: str, *, wait: Callable[[float], None] = time.sleep) -> None:
        parts = _parts_of(address)
        self.address = address.rstrip("/")
        self._session = botocore.session.Session()
        found = parts.hostname or ""
        named = found.split(".")[2] if f".{_SERVICE}." in found else ""
        self.region = named or str(self._session.get_config_variable("region") or "")
        if not self.region:
            raise UsageError(f"--api {address}: in which Region is it", hint="set AWS_REGION")
        self._http = URLLib3Session(timeout=_TIMEOUT_S)
        self.wait = wait

    def get(self, path: str, *, max_bytes: int) -> bytes:
        """Give what a path answers; a link to it is followed, without our signature.

        Raises:
            NotFoundError: the API says there is no such thing.
            AccessError: denied, or no answer.
            FormatError: over `max_bytes`.
        """
        reply = self._patiently("GET", path, b"", max_bytes)
        if reply.status in _MOVED:
            return self.fetch(reply.headers.get("location", ""), max_bytes=max_bytes)
        return reply.body

    def post(self, path: str, body: bytes, *, max_bytes: int) -> bytes:
        """Send a JSON document and give the answer; raises as `get` does. Sent again after no answer."""
        return self._patiently("POST", path, body, max_bytes).body

    def fetch(self, link: str, *, max_bytes: int) -> bytes:
        """Give what lies behind a link that needs no credentials; raises as `get` does."""
        _parts_of(link)
        return self._send(AWSRequest("GET", link), max_bytes).body

    def _patiently(self, method: str, path: str, body: bytes, max_bytes: int) -> _Reply:
        waits = iter(_WAITS_S)
        while True:
            reply = self._send(self._signed(method, path, body), max_bytes)
            if reply.status not in _BUSY:
                return self._judge(path, reply)
            wait_s = next(waits, None)
            if wait_s is None:
                said = f"{self.address}{path}: {reply.status}, {len(_WAITS_S) + 1} times"
                raise AccessError(said, hint="too many requests, or the service is down: try later")
            self.wait(_pause(reply.headers.get("retry-after", ""), wait_s))

    def _judge(self, path: str, reply: _Reply) -> _Reply:
        match reply.status:
            case 200 | 202:
                return reply
            case status if status in _MOVED:
                return reply
            case 404:
                raise NotFoundError(f"{self.address}{path}: no such thing, the API says")
            case 400 | 422:
                raise UsageError(f"{self.address}{path}: refused: {_words(reply)}")
            case 401 | 403:
                hint = "your credentials need execute-api:Invoke on this route"
                raise AccessError(f"{self.address}{path}: denied ({reply.status})", hint=hint)
            case status:
                raise AccessError(f"{self.address}{path}: {status}: {_words(reply)}")

    def _signed(self, method: str, path: str, body: bytes) -> AWSRequest:
        credentials = self._session.get_credentials()
        if credentials is None:
            raise AccessError(f"{self.address}: no AWS credentials found", hint="set a profile or a role")
        headers = {"Content-Type": "application/json"} if body else {}
        request = AWSRequest(method, self.address + path, headers, body)
        SigV4Auth(credentials.get_frozen_credentials(), _SERVICE, self.region).add_auth(request)
        return request

    def _send(self, request: AWSRequest, max_bytes: int) -> _Reply:
        request.stream_output = True
        where = request.url.partition("?")[0]
        try:
            answer = self._http.send(request.prepare())
            told = str(answer.headers.get("content-length", ""))
            stream = StreamingBody(answer.raw, told if told.isascii() and told.isdigit() else None)
            body = bytearray()
            while block := stream.read(_BLOCK):
                body += block
                if len(body) > max_bytes:
                    stream.close()
                    raise FormatError(f"{where}: over {max_bytes} bytes")
        except BotoCoreError as exc:
            raise AccessError(f"{where}: no answer ({type(exc).__name__})") from exc
        return _Reply(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, bytes(body))


def _parts_of(address: str) -> urllib.parse.SplitResult:
    parts = urllib.parse.urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise UsageError(f"address {address[:100]!r}: https:// promised")
    return parts


def _pause(retry_after: str, otherwise: float) -> float:
    """What the answer asks for in seconds, up to a minute; else our own."""
    asked = retry_after.isascii() and retry_after.isdigit()
    return min(float(retry_after[:6]), _LONGEST_WAIT_S) if asked else otherwise


def _words(reply: _Reply) -> str:
    return reply.body[:_WORDS].decode(errors="replace")
