"""A log that grew after its day was sealed, as append blobs do: recorded, proved and told from a changed one."""

import contextlib
import io
import json
import shutil
from pathlib import Path

import pytest

from dayseal.cli.app import run
from support.plain_logs import DAY, EXEC_ID, write_day

LATE_ID = "99999999-2222-4333-8444-555555555555"


class Desk:
    """One person's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "logs" / f"audit-{DAY}.log"

    def run(self, *words: str) -> tuple[int, str]:
        """Give exit code and stdout of one command line."""
        heard = io.StringIO()
        with contextlib.redirect_stdout(heard):
            code = run(words)
        return code, heard.getvalue()

    def workspace(self, *words: str) -> tuple[int, str]:
        """Run a command on the workspace `w`."""
        return self.run(*words, "--config", str(self.folder / "w/dayseal.toml"))

    def archive(self, *words: str) -> tuple[int, str]:
        """Run a command on the workspace and its logs."""
        return self.workspace(*words, "--archive", str(self.folder / "logs"))

    def grow(self, audit_id: str) -> None:
        """Append one event more, as a log writer does."""
        line = next(line for line in self.log.read_bytes().splitlines(keepends=True) if EXEC_ID.encode() in line)
        with self.log.open("ab") as file:
            file.write(line.replace(EXEC_ID.encode(), audit_id.encode()))

    def verify(self, name: str) -> tuple[int, str]:
        """Verify a file with nothing but the trust policy."""
        policy = str(self.folder / "w/trust.policy")
        code, out = self.run("verify", str(self.folder / name), "--trust", policy, "--format", "json")
        return code, json.loads(out)[0]["verdict"]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a sealed day whose log grew twice since, and was sealed after each time."""
    desk = Desk(tmp_path_factory.mktemp("grown"))
    write_day(desk.folder / "logs")
    assert desk.run("init", str(desk.folder / "w"))[0] == 0
    assert desk.archive("seal", "--day", str(DAY))[0] == 0
    for audit_id in ("88888888-2222-4333-8444-555555555555", LATE_ID):
        desk.grow(audit_id)
        code, out = desk.archive("seal", "--day", str(DAY))
        assert (code, "revised" in out) == (0, True), out
    return desk.folder


@pytest.fixture
def desk(grown: Path, tmp_path: Path) -> Desk:
    """Give a copy of it."""
    return Desk(shutil.copytree(grown, tmp_path / "copy"))


def test_each_growth_is_a_revision_and_everything_reads_as_recorded(desk: Desk) -> None:
    """The statement counts every range once; re-reading hashes each range by itself."""
    code, out = desk.workspace("show", "logs", str(DAY))
    assert (code, "5763 records" in out) == (0, True), out
    code, out = desk.archive("reverify", "--format", "json")
    assert (code, json.loads(out)["days"][0]["same"]) == (0, 3)


def test_growth_that_nobody_recorded_yet_is_no_fault(desk: Desk) -> None:
    """A re-reader says so; the next seal records it."""
    desk.grow("77777777-2222-4333-8444-555555555555")
    code, out = desk.archive("reverify", "--format", "json")
    assert (code, json.loads(out)["days"][0]["grown"]) == (0, [desk.log.name])


def test_an_event_of_the_last_growth_is_proved_and_verified_offline(desk: Desk) -> None:
    """Its proof names the bytes that were appended, not the file."""
    words = ("prove", "logs", str(DAY), "--audit-id", LATE_ID, "-o", str(desk.folder / "p"))
    assert desk.archive(*words)[0] == 0
    assert desk.verify("p") == (0, "PASS")
    proof = json.loads((desk.folder / "p").read_bytes())
    assert proof["descriptor"]["descriptor"]["to"] == desk.log.stat().st_size


def test_a_bundle_with_events_holds_all_ranges(desk: Desk) -> None:
    """The auditor reads the whole day, each range under its own root."""
    words = ("evidence", "--cluster", "logs", "--from", str(DAY), "--to", str(DAY), "-o", str(desk.folder / "e.zip"))
    assert desk.archive(*words, "--with-events")[0] == 0
    assert desk.verify("e.zip") == (0, "PASS")


@pytest.mark.parametrize("damage", ["first", "middle", "cut", "to the first range", "grown and changed"])
def test_what_was_recorded_may_never_read_differently(desk: Desk, damage: str) -> None:
    """Growth is lawful only behind bytes that still are what they were; nothing of a changed file is recorded."""
    data = desk.log.read_bytes()
    last = data.rindex(b"\n", 0, len(data) - 1) + 1
    middle = data.rindex(b"\n", 0, last - 1) + 1
    changed = {
        "first": data.replace(b"alice", b"malla", 1),
        "middle": data[:middle] + data[middle:last].replace(b"alice", b"malla") + data[last:],
        "cut": data[: last + 5],
        "to the first range": data[:middle],
        "grown and changed": data.replace(b"alice", b"malla", 1) + data[last:],
    }[damage]
    desk.log.write_bytes(changed)
    code, out = desk.archive("seal", "--day", str(DAY), "--format", "json")
    assert (code, json.loads(out)[0]["changed"] > 0) == (1, True), out
    code, out = desk.workspace("show", "logs", str(DAY))
    assert (code, "5763 records" in out, "changed" in out) == (1, True, True), out
