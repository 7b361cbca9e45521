"""The built functions under the runtime that Lambda has, behind its emulator, against moto: nothing in this process."""

import contextlib
import dataclasses
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from dayseal.codec import sha256_hex
from support.function_cloud import ARCHIVES, DAY, FunctionCloud, function_cloud
from support.gateway import Reply, answer_event, event_of
from support.lambda_runtime import Answer, Artifacts, Function, running
from support.moto_world_gate import Request

pytestmark = pytest.mark.slow
_RUN = {"run": "run-1", "day": str(DAY)}


@dataclasses.dataclass(slots=True)
class Fleet:
    """Functions that are started when they are first invoked, and stay warm."""

    cloud: FunctionCloud
    artifacts: Artifacts
    folder: Path
    until: contextlib.ExitStack
    warm: dict[str, Function] = dataclasses.field(default_factory=dict)

    def call(self, name: str, event: dict[str, Any]) -> Answer:
        """Invoke a function."""
        if name not in self.warm:
            self.warm[name] = self.until.enter_context(
                running(self.artifacts, name, self.folder / f"{name}.log", self.cloud.environment)
            )
        return self.warm[name].invoke(event)

    def done(self, name: str, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke a function that must answer without an error."""
        answer = self.call(name, event)
        assert not answer.error, f"{answer.error}\n{self.warm[name].log()[-4000:]}"
        return dict(answer.document)

    def ask(self, method: str, target: str, body: bytes = b"") -> Reply:
        """Ask the look-up function as API Gateway would."""
        headers = {"content-type": "application/json"} if body else {}
        return answer_event(self.done("lookup", event_of(method, target, headers, body)))


@pytest.fixture(scope="module")
def fleet(artifacts: Artifacts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """All functions, and the day sealed by them in the state machine's order."""
    folder = tmp_path_factory.mktemp("emulator")
    with function_cloud(folder) as cloud, contextlib.ExitStack() as until:
        cloud.set_variable(
            "DAYSEAL_EVIDENCE", f"s3://{cloud.world.add_bucket(cloud.world.home, 'evidence', lock=False)}/"
        )
        cloud.set_variable("DAYSEAL_EVIDENCE_FUNCTION", "evidence")
        fleet = Fleet(cloud, artifacts, folder, until)
        found = fleet.done("discover", {"run": "run-1", "input": {"day": str(DAY)}})
        for place in found["places"]:
            fleet.done("check", place)
        for archive in found["archives"]:
            planned = fleet.done("plan", archive)
            for shard in range(planned["count"]):
                fleet.done("digest", {**archive, "shard": shard})
        yield fleet


def test_a_scheduled_run_ends_with_a_roll_call(fleet: Fleet) -> None:
    """Discover to recorder, each task in a runtime of its own."""
    sealed = fleet.done("seal", _RUN)
    assert sealed["verdicts"] == {"PASS": 2, "FAIL": 1, "UNKNOWN": 0, "NOT_APPLICABLE": 0}
    recorded = fleet.done("recorder", {"rollCall": str(DAY)})
    assert (recorded["admitted"], recorded["size"], recorded["rollCall"]) == (7, 10, True)
    assert [fleet.cloud.statement(name).status for name in ("prod", "far", "off")] == ["SEALED", "SEALED", "NO_DATA"]
    assert fleet.cloud.cli("ledger", "fsck")[0] == 0


def test_a_retried_invocation_states_nothing_twice(fleet: Fleet) -> None:
    """Lambda may invoke twice; the first try may have died anywhere."""
    before, size = fleet.cloud.work(), fleet.cloud.reader().tree_head.size
    for archive in ARCHIVES:
        again = fleet.done("digest", {**_RUN, "archive": archive, "shard": 0})
        assert (again["shard"], again["unreadable"]) == (0, 0)
    assert fleet.done("seal", _RUN)["clusters"] == 3
    assert fleet.done("recorder", {})["admitted"] == 0
    assert (fleet.cloud.work(), fleet.cloud.reader().tree_head.size) == (before, size)


def test_the_functions_around_the_day_run_too(fleet: Fleet, tmp_path: Path) -> None:
    """Pulse, reading again and longer locks: each has imports and an environment of its own."""
    assert fleet.done("pulse", {}) == {"clusters": 3, "failed": 1, "unknown": 0}
    assert fleet.done("reverify", {})["verdict"] == "PASS"
    place, objects = fleet.cloud.lock_a_copy()
    given = {**fleet.cloud.environment, "DAYSEAL_LEDGER": place}
    with running(fleet.artifacts, "extend", tmp_path / "log", given) as function:
        extended = function.invoke({}).document
    assert (extended["extended"], extended["more"]) == (objects, False)


def test_a_look_up_gives_a_day_and_its_proof(fleet: Fleet) -> None:
    """Pydantic and the event handler are in the artifact."""
    clusters = json.loads(fleet.ask("GET", "/clusters").body)["clusters"]
    assert len(clusters) == 3
    prod = next(one["id"] for one in clusters if one["id"].startswith("prod"))
    day = fleet.ask("GET", f"/clusters/{prod}/days/{DAY}")
    assert (day.status, b"PASS" in day.body or b"envelope" in day.body) == (200, True)
    assert fleet.ask("GET", f"/clusters/{prod}/days/tomorrow").status == 422


def test_an_evidence_job_is_started_by_one_function_and_made_by_another(fleet: Fleet) -> None:
    """The link gives the bundle, and the bundle verifies with the trust policy alone."""
    started: list[Request] = []

    def take(request: Request) -> dict[str, Any]:
        started.append(request)
        return {}

    fleet.cloud.world.gate.additions["lambda:POST /2015-03-31/functions/evidence/invocations"] = take
    clusters = json.loads(fleet.ask("GET", "/clusters").body)["clusters"]
    prod = next(one["id"] for one in clusters if one["id"].startswith("prod"))
    wanted = {"cluster": prod, "from": str(DAY), "to": str(DAY)}
    reply = fleet.ask("POST", "/evidence", json.dumps(wanted).encode())
    assert reply.status == 202, reply
    (request,) = started
    event = json.loads(request.text.partition("? ")[2])
    assert fleet.done("evidence", event)["state"] == "done"
    job = json.loads(fleet.ask("GET", reply.headers["Location"]).body)
    data = urllib3.request("GET", job["url"]).data
    assert sha256_hex(data) == job["sha256"]
    (fleet.folder / "bundle.zip").write_bytes(data)
    assert fleet.cloud.verify(str(fleet.folder / "bundle.zip")) == "PASS"


def test_a_function_without_its_layer_says_what_is_missing(fleet: Fleet, tmp_path: Path) -> None:
    """An init error: the handler was never reached, and Lambda reports it as such."""
    with running(fleet.artifacts, "seal", tmp_path / "log", fleet.cloud.environment, layer=False) as function:
        answer = function.invoke(_RUN)
    assert answer.error.startswith("Runtime.ImportModuleError: Unable to import module 'seal'")


def test_a_function_that_is_killed_works_again_and_has_written_nothing(fleet: Fleet, tmp_path: Path) -> None:
    """A time-out in the middle of a shard: the next invocation is a cold start that does all of it."""
    gate, shard = fleet.cloud.world.gate, {"run": "run-2", "day": str(DAY), "archive": ARCHIVES[0], "shard": 0}
    fleet.done("discover", {"run": "run-2", "input": {"day": str(DAY)}})
    fleet.done("plan", {key: shard[key] for key in ("run", "day", "archive")})
    archive, healed = fleet.cloud.world.bucket(ARCHIVES[0]), threading.Event()

    def dawdle(request: Request) -> None:
        if archive in request.text:
            healed.wait(60)

    gate.additions["s3:GetObject"] = dawdle
    try:
        with running(fleet.artifacts, "digest", tmp_path / "log", fleet.cloud.environment, timeout_s=30) as function:
            killed = function.invoke(shard)
            assert "Task timed out after 30.00 seconds" in killed.error
            assert not any("run-2/results" in key for key in fleet.cloud.work())
            healed.set()
            again = function.invoke(shard)
    finally:
        healed.set()
        del gate.additions["s3:GetObject"]
    assert not again.error
    assert again.document["unreadable"] == 0
