"""An archive folder prepared by an enemy, sealed with the real steps: nothing crashes, and nothing is lost."""

import datetime as dt
import json
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dayseal.cli.app import run
from dayseal.clouds.local.archive import FolderArchive
from dayseal.digest.manifest import open_manifest
from dayseal.errors import AccessError, NotFoundError
from dayseal.model import ArchiveObject, Verdict
from dayseal.reverification import reverify_archives
from dayseal.steps.reverifying import Selection
from support.hostile_objects import EVENT
from support.plain_logs import DAY, write_day
from support.sealing import World

HOSTILE_NAMES = (
    f"{DAY} line\nbreak",
    f"{DAY} \x1b[2J\x1b[31mPASS",
    f"{DAY} \r\x07\x08\x7f",
    f"..{DAY}..",
    f"{DAY} ..",
    f"{DAY} \u202egpj.exe",
    f"{DAY} \u0085\u2028\ufeff",
    f"{DAY} {'x' * 240}",
    f"{DAY} <script>alert(1)",
    f'{DAY} "quoted" \\ back',
    f"{DAY}\nPASS everything is fine",
    f"=cmd {DAY}",
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One cluster and one day of its logs."""
    world = World(tmp_path)
    write_day(world.logs, skip_minutes=range(120, 24 * 60))
    return world


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder with a short path: a socket's address has few bytes."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def manifest_keys(world: World) -> set[str]:
    """Give the keys that the day's newest statement covers."""
    ledger = world.parts().open_reader()
    return {d.key for d in open_manifest(ledger.object(world.statement().archive.manifest.uri)).descriptors}


def test_names_of_any_kind_are_objects_and_verify(world: World) -> None:
    """A newline ends a manifest line, an escape drives a terminal, two dots leave a folder: none of them here."""
    for name in HOSTILE_NAMES:
        (world.logs / name).write_bytes(EVENT)
    report = world.seal()
    assert report.refused == report.unreadable == ()
    assert manifest_keys(world) == {f"audit-{DAY}.log", *HOSTILE_NAMES}
    checked = reverify_archives(world.parts(), Selection("all"), only=None)
    assert checked.verdict is Verdict.PASS
    assert checked.rereads[0].comparison.recorded == len(HOSTILE_NAMES) + 1


def test_no_archived_name_reaches_a_terminal_raw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A key that clears the screen or starts a line of its own could write the verdict it wants."""
    logs, workspace = tmp_path / "logs", tmp_path / "w"
    write_day(logs, skip_minutes=range(120, 24 * 60))
    for name in HOSTILE_NAMES:
        (logs / name).write_bytes(EVENT)
    config = ("--config", str(workspace / "dayseal.toml"))
    run(["init", str(workspace)])
    seal = ("seal", *config, "--archive", str(logs), "--day", str(DAY))
    run(seal)
    for name in HOSTILE_NAMES:
        (logs / name).write_bytes(b"changed")
    for command in (seal, ("reverify", *config, "--archive", str(logs)), ("show", *config, "logs", str(DAY))):
        run(command)
    said = capsys.readouterr()
    printed = said.out + said.err
    assert "changed" in printed
    assert not {"\x1b", "\x07", "\x08", "\x7f", "\r", "\u202e", "\u2028"} & set(printed)
    assert not any(line.startswith("PASS") for line in printed.splitlines())


def test_what_is_no_file_is_named_and_never_opened(world: World, short_path: Path) -> None:
    """A pipe would block for ever; a link could show one file to us and another to the auditor."""
    secret = world.home / "secret"
    secret.write_bytes(EVENT)
    (world.logs / f"{DAY}.link").symlink_to(secret)
    (world.logs / f"{DAY}.dangling").symlink_to("nowhere")
    (world.logs / f"{DAY}.loop").symlink_to(f"{DAY}.loop")
    (world.logs / f"{DAY}").symlink_to(world.home, target_is_directory=True)
    os.mkfifo(world.logs / f"{DAY}.pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(short_path / "socket"))
        (short_path / "socket").rename(world.logs / f"{DAY}.socket")
    report = world.seal()
    assert len(report.refused) == 6
    assert manifest_keys(world) == {f"audit-{DAY}.log"}


def test_a_folder_that_becomes_a_link_hides_its_objects(world: World) -> None:
    """The same bytes through a link are not the same archive: whoever moves the link decides what is read."""
    (world.logs / str(DAY)).mkdir()
    (world.logs / str(DAY) / "a.log").write_bytes(EVENT)
    world.seal()
    (world.logs / str(DAY)).rename(world.home / "elsewhere")
    (world.logs / str(DAY)).symlink_to(world.home / "elsewhere")
    assert world.seal().vanished == 1
    reader = FolderArchive(world.logs, "logs")
    assert reader.find(f"{DAY}/a.log", "") is None
    found = ArchiveObject(f"{DAY}/a.log", "", len(EVENT), dt.datetime.fromtimestamp(0, dt.UTC))
    with pytest.raises(NotFoundError), reader.open(found):
        pass


def test_an_archive_that_is_gone_is_an_outage_and_not_a_vanished_day(world: World) -> None:
    """A disk that is not mounted must not look like a crime."""
    with pytest.raises(AccessError, match="cannot open its folder"):
        FolderArchive(world.home / "unmounted", "logs").find("key", "")


def test_folders_nested_deeper_than_a_program_can_call_itself_are_walked(world: World) -> None:
    """Two bytes of path a level: 1,500 levels fit into a path."""
    levels, here = 1_500, Path.cwd()
    try:
        os.chdir(world.logs)
        for _ in range(levels):
            Path("d").mkdir()
            os.chdir("d")
        Path(f"{DAY}.log").write_bytes(EVENT)
        os.chdir(here)
        world.seal()
        assert manifest_keys(world) == {f"audit-{DAY}.log", "d/" * levels + f"{DAY}.log"}
    finally:  # what cleans up after tests calls itself
        os.chdir(world.logs)
        while Path("d").is_dir():
            os.chdir("d")
        Path(f"{DAY}.log").unlink(missing_ok=True)
        while not Path.cwd().samefile(world.logs):
            os.chdir("..")
            Path("d").rmdir()
        os.chdir(here)


def test_a_file_from_a_year_no_calendar_has_is_listed(tmp_path: Path) -> None:
    """File times are whatever their owner sets."""
    (tmp_path / "undated").write_bytes(b"junk\n")
    for second in (2**62, 2**40, -(2**62)):
        os.utime(tmp_path / "undated", (second, second))
        status = (tmp_path / "undated").stat()
        archive = FolderArchive(tmp_path, "logs")
        found = archive.find("undated", "")
        assert found is not None
        assert found.stored_at.year <= 9999
        assert archive.list_day(found.stored_at.date()).objects == (found,), status


@pytest.mark.parametrize("name", ["a\nb", "\x00", "..", "", "x" * 5_000, "p:q", "\u202e", "-flag", "a/b", "a" * 101])
def test_a_record_that_names_an_impossible_cluster_stops_nobody(tmp_path: Path, name: str) -> None:
    """Without settings records name their clusters: an impossible name is nobody's, the others are sealed."""
    world = World(tmp_path, settings="")
    entries = [_entry(name), _entry("good")]
    (world.logs / f"{DAY}.json").write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    report = world.seal()
    assert [c.cluster.name for c in report.clusters] == ["good"]
    assert [u.events for u in report.unclaimed] == [1]
    assert "no cluster" in report.unclaimed[0].reason
    assert world.statement(cluster="good").events.count == 1


def _entry(cluster: str) -> dict[str, object]:
    return {
        "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
        "resource": {"type": "k8s_cluster", "labels": {"project_id": "p", "location": "l", "cluster_name": cluster}},
        "timestamp": "2024-05-01T10:00:00.000000Z",
        "protoPayload": {"methodName": "io.k8s.core.v1.pods.list", "resourceName": "core/v1/pods"},
    }
