"""The door before moto: counts what is called, refuses what a test tells it to, adds what moto lacks."""

import collections
import contextlib
import dataclasses
import functools
import io
import json
import re
import threading
import urllib.parse
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from moto.iam.models import get_account_id_from
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

_SCOPE: Final = re.compile(r"Credential=([^/]+)/[0-9]+/([^/]+)/([^/]+)/")
_S3_QUERIES: Final = {
    "object-lock": "GetObjectLockConfiguration",
    "versioning": "GetBucketVersioning",
    "lifecycle": "GetBucketLifecycleConfiguration",
    "publicAccessBlock": "GetPublicAccessBlock",
    "policy": "GetBucketPolicy",
    "encryption": "GetBucketEncryption",
    "replication": "GetBucketReplication",
    "versions": "ListObjectVersions",
    "list-type": "ListObjectsV2",
}
_REST: Final = (
    ("eks", "GET", re.compile(r"/clusters\Z"), "ListClusters"),
    ("eks", "GET", re.compile(r"/clusters/[^/]+\Z"), "DescribeCluster"),
    ("guardduty", "GET", re.compile(r"/detector\Z"), "ListDetectors"),
    ("guardduty", "GET", re.compile(r"/detector/[^/]+\Z"), "GetDetector"),
)
_SERVICES: Final = {"monitoring": "cloudwatch"}


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """One request as AWS would name it; `text` is its path, query and body, to look for names in."""

    service: str
    operation: str
    account: str
    region: str
    text: str
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def name(self) -> str:
        """The call as `service:Operation`."""
        return f"{self.service}:{self.operation}"


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is an error: AWS's code and the HTTP status."""

    code: str
    status: int = 400


@dataclasses.dataclass(slots=True)
class _Fault:
    name: str
    about: str
    region: str
    refusal: Refusal
    left: int


Addition = Callable[[Request], dict[str, Any] | Refusal | None]
Amendment = Callable[[Request, dict[str, Any]], None]


