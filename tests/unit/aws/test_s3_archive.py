import dataclasses
import datetime as dt
import hashlib
import itertools
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from dayseal.clouds.aws.archive import S3Archive
from dayseal.clouds.aws.places import ArchivePlace
from dayseal.digest.objects import ObjectDigest
from dayseal.digest.parallel import digest_all
from dayseal.errors import AccessError, NotFoundError
from dayseal.model import ArchiveObject, ClusterId
from support.firehose_objects import firehose_objects
from support.moto_world import EU, World

DAY = dt.date(2026, 11, 22)
KEY = "2026/11/22/10/audit-1-2026-11-22-10-00-00-a"
HIVE = "eks/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/"
BODY = bytes(range(256)) * 40


@dataclasses.dataclass(frozen=True, slots=True)
class Shelf:
    """A locked bucket of this test, read below `eks/`."""

    world: World
    bucket: str

    def archive(self, *layouts: str, travels: bool = False) -> S3Archive:
        """Open it as dayseal does."""
        place = ArchivePlace(self.bucket, "eks/", self.world.home)
        return S3Archive(self.world.access(travels=travels), place, layouts)

    def put(self, key: str, data: bytes = BODY) -> str:
        """Store an object below `eks/`; gives its version."""
        return self.world.put_object(self.world.home, self.bucket, f"eks/{key}", data)


@pytest.fixture
def shelf(world: World) -> Shelf:
    """Give an empty locked bucket."""
    return Shelf(world, world.add_bucket(world.home, "central"))


@pytest.mark.parametrize("layouts", [(), ("eks/",), (HIVE, "eks/")])
def test_a_day_is_found_whatever_else_lies_there(shelf: Shelf, layouts: tuple[str, ...]) -> None:
    """By folder or by looking at all keys: the day's objects are the same."""
    hive = "year=2026/month=11/day=22/audit-1-2026-11-22-09-00-00-b"
    for key in (KEY, hive, "2026/11/21/23/x", "2026/11/23/00/x", "other/2026/11/22/00/y"):
        shelf.put(key)
    shelf.world.put_object(shelf.world.home, shelf.bucket, "else/2026/11/22/10/x")
    found = [item.key for item in shelf.archive(*layouts).list_day(DAY).objects]
    expected = {(): [KEY, "other/2026/11/22/00/y", hive], ("eks/",): [KEY], (HIVE, "eks/"): [KEY, hive]}
    assert found == expected[layouts]


def test_a_day_of_a_folder_layout_lists_only_its_folder(shelf: Shelf) -> None:
    """An archive holds years; a day costs the listing of a day."""
    shelf.archive("eks/").list_day(DAY)
    (request,) = [r for r in shelf.world.gate.log if r.name == "s3:ListObjectVersions"]
    assert "prefix=eks/2026/11/22/" in request.text


def test_a_key_without_a_date_is_of_the_day_it_was_stored(shelf: Shelf) -> None:
    """Every object belongs to one day."""
    shelf.put("manual-copy.gz")
    assert [item.key for item in shelf.archive().list_day(shelf.world.now.date()).objects] == ["manual-copy.gz"]


def test_every_version_is_an_object_and_a_marker_is_reported(shelf: Shelf) -> None:
    """A second version and a delete marker are how locked objects are tampered with."""
    first, second = shelf.put(KEY), shelf.put(KEY, b"forged")
    s3 = shelf.world.client("s3", shelf.world.home)
    hidden = shelf.put(f"{KEY}-hidden")
    s3.delete_object(Bucket=shelf.bucket, Key=f"eks/{KEY}-hidden")
    listing = shelf.archive("eks/").list_day(DAY)
    assert {(item.key, item.version) for item in listing.objects} == {
        (KEY, first),
        (KEY, second),
        (f"{KEY}-hidden", hidden),
    }
    assert listing.delete_markers == (f"{KEY}-hidden",)
    with shelf.archive().open(next(o for o in listing.objects if o.version == hidden)) as source:
        assert source.read(10_240) == BODY  # the object under the marker is still read


def test_listing_more_than_a_page(shelf: Shelf) -> None:
    """S3 gives a thousand keys at a time."""
    for number in range(12):
        shelf.put(f"2026/11/22/10/{number:02d}")
    archive = shelf.archive("eks/")
    client = archive._client()
    paginate: Callable[..., Any] = client.get_paginator

    def small(operation: str) -> object:
        pages = paginate(operation)
        inner = pages.paginate
        pages.paginate = lambda **request: inner(**request, PaginationConfig={"PageSize": 5})
        return pages

    client.get_paginator = small
    assert len(archive.list_day(DAY).objects) == 12


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown"])
def test_a_listing_that_is_refused_is_no_empty_day(shelf: Shelf, code: str) -> None:
    """An outage must not look like a day without logs."""
    shelf.world.gate.refuse("s3:ListObjectVersions", code, status=403 if code == "AccessDenied" else 503)
    with pytest.raises(AccessError, match="s3:ListObjectVersions on s3://") as caught:
        shelf.archive("eks/").list_day(DAY)
    assert caught.value.hint == ("grant s3:ListBucketVersions" if code == "AccessDenied" else "")


