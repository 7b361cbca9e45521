import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from dayseal.checks.route_terms import RouteThresholds
from dayseal.clouds.aws.probe import AwsProbe, ProbeScope
from dayseal.clouds.local.clock import SystemClock
from dayseal.model import Verdict
from dayseal.model.route import Known, Missing, Reason, RouteFacts
from dayseal.steps.routing import judge_route
from support.moto_world_routes import Estate

Routes = dict[str, RouteFacts]

# What is asked for each cluster by itself, the name by which a request is told, and the fact that rests on it.
_OWN = [
    ("eks:DescribeCluster", "/clusters/prod?", "source.cluster"),
    ("logs:DescribeSubscriptionFilters", "/aws/eks/prod/cluster", "source.filters"),
]
# What is asked once for many, and the fact of every cluster that rests on it.
_SHARED = [
    ("logs:DescribeLogGroups", "source.log_group"),
    ("logs:DescribeAccountPolicies", "source.account_policies"),
    ("logs:DescribeExportTasks", "source.exports"),
    ("cloudwatch:DescribeAlarms", "delivery.alarms"),
    ("cloudwatch:GetMetricData", "delivery.incoming"),
    ("s3:GetObjectLockConfiguration", "archive.locking"),
    ("s3:GetBucketVersioning", "archive.versioned"),
    ("s3:GetBucketLifecycleConfiguration", "archive.lifecycle"),
    ("s3:GetPublicAccessBlock", "archive.public_access"),
    ("s3:GetBucketPolicy", "archive.policy"),
    ("s3:GetBucketEncryption", "archive.key"),
    ("s3:GetBucketReplication", "archive.replication"),
    ("s3:ListObjectsV2", "delivery.newest"),
]
_PERMISSIONS = {
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:ListObjectsV2": "s3:ListBucket",
}


def fact(route: RouteFacts, path: str) -> Any:  # noqa: ANN401 - any fact
    """Give a fact by its path."""
    found: Any = route
    for step in path.split("."):
        found = getattr(found, step)
    return found


def misses(value: object, path: str = "") -> Iterator[tuple[str, Missing]]:
    """Give every missing fact with its path; what was not asked at all does not count."""
    if isinstance(value, Missing):
        if value.reason is not Reason.NOT_ASKED:
            yield path, value
    elif isinstance(value, Known):
        yield from misses(value.value, path)
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from misses(item, f"{path}[{number}]")
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from misses(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))


def verdicts(route: RouteFacts) -> dict[str, Verdict]:
    """Judge a route."""
    return {f.check: f.verdict for f in judge_route(route, RouteThresholds(), route.asked_at.date())}


def test_while_all_is_well_nothing_is_missing(routes: Routes) -> None:
    """Every state of the estate can be told; only then do the tests below mean something."""
    assert [path for route in routes.values() for path, _ in misses(route)] == []


@pytest.mark.parametrize(
    ("code", "reason"), [("AccessDeniedException", Reason.DENIED), ("ThrottlingException", Reason.THROTTLED)]
)
@pytest.mark.parametrize(("call", "about", "path"), _OWN)
def test_one_refused_call_changes_one_fact_of_one_cluster(
    estate: Estate, routes: Routes, call: str, about: str, path: str, code: str, reason: Reason
) -> None:
    """A 403 on one cluster must leave every other verdict as it was."""
    estate.world.gate.refuse(call, code, about=about, status=403 if reason is Reason.DENIED else 400)
    now = estate.routes()
    found = {(name, where): miss for name, route in now.items() for where, miss in misses(route)}
    assert list(found) == [("prod", path)]
    miss = found["prod", path]
    assert (miss.reason, miss.call.text, miss.detail) == (reason, call, code)
    assert miss.permission == (call if reason is Reason.DENIED else "")
    others = set(routes) - {"prod"}
    assert {name: verdicts(now[name]) for name in others} == {name: verdicts(routes[name]) for name in others}
    assert Verdict.FAIL not in verdicts(now["prod"]).values()
    assert Verdict.UNKNOWN in {v for check, v in verdicts(now["prod"]).items() if check != "continuity"}


@pytest.mark.parametrize(("call", "path"), _SHARED)
def test_a_refused_shared_call_is_one_fact_of_each_and_names_its_permission(
    estate: Estate, call: str, path: str
) -> None:
    """What is asked once is missed by all who share it, and by nobody as an empty list."""
    estate.world.gate.refuse(call, "AccessDenied" if call.startswith("s3:") else "AccessDeniedException", status=403)
    now = estate.routes()
    miss = fact(now["prod"], path)
    assert isinstance(miss, Missing)
    assert (miss.reason, miss.permission) == (Reason.DENIED, _PERMISSIONS.get(call, call))
    assert {where.split("[")[0] for where, _ in misses(now["prod"])} <= {path, *_same_call(call)}
    assert Verdict.FAIL not in verdicts(now["prod"]).values()


def test_a_refused_key_is_one_fact_of_the_clusters_under_it(estate: Estate, routes: Routes) -> None:
    """What is stored under it may be readable or not; every other cluster's logs are."""
    estate.world.gate.refuse("kms:DescribeKey", "AccessDeniedException", status=403)
    now = estate.routes()
    found = {(name, where): miss.permission for name, route in now.items() for where, miss in misses(route)}
    assert found == {
        ("group-key", "source.log_group_key"): "kms:DescribeKey",
        ("stream-key", "source.streams[0].key"): "kms:DescribeKey",
    }
    assert (
        verdicts(now["group-key"])["retention"] is verdicts(now["stream-key"])["archive-immutable"] is Verdict.UNKNOWN
    )
    others = set(routes) - {"group-key", "stream-key"}
    assert {name: verdicts(now[name]) for name in others} == {name: verdicts(routes[name]) for name in others}


def test_a_slow_service_is_named_as_such(estate: Estate) -> None:
    """An error of the service itself says nothing about the cluster."""
    estate.world.gate.refuse("firehose:DescribeDeliveryStream", "InternalFailure", status=500)
    (answer,) = estate.routes()["prod"].eks.streams
    assert isinstance(answer.stream, Missing)
    assert answer.stream.reason is Reason.TIMED_OUT


def test_a_role_that_is_refused_is_named_in_every_fact_of_that_account(estate: Estate) -> None:
    """The permission that is missing is the role's, not each call's own."""
    cluster = estate.routes()["policy-short"].cluster
    estate.world.gate.refuse("sts:AssumeRole", "AccessDenied", about=estate.world.second, status=403)
    calls = estate.world.calls()
    (route,) = AwsProbe(calls, SystemClock(), ProbeScope((cluster.location,), lambda _: None)).probe_all([cluster])
    found = dict(misses(route))
    assert {miss.call.text for miss in found.values()} == {"sts:AssumeRole"}
    assert {miss.permission for miss in found.values()} == {"sts:AssumeRole"}
    assert {"source.cluster", "source.log_group", "source.filters", "delivery.incoming"} <= set(found)


def _same_call(call: str) -> tuple[str, ...]:
    """Facts that rest on the same operation."""
    return {
        "cloudwatch:GetMetricData": ("delivery.filters", "delivery.streams"),
        "s3:ListObjectsV2": ("delivery.astray",),
    }.get(call, ())