class Gate:
    """A WSGI application around moto's.

    `additions` answer calls in moto's place, by `service:Operation`; None lets moto answer. `amendments` change
    what moto answered, `pages` are answers in XML. `keys` says whose an access key is. `log` holds every request.
    """

    def __init__(self) -> None:
        self.log: list[Request] = []
        self.keys: dict[str, str] = {}
        self.additions: dict[str, Addition] = {}
        self.amendments: dict[str, Amendment] = {}
        self.pages: dict[str, bytes] = {}
        self._faults: list[_Fault] = []
        self._moto = _moto()
        self._lock = threading.Lock()

    def refuse(
        self, name: str, code: str, *, about: str = "", region: str = "", status: int = 400, times: int = 1_000_000
    ) -> None:
        """Refuse calls of this name (`*`: all) whose text holds `about`, in one Region or all."""
        self._faults.append(_Fault(name, about, region, Refusal(code, status), times))

    def heal(self) -> None:
        """Refuse nothing any more, and forget what was called."""
        self._faults.clear()
        self.log.clear()

    def counted(self, about: str = "") -> dict[str, int]:
        """Count the calls whose text holds `about`, by name."""
        return dict(sorted(collections.Counter(r.name for r in self.log if about in r.text).items()))

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request: refused, by an addition, or by moto."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        raw = environ["wsgi.input"].read(length) if length else b""
        environ["wsgi.input"] = io.BytesIO(raw)
        request = self._read(environ, raw)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = request.account
        refusal = self._struck(request)
        answer = None if refusal else self._added(request)
        if isinstance(answer, Refusal) or refusal is not None:
            return _refused(answer if isinstance(answer, Refusal) else refusal, request, start)
        if answer is not None:
            return _json(answer, start)
        if request.name in self.pages:
            start("200 OK", [("Content-Type", "application/xml")])
            return [self.pages[request.name]]
        if request.name in self.amendments:
            return self._amended(environ, start, request)
        return self._moto.get_application(environ)(environ, start)

    def _read(self, environ: dict[str, Any], raw: bytes) -> Request:
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        key, region, signed = scope.groups() if scope else ("", "", "")
        service = _SERVICES.get(signed, signed)
        headers = {k[5:].lower().replace("_", "-"): v for k, v in environ.items() if k.startswith("HTTP_")}
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        text = f"{path}?{query} {raw[:20_000].decode(errors='replace') if service != 's3' else ''}"
        body = json.loads(raw) if "x-amz-target" in headers and raw else {}
        account = self.keys.get(key) or get_account_id_from(key)
        operation = _operation(environ["REQUEST_METHOD"], path, query, raw, service, headers)
        request = Request(service, operation, account, region, urllib.parse.unquote(text), body, headers)
        with self._lock:
            self.log.append(request)
        return request

    def _struck(self, request: Request) -> Refusal | None:
        with self._lock:
            for fault in self._faults:
                fits = fault.name in {"*", request.name} and fault.about in request.text
                if fits and fault.region in {"", request.region} and fault.left:
                    fault.left -= 1
                    return fault.refusal
        return None

    def _added(self, request: Request) -> dict[str, Any] | Refusal | None:
        addition = self.additions.get(request.name)
        return addition(request) if addition else None

    def _amended(self, environ: dict[str, Any], start: Callable[..., Any], request: Request) -> Iterable[bytes]:
        status: list[Any] = []

        def keep(line: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
            status.append((line, headers))
            return bytes

        parts = self._moto.get_application(environ)(environ, keep)
        data = b"".join(parts)
        if not status[0][0].startswith("200"):
            start(status[0][0], [(k, v) for k, v in status[0][1] if k.lower() != "content-length"])
            return [data]
        answer = json.loads(data)
        self.amendments[request.name](request, answer)
        return _json(answer, start)


@functools.cache
def _moto() -> DomainDispatcherApplication:
    """Make moto's application once: all worlds of a process share its state anyway, each under its own accounts."""
    return DomainDispatcherApplication(create_backend_app)


class _Quiet(MotoRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open, as AWS's do
    disable_nagle_algorithm = True  # or each answer waits 40 ms for the client to confirm its head

    def log_request(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving_gate(gate: Gate) -> Iterator[str]:
    """Serve moto behind the gate on this machine until the block ends; gives the address."""
    server = make_server("127.0.0.1", 0, gate, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]  # the threaded server's
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _operation(method: str, path: str, query: str, raw: bytes, service: str, headers: dict[str, str]) -> str:
    if "x-amz-target" in headers:
        return headers["x-amz-target"].rpartition(".")[2]
    if service == "s3":
        return _s3_operation(method, path, query)
    if raw.startswith(b"Action="):
        return urllib.parse.parse_qs(raw.decode())["Action"][0]
    for of, verb, pattern, operation in _REST:
        if (of, verb) == (service, method) and pattern.match(path):
            return operation
    return f"{method} {path}"


def _s3_operation(method: str, path: str, query: str) -> str:
    bucket, _, key = path.lstrip("/").partition("/")
    if key:
        return {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject"}.get(method, f"{method} object")
    if method == "HEAD":
        return "HeadBucket"
    names = urllib.parse.parse_qs(query, keep_blank_values=True)
    found = next((operation for name, operation in _S3_QUERIES.items() if name in names), "ListBuckets")
    return found if method == "GET" else f"{method} {found} {bucket}"


def _json(answer: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    data = json.dumps(answer).encode()
    start("200 OK", [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(data)))])
    return [data]


def _refused(refusal: Refusal | None, request: Request, start: Callable[..., Any]) -> list[bytes]:
    if refusal is None:
        return []
    code = refusal.code
    if request.service == "s3":
        data = f"<Error><Code>{code}</Code><Message>refused</Message></Error>".encode()
        data = b"" if request.operation.startswith("Head") else data
    elif request.service == "sts":
        data = f"<ErrorResponse><Error><Code>{code}</Code><Message>refused</Message></Error></ErrorResponse>".encode()
    else:
        data = json.dumps({"__type": code, "message": "refused"}).encode()
    start(
        f"{refusal.status} Refused",
        [("x-amzn-errortype", code), ("Content-Type", "application/json"), ("Content-Length", str(len(data)))],
    )
    return [data]
