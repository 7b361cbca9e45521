import datetime as dt
import hashlib
import pickle

import pytest

from dayseal.clouds.gcp.archive import GcsArchive
from dayseal.clouds.gcp.places import ArchivePlace
from dayseal.digest.objects import ObjectDigest
from dayseal.digest.parallel import digest_all
from dayseal.errors import AccessError, NotFoundError
from support.gcp_estate import ACTIVITY
from support.gcp_gate import Fault
from support.gcp_storage import NOW
from support.gcp_world import World

DAY = dt.date(2026, 11, 22)
HOUR = f"{ACTIVITY}/2026/11/22/03:00:00_03:59:59_S0.json"
ADDENDUM = f"{ACTIVITY}/2026/11/22/03:00:00_03:59:59_A0:1795000000.json"
BODY = bytes(range(256)) * 40


@pytest.fixture
def shelf(google: World) -> World:
    """Give a bucket that keeps objects for 400 days."""
    policy = {"retentionPeriod": str(400 * 86_400), "isLocked": True, "effectiveTime": "2025-01-01T00:00:00Z"}
    google.storage.add_bucket("central", "900", retentionPolicy=policy)
    google.storage.add_bucket("plain", "900")
    return google


def archive(world: World, *logs: str, bucket: str = "central", prefix: str = "") -> GcsArchive:
    """Open it as dayseal does."""
    return GcsArchive(world.access(), ArchivePlace(bucket, prefix), logs)


@pytest.mark.parametrize("logs", [(), (ACTIVITY,)])
def test_a_day_is_its_folder_with_all_addenda(shelf: World, logs: tuple[str, ...]) -> None:
    """A sink writes late entries into addenda beside the hour; both are of that batch day."""
    others = [f"{ACTIVITY}/2026/11/{day}/00:00:00_00:59:59_S0.json" for day in (21, 23)]
    for name in (HOUR, ADDENDUM, *others, f"{ACTIVITY}/2025/11/22/00:00:00_00:59:59_S0.json"):
        shelf.storage.put("central", name, BODY, at=NOW - dt.timedelta(days=9))
    assert [item.key for item in archive(shelf, *logs).list_day(DAY).objects] == [ADDENDUM, HOUR]


def test_logs_of_every_kind_are_found_without_being_named(shelf: World) -> None:
    """A sink makes a folder for each log it carries, at any depth; a hand-made name is of the day it was stored."""
    names = [HOUR, "stdout/2026/11/22/03:00:00_03:59:59_S0.json", "copies/y=2026/m=11/d=22/x.json"]
    for name in names:
        shelf.storage.put("central", name, BODY)
    by_hand = dt.datetime(2026, 11, 22, 23, tzinfo=dt.UTC)
    for name in ("by-hand.json", "notes/2026-plan/x.json", "2026/x.json", f"{ACTIVITY}/2026/11/y.json"):
        names.append(name)
        shelf.storage.put("central", name, BODY, at=by_hand)
    assert sorted(item.key for item in archive(shelf).list_day(DAY).objects) == sorted(names)


def test_other_years_and_months_cost_nothing(shelf: World) -> None:
    """An archive holds years; a day costs a few listings."""
    for year in (2024, 2025, 2026):
        for month in range(1, 13):
            shelf.storage.put("central", f"{ACTIVITY}/{year}/{month:02d}/22/00:00:00_00:59:59_S0.json", b"{}\n")
    archive(shelf).list_day(DAY)
    assert shelf.gate.count("storage:objects.list") == 6  # root, host, log, year, month, day
    shelf.gate.mend()
    archive(shelf, ACTIVITY).list_day(DAY)
    assert shelf.gate.count("storage:objects.list") == 1


def test_every_generation_is_an_object_and_a_deleted_name_is_told(shelf: World) -> None:
    """A second generation and a missing live one are how an archive without a lock is tampered with."""
    first, second = (shelf.storage.put("plain", HOUR, data) for data in (BODY, b"forged"))
    hidden = shelf.storage.put("plain", ADDENDUM, BODY)
    shelf.storage.delete("plain", ADDENDUM)
    listing = archive(shelf, bucket="plain").list_day(DAY)
    assert {(o.key, o.version) for o in listing.objects} == {(HOUR, first), (HOUR, second), (ADDENDUM, hidden)}
    assert listing.delete_markers == (ADDENDUM,)
    old = next(item for item in listing.objects if item.version == first)
    with archive(shelf, bucket="plain").open(old) as source:
        assert source.read() == BODY


def test_locks_are_those_of_the_object_then_of_the_bucket(shelf: World) -> None:
    """Retention of the object itself outranks the bucket's; a hold has no end and is no lock."""
    until = "2028-01-01T00:00:00Z"
    shelf.storage.put("central", f"{HOUR}1", BODY, retention={"mode": "Locked", "retainUntilTime": until})
    shelf.storage.put("central", f"{HOUR}2", BODY)
    shelf.storage.put("plain", f"{HOUR}3", BODY, retention={"mode": "Unlocked", "retainUntilTime": until})
    shelf.storage.put("plain", f"{HOUR}4", BODY, temporaryHold=True)
    shelf.storage.put("plain", f"{HOUR}5", BODY, eventBasedHold=True)
    shelf.storage.put("plain", f"{HOUR}6", BODY)
    objects = [o for name in ("central", "plain") for o in archive(shelf, bucket=name).list_day(DAY).objects]
    end = dt.datetime(2028, 1, 1, tzinfo=dt.UTC)
    policy = NOW + dt.timedelta(days=400)
    assert [(o.lock_mode, o.retain_until) for o in objects] == [
        ("Locked", end), ("BucketPolicy", policy), ("Unlocked", end),
        ("TemporaryHold", None), ("EventBasedHold", None), ("", None),
    ]  # fmt: skip
    assert archive(shelf).find(objects[0].key, objects[0].version) == objects[0]


