import datetime as dt
import gzip
import json

import pytest

from dayseal.clouds.aws.places import ArchivePlace, Place
from dayseal.clouds.aws.trail_bucket import TrailBucket
from dayseal.clouds.aws.trails import Since, Trails
from dayseal.model.route import Answer, ChangeTrail, Known, Missing, Reason
from support.moto_world import EU, World

NAMES = ("UpdateClusterConfig",)
ORGANISATION = "AWSLogs/o-example/"


def write_file(
    world: World, bucket: str, at: dt.datetime, *records: dict[str, object], data: bytes | None = None
) -> None:
    """Write a log file as CloudTrail does."""
    folder = f"{ORGANISATION}{world.first}/CloudTrail/{EU}/{at:%Y/%m/%d}"
    name = f"{world.first}_CloudTrail_{EU}_{at:%Y%m%dT%H%MZ}_x.json.gz"
    body = gzip.compress(json.dumps({"Records": list(records)}).encode()) if data is None else data
    world.put_object(world.home, bucket, f"{folder}/{name}", body)


def record(at: dt.datetime, name: str = "UpdateClusterConfig", number: int = 0, **more: object) -> dict[str, object]:
    """Give a record of a log file."""
    return {"eventName": name, "eventID": f"e{number}", "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}", **more}


def look(world: World, bucket: str, days: int) -> Answer[ChangeTrail]:
    """Ask for the changes of the last days, through the trail's files."""
    calls = world.calls()
    files = TrailBucket(calls, ArchivePlace(bucket, ORGANISATION, world.home))
    since = world.now - dt.timedelta(days=days)
    return Trails(calls, NAMES, since=Since(since), files=files).answer(Place(world.first, EU), None, None, world.now)


def test_files_of_all_days_are_read_and_reach_beyond_ninety(world: World) -> None:
    """CloudTrail's own look-up forgets; a bucket does not."""
    bucket = world.add_bucket(world.home, "trail")
    for days in range(97):
        at = world.now - dt.timedelta(days=days, minutes=5)
        name = "UpdateClusterConfig" if days in {1, 93, 96} else "PutObject"
        write_file(world, bucket, at, record(at, name, days))
    world.gate.heal()
    answer = look(world, bucket, 95)
    assert isinstance(answer, Known)
    assert [change.event_id for change in answer.value.changes] == ["e93", "e1"]
    assert answer.value.window.start == world.now - dt.timedelta(days=95)
    assert answer.source.text == "s3:GetObject"
    assert "cloudtrail:LookupEvents" not in world.gate.counted()


@pytest.mark.parametrize("written", [(), (1, 2, 4)])
def test_a_day_without_a_file_is_no_quiet_day(world: World, written: tuple[int, ...]) -> None:
    """The trail was off, or the settings name the wrong place: neither shows that nothing was changed."""
    bucket = world.add_bucket(world.home, "trail")
    for days in written:
        at = world.now - dt.timedelta(days=days)
        write_file(world, bucket, at, record(at, "PutObject"))
    answer = look(world, bucket, 5)
    assert isinstance(answer, Missing)
    assert answer.reason is Reason.NOT_FOUND
    assert answer.detail == f"no log file of {(world.now - dt.timedelta(days=3 if written else 4)).date()}"


def test_a_trail_with_data_events_says_so(world: World) -> None:
    """Only then are deleted objects among what it can show."""
    bucket, at = world.add_bucket(world.home, "trail"), world.now - dt.timedelta(hours=30)
    write_file(world, bucket, at, record(at), record(at, "DeleteObject", 1, eventCategory="Data"))
    answer = look(world, bucket, 2)
    assert isinstance(answer, Known)
    assert answer.value.object_level is True


@pytest.mark.parametrize(
    "data",
    [b"no gzip", gzip.compress(b"[]"), gzip.compress(b'{"Records": [1]}'), gzip.compress(b'{"Records": []}')[:-4], b""],
    ids=["no gzip", "a list", "a number as record", "cut", "empty"],
)
def test_a_file_that_cannot_be_read_leaves_no_trail(world: World, data: bytes) -> None:
    """It may hold the very change that matters."""
    bucket = world.add_bucket(world.home, "trail")
    write_file(world, bucket, world.now - dt.timedelta(hours=30), data=data)
    answer = look(world, bucket, 2)
    assert isinstance(answer, Missing)
    assert answer.reason is Reason.CONTRADICTORY


@pytest.mark.parametrize(
    ("call", "permission"), [("s3:GetObject", "s3:GetObject"), ("s3:ListObjectsV2", "s3:ListBucket")]
)
def test_a_refused_file_names_its_permission(world: World, call: str, permission: str) -> None:
    """The trail's bucket is another one than the archive, and its rights are others."""
    bucket = world.add_bucket(world.home, "trail")
    at = world.now - dt.timedelta(hours=30)
    write_file(world, bucket, at, record(at))
    world.gate.refuse(call, "AccessDenied", status=403)
    answer = look(world, bucket, 2)
    assert isinstance(answer, Missing)
    assert (answer.reason, answer.permission) == (Reason.DENIED, permission)
