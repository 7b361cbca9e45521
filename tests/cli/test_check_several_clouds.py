"""`check` and `doctor` where the settings name more than one cloud."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dayseal.cli.app import run
from support import azure_estate
from support.azure_estate import add_subscription, aks_cluster, subscription_id
from support.azure_server import azure_world
from support.gcp_estate import ORG, add_export, add_project, gke_cluster
from support.gcp_metadata import on_google
from support.gcp_server import google_world
from support.gcp_world import World

LEDGER = '[ledger]\norigin = "example.com/log"\n'
FORGOTTEN = """
[[archives]]
name = "far"
path = "s3://far/"

[[clusters]]
provider = "eks"
account = "111122223333"
location = "eu-central-1"
name = "billing"
uid = "uid-billing"
archive = "far"
"""


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A healthy cluster in Google Cloud, and an AWS that nobody here has credentials for."""
    with google_world() as world, on_google(monkeypatch, tmp_path / "nobody"):
        nowhere(tmp_path, monkeypatch)
        add_project(world, "shop", "111", gke_cluster("prod"))
        add_export(world)
        number = ORG.removeprefix("organizations/")
        there = f'endpoint = "{world.address}"\nentries_endpoint = "{world.entries_address}"'
        gcp = f'[gcp]\norganizations = ["{number}"]\n{there}\n'
        (tmp_path / "dayseal.toml").write_text(f'{LEDGER}\n{gcp}\n[aws]\nregions = ["eu-central-1"]\n{FORGOTTEN}')
        yield world


def nowhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every way away by which this process could get into AWS."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(folder / "none"))


def asked(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Run a verb with --format json; gives the exit code and the document."""
    code = run((*words, "--config", str(folder), "--format", "json"))
    return code, json.loads(capsys.readouterr().out)


def test_check_asks_all_that_the_settings_name_and_one_silent_cloud_hides_no_other(
    estate: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One expired login in the morning, and the report about the other clouds must still come."""
    code, document = asked(tmp_path, capsys, "check")
    found = {one["cluster"][:3]: one["findings"] for one in document["clusters"]}
    verdicts = {name: {f["check"]: f["verdict"] for f in findings} for name, findings in found.items()}
    assert verdicts["gke"]["export-route"] == "PASS"
    assert set(verdicts["eks"].values()) <= {"UNKNOWN", "NOT_APPLICABLE"}
    assert verdicts["eks"]["audit-enabled"] == "UNKNOWN"
    assert any("sts" in scope for scope in document["silentScopes"])
    assert document["complete"] is False
    assert code == 1  # a failure that is known weighs more than what is not
    assert estate.gate.log


def test_three_clouds_are_one_report(
    estate: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line for each cluster wherever it is, and whoever stays silent is named."""
    with azure_world() as azure:
        for name, value in azure.environment().items():
            monkeypatch.setenv(name, value)
        add_subscription(azure, subscription_id(1), aks_cluster(subscription_id(1), "orders"))
        azure_estate.add_export(azure)
        told = f'management_groups = ["root"]\nendpoint = "{azure.address}"\nlogs_endpoint = "{azure.address}"'
        text = (tmp_path / "dayseal.toml").read_text()
        blobs = f'blob_endpoint = "{azure.address}/blobs/{{account}}"'
        (tmp_path / "dayseal.toml").write_text(f"{text}\n[azure]\n{told}\n{blobs}\n")
        _, document = asked(tmp_path, capsys, "check")
    found = {one["cluster"][:3]: {f["check"]: f["verdict"] for f in one["findings"]} for one in document["clusters"]}
    assert {name: verdicts["export-route"] for name, verdicts in found.items()} == {
        "aks": "PASS",
        "eks": "UNKNOWN",
        "gke": "PASS",
    }
    assert document["silentScopes"]
    assert {call.split(":")[0] for call in document["calls"]} >= {"container", "containerservice"}
    assert estate.gate.log


def test_a_silent_cloud_alone_makes_the_answer_unknown(
    estate: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 3, not 0: nobody knows how many clusters there are."""
    estate.gate.refuse("cloudasset:searchAllResources")
    code, document = asked(tmp_path, capsys, "check")
    assert (code, document["complete"]) == (3, False)


def test_doctor_names_the_cloud_that_nobody_can_get_into_and_asks_the_other(
    estate: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever sets three clouds up does one after the other."""
    code, document = asked(tmp_path, capsys, "doctor")
    assert code == 3
    assert any(row["state"] == "granted" and row["action"].startswith("container.") for row in document["permissions"])
    assert any("aws" in scope or "sts" in scope for scope in document["silentScopes"])
    assert estate.gate.log


def test_doctor_of_clouds_that_nobody_can_get_into_names_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first refusal must not be the only one that is told."""
    monkeypatch.setattr("google.auth.compute_engine._metadata._NO_GCE_CHECK", True)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "nobody"))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    nowhere(tmp_path, monkeypatch)
    (tmp_path / "dayseal.toml").write_text(f'{LEDGER}\n[gcp]\nprojects = ["shop"]\n[aws]\nregions = ["eu-central-1"]\n')
    code, document = asked(tmp_path, capsys, "doctor")
    assert code == 3
    assert any(scope.startswith("gcp: no Google Cloud credentials") for scope in document["silentScopes"])
    assert any("sts" in scope or "credentials" in scope for scope in document["silentScopes"][:1])


def test_without_any_table_check_says_which_to_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first run, before anything is configured."""
    (tmp_path / "dayseal.toml").write_text(LEDGER)
    assert run(("check", "--config", str(tmp_path))) == 2
    said = capsys.readouterr().err
    assert all(name in said for name in ("[aws]", "[gcp]", "[azure]"))
