"""The look-up and evidence functions of Azure on this machine: the entry points themselves, on containers of Azurite.

Azurite lends the user delegation keys and looks at each link; our Azure plays Entra, the identity and the queue.
"""

import base64
import contextlib
import dataclasses
import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from urllib.parse import parse_qsl

import azure.functions as func
import pytest
from azure.storage.blob import ContainerClient

from architecture.sources import ROOT
from dayseal.codec import decode_base64
from dayseal.lookup.service import LookupService
from support.azure_routes import Answer, Raw, Request, Route
from support.azure_server import azure_world
from support.azure_world import World
from support.azurite import ACCOUNT, serving_azurite
from support.gateway import Reply

EVENTS_ROLE: Final = "Evidence.Events"
SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000001"
_MESSAGE: Final = re.compile(rb"<QueueMessage><MessageText>([A-Za-z0-9+/=]+)</MessageText></QueueMessage>\Z")


def load_door() -> ModuleType:
    """Load the entry points anew: what they opened belongs to a process."""
    spec = importlib.util.spec_from_file_location("door_of_tests", ROOT / "functions/azure/door.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ask_door(
    door: ModuleType, method: str, target: str, body: bytes = b"", kind: str = "", roles: tuple[str, ...] = ()
) -> Reply:
    """Ask as the host does: the whole address, and the query once more by itself, doubles joined by a comma."""
    _, _, query = target.partition("?")
    told: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        told[name] = f"{told[name]},{value}" if name in told else value
    headers = {"X-MS-CLIENT-PRINCIPAL": principal(*roles)} | ({"Content-Type": kind} if body and kind else {})
    url = f"https://dayexample-lookup.azurewebsites.net{target}"
    said = door.answer(func.HttpRequest(method=method, url=url, params=told, headers=headers, body=body))
    return Reply(said.status_code, dict(said.headers), said.get_body())


def principal(*roles: str) -> str:
    """Give what App Service says of who signed in."""
    claims = [("aud", "api://dayseal-lookup"), ("preferred_username", "ä@example.com"), *(("roles", r) for r in roles)]
    said = {"auth_typ": "aad", "claims": [{"typ": name, "val": value} for name, value in claims]}
    return base64.b64encode(json.dumps({**said, "name_typ": "name", "role_typ": "roles"}).encode()).decode()


class EvidenceQueue:
    """A queue that takes messages of who may add them. `full`: of nobody. `jobs` wait while `runs_jobs` is off."""

    def __init__(self, door: ModuleType) -> None:
        self.door = door
        self.full = False
        self.runs_jobs = True
        self.jobs: list[dict[str, str]] = []

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        where = r"/queues/evidence/messages"
        return (Route("storage:queues.messages.put", "POST", where, self._put, "https://storage.azure.com"),)

    def run(self, event: dict[str, str]) -> None:
        """Invoke the evidence function as the host does; raises what it raises."""
        self.door.bundle(func.QueueMessage(id="1", body=json.dumps(event).encode()))

    def _put(self, request: Request) -> Answer:
        found = _MESSAGE.match(request.body)
        assert found is not None
        assert request.query == {"messagettl": "1200"}
        assert request.headers["x-ms-date"].endswith(" GMT")
        assert request.headers["x-ms-version"] >= "2017-11-09"  # older ones know no tokens
        if self.full:
            return Raw(403, b"<Error/>", {"x-ms-error-code": "AuthorizationPermissionMismatch"})
        self.jobs.append(json.loads(decode_base64(found[1].decode())))
        if self.runs_jobs:
            self.run(self.jobs.pop())
        return Raw(201, b"<QueueMessagesList/>", {"Content-Type": "application/xml"})


