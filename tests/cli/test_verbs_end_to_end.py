"""The verbs as a person uses them, one after the other, on a plain folder of logs."""

import json
from pathlib import Path

import pytest

from dayseal.cli.app import run
from support.plain_logs import DAY, EXEC_ID, write_day

NOW = "2024-05-02T07:00:00Z"


class Desk:
    """One person's folder, and what the last command printed."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def path(self, name: str) -> str:
        """Give the path of something in the folder."""
        return str(self.folder / name)

    def run(self, *words: str) -> tuple[int, str, str]:
        """Give exit code, stdout and stderr of one command line."""
        code = run(words)
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def workspace(self, *words: str) -> tuple[int, str, str]:
        """Run a command on the workspace `w`."""
        return self.run(*words, "--config", self.path("w/dayseal.toml"))


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A workspace, and one sealed day of a cluster that the records alone name."""
    desk = Desk(tmp_path, capsys)
    write_day(tmp_path / "logs")
    assert desk.run("init", desk.path("w"))[0] == 0
    assert seal(desk)[0] == 0
    return desk


def seal(desk: Desk) -> tuple[int, str, str]:
    """Seal the one day."""
    return desk.workspace("seal", "--archive", desk.path("logs"), "--day", str(DAY))


def test_a_sealed_day_is_shown_as_promised(desk: Desk) -> None:
    """The first thing anybody asks."""
    code, out, _ = desk.workspace("show", "logs", str(DAY))
    assert code == 0
    assert f"batch {DAY}: SEALED, PASS" in out
    assert "5761 records" in out
    code, out, _ = desk.workspace("gaps", "--as-of", NOW)
    assert (code, out) == (0, "none: 1 days of 1 clusters met expectation\n")


def test_sealing_a_day_again_attests_nothing_twice(desk: Desk) -> None:
    """Two statements about one state would be two truths."""
    before = desk.workspace("ledger", "head")[1]
    code, out, _ = seal(desk)
    assert code == 0
    assert "unchanged, SEALED" in out
    assert desk.workspace("ledger", "head")[1] == before


def test_one_event_is_proved_and_verified_offline(desk: Desk) -> None:
    """The auditor gets one file and the policy, and needs nothing else."""
    proof, policy = desk.path("event.proof"), desk.path("w/trust.policy")
    prove = ("prove", "logs", str(DAY), "--audit-id", EXEC_ID, "-o", proof, "--archive", desk.path("logs"))
    assert desk.workspace(*prove)[0] == 0
    code, out, _ = desk.run("verify", proof, "--trust", policy, "--format", "json")
    assert code == 0
    document = json.loads(out)[0]
    assert document["verdict"] == "PASS"
    verdicts = {s["step"]: s["verdict"] for s in document["steps"]}
    assert verdicts.pop("V3") == "NOT_APPLICABLE"  # nobody kept an older checkpoint
    assert set(verdicts.values()) == {"PASS"}
    assert json.loads(document["record"])["auditID"] == EXEC_ID
    assert document["freshness"]["state"] == "UNPROVEN"


def test_an_audit_id_that_several_records_carry_is_listed_and_refused(desk: Desk) -> None:
    """Clients choose audit ids; guessing which one was meant would prove the wrong event."""
    log = desk.folder / "logs" / f"audit-{DAY}.log"
    line = next(text for text in log.read_text().splitlines() if EXEC_ID in text)
    with (desk.folder / "logs" / f"more-{DAY}.log").open("w") as file:
        file.write(line + "\n")
    assert seal(desk)[0] == 0
    proof = desk.path("p")
    words = ("prove", "logs", str(DAY), "--audit-id", EXEC_ID, "-o", proof, "--archive", desk.path("logs"))
    code, _, err = desk.workspace(*words)
    assert code == 2
    assert f"--object more-{DAY}.log --record 0" in err
    by_place = ("prove", "logs", str(DAY), "--object", f"more-{DAY}.log", "--record", "0", "-o", proof)
    assert desk.workspace(*by_place, "--archive", desk.path("logs"))[0] == 0


def test_a_changed_object_is_caught_recorded_and_shown(desk: Desk) -> None:
    """The promise of the whole tool."""
    log = desk.folder / "logs" / f"audit-{DAY}.log"
    log.write_bytes(log.read_bytes().replace(b"alice@example.com", b"mallo@example.com"))
    code, out, _ = desk.workspace("reverify", "--archive", desk.path("logs"))
    assert code == 1
    assert "FAIL" in out
    code, out, _ = desk.workspace("show", "logs", str(DAY))
    assert code == 1
    assert f"audit-{DAY}.log changed" in out
    assert desk.workspace("gaps")[0] == 1


