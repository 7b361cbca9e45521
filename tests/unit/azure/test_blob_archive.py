import datetime as dt
import hashlib
import pickle

import pytest

from dayseal.clouds.azure.archive import AUDIT_CONTAINERS, BlobArchive
from dayseal.clouds.azure.places import ArchivePlace
from dayseal.clouds.azure.session import Access
from dayseal.digest.objects import ObjectDigest
from dayseal.digest.parallel import digest_all
from dayseal.errors import AccessError, NotFoundError
from support.azure_blobs import NOW, Blobs
from support.azure_gate import Fault
from support.azure_world import World

DAY = dt.date(2026, 11, 22)
AUDIT, ADMIN = AUDIT_CONTAINERS
HOME = f"central/{AUDIT}"
CLUSTER = "resourceId=/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD"
HOUR = f"{CLUSTER}/y=2026/m=11/d=22/h=03/m=00/PT1H.json"
LATER = f"{CLUSTER}/y=2026/m=11/d=22/h=04/m=00/PT1H.json"
BODY = bytes(range(256)) * 40
GET, LIST = "storage:blobs.get", "storage:blobs.list"


@pytest.fixture
def shelf(azure: World) -> Blobs:
    """Give the blobs of an Azure."""
    blobs = Blobs()
    blobs.containers[HOME] = []
    azure.parts.append(blobs)
    return blobs


def archive(world: World, container: str = AUDIT, prefix: str = "", *containers: str) -> BlobArchive:
    """Open it as dayseal does."""
    access = world.access(blob_endpoint=f"{world.address}/stored/{{account}}")
    return BlobArchive(access, ArchivePlace("central", container, prefix), containers)


def test_a_day_is_the_hours_in_which_records_were_received(azure: World, shelf: Blobs) -> None:
    """Every cluster has a folder for each hour; what has no date in its name is of the day it was made."""
    other = HOUR.replace("PROD", "DEV")
    for name in (HOUR, other, LATER, *(HOUR.replace("d=22", f"d={day}") for day in (21, 23)), "y=2026/x.json"):
        shelf.put(HOME, name, BODY)
    shelf.put(HOME, "by-hand.json", BODY, made=NOW - dt.timedelta(days=1))
    found = archive(azure).list_day(DAY)
    assert [item.key for item in found.objects] == sorted([HOUR, other, LATER, "by-hand.json"])
    assert archive(azure).list_day(NOW.date()).objects[-1].key == "y=2026/x.json"


def test_other_years_months_and_days_cost_nothing(azure: World, shelf: Blobs) -> None:
    """An archive holds years; a day costs a listing for each folder on the way to it."""
    for year in (2024, 2025, 2026):
        for month in range(1, 13):
            shelf.put(HOME, f"{CLUSTER}/y={year}/m={month:02d}/d=22/h=00/m=00/PT1H.json", b"{}\n")
    archive(azure).list_day(DAY)
    assert azure.gate.count(LIST) == len(CLUSTER.split("/")) + 4  # the root, year, month and day beside


def test_both_audit_containers_are_one_archive_whose_keys_say_which(azure: World, shelf: Blobs) -> None:
    """The two categories go to two containers; a second one that nobody needs yet holds nothing."""
    shelf.put(HOME, HOUR, BODY)
    whole = archive(azure, "")
    assert [item.key for item in whole.list_day(DAY).objects] == [f"{AUDIT}/{HOUR}"]
    shelf.put(f"central/{ADMIN}", HOUR, b"other")
    found = whole.list_day(DAY).objects
    assert ([item.key for item in found], whole.uri) == ([f"{ADMIN}/{HOUR}", f"{AUDIT}/{HOUR}"], "az://central/")
    assert all(whole.find(item.key, item.version) == item for item in found)
    with whole.open(found[0]) as source:
        assert source.read() == b"other"
    assert [item.key for item in archive(azure, "", "", ADMIN).list_day(DAY).objects] == [f"{ADMIN}/{HOUR}"]


