import datetime as dt
import json

import pytest

from dayseal.checks.eks_changes import EKS_EVENTS
from dayseal.clouds.aws.changes import Cursor, EventLookup, Pace
from dayseal.clouds.aws.places import ArchivePlace, Place
from dayseal.clouds.aws.trails import Since, Trails
from dayseal.model import Window
from dayseal.model.route import ChangeTrail, ConfigChange, Known, Missing, Reason
from support.moto_world import EU, US, World

NAMES = ("UpdateClusterConfig", "DeleteLogGroup")


def fast() -> Pace:
    """Give a pace that no test has to wait for."""
    return Pace(1e6)


def record(world: World, place: Place, count: int, name: str = "UpdateClusterConfig", **more: object) -> None:
    """Let CloudTrail remember events of the last minutes."""
    for number in range(count):
        event = {
            "eventName": name,
            "userIdentity": {"arn": f"arn:aws:sts::{place.account}:assumed-role/admin/mallory"},
            "requestParameters": {"name": f"cluster-{number}"},
            **more,
        }
        world.gaps.record(place.account, place.region, event, world.now - dt.timedelta(minutes=number + 1))


@pytest.fixture
def place(world: World) -> Place:
    """Give a place with clusters."""
    return Place(world.first, EU)


def test_every_page_of_every_name_is_read(world: World, place: Place) -> None:
    """CloudTrail gives fifty events at a time, and the one that matters may be on the last page."""
    record(world, place, 120)
    record(world, place, 1, "DeleteLogGroup")
    record(world, place, 3, "PutObject")
    world.gate.heal()
    answer = Trails(world.calls(), NAMES, pace=fast).answer(place, None, None, world.now)
    assert isinstance(answer, Known)
    assert len(answer.value.changes) == 121
    assert answer.value.names == NAMES
    assert answer.value.object_level is False
    assert world.gate.counted()["cloudtrail:LookupEvents"] == 4  # three pages and one


def test_a_change_carries_request_actor_and_error(world: World, place: Place) -> None:
    """The check reads the request; who made it goes into the details only."""
    record(world, place, 1, errorCode="AccessDenied")
    answer = Trails(world.calls(), NAMES, pace=fast).answer(place, None, None, world.now)
    assert isinstance(answer, Known)
    (change,) = answer.value.changes
    assert json.loads(change.parameters) == {"name": "cluster-0"}
    assert change.actor == f"arn:aws:sts::{place.account}:assumed-role/admin/mallory"
    assert (change.error, change.name) == ("AccessDenied", "UpdateClusterConfig")
    assert abs(change.at - (world.now - dt.timedelta(minutes=1))) < dt.timedelta(seconds=1)


def test_only_the_asked_window_counts(world: World, place: Place) -> None:
    """What lay before the last check was judged then."""
    record(world, place, 10)
    since = world.now - dt.timedelta(minutes=5, seconds=30)
    answer = Trails(world.calls(), NAMES, since=Since(since), pace=fast).answer(place, None, None, world.now)
    assert isinstance(answer, Known)
    assert len(answer.value.changes) == 5
    assert answer.value.window == Window(since, world.now)


def test_cloudtrail_remembers_ninety_days(world: World, place: Place) -> None:
    """A window further back would promise what the trail cannot show."""
    since = world.now - dt.timedelta(days=400)
    answer = Trails(world.calls(), NAMES, since=Since(since), pace=fast).answer(place, None, None, world.now)
    assert isinstance(answer, Known)
    assert answer.value.window.start == world.now - dt.timedelta(days=90)


def test_a_place_is_asked_once_for_all_its_clusters(world: World, place: Place) -> None:
    """Two requests a second are all there are."""
    trails = Trails(world.calls(), NAMES, pace=fast)
    world.gate.heal()
    answers = [trails.answer(place, None, None, world.now) for _ in range(20)]
    assert len(set(map(repr, answers))) == 1
    assert world.gate.counted()["cloudtrail:LookupEvents"] == 2


def test_the_archive_is_asked_about_where_it_is(world: World, place: Place) -> None:
    """Whoever opens the bucket does it in the archive's account."""
    record(world, Place(world.home, US), 1, "PutBucketPolicy")
    record(world, place, 2)
    trails = Trails(world.calls(), (*NAMES, "PutBucketPolicy"), pace=fast)
    answer = trails.answer(place, ArchivePlace("central", "", world.home, US), None, world.now)
    assert isinstance(answer, Known)
    assert sorted(c.name for c in answer.value.changes) == ["PutBucketPolicy", *["UpdateClusterConfig"] * 2]
    assert answer.value.names == (*NAMES, "PutBucketPolicy")
    assert answer.source.resource == f"{world.first} in {EU}, {world.home} in {US}"


