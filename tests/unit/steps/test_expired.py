"""EXPIRED: an object that is gone after its lock and the promised term is lawful, one day earlier it is a FAIL."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from dayseal.evidence import collect_evidence, encode_evidence
from dayseal.lookup import find_cluster
from dayseal.model import Listing, Verdict
from dayseal.offline import verify_bundle
from dayseal.ports import ArchiveReader
from dayseal.reverification import reverify_archives
from dayseal.steps.parts import Parts
from dayseal.steps.reverifying import Selection
from dayseal.wiring import open_workspace
from support.plain_logs import DAY, write_day
from support.sealing import World

TERM_DAYS = 365
TERM_END = dt.datetime.combine(DAY, dt.time(), tzinfo=dt.UTC) + dt.timedelta(days=TERM_DAYS + 1)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One sealed day."""
    world = World(tmp_path)
    write_day(world.logs)
    return world


def move_to(world: World, moment: dt.datetime) -> None:
    """Move the clock."""
    world.clock.advance(moment - world.clock.now())


class LockedArchive:
    """The folder, with a lock on every object as a cloud store would show it."""

    def __init__(self, inner: ArchiveReader, until: dt.datetime) -> None:
        self._inner = inner
        self._until = until
        self.uri = inner.uri
        self.find = inner.find
        self.open = inner.open

    def list_day(self, day: dt.date) -> Listing:
        """List as the folder does, and tell of the lock."""
        found = self._inner.list_day(day)
        locked = tuple(dataclasses.replace(o, lock_mode="COMPLIANCE", retain_until=self._until) for o in found.objects)
        return dataclasses.replace(found, objects=locked)


def locked(parts: Parts, until: dt.datetime) -> Parts:
    """Give the same parts with an archive whose objects are locked."""
    archive = parts.archives[0]
    return dataclasses.replace(
        parts, archives=(dataclasses.replace(archive, reader=LockedArchive(archive.reader, until)),)
    )


def reread(world: World, parts: Parts | None = None) -> tuple[Verdict, int, int]:
    """Re-verify everything: the verdict, how much expired, how much vanished."""
    report = reverify_archives(parts or world.parts(), Selection("all"), only=None)
    found = report.rereads[0].comparison
    return report.rereads[0].finding.verdict, len(found.expired), len(found.vanished)


def remove(world: World) -> None:
    """Take the archived object away."""
    (world.logs / f"audit-{DAY}.log").unlink()


def test_gone_one_second_before_the_term_ends_is_a_failure(world: World) -> None:
    """The promise holds to its last second."""
    world.seal()
    remove(world)
    move_to(world, TERM_END - SECOND)
    assert reread(world) == (Verdict.FAIL, 0, 1)
    assert world.seal().vanished == 1


def test_gone_when_the_term_has_ended_is_expired_and_no_failure(world: World) -> None:
    """Archives may be emptied; the ledger's evidence stays."""
    world.seal()
    remove(world)
    move_to(world, TERM_END)
    assert reread(world) == (Verdict.NOT_APPLICABLE, 1, 0)
    report = world.seal()
    assert (report.vanished, report.changed) == (0, 0)
    assert [c.outcome for c in report.clusters] == ["unchanged"]
    assert world.view().verdict is Verdict.PASS


@pytest.mark.parametrize(("late", "verdict"), [(-SECOND, Verdict.FAIL), (dt.timedelta(), Verdict.NOT_APPLICABLE)])
def test_a_lock_that_outlives_the_term_must_be_over_too(world: World, late: dt.timedelta, verdict: Verdict) -> None:
    """What the statement saw locked until a day cannot lawfully be gone before it."""
    until = TERM_END + dt.timedelta(days=30)
    world.seal(parts=locked(world.parts(), until))
    assert world.statement().lock.retain_until_min == f"{until:%Y-%m-%dT%H:%M:%SZ}"
    remove(world)
    move_to(world, until + late)
    assert reread(world)[0] is verdict


def test_a_lock_that_ended_early_does_not_shorten_the_term(world: World) -> None:
    """A store that lets go too soon is what the term is there for."""
    world.seal(parts=locked(world.parts(), TERM_END - dt.timedelta(days=300)))
    remove(world)
    move_to(world, TERM_END - SECOND)
    assert reread(world)[0] is Verdict.FAIL