def test_findings_are_printed_also_when_their_recording_is_blocked(desk: Desk) -> None:
    """Somebody took the attestor's place: what was found is said first, then that it is nowhere recorded."""
    log = desk.folder / "logs" / f"audit-{DAY}.log"
    log.write_bytes(log.read_bytes().replace(b"alice@example.com", b"mallo@example.com"))
    (inbox,) = (desk.folder / "w/inbox/inbox").iterdir()
    (inbox / "~reverification").mkdir()
    (inbox / "~reverification/00000000.json").write_bytes(b"{}")
    code, out, err = desk.workspace("reverify", "--archive", desk.path("logs"), "--format", "json")
    assert (code, json.loads(out)["verdict"]) == (1, "FAIL")
    assert "~reverification number 0 is taken" in json.loads(out)["notRecorded"]
    assert "error: inbox: ~reverification number 0 is taken" in err
    code, out, err = desk.workspace("reverify", "--archive", desk.path("logs"))
    assert (code, "FAIL" in out, "NOT recorded in the ledger" in err) == (1, True, True)


def test_an_evidence_bundle_verifies_with_and_without_events(desk: Desk) -> None:
    """With the archived objects inside, even the first reading is repeated."""
    policy = desk.path("w/trust.policy")
    for name, extra in (("bare.zip", ()), ("full.zip", ("--with-events", "--archive", desk.path("logs")))):
        words = ("evidence", "--cluster", "logs", "--from", str(DAY), "--to", str(DAY), "-o", desk.path(name), *extra)
        assert desk.workspace(*words)[0] == 0
        code, out, _ = desk.run("verify", desk.path(name), "--trust", policy)
        assert code == 0, out
        assert "FRESHNESS UNPROVEN" in out


def test_a_kept_checkpoint_proves_freshness(desk: Desk) -> None:
    """What `--since` is for: the log only grew since."""
    head = desk.workspace("ledger", "head")[1]
    (desk.folder / "kept").write_text(head)
    write_day(desk.folder / "logs", DAY.replace(day=2))
    words = ("seal", "--archive", desk.path("logs"), "--day", str(DAY.replace(day=2)))
    assert desk.workspace(*words)[0] == 0
    ask = ("evidence", "--cluster", "logs", "--from", str(DAY), "--to", str(DAY), "-o", desk.path("e.zip"))
    assert desk.workspace(*ask, "--since", desk.path("kept"))[0] == 0
    verify = ("verify", desk.path("e.zip"), "--trust", desk.path("w/trust.policy"), "--since", desk.path("kept"))
    code, out, _ = desk.run(*verify)
    assert code == 0
    assert "FRESHNESS SINCE" in out


def test_an_outage_fails_the_day_and_names_the_span(desk: Desk) -> None:
    """23 silent minutes while nodes renew their leases."""
    day = DAY.replace(day=3)
    write_day(desk.folder / "logs", day, skip_minutes=range(600, 623))
    code, out, err = desk.workspace("seal", "--archive", desk.path("logs"), "--day", str(day))
    assert code == 1
    assert "FAIL" in out
    assert "10:00" in err or "09:59" in err


def test_a_day_nobody_sealed_is_named_missing(desk: Desk) -> None:
    """Silence is a finding."""
    day = DAY.replace(day=3)
    write_day(desk.folder / "logs", day)
    desk.workspace("seal", "--archive", desk.path("logs"), "--day", str(day))
    assert missing_days(desk, "2024-05-04T07:00:00Z") == ["2024-05-02"]


def test_days_behind_the_newest_sealed_one_are_gaps_too(desk: Desk) -> None:
    """Whoever stops sealing altogether leaves no newer day behind that would show it."""
    assert missing_days(desk, "2024-05-04T05:59:59Z") == ["2024-05-02"]
    assert missing_days(desk, "2024-05-04T06:00:00Z") == ["2024-05-02", "2024-05-03"]
    assert missing_days(desk, "2024-05-04T06:00:00Z", "--to", "2024-05-02") == ["2024-05-02"]
    assert missing_days(desk, "2024-05-02T06:00:00Z", "--to", "2024-12-31") == []  # not due yet


def missing_days(desk: Desk, moment: str, *words: str) -> list[str]:
    """Ask `gaps` which days are missing at a moment."""
    out = desk.workspace("gaps", "--as-of", moment, "--format", "json", *words)[1]
    return [row["day"] for row in json.loads(out)["days"] if row["status"] == "MISSING"]
