"""The look-up API on this machine: the real functions on buckets of moto's, behind an address that wants SigV4."""

import contextlib
import dataclasses
import importlib
import itertools
import json
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import boto3
import pytest
from aws_lambda_powertools.utilities.parameters import clear_caches
from moto.server import ThreadedMotoServer

from architecture.sources import ROOT
from dayseal.lookup.service import LookupService
from support.gateway import Reply, answer_event, event_of, signed_by

KEY: Final = "AKIDEXAMPLE"
SECRET: Final = "a secret of the tests"  # noqa: S105 - nobody's
REGION: Final = "eu-central-1"
_MODULES: Final = ("lookup", "lookup_answers", "lookup_files", "lookup_evidence", "evidence")
_NUMBERS: Final = itertools.count(1)  # what plays AWS has one namespace of buckets for the whole process
Meddle = Callable[[str, Reply], Reply]


@dataclasses.dataclass(slots=True)
class Api:
    """The running API. `meddle` may change any reply on its way out; `reads` counts what the ledger was asked.

    `jobs` are the evidence jobs started and not run yet when `runs_jobs` is off.
    """

    url: str
    lookup: ModuleType
    evidence: ModuleType
    s3: Any
    ledger: Path
    policy: Path
    number: int
    meddle: Meddle = lambda _, reply: reply
    runs_jobs: bool = True
    jobs: list[dict[str, str]] = dataclasses.field(default_factory=list)
    paths: list[str] = dataclasses.field(default_factory=list)

    def bucket(self, name: str) -> str:
        """Give the name of this API's bucket `ledger` or `evidence`."""
        return f"{name}-{self.number}"

    def ask(self, method: str, target: str, body: bytes = b"", media_type: str = "application/json") -> Reply:
        """Ask the look-up function without any network, as API Gateway would."""
        headers = {"content-type": media_type} if body else {}
        return answer_event(self.lookup.handler(event_of(method, target, headers, body), None))

    def json(self, target: str) -> dict[str, Any]:
        """GET a document that must be there."""
        reply = self.ask("GET", target)
        assert reply.status == 200, reply
        found = json.loads(reply.body)
        assert isinstance(found, dict)
        return found

    def service(self) -> LookupService:
        """Give what answers look-ups."""
        found = self.lookup.ledger()
        assert isinstance(found, LookupService)
        return found

    def run(self, event: dict[str, str]) -> str:
        """Invoke the evidence function; give the state the job ends in."""
        return str(self.evidence.handler(event, None)["state"])

    def break_work(self, patch: pytest.MonkeyPatch, make: Any) -> None:  # noqa: ANN401 - as `EvidenceWork` takes it
        """Let bundles be made by `make`."""
        work = dataclasses.replace(self.evidence.work(), make=make)
        patch.setattr(self.evidence, "work", lambda: work)

    def read_evidence(self, key: str) -> bytes:
        """Give an object of the evidence bucket."""
        return bytes(self.s3.get_object(Bucket=self.bucket("evidence"), Key=key)["Body"].read())

    def write_evidence(self, key: str, data: bytes) -> None:
        """Replace an object of the evidence bucket."""
        self.s3.put_object(Bucket=self.bucket("evidence"), Key=key, Body=data)

    def calm(self) -> None:
        """Be honest, with nothing left over from another test."""
        self.meddle = lambda _, reply: reply
        self.runs_jobs = True
        self.jobs.clear()
        self.paths.clear()


@contextlib.contextmanager
def serving_lookup_api(ledger: Path, policy: Path, settings: str) -> Iterator[Api]:
    """Serve a folder ledger's copy in buckets; the environment and the functions' modules are put back afterwards."""
    with contextlib.ExitStack() as until, pytest.MonkeyPatch.context() as patch:
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        until.callback(server.stop)
        host, port = server.get_host_and_port()
        number = next(_NUMBERS)
        _set_environment(patch, f"http://{host}:{port}", number)
        session = boto3.Session(aws_access_key_id=KEY, aws_secret_access_key=SECRET, region_name=REGION)
        s3 = session.client("s3", endpoint_url=f"http://{host}:{port}")
        fill_buckets(s3, ledger, number)
        ssm = session.client("ssm", endpoint_url=f"http://{host}:{port}")
        for name, text in ((f"/dayseal/{number}/trust", policy.read_text()), (f"/dayseal/{number}/settings", settings)):
            ssm.put_parameter(Name=name, Value=text, Type="String", Overwrite=True)
        patch.syspath_prepend(str(ROOT / "functions" / "aws"))
        until.callback(_forget_modules)
        _forget_modules()
        modules = {name: importlib.import_module(name) for name in ("lookup", "evidence")}
        api = Api("", modules["lookup"], modules["evidence"], s3, ledger, policy, number)
        api.url = until.enter_context(_serving(api))
        patch.setenv("AWS_ENDPOINT_URL_LAMBDA", f"{api.url}/lambda")
        yield api


def fill_buckets(s3: Any, ledger: Path, number: int) -> None:  # noqa: ANN401 - boto3's own client
    """Make the buckets, and put the ledger's files into its own."""
    where = {"LocationConstraint": REGION}
    for name in ("ledger", "evidence"):
        s3.create_bucket(Bucket=f"{name}-{number}", CreateBucketConfiguration=where)
    bucket = f"ledger-{number}"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for path in sorted(ledger.rglob("*")):
        if path.is_file():
            s3.put_object(Bucket=bucket, Key=path.relative_to(ledger).as_posix(), Body=path.read_bytes())


def _set_environment(patch: pytest.MonkeyPatch, endpoint: str, number: int) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "DAYSEAL_LEDGER": f"s3://ledger-{number}/",
        "DAYSEAL_EVIDENCE": f"s3://evidence-{number}/",
        "DAYSEAL_EVIDENCE_FUNCTION": "dayseal-evidence",
        "DAYSEAL_TRUST_PARAMETER": f"/dayseal/{number}/trust",
        "DAYSEAL_SETTINGS_PARAMETER": f"/dayseal/{number}/settings",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }.items():
        patch.setenv(name, value)
    patch.delenv("AWS_SESSION_TOKEN", raising=False)
    patch.delenv("AWS_PROFILE", raising=False)


def _forget_modules() -> None:
    # Powertools keeps its client of SSM, whose address was the last server's.
    clear_caches()
    for name in _MODULES:
        sys.modules.pop(name, None)


@contextlib.contextmanager
def _serving(api: Api) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _answer(self, body: bytes) -> None:
            reply = _route(api, self.command, self.path, dict(self.headers.items()), body)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _route(api: Api, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
    if target.startswith("/lambda/"):
        api.jobs.append(json.loads(body))
        if api.runs_jobs:
            api.evidence.handler(api.jobs.pop(), None)
        return Reply(202, {}, b"")
    api.paths.append(target)
    if not signed_by(KEY, SECRET, method, f"{api.url}{target}", headers, body):
        return Reply(403, {"Content-Type": "application/json"}, b'{"message":"Forbidden"}')
    given = {name.lower(): value for name, value in headers.items()}
    return api.meddle(target, answer_event(api.lookup.handler(event_of(method, target, given, body), None)))
