"""The functions of Azure from their deployed source, indexed and invoked: by Microsoft's worker where there is one."""

import dataclasses
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dayseal.cli.app import run
from dayseal.clouds.local.clock import SystemClock
from dayseal.clouds.local.store import FolderStore
from dayseal.codec import format_day
from dayseal.lookup.jobs import EvidenceJobs, JobRequest, Kind
from dayseal.model import TreeHead
from dayseal.wiring.no_links import NoLinks
from support.aks_days import DAYS, PROD, RESOURCE, write_days
from support.azure_estate import ROOT as GROUP
from support.azure_estate import add_export, add_subscription, aks_cluster
from support.azure_functions import Host, hosting, python_of_azure, unpack_source
from support.azure_server import azure_world
from support.functions_process import ROOT

pytest.importorskip("azure.functions", reason="azure-functions is not installed")


_QUEUE = {"DAYSEAL_EVIDENCE_QUEUE": "https://queue.invalid/evidence"}  # nobody puts anything into it here


@dataclasses.dataclass(frozen=True, slots=True)
class Deployed:
    """An unzipped source, the environment of its app, and a founded workspace, which nobody writes into."""

    source: Path
    environment: dict[str, str]
    workspace: Path

    def afresh(self, folder: Path) -> dict[str, str]:
        """Give the app's environment with a ledger of its own."""
        mine = shutil.copytree(self.workspace, folder / "w")
        places = {f"DAYSEAL_{name.upper()}": str(mine / name) for name in ("ledger", "inbox", "guard", "details")}
        keys = {f"DAYSEAL_{name.upper()}_KEY": str(mine / f"keys/{name}.pem") for name in ("log", "attestor")}
        return self.environment | places | keys | {"DAYSEAL_EVIDENCE": str(mine / "evidence"), **_QUEUE}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A founded ledger, an archive of two days, an Azure with the cluster whose logs those are."""
    folder = tmp_path_factory.mktemp("azure")
    workspace = folder / "w"
    assert run(("init", str(workspace))) == 0
    write_days(folder / "archive")
    with azure_world() as world:
        add_subscription(
            world,
            PROD.account,
            aks_cluster(PROD.account, PROD.name, location=PROD.location, group=RESOURCE, uid=PROD.uid),
        )
        add_export(world)
        where = f'endpoint = "{world.address}"\nlogs_endpoint = "{world.address}"'
        blobs = f'blob_endpoint = "{world.address}/blobs/{{account}}"'
        with (workspace / "dayseal.toml").open("a") as settings:
            settings.write(f'\n[azure]\nmanagement_groups = ["{GROUP}"]\n{where}\n{blobs}\n')
            settings.write(f'\n[[archives]]\nname = "central"\npath = "{folder / "archive"}"\n')
        clock = {f"DAYSEAL_{name}_AT": "0 30 6 * * *" for name in ("DAILY", "ROLL_CALL", "REVERIFY")}
        serves = {"DAYSEAL_SERVES": "attest,pulse,record,lookup,bundle", "DAYSEAL_TIMEOUT_SECONDS": "600"}
        serves["DAYSEAL_REVERIFY_BYTES"] = str(1 << 30)
        environment = world.environment() | clock | serves
        yield Deployed(unpack_source(workspace, folder), environment, workspace)


@pytest.fixture(params=["here", pytest.param("worker", marks=pytest.mark.slow)])
def host(request: pytest.FixtureRequest, deployed: Deployed, tmp_path: Path) -> Iterator[Host]:
    """The functions under this Python, and under Microsoft's worker library with the Python they have in Azure."""
    python = python_of_azure() if request.param == "worker" else None
    if request.param == "worker" and python is None:
        pytest.skip("build/azure-worker is not there: make build/azure-worker/tool.stamp")
    with hosting(deployed.source, deployed.afresh(tmp_path), tmp_path, python) as host:
        if request.param == "worker" and not host.library:
            pytest.skip("no Python 3.13 on this machine, so no worker library")
        assert host.library == (request.param == "worker")
        yield host


def test_what_is_indexed_is_what_the_apps_serve(host: Host) -> None:
    """A trigger that the host cannot read is a function that never runs."""
    triggers = {name: found[0] for name, found in host.functions.items()}
    assert {name: one["type"] for name, one in triggers.items()} == {
        "attest": "timerTrigger",
        "reverify": "timerTrigger",
        "pulse": "timerTrigger",
        "record": "timerTrigger",
        "roll_call": "timerTrigger",
        "lookup": "httpTrigger",
        "bundle": "queueTrigger",
    }
    schedules = {name: one["schedule"] for name, one in triggers.items() if one["type"] == "timerTrigger"}
    assert schedules["attest"] == "%DAYSEAL_DAILY_AT%"
    assert schedules["roll_call"] == "%DAYSEAL_ROLL_CALL_AT%"
    assert all(len(at.split()) == 6 for at in (schedules["pulse"], schedules["record"]))
    assert triggers["lookup"]["route"] == "{*path}"
    assert (triggers["bundle"]["queueName"], triggers["bundle"]["connection"]) == ("evidence", "EvidenceJobs")


class Nobody:
    """Port `JobStarter`: a queue that a test empties itself."""

    def start(self, kind: str, job: str) -> None:
        """Start nothing."""


