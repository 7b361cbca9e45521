"""Sealing GKE days on Google Cloud: archive and ledger in Cloud Storage, the attestor's key in Cloud KMS."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from dayseal.cli.app import run
from support.gcp_estate import BUCKET, ORG, add_export, add_project, gke_cluster
from support.gcp_metadata import on_google
from support.gcp_server import google_world
from support.gcp_world import World
from support.gcs_xml import serving_gcs
from support.gke_days import DAY, PROD, day_objects, put_day


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Run on Google Cloud with a day of logs in the archive; Cloud Storage's two APIs are played by two servers."""
    with google_world() as world, serving_gcs() as (_, ledgers), on_google(monkeypatch, tmp_path / "nobody"):
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", ledgers)
        add_project(world, "shop", "111", gke_cluster("prod"))
        add_export(world)
        put_day(world)
        yield world


def founded(folder: Path, world: World, *keys: str) -> str:
    """Found a ledger in Cloud Storage, and say where clusters and archive are; gives the workspace."""
    places = ("--bucket", "gs://audit-ledger/", "--guard", "gs://audit-guard/")
    assert run(("init", str(folder / "w"), *places, *keys)) == 0
    settings = folder / "w/dayseal.toml"
    number = ORG.removeprefix("organizations/")
    text = settings.read_text().replace("# workers = 0 ", "workers = 1  # ")
    where = f'organizations = ["{number}"]\nendpoint = "{world.address}"\nentries_endpoint = "{world.entries_address}"'
    archive = f'[[archives]]\nname = "central"\npath = "gs://{BUCKET}/"\n'
    settings.write_text(f"{text}\n[gcp]\n{where}\n\n{archive}")
    return str(folder / "w")


def test_a_day_is_sealed_proved_and_caught_changing_on_google_cloud(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The main job."""
    workspace = founded(tmp_path, world)
    capsys.readouterr()
    run(("seal", "--config", workspace, "--day", str(DAY), "--format", "json"))
    said = capsys.readouterr()
    (cluster,) = json.loads(said.out)[0]["clusters"]
    records = sum(one.records for one in day_objects())
    assert (cluster["cluster"], cluster["status"], cluster["events"]) == (PROD.text, "SEALED", records), said.err
    findings = {f["check"]: f["verdict"] for f in cluster["findings"]}
    assert findings["audit-enabled"] == "PASS"
    assert findings["export-route"] == "PASS"
    assert {"audit-coverage", "retention", "archive-immutable", "continuity", "arrival"} <= set(findings)
    assert run(("ledger", "fsck", "--config", workspace)) == 0
    bundle = str(tmp_path / "e.zip")
    span = ("--from", str(DAY), "--to", str(DAY))
    assert run(("evidence", "--cluster", "prod", *span, "-o", bundle, "--with-events", "--config", workspace)) == 0
    capsys.readouterr()
    run(("verify", bundle, "--trust", f"{workspace}/trust.policy", "--format", "json"))
    assert json.loads(capsys.readouterr().out)[0]["verdict"] == "PASS"
    assert run(("reverify", "--config", workspace)) == 0
    capsys.readouterr()
    world.storage.objects[BUCKET][day_objects()[1].key][-1].shown["timeDeleted"] = "2026-11-23T06:30:00Z"
    assert run(("reverify", "--config", workspace)) == 1
    assert "marker" in capsys.readouterr().err


def test_keys_stay_in_cloud_kms_and_are_pinned(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What KMS says at `init` is what is trusted from there on; another key under the name is refused."""
    attestor, _ = world.kms.add("attestor", ec.generate_private_key(ec.SECP256R1()))
    log, _ = world.kms.add("log", ed25519.Ed25519PrivateKey.generate())
    with pytest.MonkeyPatch.context() as patch:  # a workspace that is not there yet cannot name another host
        patch.setattr("dayseal.wiring.gcp.gcp_access", lambda _: world.access())
        workspace = founded(tmp_path, world, "--attestor-key", attestor, "--log-key", log)
    text = (tmp_path / "w/dayseal.toml").read_text()
    assert f'attestor = "{attestor}"' in text
    assert 'attestor_public = "' in text
    assert not (tmp_path / "w/keys/attestor.pem").exists()
    capsys.readouterr()
    run(("seal", "--config", workspace, "--day", str(DAY), "--format", "json"))
    (cluster,) = json.loads(capsys.readouterr().out)[0]["clusters"]
    assert cluster["status"] == "SEALED"
    world.kms.add("attestor", ec.generate_private_key(ec.SECP256R1()))
    assert run(("reverify", "--config", workspace)) == 1
    assert "pinned" in capsys.readouterr().err
