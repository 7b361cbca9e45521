"""The functions of Google Cloud, each run as Google runs it and called as its callers call it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dayseal.cli.app import run
from dayseal.codec import format_day
from support.free_ports import free_port
from support.functions_process import ROOT, serving_function
from support.gcp_estate import BUCKET, ORG, add_export, add_project, gke_cluster
from support.gcp_metadata import environment_of, on_google, serving_metadata
from support.gcp_server import google_world
from support.gcs_xml import serving_gcs
from support.gke_days import DAY, day_objects, put_day

functions_framework = pytest.importorskip("functions_framework", reason="the functions framework is not installed")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """Give a folder with a function's settings, whose ledger is founded, and the environment of its process."""
    folder = tmp_path_factory.mktemp("source")
    with google_world() as world, serving_gcs() as (_, ledgers), serving_metadata() as (_, metadata):
        add_project(world, "shop", "111", gke_cluster("prod"))
        add_export(world)
        put_day(world)
        environment = environment_of(metadata, folder / "nobody") | {"STORAGE_EMULATOR_HOST": ledgers}
        environment["DAYSEAL_REVERIFY_BYTES"] = "1000000000"
        with pytest.MonkeyPatch.context() as patch, on_google(patch, folder / "nobody"):
            patch.setenv("STORAGE_EMULATOR_HOST", ledgers)
            places = ("--bucket", "gs://audit-ledger/", "--guard", "gs://audit-guard/")
            assert run(("init", str(folder / "w"), *places)) == 0
        where = f'endpoint = "{world.address}"\nentries_endpoint = "{world.entries_address}"'
        number = ORG.removeprefix("organizations/")
        with (folder / "w/dayseal.toml").open("a") as settings:
            settings.write(f'\n[gcp]\norganizations = ["{number}"]\n{where}\n')
            settings.write(f'\n[[archives]]\nname = "central"\npath = "gs://{BUCKET}/"\n')
        yield folder / "w", environment


def test_a_day_goes_from_the_scheduler_s_call_into_the_ledger_and_out_to_an_auditor(
    cloud: tuple[Path, dict[str, str]],
) -> None:
    """Attest, record, call the roll, ask: four processes that share nothing but the buckets."""
    folder, environment = cloud
    records = sum(one.records for one in day_objects())
    with serving_function("attest", folder, environment, free_port()) as attest:
        status, said = attest.post({"day": format_day(DAY)})
        assert (status, said["day"], said["clusters"]) == (200, format_day(DAY), 1), attest.log.read_text()
        counts = {line["metric"]: line["value"] for line in attest.lines() if "metric" in line}
        assert counts["SealedDays"] == 1
        notices = [line for line in attest.lines() if "notice" in line]
        assert notices[0]["severity"] in ("ERROR", "WARNING")
    with serving_function("record", folder, environment, free_port()) as record:
        status, said = record.post({"rollCall": True})
        assert (status, said["rollCall"], said["rejected"]) == (200, True, 0), record.log.read_text()
        assert record.post({"rollCall": True})[1]["rollCall"] is False
    with serving_function("lookup", folder, environment, free_port()) as lookup:
        clusters = json.loads(lookup.get("/clusters")[2])["clusters"]
        assert [one["name"] for one in clusters] == ["prod"]
        status, headers, body = lookup.get(f"/clusters/{clusters[0]['id']}/days/{DAY}")
        assert (status, headers["content-type"], json.loads(body)["status"]) == (200, "application/json", "SEALED")
        assert lookup.get("/checkpoint")[0] == 200
        assert lookup.get("/objects/manifests/../../x")[0] in (404, 422)
        assert lookup.request("POST", "/clusters", b"{}", {})[0] == 405
        assert lookup.get("/clusters?limit=0")[0] == 422
    with serving_function("pulse", folder, environment, free_port()) as pulse:
        status, said = pulse.post({})
        assert (status, said["clusters"]) == (200, 1), pulse.log.read_text()
        counts = {line["metric"]: line["value"] for line in pulse.lines() if "metric" in line}
        assert counts["PulseClusters"] == 1
        assert counts["RollCallAge"] > 0
        assert counts["ReverifyAge"] >= 0
    with serving_function("reverify", folder, environment, free_port()) as reverify:
        status, said = reverify.post({})
        assert (status, said["days"], said["verdict"]) == (200, 1, "PASS"), reverify.log.read_text()
    with serving_function("extend", folder, environment, free_port()) as extend:
        status, said = extend.post({})
        assert (status, said["locked"]) == (200, False), extend.log.read_text()
    assert records > 0


def test_a_function_that_breaks_off_answers_500_and_says_why(tmp_path: Path) -> None:
    """The scheduler tries again what was not answered with 2xx, and an alert looks for severity ERROR."""
    with serving_function("attest", tmp_path, {}, free_port()) as attest:
        assert attest.post({})[0] == 500
        (line,) = [line for line in attest.lines() if line["severity"] == "ERROR"]
        assert "no settings file" in line["message"]


@pytest.mark.parametrize(
    ("module", "seconds"),
    [("main", 1.0), ("dayseal.wiring.functions_gcp_lookup", 1.5), ("dayseal.wiring.functions_gcp", 2)],
)
def test_a_function_is_imported_soon(module: str, seconds: float) -> None:
    """Every cold start pays for the source, and then for one target. The least of three, in the process's own time."""
    program = f"import main, time; import {module}; print(time.process_time())"
    paths = os.pathsep.join(str(ROOT / name) for name in ("shared", "functions/gcp"))
    command, environment = [sys.executable, "-c", program], {"PATH": os.defpath, "PYTHONPATH": paths}
    took = [float(subprocess.run(command, env=environment, check=True, capture_output=True).stdout) for _ in range(3)]
    assert min(took) < seconds
