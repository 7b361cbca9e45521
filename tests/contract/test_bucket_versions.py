"""What an intruder with write access can do to a bucket, and that reading and listing survive it."""

import pytest

from dayseal.errors import AccessError, NotFoundError
from dayseal.ledger.fsck import ProblemKind, check_ledger
from dayseal.testing.world import World
from support.http_switch import Strike
from support.stores import CLOUDS, Clouds, Place

# Azure keeps versions too, but its emulator does not.
VERSIONED = ("s3-lock", "gcs")


@pytest.fixture(params=VERSIONED)
def place(request: pytest.FixtureRequest, clouds: Clouds) -> Place:
    """Give an empty place that keeps versions."""
    return clouds.place(request.param)


def test_the_oldest_version_is_read(place: Place) -> None:
    """Under object lock anybody who may write can put a version on top, but none below."""
    store = place.store()
    store.create("tile/0/000", b"ours")
    for number in range(3):
        place.put("tile/0/000", b"theirs %d" % number)
    assert store.get("tile/0/000") == b"ours"


def test_a_deleted_object_is_read_still(place: Place) -> None:
    """A delete marker hides an object from those who ask for the newest version."""
    store = place.store()
    store.create("tile/0/000", b"ours")
    place.delete("tile/0/000")
    assert store.get("tile/0/000") == b"ours"
    assert list(store.keys("")) == []


def test_the_checkpoint_is_read_as_it_was_replaced(place: Place) -> None:
    """It is the one object whose newest version counts."""
    store = place.store()
    for data in (b"one", b"two"):
        store.replace("checkpoint", data)
    assert store.get("checkpoint") == b"two"
    place.delete("checkpoint")
    with pytest.raises(NotFoundError):
        store.get("checkpoint")


def test_versions_are_listed_oldest_first_and_by_key(place: Place) -> None:
    """The first version of a key is the one that was promised, all others are reported."""
    store = place.store()
    for key in ("b/1", "b/0", "a"):
        store.create(key, key.encode())
    place.put("b/0", b"again")
    place.delete("b/1")
    found = list(place.list_bucket("ledger").versions(""))
    assert [(v.key, v.size, v.marker, v.latest) for v in found if not v.marker] == [
        ("a", 1, False, True),
        ("b/0", 3, False, False),
        ("b/0", 5, False, True),
        ("b/1", 3, False, False),
    ]
    assert [(v.key, v.latest) for v in found if v.marker] == [("b/1", True)]
    assert [v.key for v in place.list_bucket("ledger").versions("b/1")] == ["b/1", "b/1"]


def test_fsck_names_second_versions_and_markers(place: Place) -> None:
    """A ledger is more than what its newest versions show."""
    world = World(place.store(), place.guard(), place.store("inbox"))
    world.create()
    keys = list(world.store.keys("tile/"))
    place.put(keys[0], b"other")
    place.delete(keys[1])
    report = check_ledger(world.store, world.guard, world.policy, versions=place.list_bucket("ledger"))
    assert {(ProblemKind.SECOND_VERSION, keys[0]), (ProblemKind.DELETE_MARKER, keys[1])} <= {
        (problem.kind, problem.key) for problem in report.problems
    }


@pytest.mark.parametrize("name", CLOUDS)
def test_names_that_no_ledger_uses_do_not_stop_a_listing(clouds: Clouds, name: str) -> None:
    """An inbox can be written to by many: one name that a library chokes on would stop them all."""
    place = clouds.place(name)
    store = place.store()
    for key in ("inbox/a/1", "inbox/c/2"):
        store.create(key, b"")
    foreign = {"inbox/b//x", "inbox/b/é", "inbox/b/%2e%2e", "inbox/b/ ", "inbox/b/x/"}
    if name != "azure":  # it does not take these
        foreign |= {"inbox/b/../x", "inbox/b/./x", "inbox/b/<&>"}
    for key in foreign:
        place.put(key, b"x")
    assert {v.key for v in place.list_bucket("ledger").versions("inbox/b")} == foreign
    for key in ("inbox/b/\x01", "inbox/b/\r") if name != "azure" else ():  # moto fails to list their versions
        place.put(key, b"x")
    assert list(store.keys("inbox/")) == ["inbox/a/1", "inbox/c/2"]


@pytest.mark.parametrize("name", CLOUDS)
def test_listings_are_longer_than_a_page(clouds: Clouds, name: str) -> None:
    """The last key counts as the newest, so an answer that stops early is a rollback."""
    place = clouds.place(name)
    count = 250 if name == "gcs" else 20  # the fake's pages are short; the others are held to their SDK's word
    for number in range(count):
        place.put(f"commits/{number:08d}", b"")
    assert len(list(place.store().keys("commits/"))) == count


@pytest.mark.parametrize("name", CLOUDS)
def test_a_listing_that_is_not_answered_is_no_empty_store(clouds: Clouds, name: str) -> None:
    """Nothing there: that is a statement about the store, and nobody made it."""
    place = clouds.place(name)
    listing = place.list_bucket("ledger")
    place.switch.arm(Strike.REFUSED, "GET", status=403, code="AccessDenied", times=2)
    for listed in (listing.keys, listing.versions):
        with pytest.raises(AccessError, match="cannot list"):
            list(listed(""))
    assert list(listing.keys("")) == []
