"""The client of a look-up API: patient where it is told to be, brief where it must be, and never in the clear."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dayseal.clouds.aws.api import LookupApi
from dayseal.errors import AccessError, DaysealError, FormatError, NotFoundError, UsageError

Answer = tuple[int, dict[str, str], bytes]


class Server:
    """Answers what it is told to, in turn; the last answer for ever."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.silent = threading.Event()
        self.port = 0

    def client(self, waited: list[float] | None = None) -> LookupApi:
        """Give a client that notes how long it would have waited."""
        pauses: list[float] = [] if waited is None else waited
        return LookupApi(f"http://127.0.0.1:{self.port}", wait=pauses.append)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server on this machine, and credentials for it."""
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "K"),
        ("AWS_SECRET_ACCESS_KEY", "S"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
    ):
        monkeypatch.setenv(name, value)
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            if told.answers[0][0] == 0:
                told.silent.wait(5)
                return
            status, headers, body = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    told.port = http.server_port
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield told
    told.silent.set()
    http.shutdown()
    http.server_close()
    thread.join()


def test_every_request_is_signed_for_execute_api(server: Server) -> None:
    """API Gateway lets nobody in without a signature."""
    server.answers = [(200, {}, b"x")]
    assert server.client().get("/checkpoint", max_bytes=10) == b"x"
    _, headers = server.asked[0]
    assert "/eu-west-1/execute-api/aws4_request" in headers["authorization"]


@pytest.mark.parametrize(
    ("answers", "waited"),
    [
        ([(429, {"Retry-After": "7"}, b""), (200, {}, b"x")], [7.0]),
        ([(429, {"Retry-After": "86400"}, b""), (200, {}, b"x")], [60.0]),
        ([(429, {"Retry-After": "9" * 400}, b""), (200, {}, b"x")], [60.0]),
        ([(429, {"Retry-After": "-1"}, b""), (200, {}, b"x")], [0.5]),
        ([(503, {}, b""), (503, {}, b""), (200, {}, b"x")], [0.5, 1.0]),
    ],
)
def test_it_waits_as_long_as_it_is_asked_to_within_a_minute(
    server: Server, answers: list[Answer], waited: list[float]
) -> None:
    """Throttling is honoured; a server cannot make anybody wait for a day."""
    server.answers = answers
    pauses: list[float] = []
    assert server.client(pauses).get("/x", max_bytes=10) == b"x"
    assert pauses == waited


def test_it_gives_up_after_five_attempts(server: Server) -> None:
    """Somebody waits in front of a terminal."""
    server.answers = [(429, {"Retry-After": "1"}, b"")]
    pauses: list[float] = []
    with pytest.raises(AccessError, match="429, 5 times"):
        server.client(pauses).get("/x", max_bytes=10)
    assert pauses == [1.0] * 4


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, UsageError),
        (401, AccessError),
        (403, AccessError),
        (404, NotFoundError),
        (422, UsageError),
        (500, AccessError),
    ],
)
def test_every_refusal_is_an_error_of_ours(server: Server, status: int, kind: type[DaysealError]) -> None:
    """The exit code follows from the kind: 2 misused, 3 could not find out."""
    server.answers = [(status, {}, b'{"title":"x"}' * 1_000)]
    with pytest.raises(kind) as caught:
        server.client().get("/x", max_bytes=100_000)
    assert len(str(caught.value)) < 500


def test_a_flood_is_cut_off(server: Server) -> None:
    """Nobody's answer fills our memory."""
    server.answers = [(200, {}, b"x" * 1_000_000)]
    with pytest.raises(FormatError, match="over 1000 bytes"):
        server.client().get("/x", max_bytes=1_000)


def test_an_answer_that_breaks_off_is_no_answer(server: Server) -> None:
    """Half a bundle must not look like a bundle."""
    server.answers = [(200, {"Content-Length": "100"}, b"half")]
    with pytest.raises(AccessError, match="no answer"):
        server.client().get("/x", max_bytes=1_000)


def test_no_answer_is_no_answer(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that accepts and stays silent must not hold a terminal for ever."""
    monkeypatch.setattr("dayseal.clouds.aws.api._TIMEOUT_S", (0.2, 0.2))
    server.answers = [(0, {}, b"")]
    with pytest.raises(AccessError, match="no answer"):
        server.client().get("/x", max_bytes=10)
    server.port = 9  # nothing listens there
    with pytest.raises(AccessError, match="no answer"):
        server.client().get("/x", max_bytes=10)


def test_a_link_is_followed_without_our_signature(server: Server) -> None:
    """Credentials go to the API alone, wherever it sends us."""
    elsewhere = f"http://127.0.0.1:{server.port}/bucket/key?X-Amz-Signature=abc"
    server.answers = [(307, {"Location": elsewhere}, b""), (200, {}, b"large")]
    assert server.client().get("/objects/manifests/x", max_bytes=10) == b"large"
    path, headers = server.asked[1]
    assert path == "/bucket/key?X-Amz-Signature=abc"
    assert "authorization" not in headers


@pytest.mark.parametrize("link", ["http://example.com/x", "file:///etc/passwd", "", "//example.com/x"])
def test_a_link_leads_only_to_https(server: Server, link: str) -> None:
    """A lying API cannot send us to a file, or make us talk in the clear."""
    server.answers = [(307, {"Location": link}, b"")]
    with pytest.raises(UsageError, match="https"):
        server.client().get("/x", max_bytes=10)


def test_the_region_is_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """An auditor's own default Region says nothing about the API's."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert LookupApi("https://abc123.execute-api.eu-central-1.amazonaws.com").region == "eu-central-1"
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "none")
    with pytest.raises(UsageError, match="Region"):
        LookupApi("https://api.example.com")


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> Callable[[], LookupApi]:
    """A machine without credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "none")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return lambda: LookupApi("https://abc.execute-api.eu-central-1.amazonaws.com")


def test_no_credentials_are_told(nobody: Callable[[], LookupApi]) -> None:
    """The next step is a profile, not a stack trace."""
    with pytest.raises(AccessError, match="no AWS credentials"):
        nobody().get("/checkpoint", max_bytes=10)
