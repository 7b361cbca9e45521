"""`check` and `doctor` on Google Cloud with ordinary credentials, against a Google Cloud of our own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dayseal.cli.app import run
from dayseal.clouds.gcp.permissions import PERMISSIONS
from support.gcp_estate import FOLDER, ORG, add_export, add_project, gke_cluster
from support.gcp_metadata import on_google
from support.gcp_server import google_world
from support.gcp_world import World

LEDGER = '[ledger]\norigin = "example.com/log"\n'
SEALING = {
    "storage.objects.get",
    "cloudkms.cryptoKeys.get",  # the bucket has no key of its own
    "cloudkms.cryptoKeyVersions.viewPublicKey",
    "cloudkms.cryptoKeyVersions.useToSign",
    "logging.buckets.get",  # no sink fills a log bucket elsewhere
}


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Run on Google Cloud beside an organisation with a project, a cluster and a healthy export."""
    with google_world() as world, on_google(monkeypatch, tmp_path / "nobody"):
        add_project(world, "shop", "111", gke_cluster("prod"))
        add_export(world)
        write_settings(tmp_path, world)
        yield world


def write_settings(folder: Path, world: World) -> None:
    """Write settings that look into the organisation."""
    number = ORG.removeprefix("organizations/")
    where = f'organizations = ["{number}"]\nendpoint = "{world.address}"\nentries_endpoint = "{world.entries_address}"'
    (folder / "dayseal.toml").write_text(f"{LEDGER}\n[gcp]\n{where}\n")


def asked(folder: Path, capsys: pytest.CaptureFixture[str], verb: str, *words: str) -> tuple[int, dict[str, Any]]:
    """Run a verb with --format json; gives the exit code and the document."""
    code = run((verb, "--provider", "gcp", "--config", str(folder), "--format", "json", *words))
    return code, json.loads(capsys.readouterr().out)


def verdicts_of(document: dict[str, Any]) -> dict[str, str]:
    """Give the verdicts of the only cluster."""
    (cluster,) = document["clusters"]
    return {finding["check"]: finding["verdict"] for finding in cluster["findings"]}


def test_check_judges_a_healthy_route_on_google_cloud(
    estate: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first question: is it on, shipped, locked?"""
    code, document = asked(tmp_path, capsys, "check")
    verdicts = verdicts_of(document)
    assert document["complete"] is True
    assert verdicts["audit-enabled"] == "PASS"
    assert verdicts["export-route"] == "PASS"
    assert verdicts["archive-immutable"] == "PASS"
    assert verdicts["audit-coverage"] == "FAIL"  # Data Access is off by default
    assert code == 1
    assert estate.gate.log


def test_check_with_changes_asks_for_continuity(
    estate: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only then Admin Activity is read."""
    assert "continuity" not in verdicts_of(asked(tmp_path, capsys, "check")[1])
    assert "continuity" in verdicts_of(asked(tmp_path, capsys, "check", "--changes", "--since", "2026-11-01")[1])
    assert estate.gate.log


def test_a_refused_scope_is_named_and_is_no_empty_organisation(
    estate: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Silence never becomes a pass."""
    estate.gate.refuse("cloudasset:searchAllResources")
    code, document = asked(tmp_path, capsys, "check")
    assert code == 3
    assert document["complete"] is False
    assert any(ORG in scope for scope in document["silentScopes"])


def test_doctor_names_each_permission_and_what_became_of_it(
    estate: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that is called granted and was never tried would be found missing in production."""
    run(("doctor", "--config", str(tmp_path), "--format", "json"))
    rows = json.loads(capsys.readouterr().out)["permissions"]
    assert len(rows) == len(PERMISSIONS)
    not_asked = {row["action"] for row in rows if row["state"] == "not asked" and row["where"] != "ledger"}
    assert not_asked == SEALING
    assert {row["state"] for row in rows} == {"granted", "not asked"}
    assert estate.gate.log


def test_doctor_names_what_is_missing_above_the_project(
    estate: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The usual mistake: a role that was granted on the projects only."""
    estate.gate.refuse("cloudresourcemanager:folders.getIamPolicy")
    run(("doctor", "--provider", "gcp", "--config", str(tmp_path), "--format", "json"))
    rows = json.loads(capsys.readouterr().out)["permissions"]
    missing = [row for row in rows if row["state"] == "missing"]
    assert [row["action"] for row in missing] == ["resourcemanager.folders.getIamPolicy"]
    assert FOLDER in missing[0]["detail"]


@pytest.mark.parametrize("verb", ["check", "doctor"])
def test_without_credentials_it_says_how_to_get_some(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first thing that goes wrong on a new machine."""
    monkeypatch.setattr("google.auth.compute_engine._metadata._NO_GCE_CHECK", True)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "nobody"))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    (tmp_path / "dayseal.toml").write_text(f'{LEDGER}\n[gcp]\nprojects = ["shop"]\n')
    assert run((verb, "--provider", "gcp", "--config", str(tmp_path))) == 3
    said = capsys.readouterr().err
    assert "no Google Cloud credentials" in said
    assert "gcloud auth application-default login" in said


def test_without_a_table_it_says_what_to_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second thing."""
    (tmp_path / "dayseal.toml").write_text(LEDGER)
    assert run(("check", "--provider", "gcp", "--config", str(tmp_path))) == 2
    assert "[gcp]" in capsys.readouterr().err
