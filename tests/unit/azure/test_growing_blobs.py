"""A blob that grows while it is read gives the bytes it had; one that is changed is never read as one that grew."""

import datetime as dt
from collections.abc import Callable

import pytest

from dayseal.clouds.azure.archive import BlobArchive
from dayseal.clouds.azure.places import ArchivePlace
from dayseal.errors import AccessError
from dayseal.model import ArchiveObject
from support.azure_blobs import Blobs, Stored
from support.azure_gate import Fault
from support.azure_world import World

HOUR = "y=2026/m=11/d=22/h=23/m=00/PT1H.json"
BODY = bytes(range(256)) * 40


@pytest.fixture
def blobs(azure: World, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    """Give blobs that are read in blocks of 4,000 bytes."""
    monkeypatch.setattr("dayseal.clouds.azure.blob_stream._BLOCK_BYTES", 4_000)
    blobs = Blobs()
    azure.parts.append(blobs)
    return blobs


def opened(azure: World) -> tuple[BlobArchive, ArchiveObject]:
    """List the archive as dayseal does."""
    access = azure.access(blob_endpoint=f"{azure.address}/stored/{{account}}")
    archive = BlobArchive(access, ArchivePlace("central", "logs"))
    (found,) = archive.list_day(dt.date(2026, 11, 22)).objects
    return archive, found


def at_read(blobs: Blobs, number: int, act: Callable[[], object]) -> list[str]:
    """Do something right before the read of that number; give the names read, as they come."""
    seen: list[str] = []

    def before(name: str) -> None:
        seen.append(name)
        if len(seen) == number:
            act()

    blobs.before_get = before
    return seen


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_blob_that_grows_while_it_is_read_gives_the_bytes_listed(azure: World, blobs: Blobs, number: int) -> None:
    """Azure Monitor may still append to the last hour; what was read is hashed again under the new ETag."""
    stored = blobs.put("central/logs", HOUR, BODY)
    archive, found = opened(azure)
    seen = at_read(blobs, number, lambda: blobs.append(stored, b"more"))
    with archive.open(found) as source:
        assert b"".join(iter(source.read, b"")) == BODY
    assert len(seen) == [0, 3, 5, 6][number]  # three blocks, the refused one, and those read again


def test_a_blob_that_is_changed_while_it_is_read_is_not_read_on(azure: World, blobs: Blobs) -> None:
    """Half of one state and half of another is nothing that was ever stored."""
    stored = blobs.put("central/logs", HOUR, BODY)

    def change() -> None:
        stored.data = b"forged" + BODY[6:]
        stored.etag += 1

    archive, found = opened(azure)
    at_read(blobs, 2, change)
    with pytest.raises(AccessError, match="changed while it was read"), archive.open(found) as source:
        b"".join(iter(source.read, b""))


def test_a_blob_that_shrinks_while_it_is_read_is_an_error(azure: World, blobs: Blobs) -> None:
    """It is no shorter blob: its bytes were promised by the listing."""
    stored = blobs.put("central/logs", HOUR, BODY)

    def cut() -> None:
        stored.data = BODY[:9_000]
        stored.etag += 1

    archive, found = opened(azure)
    at_read(blobs, 3, cut)
    with pytest.raises(AccessError, match="1000 bytes from byte 8000 on, 2240 promised"), archive.open(found) as source:
        b"".join(iter(source.read, b""))


def test_a_blob_that_never_stops_growing_is_read_later(azure: World, blobs: Blobs) -> None:
    """Reading it again and again must end."""
    stored: Stored = blobs.put("central/logs", HOUR, BODY)
    archive, found = opened(azure)
    blobs.before_get = lambda _: blobs.append(stored, b"more")
    with pytest.raises(AccessError, match="it grew 4 times while it was read"), archive.open(found) as source:
        b"".join(iter(source.read, b""))


@pytest.mark.parametrize("call", ["storage:blobs.list", "storage:blobs.get"])
def test_what_is_no_answer_of_blob_storage_is_an_error(azure: World, blobs: Blobs, call: str) -> None:
    """A portal answers 200 to everything; nothing of it is a listing, a blob or its absence."""
    blobs.put("central/logs", HOUR, BODY)
    archive, found = opened(azure)
    azure.gate.hurt(call, Fault.GARBLED)
    acts: dict[str, list[Callable[[], object]]] = {
        "storage:blobs.list": [lambda: archive.list_day(dt.date(2026, 11, 22))],
        "storage:blobs.get": [lambda: archive.find(HOUR, ""), lambda: archive.open(found).__enter__()],
    }
    for act in acts[call]:
        with pytest.raises(AccessError):
            act()


def test_a_read_without_an_etag_is_refused(azure: World, blobs: Blobs) -> None:
    """Nothing would hold the next block to the state of this one."""
    stored = blobs.put("central/logs", HOUR, BODY)
    archive, found = opened(azure)
    stored.etag = -1
    with pytest.raises(AccessError, match="no answer that can be read"), archive.open(found):
        pass
