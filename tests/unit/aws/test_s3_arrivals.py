import datetime as dt

import pytest

from dayseal.clouds.aws.arrivals import Arrivals, Inlet
from dayseal.clouds.aws.places import ArchivePlace
from dayseal.model.route import Known, Missing, NewestObject, Reason
from support.moto_world import World

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def bucket(world: World) -> str:
    """Give an empty bucket."""
    return world.add_bucket(world.home, "central")


def newest(world: World, bucket: str, inlet: Inlet) -> NewestObject | Missing | None:
    """Look for the newest object."""
    answer = Arrivals(world.calls(), ArchivePlace(bucket, "", world.home)).newest(inlet, world.now)
    return answer.value if isinstance(answer, Known) else answer


def put(world: World, bucket: str, layout: str, age: dt.timedelta) -> str:
    """Store an object under a folder of its time."""
    key = (world.now - age).strftime(layout) + "audit-1-x"
    world.put_object(world.home, bucket, key, age=age)
    return key


@pytest.mark.parametrize("age", [HOUR / 60, HOUR / 2, HOUR * 1.5, HOUR * 30, HOUR * 24 * 400])
@pytest.mark.parametrize(
    ("prefix", "layout"),
    [
        ("", "%Y/%m/%d/%H/"),
        ("eks2/", "eks2/%Y/%m/%d/%H/"),
        ("y=!{timestamp:yyyy}/m=!{timestamp:MM}/d=!{timestamp:dd}/", "y=%Y/m=%m/d=%d/"),
    ],
)
def test_the_newest_object_is_found_however_old_it_is(
    world: World, bucket: str, prefix: str, layout: str, age: dt.timedelta
) -> None:
    """An export that died a year ago must be found dead, not missing."""
    put(world, bucket, layout, age + HOUR * 24 * 40)
    key = put(world, bucket, layout, age)
    found = newest(world, bucket, Inlet(prefix))
    assert isinstance(found, NewestObject)
    assert found.key == key


def test_folders_that_are_no_dates_are_passed_by(world: World, bucket: str) -> None:
    """What else lies in the bucket, or went astray, is no delivery."""
    key = put(world, bucket, "%Y/%m/%d/%H/", HOUR * 50)
    for other in ("zzz/new", "processing-failed/2026/11/22/new", "9999-notes/new", "9999"):
        world.put_object(world.home, bucket, other, age=HOUR / 60)
    found = newest(world, bucket, Inlet(""))
    assert isinstance(found, NewestObject)
    assert found.key == key


def test_an_empty_archive_is_known_to_be_empty(world: World, bucket: str) -> None:
    """Nothing was denied: there is none."""
    assert newest(world, bucket, Inlet("eks/")) is None
    assert newest(world, bucket, Inlet("eks/!{firehose:random-string}/")) is None


def test_keys_without_a_date_in_front_are_all_looked_at(world: World, bucket: str) -> None:
    """Their order says nothing of their time."""
    put(world, bucket, "eks/b/%Y/%m/%d/", HOUR * 50)
    key = put(world, bucket, "eks/a/%Y/%m/%d/", HOUR)
    inlet = Inlet("eks/!{partitionKeyFromQuery:cluster}/!{timestamp:yyyy/MM/dd}/")
    found = newest(world, bucket, inlet)
    assert isinstance(found, NewestObject)
    assert found.key == key


def test_too_many_keys_without_a_date_are_no_answer(world: World, bucket: str) -> None:
    """The first ten thousand by name may be the oldest: an export that works must not look dead."""
    page = "<Contents><Key>eks/a</Key><LastModified>2020-01-01T00:00:00Z</LastModified><Size>1</Size></Contents>"
    more = "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
    xml = f"<ListBucketResult>{more}{page}</ListBucketResult>"
    world.gate.pages["s3:ListObjectsV2"] = xml.encode()
    found = newest(world, bucket, Inlet("eks/!{firehose:random-string}/"))
    assert isinstance(found, Missing)
    assert (found.reason, found.detail) == (Reason.CONTRADICTORY, "more than 10 pages")


@pytest.mark.parametrize(("age", "count"), [(HOUR, 2), (HOUR * 60, 0)])
@pytest.mark.parametrize("inlet", [Inlet("eks/"), Inlet("eks/", "lost/")])
def test_what_went_astray_lately_is_counted(
    world: World, bucket: str, inlet: Inlet, age: dt.timedelta, count: int
) -> None:
    """A locked error object stays for a year; it must not say for a year that deliveries fail now."""
    root = inlet.error_prefix or "eks/decompression-failed/"
    for name in ("a", "b"):
        at = world.now - age
        world.put_object(world.home, bucket, f"{root}{at:%Y/%m/%d/%H}/{name}", age=age)
    answer = Arrivals(world.calls(), ArchivePlace(bucket, "", world.home)).astray(inlet, world.now - HOUR * 24)
    assert isinstance(answer, Known)
    assert answer.value == count
