"""`seal` and `doctor` ring the alarm of submissions that no checkpoint covers."""

import json
from pathlib import Path

import msgspec
import pytest

from dayseal.attest.keys import keyid_of
from dayseal.cli.app import run
from dayseal.clouds.local.signer import read_key
from dayseal.clouds.local.store import FolderStore
from dayseal.ledger.inbox import Submitter
from dayseal.testing import statements
from dayseal.testing.world import seal as sealed
from support.plain_logs import DAY, write_day


@pytest.fixture
def workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A workspace beside one day of logs."""
    write_day(tmp_path / "logs")
    assert run(("init", str(tmp_path / "w"))) == 0
    capsys.readouterr()
    return tmp_path / "w"


def submit_early_inventory(workspace: Path) -> None:
    """Submit number 5 of a chain that has no number 4, signed years ago."""
    key = read_key(workspace / "keys/attestor.pem")
    said = statements.inventory(statements.chain(5, "00" * 32))
    envelope = sealed(msgspec.structs.replace(said, at="2024-05-02T06:30:00Z"), key)
    Submitter(FolderStore(workspace / "inbox"), keyid_of(key.spki)).submit(envelope, "~inventory", 5, {})


def test_seal_and_doctor_ring_the_alarm(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The day may be sealed well: what got stuck before is still not recorded."""
    logs = str(workspace.parent / "logs")
    assert run(("doctor", "--config", str(workspace))) == 0
    submit_early_inventory(workspace)
    capsys.readouterr()
    assert run(("seal", "--config", str(workspace), "--archive", logs, "--day", str(DAY), "--format", "json")) == 1
    said = capsys.readouterr()
    (row,) = json.loads(said.out)[0]["overdue"]
    assert row["reason"] == "the recorder waits with it: early: number 5, the chain needs 1 next"
    assert "ALARM: ~inventory number 5, signed at 2024-05-02T06:30:00Z, is in no checkpoint after 24 hours" in said.err

    assert run(("doctor", "--config", str(workspace), "--format", "json")) == 1
    said = capsys.readouterr()
    assert [one["reason"] for one in json.loads(said.out)["overdue"]] == ["its chain needs number 1 first"]
    assert "ALARM: ~inventory number 5" in said.err


def test_doctor_says_when_it_cannot_look(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not knowing is not passing."""
    (workspace / "ledger/checkpoint").unlink()
    for kept in (workspace / "ledger/checkpoints").iterdir():
        kept.unlink()
    assert run(("doctor", "--config", str(workspace))) == 3
    assert "checkpoint: no such object" in capsys.readouterr().err
