"""`check` and `doctor` in Azure with ordinary credentials, against an Azure of our own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dayseal.cli.app import run
from dayseal.clouds.azure.permissions import PERMISSIONS, Where
from support.azure_estate import ROOT, add_export, add_subscription, aks_cluster, subscription_id
from support.azure_server import azure_world
from support.azure_world import World

LEDGER = '[ledger]\norigin = "example.com/log"\n'
SHOP = subscription_id(1)
NOT_ASKED = {
    "containerservice:managedClusters.get",  # the subscription's listing shows the cluster
    "storage:blobs.get",  # sealing
    "storage:encryptionScopes.get",  # the container has none of its own
}


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Run on a machine of an Azure with a management group, a subscription, a cluster and a healthy export."""
    with azure_world() as world:
        for name, value in world.environment().items():
            monkeypatch.setenv(name, value)
        add_subscription(world, SHOP, aks_cluster(SHOP, "prod"))
        add_export(world)
        write_settings(tmp_path, world)
        yield world


def write_settings(folder: Path, world: World) -> None:
    """Write settings that look into the management group."""
    where = f'endpoint = "{world.address}"\nlogs_endpoint = "{world.address}"'
    blobs = f'blob_endpoint = "{world.address}/blobs/{{account}}"'
    text = f'{LEDGER}\n[azure]\nmanagement_groups = ["{ROOT}"]\n{where}\n{blobs}\n'
    (folder / "dayseal.toml").write_text(text)


def asked(folder: Path, capsys: pytest.CaptureFixture[str], verb: str, *words: str) -> tuple[int, dict[str, Any]]:
    """Run a verb with --format json; gives the exit code and the document."""
    code = run((verb, "--provider", "azure", "--config", str(folder), "--format", "json", *words))
    return code, json.loads(capsys.readouterr().out)


def verdicts_of(document: dict[str, Any]) -> dict[str, str]:
    """Give the verdicts of the only cluster."""
    (cluster,) = document["clusters"]
    return {finding["check"]: finding["verdict"] for finding in cluster["findings"]}


def test_check_judges_a_healthy_route_in_azure(
    estate: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first question: is it on, shipped, locked?"""
    code, document = asked(tmp_path, capsys, "check")
    verdicts = verdicts_of(document)
    assert document["complete"] is True, document["silentScopes"]
    assert verdicts["audit-enabled"] == "PASS"
    assert verdicts["audit-coverage"] == "PASS"
    assert verdicts["export-route"] == "PASS"
    assert verdicts["archive-immutable"] == "PASS"
    assert verdicts["monitored"] == "PASS"
    assert code in (0, 1, 3)
    assert estate.gate.log


def test_check_with_changes_asks_for_continuity(
    estate: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only then the Activity Log is read for changes."""
    assert "continuity" not in verdicts_of(asked(tmp_path, capsys, "check")[1])
    assert "continuity" in verdicts_of(asked(tmp_path, capsys, "check", "--changes", "--since", "2026-11-01")[1])
    assert estate.gate.log


def test_a_refused_scope_is_named_and_is_no_empty_management_group(
    estate: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Silence never becomes a pass."""
    estate.gate.refuse("management:descendants.list")
    code, document = asked(tmp_path, capsys, "check")
    assert code == 3
    assert document["complete"] is False
    assert any(ROOT in scope for scope in document["silentScopes"])


def test_doctor_names_each_action_and_what_became_of_it(
    estate: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that is called granted and was never tried would be found missing in production."""
    run(("doctor", "--config", str(tmp_path), "--format", "json"))
    rows = json.loads(capsys.readouterr().out)["permissions"]
    assert len(rows) == len(PERMISSIONS)
    assert {row["state"] for row in rows} == {"granted", "not asked"}, [r for r in rows if r["state"] == "missing"]
    others = zip(rows, PERMISSIONS, strict=True)
    not_asked = {
        p.call for row, p in others if row["state"] == "not asked" and p.where not in (Where.LEDGER, Where.KEY)
    }
    assert not_asked == NOT_ASKED
    assert estate.gate.log


def test_doctor_names_what_is_missing(estate: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The usual mistake: a role that lacks what lies outside the cluster."""
    estate.gate.refuse("insights:diagnosticSettings.list")
    run(("doctor", "--provider", "azure", "--config", str(tmp_path), "--format", "json"))
    rows = json.loads(capsys.readouterr().out)["permissions"]
    missing = [row for row in rows if row["state"] == "missing"]
    assert [row["action"] for row in missing] == ["Microsoft.Insights/diagnosticSettings/read"]
    assert "prod" in missing[0]["detail"]


@pytest.mark.parametrize("verb", ["check", "doctor"])
def test_without_credentials_it_says_how_to_get_some(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first thing that goes wrong on a new machine."""
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "AZURE_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    (tmp_path / "dayseal.toml").write_text(f'{LEDGER}\n[azure]\nsubscriptions = ["{SHOP}"]\n')
    assert run((verb, "--provider", "azure", "--config", str(tmp_path))) == 3
    said = capsys.readouterr().err
    assert "no Azure credentials" in said
    assert "az login" in said


def test_without_a_table_it_says_what_to_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second thing."""
    (tmp_path / "dayseal.toml").write_text(LEDGER)
    assert run(("check", "--provider", "azure", "--config", str(tmp_path))) == 2
    assert "[azure]" in capsys.readouterr().err