def test_listing_turns_every_page(shelf: World) -> None:
    """Cloud Storage gives a thousand names at a time."""
    shelf.gate.pages["storage:objects.list"] = 5
    for number in range(12):
        shelf.storage.put("central", f"{ACTIVITY}/2026/11/22/{number:02d}:00:00_{number:02d}:59:59_S0.json", BODY)
    assert len(archive(shelf, ACTIVITY).list_day(DAY).objects) == 12


def test_a_prefix_is_no_part_of_a_key(shelf: World) -> None:
    """A bucket may serve other things beside."""
    shelf.storage.put("central", f"logs/{HOUR}", BODY)
    shelf.storage.put("central", f"else/{HOUR}", BODY)
    inner = archive(shelf, prefix="logs/")
    (found,) = inner.list_day(DAY).objects
    assert (found.key, inner.uri) == (HOUR, "gs://central/logs/")
    assert inner.find(found.key, found.version) == found


@pytest.mark.parametrize(("status", "word"), [(403, "denied"), (429, "throttled"), (503, "timed-out")])
def test_a_page_that_is_refused_is_no_shorter_day(
    shelf: World, monkeypatch: pytest.MonkeyPatch, status: int, word: str
) -> None:
    """An outage must not look like a day without logs, on whichever page it comes."""
    monkeypatch.setattr("dayseal.clouds.gcp.archive._PATIENCE_S", 0.5)
    shelf.gate.pages["storage:objects.list"] = 1
    for name in (HOUR, ADDENDUM):
        shelf.storage.put("central", name, BODY)
    shelf.gate.refuse("storage:objects.list", status=status, reason="forbidden", after=1)
    with pytest.raises(AccessError, match=f"storage:objects.list on gs://central/.*: {word}") as caught:
        archive(shelf, ACTIVITY).list_day(DAY)
    assert caught.value.hint == ("grant storage.objects.list" if status == 403 else "")


@pytest.mark.parametrize(("start", "end"), [(0, None), (0, 10_240), (5, 100), (10_000, None), (7, 7), (20_000, None)])
def test_ranges_of_a_generation_are_the_bytes_asked_for(shelf: World, start: int, end: int | None) -> None:
    """The recorded range of a grown object is hashed again, and nothing beyond it."""
    shelf.storage.put("central", HOUR, BODY)
    (found,) = archive(shelf).list_day(DAY).objects
    with archive(shelf).open(found, start, end) as source:
        assert b"".join(iter(lambda: source.read(999), b"")) == BODY[start:end]


def test_large_objects_come_block_by_block(shelf: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a sink has up to 3.5 GiB: memory holds a block, and a block that broke off is fetched again."""
    monkeypatch.setattr("dayseal.clouds.gcp.object_stream._BLOCK_BYTES", 4_000)
    shelf.storage.put("central", HOUR, BODY)
    (found,) = archive(shelf).list_day(DAY).objects
    shelf.gate.hurt("storage:objects.get", Fault.CUT, times=1, after=1)
    with archive(shelf).open(found) as source:
        assert b"".join(iter(source.read, b"")) == BODY
    assert shelf.gate.count("storage:objects.get") == 4


def test_what_is_marked_as_gzip_is_not_unpacked(shelf: World) -> None:
    """The digest is of the bytes that are stored."""
    data = b"\x1f\x8b no gzip at all"
    shelf.storage.put("central", HOUR, data, contentEncoding="gzip")
    (found,) = archive(shelf).list_day(DAY).objects
    with archive(shelf).open(found) as source:
        assert source.read() == data


def test_bytes_that_do_not_fit_their_checksum_are_refused(shelf: World) -> None:
    """What was damaged on the way must not be sealed as what is stored."""
    shelf.storage.put("central", HOUR, BODY, crc32c="AAAAAA==")
    (found,) = archive(shelf).list_day(DAY).objects
    with pytest.raises(AccessError, match="CRC32C"), archive(shelf).open(found) as source:
        source.read()


def test_a_generation_that_is_gone_is_told_when_it_is_opened(shelf: World) -> None:
    """Gone is not the same as not readable."""
    for data in (BODY, b""):
        shelf.storage.put("central", HOUR, data)
        found = archive(shelf).list_day(DAY).objects[-1]
        shelf.storage.objects["central"].clear()
        assert archive(shelf).find(found.key, found.version) is None
        with pytest.raises(NotFoundError), archive(shelf).open(found):
            pass


def test_a_worker_process_reads_by_itself(shelf: World) -> None:
    """An archive travels to workers, which get in by themselves."""
    shelf.storage.put("central", HOUR, b'{"a":1}\n{"b":2}\n')
    reader = pickle.loads(pickle.dumps(archive(shelf)))  # noqa: S301 - our own bytes
    (digest,) = digest_all(reader, reader.list_day(DAY).objects, workers=1)
    assert isinstance(digest, ObjectDigest)
    assert digest.descriptor.sha256 == hashlib.sha256(b'{"a":1}\n{"b":2}\n').hexdigest()
