"""The look-up functions of Google Cloud on this machine: the entry points themselves, on buckets of ours."""

import contextlib
import dataclasses
import importlib.util
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import flask
import pytest

from architecture.sources import ROOT
from dayseal.codec import decode_base64
from dayseal.errors import AccessError
from dayseal.lookup.service import LookupService
from support.gateway import Reply
from support.gcp_links import Vouching, is_signed, serving_vouching
from support.gcp_metadata import ACCOUNT, on_google
from support.gcs_xml import GcsXml, serving_gcs

_NUMBERS: Final = itertools.count(1)
_QUEUE: Final = "projects/audit/locations/europe-west3/queues/evidence"
_URL: Final = "https://evidence.example.run.app"


@dataclasses.dataclass(slots=True)
class GcpApi:
    """The functions `lookup`, `events` and `evidence`; evidence with events is asked of its own function.

    `jobs` are the evidence jobs that wait in the queue when `runs_jobs` is off.
    """

    main: ModuleType
    content: GcsXml
    vouching: Vouching
    ledger: Path
    policy: Path
    number: int
    runs_jobs: bool = True
    jobs: list[dict[str, str]] = dataclasses.field(default_factory=list)

    def bucket(self, name: str) -> str:
        """Give the name of the bucket `ledger` or `evidence`."""
        return f"{name}-{self.number}"

    def ask(self, method: str, target: str, body: bytes = b"", media_type: str = "application/json") -> Reply:
        """Ask the function whose routes these are."""
        entry = self.main.events if target.startswith("/evidence/events") else self.main.lookup
        return self._call(entry, method, target, body, media_type)

    def json(self, target: str) -> dict[str, Any]:
        """GET a document that must be there."""
        reply = self.ask("GET", target)
        assert reply.status == 200, reply
        found = json.loads(reply.body)
        assert isinstance(found, dict)
        return found

    def service(self) -> LookupService:
        """Give what answers look-ups."""
        found = self.main.open_door("plain").service
        assert isinstance(found, LookupService)
        return found

    def run(self, event: dict[str, str]) -> str:
        """Call the evidence function as the queue does; give the state the job ends in.

        Raises:
            AccessError: it wants to be called again.
        """
        reply = self._call(self.main.evidence, "POST", "/", json.dumps(event).encode(), "application/json")
        if reply.status != 200:
            raise AccessError(reply.body.decode())
        return str(json.loads(reply.body)["state"])

    def break_work(self, patch: pytest.MonkeyPatch, make: Any) -> None:  # noqa: ANN401 - as `EvidenceWork` takes it
        """Let bundles be made by `make`."""
        work = dataclasses.replace(self.main.open_work(), make=make)
        patch.setattr(self.main, "open_work", lambda: work)

    def read_evidence(self, key: str) -> bytes:
        """Give an object of the evidence bucket."""
        found = self.content.live(f"{self.bucket('evidence')}/{key}")
        assert found is not None
        return found.data

    def write_evidence(self, key: str, data: bytes) -> None:
        """Replace an object of the evidence bucket."""
        self.content.put(f"{self.bucket('evidence')}/{key}", data, None)

    def calm(self) -> None:
        """Be honest, with nothing left over from another test."""
        self.runs_jobs, self.vouching.refused, self.vouching.full = True, False, False
        self.jobs.clear()

    def take(self, request: dict[str, Any]) -> None:
        """Take a task into the queue, and out of it at once unless a test wants to look."""
        assert (request["url"], request["httpMethod"]) == (_URL, "POST")
        assert request["oidcToken"] == {"serviceAccountEmail": "caller@audit.iam", "audience": _URL}
        self.jobs.append(json.loads(decode_base64(request["body"])))
        if self.runs_jobs:
            self.run(self.jobs.pop())

    def _call(self, entry: Any, method: str, target: str, body: bytes, media_type: str) -> Reply:  # noqa: ANN401 - a function
        application = flask.Flask(__name__, root_path=str(ROOT), instance_path=str(ROOT), static_folder=None)
        kind = media_type if body else None
        with application.test_request_context(target, method=method, data=body, content_type=kind):
            given = application.make_response(entry(flask.request))
            return Reply(given.status_code, dict(given.headers.items()), given.get_data())


@contextlib.contextmanager
def serving_gcp_lookup(folder: Path, ledger: Path, policy: Path, settings: str) -> Iterator[GcpApi]:
    """Serve a folder ledger's copy in buckets; the environment is put back afterwards."""
    number = next(_NUMBERS)
    with (
        serving_gcs() as (content, storage),
        serving_vouching(ACCOUNT) as (vouching, address),
        pytest.MonkeyPatch.context() as patch,
        on_google(patch, folder / "nobody"),
    ):
        content.links = is_signed
        for path in sorted(ledger.rglob("*")):
            if path.is_file():
                content.put(f"ledger-{number}/{path.relative_to(ledger).as_posix()}", path.read_bytes(), None)
        (folder / "dayseal.toml").write_text(f'{settings}\n[gcp]\nprojects = ["lab"]\nendpoint = "{address}"\n')
        (folder / "trust.policy").write_text(policy.read_text())
        for name, value in {
            "STORAGE_EMULATOR_HOST": storage,
            "DAYSEAL_CONFIG": str(folder / "dayseal.toml"),
            "DAYSEAL_LEDGER": f"gs://ledger-{number}/",
            "DAYSEAL_EVIDENCE": f"gs://evidence-{number}/",
            "DAYSEAL_EVIDENCE_QUEUE": _QUEUE,
            "DAYSEAL_EVIDENCE_URL": _URL,
            "DAYSEAL_EVIDENCE_CALLER": "caller@audit.iam",
            "DAYSEAL_LINK_ACCOUNT": ACCOUNT,
        }.items():
            patch.setenv(name, value)
        api = GcpApi(_main(), content, vouching, ledger, policy, number)
        vouching.take = api.take
        yield api


def _main() -> ModuleType:
    """Load the entry points anew: what they opened belongs to a process."""
    spec = importlib.util.spec_from_file_location("gcp_lookup_of_tests", ROOT / "functions/gcp/gcp_lookup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