def test_an_archive_without_a_container_is_no_empty_one(azure: World, shelf: Blobs) -> None:
    """Who deletes the container must not get a day without logs."""
    shelf.containers.clear()
    for container in (AUDIT, ""):
        with pytest.raises(AccessError, match="ContainerNotFound"):
            archive(azure, container).list_day(DAY)
    with pytest.raises(AccessError, match="ContainerNotFound"):
        archive(azure).find(HOUR, "")


def test_every_version_is_an_object_and_what_was_deleted_is_told(azure: World, shelf: Blobs) -> None:
    """Versions, and blobs without a live one, are how an archive without a lock is tampered with."""
    shelf.put(HOME, HOUR, BODY, version="2026-11-22T03:00:00.1Z", current=False)
    shelf.put(HOME, HOUR, b"forged", version="2026-11-22T09:00:00.1Z")
    shelf.put(HOME, LATER, BODY, version="2026-11-22T04:00:00.1Z", current=False)
    shelf.put(HOME, f"{LATER}2", BODY, current=False, deleted=True)
    listing = archive(azure).list_day(DAY)
    assert [(o.key == HOUR, o.version[11:13], o.size) for o in listing.objects] == [
        (True, "03", len(BODY)), (True, "09", 6), (False, "04", len(BODY)),
    ]  # fmt: skip
    assert listing.delete_markers == (LATER, f"{LATER}2")
    with archive(azure).open(listing.objects[0]) as source:
        assert source.read() == BODY
    assert archive(azure).find(f"{LATER}2", "") is None


def test_locks_are_the_blobs_own(azure: World, shelf: Blobs) -> None:
    """A container's policy is no blob's; a hold has no end and is no lock."""
    until = dt.datetime(2028, 1, 1, tzinfo=dt.UTC)
    shelf.put(HOME, f"{HOUR}1", BODY, mode="locked", until=until)
    shelf.put(HOME, f"{HOUR}2", BODY, mode="Unlocked", until=until, hold=True)
    shelf.put(HOME, f"{HOUR}3", BODY, hold=True)
    shelf.put(HOME, f"{HOUR}4", BODY)
    objects = archive(azure).list_day(DAY).objects
    assert [(o.lock_mode, o.retain_until) for o in objects] == [
        ("Locked", until), ("Unlocked", until), ("LegalHold", None), ("", None),
    ]  # fmt: skip
    assert tuple(archive(azure).find(o.key, o.version) for o in objects) == objects


def test_listing_turns_every_page_and_passes_by_folders(azure: World, shelf: Blobs) -> None:
    """Blob storage gives 5,000 names at a time; a hierarchical account lists its folders as empty blobs."""
    shelf.page = 2
    for hour in range(24):
        shelf.put(HOME, HOUR.replace("h=03", f"h={hour:02d}"), BODY)
    shelf.put(HOME, HOUR.rpartition("/")[0], b"", metadata={"hdi_isfolder": "true"})
    shelf.put(HOME, f"{HOUR}x", b"not empty", metadata={"hdi_isfolder": "true"})
    assert len(archive(azure).list_day(DAY).objects) == 25


def test_a_prefix_is_no_part_of_a_key(azure: World, shelf: Blobs) -> None:
    """A container may serve other things beside."""
    shelf.put(HOME, f"logs/{HOUR}", BODY)
    shelf.put(HOME, f"else/{HOUR}", BODY)
    inner = archive(azure, AUDIT, "logs/")
    (found,) = inner.list_day(DAY).objects
    assert (found.key, inner.uri) == (HOUR, f"az://central/{AUDIT}/logs/")
    assert inner.find(found.key, found.version) == found


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [(403, "AuthorizationPermissionMismatch", "denied"), (503, "ServerBusy", "throttled"), (500, "x", "timed-out")],
)
def test_a_page_that_is_refused_is_no_shorter_day(
    azure: World, shelf: Blobs, status: int, code: str, word: str
) -> None:
    """An outage must not look like a day without logs, on whichever page it comes."""
    shelf.page = 1
    for name in (HOUR, LATER):
        shelf.put(HOME, name, BODY)
    archive(azure).list_day(DAY)
    pages = azure.gate.count(LIST)
    azure.gate.mend()
    azure.gate.refuse(LIST, status=status, code=code, after=pages - 1)
    with pytest.raises(AccessError, match=f"storage:blobs.list on az://central/.*: {word}") as caught:
        archive(azure).list_day(DAY)
    assert ("blobs/read" in caught.value.hint) == (status == 403)