@pytest.mark.parametrize(
    ("code", "reason"), [("AccessDeniedException", Reason.DENIED), ("ThrottlingException", Reason.THROTTLED)]
)
def test_a_trail_that_breaks_off_is_no_trail(world: World, place: Place, code: str, reason: Reason) -> None:
    """Half a trail may lack the very change that matters."""
    record(world, place, 60)
    world.gate.refuse("cloudtrail:LookupEvents", code, about="DeleteLogGroup")
    answer = Trails(world.calls(), NAMES, pace=fast).answer(place, None, None, world.now)
    assert isinstance(answer, Missing)
    assert answer.reason is reason


def test_a_look_up_goes_on_where_it_stopped(world: World, place: Place) -> None:
    """A function that runs out of time must not begin again at every start."""
    record(world, place, 120)
    record(world, place, 1, "DeleteLogGroup")
    lookup = EventLookup(world.calls(), place, fast())
    cursor: Cursor | None = lookup.start(NAMES, Window(world.now - dt.timedelta(days=1), world.now))
    seen: list[ConfigChange] = []
    rounds = 0
    while cursor is not None:
        found = lookup.go_on(cursor, max_requests=1)
        seen += found.changes
        cursor, rounds = found.rest, rounds + 1
    assert (len(seen), len({change.event_id for change in seen}), rounds) == (121, 121, 4)


def test_a_look_up_that_was_refused_can_be_taken_up_again(world: World, place: Place) -> None:
    """What was read stays read."""
    record(world, place, 60)
    world.gate.refuse("cloudtrail:LookupEvents", "ThrottlingException", about='"NextToken": "50"', times=1)
    lookup = EventLookup(world.calls(), place, fast())
    first = lookup.go_on(lookup.start(NAMES[:1], Window(world.now - dt.timedelta(days=1), world.now)))
    assert (len(first.changes), first.ended is not None) == (50, True)
    assert first.rest is not None
    second = lookup.go_on(first.rest)
    assert (len(second.changes), second.rest, second.ended) == (10, None, None)


def test_two_requests_a_second_and_no_more() -> None:
    """CloudTrail's limit is one for all who ask in that account and Region."""
    now = [0.0]
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    pace = Pace(2.0, wait=wait, clock=lambda: now[0])
    for _ in range(5):
        pace.take()
    assert (now[0], waits) == (2.0, [0.5] * 4)


def test_a_record_that_cannot_be_read_is_kept_as_it_is(world: World, place: Place) -> None:
    """Dropping it would say that nothing was changed."""
    broken = {
        "EventId": "e1",
        "EventName": "UpdateClusterConfig",
        "EventTime": world.now.timestamp(),
        "CloudTrailEvent": "{broken",
    }
    world.gate.additions["cloudtrail:LookupEvents"] = lambda _: {"Events": [broken]}
    answer = Trails(world.calls(), NAMES[:1], pace=fast).answer(place, None, None, world.now)
    assert isinstance(answer, Known)
    assert isinstance(answer.value, ChangeTrail)
    assert [change.parameters for change in answer.value.changes] == ["{broken"]


def test_every_name_the_check_knows_is_asked_for_somewhere(world: World, place: Place) -> None:
    """An event name that nobody asks for is a change that nobody sees; buckets and keys change where they are."""
    world.gate.heal()
    archive = ArchivePlace("central", "", world.home, EU)
    Trails(world.calls(), EKS_EVENTS, pace=fast).answer(place, archive, None, world.now)
    asked = {
        (r.account, r.body["LookupAttributes"][0]["AttributeValue"])
        for r in world.gate.log
        if r.body.get("LookupAttributes")
    }
    assert sorted(name for _, name in asked) == sorted(EKS_EVENTS)
    at_home = {name for account, name in asked if account == world.home}
    assert {"PutBucketPolicy", "DeleteBucket", "PutObjectLockConfiguration", "ScheduleKeyDeletion"} <= at_home
    assert {"UpdateClusterConfig", "DeleteLogGroup", "UpdateDestination", "DeleteDetector"}.isdisjoint(at_home)
