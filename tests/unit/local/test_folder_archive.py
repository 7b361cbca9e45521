"""A folder as an archive: only regular files are objects, and each belongs to one batch day."""

import datetime as dt
import os
import pickle
from pathlib import Path

import pytest

from dayseal.clouds.local.archive import FolderArchive
from dayseal.errors import AccessError, NotFoundError
from dayseal.model import ArchiveObject, batch_day_of_key

DAY = dt.date(2026, 11, 22)
EVENT = b'{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","stageTimestamp":"%s"}\n'


def archive(root: Path) -> FolderArchive:
    """Give the folder as an archive."""
    return FolderArchive(root, "logs")


def put(root: Path, key: str, data: bytes) -> None:
    """Write one object."""
    path = root / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("2026/11/22/03/stream-1-2026-11-22-03-04-05-uuid", DAY),
        ("cloudaudit.googleapis.com/activity/2026/11/22/03:00:00_03:59:59_S0.json", DAY),
        ("resourceId=/SUBSCRIPTIONS/X/y=2026/m=11/d=22/h=03/m=00/PT1H.json", DAY),
        ("audit-2026-11-22T03-04-05.log", DAY),
        ("2026/13/45/x", None),
        ("audit.log", None),
        ("12026-11-221", None),
        ("2026/11/21/late-2026-11-22", dt.date(2026, 11, 21)),
    ],
)
def test_a_key_names_at_most_one_day(key: str, day: dt.date | None) -> None:
    """An object in two batches would be counted twice, an object in none would be lost."""
    assert batch_day_of_key(key) == day


def test_an_undated_file_belongs_to_the_day_of_its_first_event(tmp_path: Path) -> None:
    """`audit.log` of a self-managed API server has no date in its name."""
    put(tmp_path, "audit.log", EVENT % b"2026-11-22T23:59:59.000000Z" + EVENT % b"2026-11-23T00:00:01.000000Z")
    assert [o.key for o in archive(tmp_path).list_day(DAY).objects] == ["audit.log"]
    assert archive(tmp_path).list_day(DAY + dt.timedelta(days=1)).objects == ()


def test_an_undated_file_without_any_event_belongs_to_the_day_it_was_written(tmp_path: Path) -> None:
    """Garbage must be in some batch, or it is nowhere."""
    put(tmp_path, "junk", b"not json\n")
    os.utime(tmp_path / "junk", (1_795_348_800, 1_795_348_800))
    day = dt.datetime.fromtimestamp(1_795_348_800, dt.UTC).date()
    assert [o.key for o in archive(tmp_path).list_day(day).objects] == ["junk"]


def test_links_and_pipes_are_named_and_never_opened(tmp_path: Path) -> None:
    """A link could show one file to us and another to the auditor; a pipe would block for ever."""
    root = tmp_path / "root"
    put(root, "2026/11/22/real", b"{}\n")
    (root / "2026/11/22/link").symlink_to("real")
    os.mkfifo(root / "2026/11/22/pipe")
    (root / "2026/12").symlink_to(root / "2026/11")
    listing = archive(root).list_day(DAY)
    assert [o.key for o in listing.objects] == ["2026/11/22/real"]
    assert listing.refused == ("'2026/11/22/link'", "'2026/11/22/pipe'", "'2026/12'")
    for name in ("link", "pipe"):
        found = ArchiveObject(f"2026/11/22/{name}", "", 0, dt.datetime.fromtimestamp(0, dt.UTC))
        with pytest.raises((NotFoundError, AccessError)), archive(root).open(found):
            pass


def test_a_name_that_is_not_utf8_is_named_and_left_alone(tmp_path: Path) -> None:
    """No statement could carry it, and nothing may be dropped silently."""
    (tmp_path / "2026-11-22").mkdir()
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/2026-11-22/\xff"))).write_bytes(b"{}\n")
    listing = archive(tmp_path).list_day(DAY)
    assert listing.objects == ()
    assert len(listing.refused) == 1


def test_names_with_control_characters_are_objects_like_others(tmp_path: Path) -> None:
    """A newline in a key must neither break a manifest line nor hide the object."""
    put(tmp_path, "2026-11-22 a\nb\x07", b"{}\n")
    assert [o.key for o in archive(tmp_path).list_day(DAY).objects] == ["2026-11-22 a\nb\x07"]


@pytest.mark.parametrize("key", ["../secret", "/etc/passwd", "a/../../b", "a//b", "./a", "a\0b", ""])
def test_keys_that_leave_the_folder_are_not_there(tmp_path: Path, key: str) -> None:
    """Keys come back to us from manifests, which are hostile input."""
    with pytest.raises(NotFoundError):
        archive(tmp_path).find(key, "")


def test_a_slice_gives_exactly_its_bytes(tmp_path: Path) -> None:
    """Ranges are what grown objects are made of."""
    put(tmp_path, "2026-11-22", b"0123456789")
    reader = archive(tmp_path)
    found = reader.find("2026-11-22", "")
    assert found is not None
    with reader.open(found, 2, 7) as source:
        assert source.read(3) == b"234"
        assert source.read() == b"56"
        assert source.read() == b""


def test_a_folder_that_is_gone_is_an_error_and_not_an_empty_day(tmp_path: Path) -> None:
    """An outage of the archive must not look like a quiet day."""
    with pytest.raises(AccessError, match="cannot list"):
        archive(tmp_path / "gone").list_day(DAY)


def test_many_days_cost_one_walk_and_a_day_asked_for_again_a_new_one(tmp_path: Path) -> None:
    """A year of days must not walk a year of files 365 times; who looks twice wants to see what came since."""
    days = [DAY + dt.timedelta(days=n) for n in range(3)]
    folder = archive(tmp_path)
    put(tmp_path, f"audit-{days[0]}.log", b"{}\n")
    assert [len(folder.list_day(day).objects) for day in days] == [1, 0, 0]
    for day in days:
        put(tmp_path, f"audit-{day}-late.log", b"{}\n")
    assert [len(folder.list_day(day).objects) for day in days] == [2, 1, 1]


def test_what_was_walked_does_not_travel_to_other_processes(tmp_path: Path) -> None:
    """Workers open files by name; a list of all files would be sent along with each run."""
    put(tmp_path, f"audit-{DAY}.log", b"{}\n")
    folder = archive(tmp_path)
    folder.list_day(DAY)
    size = len(pickle.dumps(folder))
    copy = pickle.loads(pickle.dumps(folder))  # noqa: S301 - our own bytes
    assert (copy, size) == (folder, len(pickle.dumps(archive(tmp_path))))
    assert len(copy.list_day(DAY).objects) == 1
