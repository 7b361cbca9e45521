"""What a seal makes of late, grown, changed, vanished, missing and unreadable objects."""

import datetime as dt
from pathlib import Path

import pytest

from dayseal.attest.predicates import ClusterDay, Enrolment, Inventory, Reverification, RollCall
from dayseal.errors import UsageError
from dayseal.model import Verdict
from dayseal.workflow import seal_day
from support.plain_logs import DAY, write_day
from support.sealing import World, denying

NEXT = DAY + dt.timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One cluster and one day of its logs."""
    world = World(tmp_path)
    write_day(world.logs)
    return world


def test_a_first_seal_writes_inventory_enrolment_day_and_roll_call(world: World) -> None:
    """The order in which a reader meets them."""
    report = world.seal()
    assert [c.outcome for c in report.clusters] == ["sealed"]
    kinds = [type(p) for p in world.entries()[3:]]
    assert sorted(k.__name__ for k in kinds) == ["ClusterDay", "Enrolment", "Inventory", "RollCall"]
    assert kinds[-1] is RollCall


def test_a_day_is_never_sealed_before_its_cutoff(world: World) -> None:
    """What arrives before the cutoff belongs to the batch."""
    parts = world.parts()
    with pytest.raises(UsageError, match="frozen at 2024-05-03T06:00:00Z"):
        seal_day(parts, NEXT)


def test_sealing_again_adds_no_entry(world: World) -> None:
    """Nothing new, nothing to attest."""
    world.seal()
    before = len(world.entries())
    assert [c.outcome for c in world.seal().clusters] == ["unchanged"]
    assert len(world.entries()) == before


def test_a_late_object_becomes_a_revision_that_only_appends(world: World) -> None:
    """Late data is normal; rewriting history is not."""
    world.seal()
    first = world.statement()
    (world.logs / f"audit-late-{DAY}.log").write_bytes(_one_line(world))
    report = world.seal()
    again = world.statement()
    assert [c.outcome for c in report.clusters] == ["revised"]
    assert (again.revision, again.archive.objects) == (1, first.archive.objects + 1)
    assert again.events.count == first.events.count + 1
    assert again.chain.seq == first.chain.seq + 1


def test_a_grown_file_becomes_a_descriptor_of_its_new_bytes(world: World) -> None:
    """Append blobs grow after the hour; the recorded bytes must still read the same."""
    world.seal()
    log = world.logs / f"audit-{DAY}.log"
    size = log.stat().st_size
    with log.open("ab") as file:
        file.write(_one_line(world))
    assert [c.outcome for c in world.seal().clusters] == ["revised"]
    ledger = world.parts().open_reader()
    manifest = ledger.object(world.statement().archive.manifest.uri).decode().splitlines()
    assert len(manifest) == 2
    assert f'"from":{size}' in manifest[1]
    assert world.statement().events.count == 5762


@pytest.mark.parametrize("gone", [True, False])
def test_a_changed_or_vanished_object_is_a_failure_and_no_revision(world: World, *, gone: bool) -> None:
    """It becomes a re-verification entry, with both digests."""
    world.seal()
    before = world.statement()
    log = world.logs / f"audit-{DAY}.log"
    if gone:
        log.unlink()
    else:
        log.write_bytes(log.read_bytes().replace(b"alice", b"malla"))
    report = world.seal()
    assert (report.changed, report.vanished) == (int(not gone), int(gone))
    assert world.statement() == before
    last = [p for p in world.entries() if isinstance(p, Reverification)][-1]
    assert last.verdict == "FAIL"
    assert len(last.days[0].vanished if gone else last.days[0].changed) == 1
    assert world.view().verdict is Verdict.FAIL


def test_a_due_day_without_objects_is_a_statement_too(world: World) -> None:
    """Silence is a finding."""
    world.seal()
    world.seal(NEXT)
    said = world.statement(NEXT)
    assert (said.status, said.events.count) == ("NO_DATA", 0)
    assert world.view(NEXT).verdict is Verdict.FAIL


def test_data_that_comes_after_a_no_data_statement_revises_it(world: World) -> None:
    """The exporter caught up."""
    world.seal()
    world.seal(NEXT)
    write_day(world.logs, NEXT)
    world.seal(NEXT)
    said = world.statement(NEXT)
    assert (said.status, said.revision) == ("SEALED", 1)
    assert world.view(NEXT).verdict is Verdict.PASS


def test_an_unreadable_object_makes_the_day_unreadable_and_hides_nothing_else(world: World) -> None:
    """An error is never a clean result, and never a failure of the cluster."""
    (world.logs / f"denied-{DAY}.log").write_bytes(b"{}\n")
    report = world.seal(DAY, denying(world.parts(), f"denied-{DAY}.log"))
    assert [c.status for c in report.clusters] == ["UNREADABLE"]
    assert len(report.unreadable) == 1
    said = world.statement()
    assert said.archive.unreadable == 1
    assert said.events.count == 5761
    assert [c.outcome for c in world.seal().clusters] == ["revised"]
    assert (world.statement().status, world.statement().archive.objects) == ("SEALED", 2)


def test_the_event_day_becomes_final_two_batches_later(world: World) -> None:
    """Archives file by arrival: until then late records may still change the picture."""
    for offset in range(3):
        day = DAY + dt.timedelta(days=offset)
        write_day(world.logs, day)
        world.seal(day)
    assert world.view(DAY).event_state == "final"
    assert world.view(NEXT).event_state == "provisional"


def test_roll_calls_are_called_once_a_day_and_name_every_cluster(world: World) -> None:
    """What makes an omitted cluster visible."""
    world.seal()
    world.seal()
    write_day(world.logs, NEXT)
    world.seal(NEXT)
    calls = [p for p in world.entries() if isinstance(p, RollCall)]
    assert [(c.number, c.day, c.enrolled) for c in calls] == [(0, str(DAY), 1), (1, str(NEXT), 1)]


def test_statements_carry_no_user_name(world: World) -> None:
    """User names are personal data: they lie in the details, which may be deleted."""
    world.seal()
    store = world.home / "w/ledger"
    held = [p for p in store.rglob("*") if p.is_file() and b"alice@example.com" in p.read_bytes()]
    details = [p for p in (world.home / "w/details").rglob("*.json") if b"alice@example.com" in p.read_bytes()]
    assert held == []
    assert len(details) == 1


def test_inventories_and_enrolments_name_what_was_found(world: World) -> None:
    """The population is stated, not assumed."""
    world.seal()
    inventory = next(p for p in world.entries() if isinstance(p, Inventory))
    enrolment = next(p for p in world.entries() if isinstance(p, Enrolment))
    assert inventory.clusters == ("local:lab:-:blue:uid-blue",)
    assert (enrolment.action, enrolment.day, enrolment.chain.seq) == ("enter", str(DAY), 0)
    assert isinstance(world.entries()[-2], ClusterDay)


def _one_line(world: World) -> bytes:
    return (world.logs / f"audit-{DAY}.log").read_bytes().splitlines(keepends=True)[5]


def test_a_day_before_the_enrolment_is_not_due(world: World) -> None:
    """Nobody promised records before the cluster was in scope; what is there is attested all the same."""
    before, empty = DAY - dt.timedelta(days=1), DAY - dt.timedelta(days=2)
    world.seal()
    write_day(world.logs, before)
    assert [c.outcome for c in world.seal(before).clusters] == ["sealed"]
    assert world.seal(empty).clusters == ()


def test_one_workspace_can_take_several_folders_in_turn(tmp_path: Path) -> None:
    """A cluster that the records of one folder name is not missing from the next folder."""
    world = World(tmp_path, settings="")
    write_day(world.logs)
    assert [c.cluster.name for c in world.seal().clusters] == ["logs"]
    world.logs = tmp_path / "more"
    write_day(world.logs)
    assert [(c.cluster.name, c.status) for c in world.seal().clusters] == [("more", "SEALED")]
