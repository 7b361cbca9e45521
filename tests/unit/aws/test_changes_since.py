import datetime as dt

from dayseal.clouds.aws.changes import Pace
from dayseal.clouds.aws.places import ArchivePlace, Place
from dayseal.clouds.aws.trails import Since, Trails
from dayseal.model import ClusterId
from dayseal.wiring.asked_aws import since_of
from support.moto_world import EU, US, World

NAMES = ("UpdateClusterConfig", "PutBucketPolicy")
MONDAY = dt.datetime(2026, 11, 23, 6, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def cluster(name: str, account: str = "111122223333", region: str = EU) -> ClusterId:
    """Give a cluster's identity."""
    return ClusterId("eks", account, region, name, "uid")


def test_a_place_is_asked_from_its_least_recently_judged_cluster() -> None:
    """All clusters of an account and Region share one look-up, and none may lose a change by it."""
    old, new, other = cluster("old"), cluster("new"), cluster("other", region=US)
    judged = {old: MONDAY - 5 * HOUR, new: MONDAY, other: MONDAY - HOUR}
    since = since_of((old, new, other), judged)
    assert since.of(Place("111122223333", EU)) == MONDAY - 5 * HOUR
    assert since.of(Place("111122223333", US)) == MONDAY - HOUR
    assert since.everywhere == MONDAY - 5 * HOUR


def test_a_cluster_that_was_never_judged_has_its_own_place_looked_up_in_full() -> None:
    """The other places, which take minutes each, are not asked again for its sake."""
    known, new = cluster("known"), cluster("new", region=US)
    since = since_of((known, new), {known: MONDAY})
    assert since.of(Place("111122223333", EU)) == MONDAY
    assert since.of(Place("111122223333", US)) is None
    assert since.everywhere is None  # the archive is everybody's
    assert since_of((), {}).everywhere is None


def test_each_look_up_begins_where_it_should(world: World) -> None:
    """Asking 90 days again every hour would never end within its hour."""
    world.gate.heal()
    place = Place(world.first, EU)
    since = Since(world.now - 3 * HOUR, {place: world.now - HOUR})
    trails = Trails(world.calls(), NAMES, since=since, pace=lambda: Pace(1e6))
    trails.answer(place, ArchivePlace("central", "", world.home, EU), None, world.now)
    starts = {(r.account, r.body["StartTime"]) for r in world.gate.log if "StartTime" in r.body}
    assert {account for account, _ in starts} == {world.first, world.home}
    for account, asked in starts:
        back = 1 if account == world.first else 3
        assert abs(asked - (world.now - back * HOUR).timestamp()) < 1


def test_one_account_and_region_has_one_pace_whatever_it_is_called(world: World) -> None:
    """Our own account is also known as nobody's in particular; two paces would be four requests a second."""
    paces: list[Pace] = []

    def make() -> Pace:
        paces.append(Pace(1e6))
        return paces[-1]

    trails = Trails(world.calls(), NAMES, pace=make)
    trails.answer(Place(world.home, EU), ArchivePlace("central", "", "", EU), None, world.now)
    assert len(paces) == 1