def test_settings_that_are_shortened_later_do_not_shorten_the_promise(world: World) -> None:
    """The statement carries the term it was sealed under; whoever edits a file afterwards cannot take it back."""
    world.seal()
    remove(world)
    path = world.home / "w/dayseal.toml"
    path.write_text(path.read_text().replace("# total_days = 365", "total_days = 1"), encoding="utf-8")
    move_to(world, TERM_END - SECOND)
    assert world.parts().settings.retention.total_days == 1
    assert reread(world)[0] is Verdict.FAIL
    assert world.seal().vanished == 1


def test_settings_that_are_lengthened_later_bind_older_days_too(world: World) -> None:
    """A longer promise is a promise."""
    world.seal()
    remove(world)
    path = world.home / "w/dayseal.toml"
    path.write_text(path.read_text().replace("# total_days = 365", "total_days = 700"), encoding="utf-8")
    move_to(world, TERM_END)
    assert reread(world)[0] is Verdict.FAIL


def test_changed_bytes_are_a_failure_also_after_the_term(world: World) -> None:
    """Gone is lawful then; different never is."""
    world.seal()
    (world.logs / f"audit-{DAY}.log").write_bytes(b"{}\n" * 100_000)
    move_to(world, TERM_END + dt.timedelta(days=1_000))
    assert reread(world)[0] is Verdict.FAIL


def test_one_expired_object_does_not_hide_a_changed_one(world: World) -> None:
    """Each descriptor has a fate of its own."""
    (world.logs / f"more-{DAY}.log").write_bytes(b"{}\n")
    world.seal()
    remove(world)
    (world.logs / f"more-{DAY}.log").write_bytes(b"[]\n")
    move_to(world, TERM_END)
    assert reread(world) == (Verdict.FAIL, 1, 0)


def test_evidence_of_an_expired_day_still_verifies_offline(world: World) -> None:
    """Without the records, which are gone: that they were there, what they hashed to and what was found in them."""
    world.seal()
    remove(world)
    move_to(world, TERM_END)
    assert reread(world)[1] == 1
    opened = open_workspace(world.parts().settings)
    reader = opened.reader()
    bundle = collect_evidence(reader, find_cluster(reader, "blue"), DAY, DAY, old_sizes=(), fetch_object=None)
    checked = verify_bundle(encode_evidence(bundle), opened.policy, since=None, as_of=world.clock.now())
    assert [row.status.value for row in checked.days] == ["SEALED"]
    assert [step.verdict for step in checked.verification.steps].count(Verdict.FAIL) == 0
    assert checked.verification.verdict is Verdict.PASS


def test_a_revision_under_shortened_settings_takes_no_day_of_the_term_back(world: World) -> None:
    """Else an attestor shortens its promise with one late object, and empties the archive the day after."""
    world.seal()
    (world.logs / f"late-{DAY}.log").write_bytes(b"{}\n")
    path = world.home / "w/dayseal.toml"
    path.write_text(path.read_text().replace("# total_days = 365", "total_days = 1"), encoding="utf-8")
    assert [c.outcome for c in world.seal().clusters] == ["revised"]
    said = world.statement()
    assert (said.revision, said.verifier.thresholds["totalDays"]) == (1, TERM_DAYS)
    remove(world)
    move_to(world, TERM_END - SECOND)
    assert reread(world)[0] is Verdict.FAIL
    assert world.seal().vanished == 1
    move_to(world, TERM_END)
    assert world.seal().vanished == 0


def test_a_revision_that_saw_shorter_locks_takes_no_day_of_an_earlier_lock_back(world: World) -> None:
    """What was seen locked until a day was promised until then."""
    until = TERM_END + dt.timedelta(days=30)
    world.seal(parts=locked(world.parts(), until))
    (world.logs / f"late-{DAY}.log").write_bytes(b"{}\n")
    world.seal(parts=locked(world.parts(), TERM_END - dt.timedelta(days=300)))
    assert world.statement().revision == 1
    remove(world)
    move_to(world, until - SECOND)
    assert reread(world)[0] is Verdict.FAIL


def test_a_new_day_under_shortened_settings_has_the_shorter_term(world: World) -> None:
    """A promise binds the days it was made for."""
    world.seal()
    path = world.home / "w/dayseal.toml"
    path.write_text(path.read_text().replace("# total_days = 365", "total_days = 100"), encoding="utf-8")
    following = DAY + dt.timedelta(days=1)
    write_day(world.logs, following)
    world.seal(following)
    assert world.statement(following).verifier.thresholds["totalDays"] == 100
    assert world.statement().verifier.thresholds["totalDays"] == TERM_DAYS
