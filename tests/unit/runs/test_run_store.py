"""A run's folder: what is written first counts, and what nobody wrote is named as missing."""

import dataclasses
import datetime as dt
import io

import pytest

from dayseal.checks.comparison import Reading, RecordedObject
from dayseal.digest.objects import ObjectDigest, digest_object
from dayseal.digest.parallel import UnreadableObject
from dayseal.errors import NotFoundError, OutOfTimeError, UsageError
from dayseal.model import ArchiveObject, Listing, ObjectDescriptor
from dayseal.runs.answers import StoredLocks, StoredProbe, StoredReadings
from dayseal.runs.deadline import Deadline
from dayseal.runs.documents import Failure, PlanDocument, RunDocument, ShardDocument, ShardItem, ShardResult, row_of
from dayseal.runs.store import RunStore
from dayseal.testing.clock import FixedClock
from dayseal.testing.memory import MemoryStore
from support.route_facts import CLUSTER, NOW

_AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


@pytest.fixture
def run() -> RunStore:
    """Give a new run."""
    return RunStore(MemoryStore(), "run-1")


def test_the_first_copy_of_a_task_counts(run: RunStore) -> None:
    """Two invocations of one task must not leave half of each."""
    first = PlanDocument(archive="central", shards=2, bytes=10)
    assert run.put_plan(first) == first
    assert run.put_plan(PlanDocument(archive="central", shards=3, bytes=11)) == first
    assert run.plan("central") == first
    assert run.plan("other") is None


def test_archives_of_any_name_have_folders_of_their_own(run: RunStore) -> None:
    """People name archives, and two names must never share a result."""
    names = ("central", "../central", "central ", "Zentral/für alle", "a" * 500, "")
    for shards, name in enumerate(names):
        run.put_plan(PlanDocument(archive=name, shards=shards, bytes=0))
    assert [plan.shards for name in names if (plan := run.plan(name))] == list(range(len(names)))


def test_the_list_for_the_engine_is_a_json_array() -> None:
    """Step Functions reads it, not we."""
    store = MemoryStore()
    key = RunStore(store, "r").put_items(
        "a", tuple(ShardItem(run="r", day="2026-11-22", archive="a", shard=n) for n in (0, 1))
    )
    assert store.get(key) == (
        b'[{"run":"r","day":"2026-11-22","archive":"a","shard":0},{"run":"r","day":"2026-11-22","archive":"a","shard":1}]'
    )


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a" * 101, "a b", "-x"])
def test_a_run_has_a_plain_name(name: str) -> None:
    """It comes from outside and becomes part of a key."""
    with pytest.raises(UsageError):
        RunStore(MemoryStore(), name)


def test_what_a_failed_shard_holds_is_unreadable_with_the_reason(run: RunStore) -> None:
    """Nobody may take what was not read for what is not there."""
    found, recorded = _object("new"), _descriptor("known")
    run.put_shard("a", 0, ShardDocument(fresh=(found,), recorded=(recorded,)))
    run.put_plan(PlanDocument(archive="a", shards=1, bytes=9))
    run.put_failure("digest/a/0", Failure(error="out of memory", cause=""))
    readings = StoredReadings(run)
    told = readings.digest("a", found)
    assert isinstance(told, UnreadableObject)
    assert "out of memory" in told.reason
    seen = readings.observed("a", RecordedObject("known", "v", (recorded,)))
    assert seen is not None
    assert seen.reading is Reading.UNREADABLE
    assert readings.digest("a", _object("unplanned")) is None
    assert readings.digest("b", found) is None


def test_a_digest_of_another_size_is_not_taken(run: RunStore) -> None:
    """An object that was read and then grew must be read again."""
    digest = digest_object(io.BytesIO(b"{}\n"), key="new", version="v", end=3)
    _put_result(run, digest, locked=(dataclasses.replace(_object("new", 3), lock_mode="COMPLIANCE"),))
    readings = StoredReadings(run)
    assert readings.digest("a", _object("new", 3)) == digest
    assert readings.digest("a", _object("new", 4)) is None


def test_locks_are_asked_only_of_what_no_shard_looked_at(run: RunStore) -> None:
    """A request for each object of a large day would take longer than the function may."""
    digest = digest_object(io.BytesIO(b"{}\n"), key="new", version="v", end=3)
    _put_result(run, digest, locked=(dataclasses.replace(_object("new", 3), lock_mode="COMPLIANCE"),))
    asked = _Locks()
    listing = Listing((_object("new", 3), _object("other", 5)))
    locked = StoredLocks(asked, StoredReadings(run), "a").with_locks(listing)
    assert [o.lock_mode for o in locked.objects] == ["COMPLIANCE", "ASKED"]
    assert asked.keys == ["other"]


def test_a_cluster_that_came_into_scope_during_the_run_has_no_facts(run: RunStore) -> None:
    """It is judged UNKNOWN, never left out."""
    run.put_run(
        RunDocument(run="run-1", day="2026-11-22", clusters=(), calls=(), silent=(), places=(), judged=(), archives=())
    )
    (facts,) = StoredProbe(run, FixedClock(NOW)).probe_all([CLUSTER])
    assert "came into scope" in str(facts.source)


def test_an_unplanned_shard_is_no_empty_shard(run: RunStore) -> None:
    """A digest task that ran before its plan must fail, not read nothing."""
    with pytest.raises(NotFoundError):
        run.shard("a", 0)


def test_a_deadline_stops_in_time() -> None:
    """One moment before it there is time, one moment later there is not."""
    left = iter((20_000, 19_999, 19_999))
    deadline = Deadline("sealing", lambda: next(left))
    deadline.check("reading a")
    with pytest.raises(OutOfTimeError, match="sealing: 19 s left while reading b, 20 s promised"):
        deadline.check("reading b")


class _Locks:
    def __init__(self) -> None:
        self.keys: list[str] = []

    def with_locks(self, listing: Listing) -> Listing:
        self.keys += [found.key for found in listing.objects]
        return Listing(tuple(dataclasses.replace(found, lock_mode="ASKED") for found in listing.objects))


def _put_result(run: RunStore, digest: ObjectDigest, *, locked: tuple[ArchiveObject, ...]) -> None:
    run.put_plan(PlanDocument(archive="a", shards=1, bytes=3))
    result = ShardResult(digests=(row_of(digest),), unreadable=(), observed=(), locked=locked, locks_missing="")
    assert run.put_result("a", 0, result) == result


def _object(key: str, size: int = 9) -> ArchiveObject:
    return ArchiveObject(key, "v", size, _AT)


def _descriptor(key: str) -> ObjectDescriptor:
    return ObjectDescriptor(
        events=1, events_root="00" * 32, start=0, key=key, sha256="00" * 32, splitter="plain/1", end=9, version="v"
    )
