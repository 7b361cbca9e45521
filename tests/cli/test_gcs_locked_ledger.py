"""A ledger in a Cloud Storage bucket whose retention policy lets nobody replace or delete anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dayseal.cli.app import run
from dayseal.clouds.gcp.credentials import open_credentials
from dayseal.clouds.gcp.stores import enter_bucket
from dayseal.clouds.objects.dialect import GCS
from dayseal.clouds.objects.store import BucketStore
from dayseal.errors import AccessError
from dayseal.ledger.published import PublishedApart
from dayseal.testing.memory import MemoryStore
from support.gcp_metadata import on_google
from support.gcs_xml import GcsXml, serving_gcs
from support.plain_logs import DAY, write_day

PLACES = ("--bucket", "gs://audit-ledger/", "--guard", "gs://audit-guard/", "--checkpoint", "gs://audit-guard/seen/")
YEARS = 3_650 * 86_400


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GcsXml]:
    """Run on Google Cloud, beside a Cloud Storage whose ledger bucket is locked."""
    with serving_gcs() as (store, address), on_google(monkeypatch, tmp_path / "nobody"):
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
        store.retained["audit-ledger"] = (YEARS, True)
        yield store


def founded(folder: Path) -> Path:
    """Found a ledger; inbox and details lie where retention is another question."""
    assert run(("init", str(folder / "w"), *PLACES)) == 0
    settings = folder / "w/dayseal.toml"
    text = settings.read_text().replace("# workers = 0 ", "workers = 1  # ")
    for name in ("inbox", "details"):
        text = text.replace(f'"gs://audit-ledger/{name}/"', f'"gs://audit-{name}/"')
    settings.write_text(text)
    return settings.parent


def names(content: GcsXml, bucket: str) -> set[str]:
    """Give what lies in a bucket."""
    return {name.removeprefix(f"{bucket}/") for name in content.objects if name.startswith(f"{bucket}/")}


def test_days_are_sealed_and_the_ledger_is_whole(
    content: GcsXml, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Several commits: the second one would already fail on a checkpoint beside them."""
    workspace = str(founded(tmp_path))
    write_day(tmp_path / "logs")
    for _ in range(2):
        said = run(("seal", "--config", workspace, "--archive", str(tmp_path / "logs"), "--day", str(DAY)))
        assert said in (0, 1, 3)
    assert run(("ledger", "fsck", "--config", workspace)) == 0
    assert "seen/checkpoint" in names(content, "audit-guard")
    assert "ledger/checkpoint" not in names(content, "audit-ledger")
    held = [g for name, kept in content.objects.items() if name.startswith("audit-ledger/") for g in kept]
    assert all(g.live for g in held)
    size = int((content.live("audit-guard/seen/checkpoint") or held[0]).data.splitlines()[1])
    bundle = str(tmp_path / "e.zip")
    words = ("evidence", "--cluster", "logs", "--from", str(DAY), "--to", str(DAY), "-o", bundle, "--config", workspace)
    assert run(words) == 0
    assert size > 3
    capsys.readouterr()


def test_the_bucket_itself_refuses_to_replace_what_is_there(content: GcsXml) -> None:
    """The reason for the other place: this is what a recorder would meet with its second commit."""
    bucket, listing = enter_bucket(open_credentials(), "audit-ledger", "ledger")
    store = BucketStore(bucket, GCS, listing)
    store.replace("checkpoint", b"first")
    with pytest.raises(AccessError, match="403 RetentionPolicyNotMet"):
        store.replace("checkpoint", b"second")
    assert content.live("audit-ledger/ledger/checkpoint") is not None


def test_a_checkpoint_put_into_the_locked_bucket_is_never_read() -> None:
    """Nobody could take it away again, so it must not count."""
    ledger, apart = MemoryStore(), MemoryStore()
    ledger.create("checkpoint", b"forged")
    ledger.create("checkpoints/00000000", b"kept")
    store = PublishedApart(ledger, apart)
    assert list(store.keys("")) == ["checkpoints/00000000"]
    store.replace("checkpoint", b"ours")
    apart.create("head.json", b"another's")
    assert store.get("checkpoint") == b"ours"
    assert list(store.keys("")) == ["checkpoint", "checkpoints/00000000"]
    assert ledger.get("checkpoint") == b"forged"


@pytest.mark.parametrize(
    "words",
    [
        ("--checkpoint", "gs://audit-guard/seen/"),
        ("--bucket", "gs://a-ledger/", "--guard", "gs://a-guard/", "--checkpoint", "gs://a-ledger/seen/"),
        ("--bucket", "gs://a-ledger/", "--guard", "gs://a-guard/", "--checkpoint", "s3://a-guard/seen/"),
        ("--bucket", "gs://a-ledger/", "--guard", "gs://a-guard/", "--checkpoint", "gs://a-guard/seen"),
    ],
)
def test_a_place_that_helps_nobody_is_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    """Beside the ledger it could not be replaced either."""
    assert run(("init", str(tmp_path / "w"), *words)) == 2
    assert not (tmp_path / "w").exists()