@pytest.mark.parametrize(("start", "end"), [(0, None), (0, 10_240), (5, 100), (10_000, None), (7, 7), (20_000, None)])
def test_ranges_are_the_bytes_asked_for(azure: World, shelf: Blobs, start: int, end: int | None) -> None:
    """The recorded range of a grown blob is hashed again, and nothing beyond it."""
    shelf.put(HOME, HOUR, BODY)
    (found,) = archive(azure).list_day(DAY).objects
    with archive(azure).open(found, start, end) as source:
        assert b"".join(iter(lambda: source.read(999), b"")) == BODY[start:end]


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOST])
def test_large_blobs_come_block_by_block(
    azure: World, shelf: Blobs, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    """A blob may have 195 GB: memory holds a block, and a block that broke off is fetched again."""
    monkeypatch.setattr("dayseal.clouds.azure.blob_stream._BLOCK_BYTES", 4_000)
    shelf.put(HOME, HOUR, BODY)
    (found,) = archive(azure).list_day(DAY).objects
    azure.gate.hurt(GET, fault, times=1, after=1)
    with archive(azure).open(found) as source:
        assert b"".join(iter(source.read, b"")) == BODY


def test_throttled_reads_wait_as_long_as_they_are_asked_to(azure: World, shelf: Blobs) -> None:
    """Whoever knocks again at once is turned away for longer."""
    shelf.put(HOME, HOUR, BODY)
    waits: list[float] = []
    access = azure.access(blob_endpoint=f"{azure.address}/stored/{{account}}", wait=waits.append)
    reader = BlobArchive(access, ArchivePlace("central", AUDIT))
    azure.gate.refuse(GET, status=503, code="ServerBusy", retry_after="7", times=2)
    assert reader.find(HOUR, "") is not None
    assert waits == [7.0, 7.0]


def test_what_is_marked_as_gzip_is_not_unpacked(azure: World, shelf: Blobs) -> None:
    """The digest is of the bytes that are stored."""
    data = b"\x1f\x8b no gzip at all"
    shelf.put(HOME, HOUR, data, encoding="gzip")
    (found,) = archive(azure).list_day(DAY).objects
    with archive(azure).open(found) as source:
        assert source.read() == data


def test_a_worker_process_reads_by_itself(azure: World, shelf: Blobs) -> None:
    """An archive travels to workers, which get in by themselves."""
    shelf.put(HOME, HOUR, b'{"a":1}\n{"b":2}\n')
    access = Access(blob_endpoint=f"{azure.address}/stored/{{account}}")  # the machine's own identity
    reader = pickle.loads(pickle.dumps(BlobArchive(access, ArchivePlace("central", AUDIT))))  # noqa: S301 - our own
    (digest,) = digest_all(reader, reader.list_day(DAY).objects, workers=1)
    assert isinstance(digest, ObjectDigest)
    assert digest.descriptor.sha256 == hashlib.sha256(b'{"a":1}\n{"b":2}\n').hexdigest()


def test_a_blob_that_is_gone_is_told_when_it_is_opened(azure: World, shelf: Blobs) -> None:
    """Gone is not the same as not readable."""
    for data in (BODY, b""):
        shelf.containers[HOME] = []
        stored = shelf.put(HOME, HOUR, data)
        (found,) = archive(azure).list_day(DAY).objects
        stored.deleted = True
        with pytest.raises(NotFoundError), archive(azure).open(found):
            pass
