"""Objects that were listed and could not be read: what becomes of the day when they are read, or gone."""

import datetime as dt
from pathlib import Path

import pytest

from dayseal.attest.predicates import Reverification
from dayseal.model import Verdict
from dayseal.reverification import ReverifyReport, reverify_archives
from dayseal.steps.parts import Parts
from dayseal.steps.reverifying import Selection
from support.plain_logs import DAY, write_day
from support.sealing import World, denying

DENIED = f"denied-{DAY}.log"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A day sealed while one of its two objects could not be read."""
    world = World(tmp_path)
    write_day(world.logs)
    (world.logs / DENIED).write_bytes(b"{}\n")
    world.seal(DAY, denying(world.parts(), DENIED))
    assert world.statement().status == "UNREADABLE"
    return world


def reread(world: World, parts: Parts | None = None) -> ReverifyReport:
    """Re-verify everything."""
    return reverify_archives(parts or world.parts(), Selection("all"), only=None)


def test_an_unread_object_that_is_gone_is_a_failure_and_never_seals_the_day(world: World) -> None:
    """Else whoever wants a record away denies its reading for a day, and deletes it the next."""
    (world.logs / DENIED).unlink()
    report = world.seal()
    assert (report.vanished, [c.outcome for c in report.clusters]) == (1, ["unchanged"])
    assert (world.statement().status, world.statement().revision) == ("UNREADABLE", 0)
    said = [p for p in world.entries() if isinstance(p, Reverification)][-1]
    assert said.verdict == "FAIL"
    assert [(o.key, o.recorded, o.now) for o in said.days[0].vanished] == [(DENIED, "", None)]
    assert world.view().verdict is Verdict.FAIL


def test_re_reading_names_it_too(world: World) -> None:
    """Who only re-reads must not be told that all is well."""
    assert [one.finding.verdict for one in reread(world).rereads] == [Verdict.PASS]
    (world.logs / DENIED).unlink()
    report = reread(world)
    assert report.verdict is Verdict.FAIL
    assert f"{DENIED} bytes 0 to 3 is gone" in report.rereads[0].finding.summary
    assert "that it was there and could not be read" in report.rereads[0].finding.summary


def test_it_is_named_also_when_other_objects_come_late(world: World) -> None:
    """A revision does not make the loss unseen: it stays counted, named and searched for."""
    (world.logs / DENIED).unlink()
    (world.logs / f"late-{DAY}.log").write_bytes((world.logs / f"audit-{DAY}.log").read_bytes()[:2000])
    report = world.seal()
    assert (report.vanished, [c.outcome for c in report.clusters]) == (1, ["revised"])
    said = world.statement()
    assert (said.status, said.archive.unreadable, said.archive.objects) == ("UNREADABLE", 1, 2)
    assert [f.verdict for f in said.findings if f.check == "integrity"] == ["FAIL"]
    assert world.seal().vanished == 1
    assert reread(world).verdict is Verdict.FAIL


def test_a_batch_of_which_nothing_could_be_read_is_watched_too(tmp_path: Path) -> None:
    """Its manifest is empty."""
    world = World(tmp_path)
    (world.logs / DENIED).write_bytes(b"{}\n")
    world.seal(DAY, denying(world.parts(), DENIED))
    (world.logs / DENIED).unlink()
    assert reread(world).verdict is Verdict.FAIL
    assert world.seal().vanished == 1


def test_once_it_could_be_read_it_is_recorded_like_any_other(world: World) -> None:
    """The usual end of it: the permission was granted."""
    assert [c.outcome for c in world.seal().clusters] == ["revised"]
    assert (world.statement().status, world.statement().archive.objects) == ("SEALED", 2)
    assert world.seal().vanished == 0
    (world.logs / DENIED).unlink()
    assert world.seal().vanished == 1


def test_while_it_cannot_be_read_nothing_new_is_said(world: World) -> None:
    """Once a day the same revision would only fill the ledger."""
    before = len(world.entries())
    report = world.seal(DAY, denying(world.parts(), DENIED))
    assert ([c.outcome for c in report.clusters], report.vanished) == (["unchanged"], 0)
    assert len(world.entries()) == before


def test_after_its_term_it_may_go_and_the_day_stays_unreadable(world: World) -> None:
    """Expiry is lawful; nobody knows all the same what was in it."""
    (world.logs / DENIED).unlink()
    world.clock.advance(dt.timedelta(days=400))
    report = world.seal()
    assert (report.vanished, [c.outcome for c in report.clusters]) == (0, ["unchanged"])
    assert world.statement().status == "UNREADABLE"