def made_by(host: Host, jobs: EvidenceJobs, cluster: str, day: str) -> str:
    """Let the function make the bundle of a job that waits; gives the state it is in then."""
    asked = jobs.begin(Kind.PLAIN, JobRequest(cluster=cluster, first=day, last=day), TreeHead(1, b"\0" * 32), Nobody())
    job = dict(asked.more)["Location"].rpartition("/")[2]
    assert host.give("bundle", json.dumps({"kind": "plain", "job": job})) == ""
    assert "NotFoundError" in host.give("bundle", json.dumps({"kind": "events", "job": job}))
    return jobs.read(Kind.PLAIN, job).state


def test_a_day_goes_from_the_timer_into_the_ledger_and_out_to_an_auditor(host: Host, tmp_path: Path) -> None:
    """Attest, record, call the roll, ask, make evidence, read again, and ask for the pulse; each may be done again."""
    assert host.fire("attest") == "", host.lines()
    counts = {line["metric"]: line["value"] for line in host.lines() if "metric" in line}
    assert counts["SealedDays"] == 1
    assert {line["level"] for line in host.lines() if "notice" in line} <= {"ERROR", "WARNING"}
    assert host.fire("record") == "", host.lines()
    assert host.fire("roll_call") == "", host.lines()
    assert host.fire("roll_call") == ""
    called = [line["answer"]["rollCall"] for line in host.lines() if "rollCall" in line.get("answer", {})]
    assert called[-1] is False
    assert called.count(True) <= 1

    (cluster,) = json.loads(host.ask("GET", "/clusters")["body"])["clusters"]
    assert cluster["name"] == PROD.name
    days = json.loads(host.ask("GET", f"/clusters/{cluster['id']}/days")["body"])["days"]
    newest = days[-1]["day"]
    assert newest in [format_day(day) for day in DAYS]
    answer = host.ask("GET", f"/clusters/{cluster['id']}/days/{newest}")
    assert (answer["status"], answer["headers"]["content-type"]) == (200, "application/json")
    assert json.loads(answer["body"])["status"] == "SEALED"
    assert host.ask("GET", "/checkpoint")["headers"]["content-type"] == "text/plain; charset=utf-8"
    assert (
        made_by(
            host, EvidenceJobs(FolderStore(tmp_path / "w/evidence"), NoLinks(""), SystemClock()), cluster["id"], newest
        )
        == "done"
    ), host.lines()

    assert host.fire("reverify") == "", host.lines()
    counts = {line["metric"]: line["value"] for line in host.lines() if "metric" in line}
    assert (counts["ReverifyFailures"], counts["ReverifiedBytes"] > 0) == (0, True)
    assert host.fire("pulse") == "", host.lines()
    counts = {line["metric"]: line["value"] for line in host.lines() if "metric" in line}
    assert counts["PulseClusters"] == 1
    assert counts["RollCallAge"] > 0
    assert counts["ReverifyAge"] >= 0


def test_hostile_requests_are_answered_as_problems(host: Host) -> None:
    """What a caller sends is hostile until it fits."""
    assert host.ask("GET", "/objects/manifests/../../x")["status"] == 404
    assert host.ask("GET", "/objects/manifests/%2e%2e%2fx")["status"] in (404, 422)
    assert host.ask("POST", "/clusters", body="{}")["status"] == 405
    assert host.ask("GET", "/clusters", {"limit": "0"})["status"] in (400, 422)
    answer = host.ask("GET", "/")
    assert (answer["status"], answer["headers"]["content-type"]) == (404, "application/problem+json")


def test_what_breaks_off_is_told_and_fails_the_invocation(deployed: Deployed, tmp_path: Path) -> None:
    """The host tries again what failed, and an alert looks for level ERROR."""
    environment = deployed.afresh(tmp_path) | {"DAYSEAL_LEDGER": str(tmp_path / "nothing")}
    with hosting(deployed.source, environment, tmp_path) as host:
        assert host.fire("record") != ""
        assert [line["level"] for line in host.lines() if "error" in line] == ["ERROR"]


def test_an_app_serves_what_it_is_told_and_nothing_without_being_told(deployed: Deployed, tmp_path: Path) -> None:
    """Somebody's app without settings must not open the ledger to everybody."""
    for serves, expected in (
        ("", set()),
        ("pulse", {"pulse"}),
        ("record", {"record", "roll_call"}),
        ("bundle", {"bundle"}),
    ):
        with hosting(deployed.source, deployed.environment | {"DAYSEAL_SERVES": serves}, tmp_path) as host:
            assert set(host.functions) == expected


@pytest.mark.parametrize(
    ("module", "seconds"),
    [("function_app", 1.0), ("dayseal.wiring.functions_azure_lookup", 1.5), ("dayseal.wiring.functions_azure", 2.0)],
)
def test_a_function_is_imported_soon(module: str, seconds: float) -> None:
    """Every cold start pays for the source, and then for what it serves. The least of three, in the process's time."""
    program = f"import function_app, time; import {module}; print(time.process_time())"
    paths = ":".join(str(ROOT / name) for name in ("shared", "functions/azure"))
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": paths, "DAYSEAL_SERVES": "attest,pulse,record,lookup,bundle"}
    command = [sys.executable, "-c", program]
    took = [float(subprocess.run(command, env=environment, check=True, capture_output=True).stdout) for _ in range(3)]
    assert min(took) < seconds
