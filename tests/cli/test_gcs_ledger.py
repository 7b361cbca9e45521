"""A workspace whose ledger lies in Cloud Storage, with the ordinary credentials of a machine on Google Cloud."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dayseal.cli.app import run
from support.gcp_metadata import Metadata, on_google
from support.gcs_xml import GcsXml, serving_gcs
from support.plain_logs import DAY, write_day

PLACES = ("--bucket", "gs://audit-ledger/", "--guard", "gs://audit-guard/")


@dataclasses.dataclass(frozen=True)
class Cloud:
    """What lies in Cloud Storage, and what the metadata server was asked."""

    content: GcsXml
    metadata: Metadata


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """Run on Google Cloud, beside a Cloud Storage of our own."""
    empty = tmp_path / "nobody"
    with serving_gcs() as (content, address), on_google(monkeypatch, empty) as metadata:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
        yield Cloud(content, metadata)


def founded(folder: Path) -> str:
    """Found a ledger in the buckets; gives the workspace."""
    assert run(("init", str(folder / "w"), *PLACES)) == 0
    settings = folder / "w/dayseal.toml"
    # Worker processes may have been started by an earlier test, with that test's environment.
    settings.write_text(settings.read_text().replace("# workers = 0 ", "workers = 1  # "))
    return str(folder / "w")


def test_a_day_is_sealed_and_verified_with_the_ledger_in_cloud_storage(
    cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The main job, without anything of AWS."""
    workspace = founded(tmp_path)
    write_day(tmp_path / "logs")
    said = run(
        ("seal", "--config", workspace, "--archive", str(tmp_path / "logs"), "--day", str(DAY), "--format", "json")
    )
    capsys.readouterr()
    assert said in (0, 1, 3)  # plain logs show no configuration; the day is recorded all the same
    assert run(("ledger", "fsck", "--config", workspace)) == 0
    bundle = str(tmp_path / "e.zip")
    words = ("evidence", "--cluster", "logs", "--from", str(DAY), "--to", str(DAY), "-o", bundle, "--config", workspace)
    assert run(words) == 0
    capsys.readouterr()
    run(("verify", bundle, "--trust", f"{workspace}/trust.policy", "--format", "json"))
    assert json.loads(capsys.readouterr().out)[0]["verdict"] == "PASS"
    assert cloud.metadata.access_tokens > 0
    assert {name.partition("/")[0] for name in cloud.content.objects} == {"audit-ledger", "audit-guard"}
    assert "[aws]" not in (tmp_path / "w/dayseal.toml").read_text().replace("# [aws]", "")


def test_what_was_recorded_in_cloud_storage_is_read_in_its_first_generation(
    cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who may overwrite must not be able to change what the ledger says, and `fsck` says who tried."""
    workspace = founded(tmp_path)
    (first,) = [name for name in cloud.content.objects if "/tile/entries/" in name][:1]
    cloud.content.put(first, b"other bytes", None)
    assert run(("ledger", "fsck", "--config", workspace)) == 1
    said = capsys.readouterr()
    assert "version" in said.out + said.err


@pytest.mark.parametrize(
    "places",
    [
        ("--bucket", "gs://audit-ledger/", "--guard", "s3://audit-guard/"),
        ("--bucket", "gs://audit-ledger/", "--guard", "gs://audit-ledger/guard/"),
        (*PLACES, "--region", "eu-central-1"),
        ("--bucket", "gs://audit-ledger/"),
        ("--bucket", "ftp://audit-ledger/", "--guard", "ftp://audit-guard/"),
    ],
)
def test_places_that_make_no_sense_are_refused(places: tuple[str, ...], tmp_path: Path) -> None:
    """A guard beside the ledger is rolled back with it; a Region is AWS's."""
    assert run(("init", str(tmp_path / "w"), *places)) == 2


def test_without_credentials_it_says_how_to_get_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first thing that goes wrong on a new machine."""
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setattr("google.auth.compute_engine._metadata._NO_GCE_CHECK", True)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    assert run(("init", str(tmp_path / "w"), *PLACES)) == 3
    said = capsys.readouterr().err
    assert "no Google Cloud credentials" in said
    assert "gcloud auth application-default login" in said