@dataclasses.dataclass(slots=True)
class AzureApi:
    """The functions `lookup` and `bundle`; evidence with events is asked by somebody who has the app role."""

    door: ModuleType
    world: World
    address: str
    queue: EvidenceQueue
    ledger: Path
    policy: Path

    @property
    def jobs(self) -> list[dict[str, str]]:
        """The evidence jobs that wait in the queue."""
        return self.queue.jobs

    @property
    def runs_jobs(self) -> bool:
        """Whether a job is made as soon as it is asked for."""
        return self.queue.runs_jobs

    @runs_jobs.setter
    def runs_jobs(self, value: bool) -> None:
        self.queue.runs_jobs = value

    def bucket(self, name: str) -> str:
        """Give the name of the container `ledger` or `evidence`."""
        return name

    def container(self, name: str) -> ContainerClient:
        """Reach a container past the functions."""
        return ContainerClient(f"{self.address}/{ACCOUNT}", name, credential=self.world.credentials())

    def ask(self, method: str, target: str, body: bytes = b"", media_type: str = "application/json") -> Reply:
        """Ask the look-up, as who may have events where a path has them."""
        roles = (EVENTS_ROLE,) if target.startswith("/evidence/events") else ()
        return ask_door(self.door, method, target, body, media_type, roles)

    def json(self, target: str) -> dict[str, Any]:
        """GET a document that must be there."""
        reply = self.ask("GET", target)
        assert reply.status == 200, reply
        found = json.loads(reply.body)
        assert isinstance(found, dict)
        return found

    def service(self) -> LookupService:
        """Give what answers look-ups."""
        found = self.door.open_door().service
        assert isinstance(found, LookupService)
        return found

    def run(self, event: dict[str, str]) -> str:
        """Invoke the evidence function; give the state the job ends in."""
        self.queue.run(event)
        return str(json.loads(self.read_evidence(f"jobs/{event['kind']}/{event['job']}.json"))["state"])

    def break_work(self, patch: pytest.MonkeyPatch, make: Any) -> None:  # noqa: ANN401 - as `EvidenceWork` takes it
        """Let bundles be made by `make`."""
        work = dataclasses.replace(self.door.open_work(), make=make)
        patch.setattr(self.door, "open_work", lambda: work)

    def read_evidence(self, key: str) -> bytes:
        """Give a blob of the evidence container."""
        return bytes(self.container("evidence").download_blob(key).readall())

    def write_evidence(self, key: str, data: bytes) -> None:
        """Replace a blob of the evidence container."""
        self.container("evidence").upload_blob(key, data, overwrite=True)

    def calm(self) -> None:
        """Be honest, with nothing left over from another test."""
        self.queue.runs_jobs, self.queue.full = True, False
        self.queue.jobs.clear()


@contextlib.contextmanager
def serving_azure_lookup(folder: Path, ledger: Path, policy: Path, settings: str) -> Iterator[AzureApi]:
    """Serve a folder ledger's copy in containers; the environment is put back afterwards."""
    with azure_world() as world, pytest.MonkeyPatch.context() as patch:
        assert world.tls is not None
        patch.setenv("SSL_CERT_FILE", str(world.tls.authority))  # whom obstore trusts, and who fetches a link
        for name, value in world.environment().items():
            patch.setenv(name, value)
        with serving_azurite(ROOT, world.tls) as port:
            door = load_door()
            api = AzureApi(door, world, f"https://127.0.0.1:{port}", EvidenceQueue(door), ledger, policy)
            world.parts.append(api.queue)
            for name in ("ledger", "evidence"):
                api.container(name).create_container()
            for path in sorted(ledger.rglob("*")):
                if path.is_file():
                    api.container("ledger").upload_blob(path.relative_to(ledger).as_posix(), path.read_bytes())
            blobs = f'blob_endpoint = "{api.address}/{{account}}"'
            (folder / "dayseal.toml").write_text(f'{settings}\n[azure]\nsubscriptions = ["{SUBSCRIPTION}"]\n{blobs}\n')
            (folder / "trust.policy").write_text(policy.read_text())
            for name, value in {
                "DAYSEAL_CONFIG": str(folder / "dayseal.toml"),
                "DAYSEAL_LEDGER": f"az://{ACCOUNT}/ledger/",
                "DAYSEAL_EVIDENCE": f"az://{ACCOUNT}/evidence/",
                "DAYSEAL_EVIDENCE_QUEUE": f"{world.address}/queues/evidence",
                "DAYSEAL_EVENTS_ROLE": EVENTS_ROLE,
            }.items():
                patch.setenv(name, value)
            yield api