def test_locks_are_shown_where_they_are_asked_for(shelf: Shelf) -> None:
    """S3's listings show none; opening and looking an object up do."""
    shelf.put(KEY)
    archive = shelf.archive("eks/")
    listing = archive.list_day(DAY)
    (plain,), (locked,) = listing.objects, archive.with_locks(listing).objects
    assert (plain.lock_mode, plain.retain_until) == ("", None)
    assert locked.lock_mode == "COMPLIANCE"
    assert locked.retain_until is not None
    assert locked.retain_until - shelf.world.now > dt.timedelta(days=399)
    with archive.open(plain) as source:
        assert (source.lock_mode, source.retain_until) == (locked.lock_mode, locked.retain_until)  # type: ignore[attr-defined]  # this adapter's stream shows more than the port


@pytest.mark.parametrize(("start", "end"), [(0, None), (0, 10_240), (5, 100), (10_000, None), (7, 7), (20_000, None)])
def test_ranges_are_the_bytes_asked_for(shelf: Shelf, start: int, end: int | None) -> None:
    """The recorded range of a grown object is hashed again, and nothing beyond it."""
    shelf.put(KEY)
    (found,) = shelf.archive().list_day(DAY).objects
    with shelf.archive().open(found, start, end) as source:
        assert b"".join(iter(lambda: source.read(999), b"")) == BODY[start:end]


def test_stored_bytes_come_as_they_are_stored(shelf: Shelf) -> None:
    """An object that says it is gzip must not be unpacked on the way: the digest is of what is stored."""
    data = b"\x1f\x8b no gzip at all"
    shelf.world.client("s3", shelf.world.home).put_object(
        Bucket=shelf.bucket, Key=f"eks/{KEY}", Body=data, ContentEncoding="gzip", ChecksumAlgorithm="SHA256"
    )
    (found,) = shelf.archive().list_day(DAY).objects
    with shelf.archive().open(found) as source:
        assert source.read() == data


def test_what_is_gone_is_not_found(shelf: Shelf) -> None:
    """A version that is gone is a finding; a version that is refused is not known."""
    archive, gone = shelf.archive(), ArchiveObject(KEY, "no-such-version", 3, shelf.world.now)
    assert archive.find(KEY, "no-such-version") is None
    with pytest.raises(NotFoundError, match="is gone from s3://"), archive.open(gone) as source:
        source.read()
    version = shelf.put(KEY)
    shelf.world.gate.refuse("s3:HeadObject", "403", status=403)
    with pytest.raises(AccessError, match="denied"):
        archive.find(KEY, version)


def test_a_connection_that_breaks_is_taken_up_where_it_broke(shelf: Shelf) -> None:
    """A version's bytes do not change, so the rest of it fits what was read."""
    shelf.put(KEY)
    archive = shelf.archive()
    (found,) = archive.list_day(DAY).objects
    with archive.open(found) as source:
        first = source.read(1_000)
        source._body = _Broken()  # type: ignore[attr-defined]  # the connection is this adapter's own
        rest = b"".join(iter(lambda: source.read(3_000), b""))
    assert hashlib.sha256(first + rest).digest() == hashlib.sha256(BODY).digest()
    assert [r.headers.get("range") for r in shelf.world.gate.log if r.name == "s3:GetObject"] == [
        None,
        "bytes=1000-10239",
    ]


class _Broken:
    """A body whose connection ended."""

    def read(self, _: int) -> bytes:
        return b""

    def close(self) -> None:
        """Do nothing."""


def test_firehose_objects_are_digested_by_worker_processes(shelf: Shelf) -> None:
    """The reader is sent to the workers; each gets in by itself, and all digest the same."""
    cluster = ClusterId("eks", shelf.world.first, EU, "prod", "UID")
    written = list(itertools.islice(firehose_objects(cluster, DAY, every_minutes=360), 4))
    for item in written:
        shelf.put(item.key, item.data)
    archive = shelf.archive("eks/", travels=True)
    listing = archive.list_day(DAY)
    alone = digest_all(archive, listing.objects, workers=1)
    shared = digest_all(archive, listing.objects, workers=2)
    assert alone == shared
    assert [d.descriptor.events for d in alone if isinstance(d, ObjectDigest)] == [item.records for item in written]
    assert pickle.loads(pickle.dumps(archive)).uri == archive.uri  # noqa: S301 - what we pickled ourselves
