"""A loopback proxy before an emulator: counts requests, and loses or keeps the one it is told to."""

import contextlib
import dataclasses
import enum
import http.client
import http.server
import ssl
import threading
from collections.abc import Iterator
from typing import Final

_HOP_BY_HOP: Final = {"connection", "content-length", "keep-alive", "transfer-encoding"}


class Strike(enum.Enum):
    """What happens to a chosen request."""

    LOST = "it is not passed on, and the connection ends"
    KEPT = "it is passed on, and the connection ends before the answer"
    REFUSED = "it is not passed on, and answered with a status and code of ours"
    KEPT_503 = "it is passed on, and answered with 503"
    CUT = "it is passed on, and the connection ends in the middle of the answer"


@dataclasses.dataclass(slots=True)
class _Armed:
    strike: Strike
    method: str
    times: int
    status: int
    code: str
    after: int


class HttpSwitch:
    """Passes requests on to `127.0.0.1:port`; `log` lists their methods and paths.

    `headers` are added to each PUT. Headers named (in lower case) in `dropped` are not passed on, which makes
    of a store one that does not know them.
    """

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.upstream = port
        self.headers = headers
        self.dropped: frozenset[str] = frozenset()
        self.log: list[str] = []
        self._armed: _Armed | None = None
        self._lock = threading.Lock()

    def arm(
        self, strike: Strike, method: str, *, times: int = 1, status: int = 503, code: str = "", after: int = 0
    ) -> None:
        """Strike `times` requests of this method, once `after` of them went through."""
        self._armed = _Armed(strike, method, times, status, code, after)

    def disarm(self) -> None:
        """Strike nobody and drop nothing any more."""
        self._armed = None
        self.dropped = frozenset()

    def next(self, method: str, path: str) -> _Armed | None:
        """Count a request and say how it is struck."""
        with self._lock:
            self.log.append(f"{method} {path}")
            armed = self._armed
            if armed is None or armed.method != method or armed.times == 0:
                return None
            if armed.after > 0:
                armed.after -= 1
                return None
            armed.times -= 1
            return armed


@contextlib.contextmanager
def switched(port: int, *, headers: dict[str, str] | None = None) -> Iterator[tuple[HttpSwitch, str]]:
    """Serve a switch before the emulator on `port`; gives it and its address."""
    switch = HttpSwitch(port, headers or {})

    class Handler(_Handler):
        owner = switch

    with serving(Handler) as address:
        yield switch, address


@contextlib.contextmanager
def serving(handler: type[http.server.BaseHTTPRequestHandler], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve requests on a free port of this machine until the block ends, over TLS if told; gives the address."""
    server = _Server(("127.0.0.1", 0), handler)
    if tls is not None:  # each connection shakes hands in its own thread
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # with five, the sixth client at once waits a second for its connection


class QuietHandler(http.server.BaseHTTPRequestHandler):
    """Keeps connections open and says nothing; every method goes to `serve`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: tests have their own output."""

    def serve(self, body: bytes) -> None:
        """Answer one request."""
        raise NotImplementedError

    def answer(
        self, status: int, data: bytes = b"", headers: dict[str, str] | None = None, *, left_off: int = 0
    ) -> None:
        """Send an answer, without its last bytes."""
        self.send_response_only(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if data and self.command != "HEAD":
            self.wfile.write(data[: len(data) - left_off])

    def refuse(self, status: int, code: str) -> None:
        """Send an error as the object stores do."""
        self.answer(status, f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode() if code else b"")

    def _do(self) -> None:
        self.serve(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _do  # noqa: N815 - the base class's names


class _Handler(QuietHandler):
    owner: HttpSwitch

    def serve(self, body: bytes) -> None:
        armed = self.owner.next(self.command, self.path)
        strike = armed.strike if armed else None
        if strike is Strike.LOST:
            self.close_connection = True
            return
        if armed and strike is Strike.REFUSED:
            self.refuse(armed.status, armed.code)
            return
        status, data, headers = self._forward(body)
        if strike is Strike.KEPT:
            self.close_connection = True
        elif strike is Strike.KEPT_503:
            self.refuse(503, "")
        elif strike is Strike.CUT:
            self.answer(status, data, headers, left_off=1)
            self.close_connection = True
        else:
            self.answer(status, data, headers)

    def _forward(self, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.owner.upstream)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in self.owner.dropped | {"connection"}:
                    connection.putheader(name, value)
            for name, value in self.owner.headers.items() if self.command == "PUT" else ():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP}
            return answer.status, answer.read(), kept
        finally:
            connection.close()
