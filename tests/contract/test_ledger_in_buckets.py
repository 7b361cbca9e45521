"""A whole ledger in each cloud, and how many requests a commit takes there."""

import datetime as dt

import pytest

from dayseal.errors import UnclearError, UsageError
from dayseal.ledger.commit import Committer
from dayseal.ledger.fsck import check_ledger
from dayseal.testing.world import ORIGIN, World, some_cluster
from support.http_switch import Strike
from support.stores import CLOUDS, Clouds, Place

PROD, DEV = some_cluster("prod"), some_cluster("dev", "gke", "project")
DAYS = ("2026-11-20", "2026-11-21", "2026-11-22")
# Read the guard, create the commit object, swap the guard, keep the checkpoint, publish it.
FIXED_REQUESTS = 5


@pytest.fixture(params=CLOUDS)
def place(request: pytest.FixtureRequest, clouds: Clouds) -> Place:
    """Give an empty place."""
    return clouds.place(request.param)


def opened(place: Place) -> World:
    """Give the ledger at this place as a new process sees it."""
    return World(place.store(), place.guard(), place.store("inbox"))


def test_a_ledger_is_created_filled_read_and_checked(place: Place) -> None:
    """Every part was tested on folders; this is the one path through all of them on each cloud."""
    opened(place).create()
    attestor = opened(place).attestor()
    envelopes = [attestor.enrol(PROD), attestor.enrol(DEV)]
    envelopes += [attestor.seal(cluster, day) for day in DAYS for cluster in (PROD, DEV)]

    report = opened(place).recorder().run()
    assert (len(report.admitted), report.rejected, report.held) == (len(envelopes), (), ())
    opened(place).recorder().roll_call(dt.date(2026, 11, 22))

    reader = opened(place).reader()
    assert reader.tree_head.size == 3 + len(envelopes) + 1
    assert set(envelopes) <= set(reader.entries())
    world = opened(place)
    versions = place.list_bucket("ledger") if place.versioned else None
    checked = check_ledger(world.store, world.guard, world.policy, versions=versions)
    assert (checked.problems, checked.entries) == ((), reader.tree_head.size)


def test_a_commit_takes_five_requests_and_one_for_each_tile(place: Place) -> None:
    """Requests cost money and time; a hidden listing or a read per entry would show here first."""
    world = opened(place)
    world.create()
    committer = Committer(world.store, world.guard, origin=ORIGIN, log=world.keys.log)
    size = committer.append([b"warm"], onto_size=3).size
    for count in (1, 30, 300):
        before = len(place.switch.log)
        size = committer.append([b"entry %d" % number for number in range(count)], onto_size=size).size
        requests = place.switch.log[before:]
        tiles = sum("/tile/" in line or "%2Ftile%2F" in line for line in requests)
        assert len(requests) == FIXED_REQUESTS + tiles, requests


@pytest.mark.parametrize(
    ("name", "header", "promised"),  # Azurite sees that a signed header is gone
    [
        ("s3", "if-none-match", "create-if-absent"),
        ("s3-lock", "if-none-match", "create-if-absent"),
        ("s3", "if-match", "compare-and-set"),
        ("gcs", "x-goog-if-generation-match", "compare-and-set"),
    ],
)
def test_no_recorder_starts_where_conditions_are_ignored_by_now(
    clouds: Clouds, name: str, header: str, promised: str
) -> None:
    """A bucket may get another gateway in front of it years after `init`."""
    place = clouds.place(name)
    opened(place).create()
    before = list(place.store().keys(""))
    place.switch.dropped = frozenset({header})
    with pytest.raises(UsageError, match=f"{promised} promised"):
        opened(place).recorder().run()
    assert list(place.store().keys("")) == before
    place.switch.dropped = frozenset()
    opened(place).recorder().run()


@pytest.mark.parametrize("strike", [Strike.LOST, Strike.KEPT])
def test_a_commit_survives_writes_that_are_not_answered(place: Place, strike: Strike) -> None:
    """The ledger settles what the bucket left open: nothing twice, nothing lost."""
    world = opened(place)
    world.create()
    committer = Committer(world.store, world.guard, origin=ORIGIN, log=world.keys.log)
    for number in range(3):
        place.switch.arm(strike, "PUT", times=2)
        committer.append([b"entry %d" % number], onto_size=3 + number)
    assert list(opened(place).reader().entries(3)) == [b"entry 0", b"entry 1", b"entry 2"]


@pytest.mark.parametrize("answered", range(1, 6))
def test_a_commit_that_was_cut_off_is_finished_by_the_next_run(place: Place, answered: int) -> None:
    """A recorder that stops in the middle leaves work that the next one finds."""
    world = opened(place)
    world.create()
    committer = Committer(world.store, world.guard, origin=ORIGIN, log=world.keys.log)
    committer.repair()
    place.switch.arm(Strike.LOST, "PUT", times=1_000, after=answered)
    with pytest.raises(UnclearError):
        committer.append([b"entry"], onto_size=3)
    place.switch.disarm()

    again = Committer(place.store(), place.guard(), origin=ORIGIN, log=world.keys.log)
    won = again.repair().head.size == 4
    assert won == (answered > 1)  # the swap is the second write
    if not won:
        again.append([b"entry"], onto_size=3)
    assert list(opened(place).reader().entries(3)) == [b"entry"]
