import collections
from collections.abc import Mapping

from dayseal.clouds.aws.api_calls import API_CALLS
from dayseal.clouds.aws.calls import Calls, Json
from dayseal.clouds.aws.changes import Pace
from dayseal.clouds.aws.discover import AwsDiscovery, SearchScope
from dayseal.clouds.aws.permissions import PERMISSIONS
from dayseal.clouds.aws.places import Place
from dayseal.clouds.aws.probe import AwsProbe, ProbeScope
from dayseal.clouds.aws.session import Sessions
from dayseal.clouds.aws.trails import Trails
from dayseal.clouds.local.clock import SystemClock
from dayseal.model.route import Call
from dayseal.wiring import call_text
from support.moto_world import EU, US
from support.moto_world_routes import Estate

_PAGING = {"nextToken", "NextToken", "ContinuationToken"}
# Asked where log groups keep their prefix to themselves, or by sealing only.
_NOT_HERE = {"s3:ListObjectsV2": {"Delimiter", "StartAfter"}}


class RecordingCalls(Calls):
    """Keeps the names of what each call is asked with."""

    def __init__(self, sessions: Sessions) -> None:
        super().__init__(sessions)
        self.asked: dict[str, set[str]] = collections.defaultdict(set)

    def _request(self, place: Place, call: Call, arguments: Mapping[str, object]) -> Json:
        self.asked[call.text] |= set(arguments) - _PAGING
        return super()._request(place, call, arguments)


def test_the_list_holds_what_permissions_are_granted_for() -> None:
    """Both are handed to whoever grants rights; one must not know what the other does not."""
    names = [call.name for call in API_CALLS]
    assert set(names) == {permission.call for permission in PERMISSIONS}
    assert len(names) == len(set(names))
    assert call_text("eks:DescribeCluster") == "eks:DescribeCluster(name)"
    assert call_text("look at the folder") == "look at the folder"


def test_each_call_is_asked_with_the_parameters_that_are_listed(estate: Estate) -> None:
    """A reader repeats the call from this list, and reads there what we tell AWS."""
    calls = RecordingCalls(estate.world.calls().sessions)
    trails = Trails(calls, ("UpdateClusterConfig",), pace=lambda: Pace(1e6))
    found = AwsDiscovery(calls, SearchScope((EU, US), organisation=True)).discover()
    scope = ProbeScope((EU, US), lambda _: None, accounts=(estate.world.home,))
    AwsProbe(calls, SystemClock(), scope, trails=trails).probe_all(found.clusters, dict(found.described))
    listed = {call.name: set(call.parameters) for call in API_CALLS}
    assert len(calls.asked) > 20
    wrong = {name: asked ^ listed[name] for name, asked in calls.asked.items() if asked != listed[name]}
    assert wrong == {name: left for name, left in _NOT_HERE.items() if name in wrong}
