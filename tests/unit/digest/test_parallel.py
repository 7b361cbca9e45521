import contextlib
import dataclasses
import datetime as dt
import io
import os
from collections.abc import Iterator

import pytest

from dayseal.digest.objects import ObjectDigest
from dayseal.digest.parallel import UnreadableObject, digest_all, plan_shards
from dayseal.errors import AccessError, NotFoundError
from dayseal.model import ArchiveObject, Listing
from dayseal.ports import ByteSource

WHEN = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


@dataclasses.dataclass(frozen=True)
class Shelf:
    """An archive whose objects say in their keys what happens to them."""

    uri: str = "test:"

    def list_day(self, day: dt.date) -> Listing:
        """List nothing."""
        del day
        return Listing(())

    def find(self, key: str, version: str) -> ArchiveObject | None:
        """Find nothing."""
        del key, version
        return None

    @contextlib.contextmanager
    def open(self, found: ArchiveObject, start: int = 0, end: int | None = None) -> Iterator[ByteSource]:
        """Open, refuse, miss or die."""
        if found.key.startswith("denied"):
            raise AccessError("denied")
        if found.key.startswith("gone"):
            raise NotFoundError("gone")
        if found.key.startswith("fatal"):
            os._exit(9)
        yield io.BytesIO((f'{{"kind":"{found.key}"}}\n' * 50).encode()[start:end])


def _objects(*keys: str) -> list[ArchiveObject]:
    return [ArchiveObject(key, "", 50 * len(f'{{"kind":"{key}"}}\n'), WHEN) for key in keys]


def test_results_do_not_depend_on_the_number_of_workers() -> None:
    """A re-reading on a larger machine must find what was attested."""
    objects = _objects(*(f"k{number:02}" for number in range(12)), "denied", "gone", "a-much-longer-key-than-others")
    seen: list[int] = []
    one = digest_all(Shelf(), objects, workers=1, progress=seen.append)
    assert digest_all(Shelf(), objects, workers=3) == one
    assert [r.descriptor.key if isinstance(r, ObjectDigest) else r.found.key for r in one] == [o.key for o in objects]
    assert seen == [found.size for found in objects]


def test_what_cannot_be_read_is_said_and_the_rest_is_digested() -> None:
    """One denied object must not hide a day; it makes the day incomplete, not failed."""
    denied, fine = digest_all(Shelf(), _objects("denied", "fine"), workers=1)
    assert isinstance(denied, UnreadableObject)
    assert "denied" in denied.reason
    assert isinstance(fine, ObjectDigest)


def test_an_object_that_is_shorter_than_listed_is_unreadable() -> None:
    """A store that gives fewer bytes than it listed has not given the object."""
    (found,) = _objects("short")
    (result,) = digest_all(Shelf(), [dataclasses.replace(found, size=found.size + 1)], workers=1)
    assert isinstance(result, UnreadableObject)


@pytest.mark.slow
def test_a_killed_worker_makes_objects_unreadable() -> None:
    """The kernel kills what takes too much memory; that is not a reason to lose the other objects."""
    results = digest_all(Shelf(), _objects("fatal", "a", "b"), workers=2)
    assert isinstance(results[0], UnreadableObject)


def test_shards_are_large_and_keep_the_order() -> None:
    """A task of a cloud's workflow engine costs more than a small object."""
    objects = [dataclasses.replace(found, size=10) for found in _objects(*"abcdefg")]
    shards = plan_shards(objects, min_bytes=25)
    assert [found for shard in shards for found in shard] == objects
    assert [len(shard) for shard in shards] == [3, 4]
    assert plan_shards([]) == ()
