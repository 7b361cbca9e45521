import concurrent.futures
import time

from dayseal.clouds.aws.calls import Calls
from dayseal.clouds.aws.places import Place
from dayseal.clouds.aws.session import Sessions
from dayseal.model.route import Answer, Call, Known, Missing, Reason
from support.moto_world import EU, World

_ALL_WAITS_S = 1 + 2 + 4  # the longest there can be between four attempts
_OTHERS = 60


def filters_of(calls: Calls, place: Place, name: str) -> Answer[int]:
    """Ask for a log group's filters, as a check asks for each cluster's."""
    call = Call("logs", "DescribeSubscriptionFilters", name)
    return calls.ask(place, call, lambda found: len(found["subscriptionFilters"]), logGroupName=name)


def test_a_throttled_call_holds_up_nobody_else_and_ends(world: World) -> None:
    """One cluster's busy call must cost that cluster one fact, not the fleet its morning."""
    place = Place(world.home, EU)
    groups = [world.add_group(place, f"cluster-{number}") for number in range(_OTHERS)]
    busy = world.add_group(place, "busy")
    world.gate.refuse("logs:DescribeSubscriptionFilters", "ThrottlingException", about=busy)
    calls = Calls(Sessions(world.access(attempts=4)))
    filters_of(calls, place, groups[0])  # the client is made before the clock runs
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        throttled = pool.submit(filters_of, calls, place, busy)
        while not world.gate.counted(busy).get("logs:DescribeSubscriptionFilters"):
            time.sleep(0.005)
        others = list(pool.map(lambda group: filters_of(calls, place, group), groups))
        others_s = time.monotonic() - began
        answer = throttled.result()
        throttled_s = time.monotonic() - began
    assert all(isinstance(other, Known) for other in others)
    assert others_s < 2.0, f"{_OTHERS} other calls of the same client took {others_s:.1f} s"
    assert isinstance(answer, Missing)
    assert answer.reason is Reason.THROTTLED
    assert throttled_s < _ALL_WAITS_S + 2
    assert world.gate.counted(busy)["logs:DescribeSubscriptionFilters"] == 4
