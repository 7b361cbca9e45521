"""Records of a cluster that no provider runs are compared with the policy file its settings name."""

from pathlib import Path

import pytest

from dayseal.cli.app import run
from support.plain_logs import DAY, write_day

HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n"
METADATA = f"{HEAD}- level: Metadata\n"
LEASES_WITH_BODIES = (
    f"{HEAD}- level: Request\n  resources: [{{group: coordination.k8s.io, resources: [leases]}}]\n- level: Metadata\n"
)


def judged(folder: Path, policy: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Seal the day of an archive that names a policy, and give what `explain` says of check `audit-policy`."""
    write_day(folder / "logs")
    assert run(["init", str(folder / "w")]) == 0
    (folder / "w" / "policy.yaml").write_text(policy)
    settings = folder / "w" / "dayseal.toml"
    told = '\n[[archives]]\nname = "logs"\npath = "../logs"\naudit_policy = "policy.yaml"\n'
    settings.write_text(settings.read_text() + told)
    run(["seal", "--config", str(settings), "--day", str(DAY)])
    capsys.readouterr()
    run(["explain", "logs", "--check", "audit-policy", "--config", str(settings)])
    return capsys.readouterr().out


def test_records_as_the_file_says_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of them, in one process and in workers."""
    said = judged(tmp_path, METADATA, capsys)
    assert "audit-policy: PASS. 5761 of 5761 records are as your policy" in said


def test_less_than_the_file_says_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever swapped the server's policy for a laxer one shows in the records."""
    said = judged(tmp_path, LEASES_WITH_BODIES, capsys)
    assert "audit-policy: FAIL. recorded at a lower level than your policy says" in said
    assert "leases" in said


@pytest.mark.parametrize(
    ("policy", "said"), [("kind: Pod\n", "Policy promised"), (f"{HEAD}- level: Loud\n", "kube-apiserver accepts")]
)
def test_a_file_no_server_starts_with_stops_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], policy: str, said: str
) -> None:
    """Before anything is read or attested."""
    write_day(tmp_path / "logs")
    assert run(["init", str(tmp_path / "w")]) == 0
    settings = tmp_path / "w" / "dayseal.toml"
    (tmp_path / "w" / "policy.yaml").write_text(policy)
    told = '\n[[archives]]\nname = "logs"\npath = "../logs"\naudit_policy = "policy.yaml"\n'
    settings.write_text(settings.read_text() + told)
    assert run(["seal", "--config", str(settings), "--day", str(DAY)]) != 0
    assert said in capsys.readouterr().err
    (tmp_path / "w" / "policy.yaml").unlink()
    assert run(["seal", "--config", str(settings), "--day", str(DAY)]) != 0
    assert "cannot be read" in capsys.readouterr().err
