import collections

from dayseal.clouds.aws.calls import Calls
from dayseal.clouds.aws.changes import Pace
from dayseal.clouds.aws.discover import AwsDiscovery, SearchScope
from dayseal.clouds.aws.permissions import PERMISSIONS
from dayseal.clouds.aws.probe import AwsProbe, ProbeScope
from dayseal.clouds.aws.session import Sessions
from dayseal.clouds.aws.trails import Trails
from dayseal.clouds.local.clock import SystemClock
from dayseal.model.route import Call
from support.moto_world import EU, US
from support.moto_world_routes import Estate

# Asked by reading archives and by signing, which a probe does not do.
_ELSEWHERE = {
    "s3:ListObjectVersions",
    "s3:GetObject",
    "s3:PutObject",
    "s3:HeadObject",
    "s3:GetObjectRetention",
    "kms:Decrypt",
    "kms:GetPublicKey",
    "kms:Sign",
}


def test_each_cluster_costs_two_calls_of_its_own(estate: Estate) -> None:
    """Everything else is shared; what a fleet costs must be known before it meets AWS's limits."""
    estate.routes()
    one_each = {"eks:DescribeCluster": 1, "logs:DescribeSubscriptionFilters": 1}
    for name in ("prod", "hot-92", "far-stream", "filtered"):
        counted = estate.world.gate.counted(f"/{name}")
        assert {call: number for call, number in counted.items() if not call.startswith("cloudwatch:")} == one_each
    assert estate.world.gate.counted("/transformed")["logs:GetTransformer"] == 1


def test_what_is_shared_is_asked_once(estate: Estate) -> None:
    """Four account policy kinds for each of four places with clusters, and so on."""
    estate.routes()
    counted = estate.world.gate.counted()
    assert counted["logs:DescribeAccountPolicies"] == 16
    assert counted["logs:DescribeLogGroups"] == counted["logs:DescribeExportTasks"] == 4
    assert counted["guardduty:ListDetectors"] == counted["cloudwatch:DescribeAlarms"] == 4
    assert counted["sts:AssumeRole"] == 2
    assert counted["s3:GetBucketPolicy"] == 6  # as many as there are archives
    assert counted["s3:GetBucketReplication"] == 6
    assert counted["kms:DescribeKey"] == 2  # as many as there are customers' keys
    assert counted["firehose:DescribeDeliveryStream"] == 12  # as many as there are streams, and the deleted one


def test_every_call_made_is_in_the_table_of_permissions_and_nothing_else(estate: Estate) -> None:
    """A permission that the table lacks is found by a user; one too many is a right nobody needs."""
    calls = estate.world.calls()
    trails = Trails(calls, ("UpdateClusterConfig",), pace=lambda: Pace(1e6))
    found = AwsDiscovery(calls, SearchScope((EU, US), organisation=True)).discover()
    scope = ProbeScope((EU, US), lambda _: None)
    AwsProbe(calls, SystemClock(), scope, trails=trails).probe_all(found.clusters, dict(found.described))
    made = {request.name for request in estate.world.gate.log}
    table = {permission.call for permission in PERMISSIONS}
    assert made - table == set()
    assert table - made == _ELSEWHERE


def test_a_recording_hook_hears_every_request(estate: Estate) -> None:
    """`explain` lists calls as they were made, pages and retries of a role included."""
    heard: list[Call] = []
    inner = estate.world.calls().sessions.access
    calls = Calls(Sessions(inner, heard.append), heard.append)
    found = AwsDiscovery(calls, SearchScope((EU, US), organisation=True)).discover()
    AwsProbe(calls, SystemClock(), ProbeScope((EU, US), lambda _: None)).probe_all(found.clusters)
    told = collections.Counter(call.text for call in heard)
    assert told == estate.world.gate.counted()


def test_one_probe_asks_nothing_shared_twice(estate: Estate) -> None:
    """A second look at the same clusters in one run costs what is each cluster's own."""
    calls = estate.world.calls()
    found = AwsDiscovery(calls, SearchScope((EU, US), organisation=True)).discover()
    probe = AwsProbe(calls, SystemClock(), ProbeScope((EU, US), lambda _: None, accounts=(estate.world.home,)))
    first = probe.probe_all(found.clusters, dict(found.described))
    estate.world.gate.log.clear()
    again = probe.probe_all(found.clusters, dict(found.described))
    assert [route.source for route in again] == [route.source for route in first]
    assert set(estate.world.gate.counted()) == {
        "cloudwatch:GetMetricData",
        "logs:DescribeSubscriptionFilters",
        "logs:GetTransformer",
    }


def test_a_cluster_that_was_not_discovered_is_described_by_the_probe(estate: Estate) -> None:
    """An enrolled cluster stays in scope when the search no longer finds it."""
    prod = next(c for c in estate.discover().clusters if c.name == "prod")
    estate.world.gate.log.clear()
    (route,) = AwsProbe(estate.world.calls(), SystemClock(), ProbeScope((EU,), lambda _: None)).probe_all([prod])
    assert route.cluster == prod
    assert estate.world.gate.counted()["eks:DescribeCluster"] == 1
