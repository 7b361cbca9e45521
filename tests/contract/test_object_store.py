"""What every ledger store must keep, whatever it is made of."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dayseal.clouds.local.store import FolderStore
from dayseal.errors import ExistsError, FormatError, NotFoundError
from dayseal.ports import ObjectStore
from dayseal.testing.memory import MemoryStore
from support.stores import CLOUDS, Clouds

Opener = Callable[[], ObjectStore]


@pytest.fixture(params=["memory", "folder", *CLOUDS])
def opener(request: pytest.FixtureRequest, tmp_path: Path, clouds: Clouds) -> Opener:
    """Give a function that opens the same store again, as another process would."""
    if request.param in CLOUDS:
        return clouds.place(request.param).store
    if request.param == "folder":
        return lambda: FolderStore(tmp_path / "store")
    store = MemoryStore()
    return lambda: store


def test_what_was_created_is_read_back(opener: Opener) -> None:
    """Read-after-write, also by somebody else."""
    opener().create("tile/0/000.p/5", b"five")
    assert opener().get("tile/0/000.p/5") == b"five"


def test_an_empty_object_exists(opener: Opener) -> None:
    """A manifest of a day without objects has no bytes and still is evidence."""
    opener().create("manifests/empty.jsonl", b"")
    assert opener().get("manifests/empty.jsonl") == b""


@pytest.mark.parametrize("again", [b"first", b"second"])
def test_the_second_create_is_refused_and_changes_nothing(opener: Opener, again: bytes) -> None:
    """Create-if-absent is what the commit protocol stands on; equal bytes are no exception."""
    opener().create("commits/00000001", b"first")
    with pytest.raises(ExistsError):
        opener().create("commits/00000001", again)
    assert opener().get("commits/00000001") == b"first"


def test_what_is_absent_is_not_found(opener: Opener) -> None:
    """Absence is an answer of its own, also below an object and where nothing was ever written."""
    store = opener()
    with pytest.raises(NotFoundError):
        store.get("checkpoint")
    store.create("checkpoint", b"x")
    for key in ("other", "other/deep", "checkpoint/below"):
        with pytest.raises(NotFoundError):
            store.get(key)


def test_replace_writes_over_what_is_there(opener: Opener) -> None:
    """`checkpoint` is the one object that is written again."""
    store = opener()
    for data in (b"one", b"two"):
        store.replace("checkpoint", data)
        assert opener().get("checkpoint") == data


def test_keys_are_listed_bytewise_under_any_prefix(opener: Opener) -> None:
    """Readers take the last key for the newest; `.` sorts before `/`, which folders make easy to get wrong."""
    store = opener()
    keys = ["a/b", "a.b", "a-b", "a/b.c", "a/b/c", "aa", "b/0", "a/B"]
    keys.remove("a/b")  # a folder cannot hold both a/b and a/b/c
    for key in keys:
        store.create(key, b"")
    assert list(opener().keys("")) == sorted(keys)
    assert list(opener().keys("a/")) == sorted(k for k in keys if k.startswith("a/"))
    assert list(opener().keys("a/b")) == ["a/b.c", "a/b/c"]
    assert list(opener().keys("c")) == []
    assert list(opener().keys("no/such/")) == []


def test_an_object_larger_than_allowed_is_not_fetched(opener: Opener) -> None:
    """A stranger's object must cost little: the size is looked at first."""
    store = opener()
    store.create("inbox/x", b"12345")
    assert store.get("inbox/x", max_bytes=5) == b"12345"
    with pytest.raises(FormatError, match="at most 4"):
        store.get("inbox/x", max_bytes=4)


@pytest.mark.parametrize(
    "key", ["", "/abs", "a//b", "../up", "a/../b", "a/.", ".hidden", "a/", "a\nb", "a\0b", "ä", "a b", "x" * 1000]
)
def test_a_key_that_could_escape_is_refused(opener: Opener, key: str) -> None:
    """A key is never a path of somebody else's choosing."""
    for action in (lambda: opener().get(key), lambda: opener().create(key, b""), lambda: opener().replace(key, b"")):
        with pytest.raises(FormatError):
            action()
