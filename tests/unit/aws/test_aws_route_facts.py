import datetime as dt
import json

import pytest

from dayseal.clouds.aws.places import ArchivePlace, Place
from dayseal.clouds.aws.probe import AwsProbe, ProbeScope
from dayseal.clouds.local.clock import SystemClock
from dayseal.model import ClusterId
from dayseal.model.route import (
    Answer,
    DeliveryStream,
    Detector,
    Known,
    LifecycleRule,
    Locking,
    LockRule,
    LockStrength,
    LoggingEntry,
    LogGroup,
    Missing,
    Move,
    Reason,
    RouteFacts,
)
from support.moto_world import EU, US, World
from support.moto_world_routes import Estate

Routes = dict[str, RouteFacts]


def said(answer: Answer[object]) -> object:
    """Give an answer's value; a miss is shown as it is."""
    return answer.value if isinstance(answer, Known) else answer


def logging_of(routes: Routes, name: str) -> object:
    """Give the logging entries of a cluster."""
    cluster = routes[name].eks.cluster
    assert isinstance(cluster, Known)
    assert cluster.value is not None
    return cluster.value.logging


def stream_of(routes: Routes, name: str) -> DeliveryStream | Missing | None:
    """Give what is behind a cluster's first filter."""
    (answer,) = routes[name].eks.streams
    return answer.stream.value if isinstance(answer.stream, Known) else answer.stream


def test_logging_entries_stand_as_they_were_answered(routes: Routes) -> None:
    """Entries may be split, and one that is off may come first: the check joins them, the collector must not."""
    assert logging_of(routes, "split-on") == (
        LoggingEntry(("api", "scheduler"), enabled=False),
        LoggingEntry(("authenticator",), enabled=True),
        LoggingEntry(("audit",), enabled=True),
    )


def test_a_cluster_without_a_logging_field_has_none(routes: Routes) -> None:
    """Absent and empty are different answers, although both mean off."""
    assert logging_of(routes, "no-logging") is None


def test_log_groups_show_what_rules_them(routes: Routes) -> None:
    """An account policy shortens a term and leaves the group's own setting looking well."""
    assert said(routes["hot-92"].eks.log_group) == LogGroup("/aws/eks/hot-92/cluster", 92)
    assert said(routes["never-expires"].eks.log_group) == LogGroup("/aws/eks/never-expires/cluster", None)
    short = said(routes["policy-short"].eks.log_group)
    assert isinstance(short, LogGroup)
    assert (short.retention_days, short.retention_policy) == (30, "org-retention_policy")
    policies = said(routes["policy-short"].eks.account_policies)
    assert isinstance(policies, tuple)
    assert [json.loads(policy.document)["retentionInDays"] for policy in policies] == [30]
    assert said(routes["prod"].eks.account_policies) == ()


def test_a_deleted_log_group_is_none_and_has_no_filters(routes: Routes) -> None:
    """Nothing was denied: the group is known to be gone, and so are its filters."""
    source = routes["group-gone"].eks
    assert (said(source.log_group), said(source.filters), source.streams) == (None, (), ())
    assert routes["group-gone"].archive is None


def test_filters_carry_pattern_selection_and_transformation(routes: Routes) -> None:
    """Each of the three can drop or change records."""
    ways = {name: routes[name].eks.filters for name in ("filtered", "selected", "transformed", "prod")}
    found = {name: way.value[0] for name, way in ways.items() if isinstance(way, Known)}
    assert found["filtered"].pattern == '{ $.verb != "get" }'
    assert found["selected"].field_selection == '@aws.account = "1"'
    assert (found["transformed"].on_transformed, found["prod"].on_transformed) == (True, False)
    assert said(routes["transformed"].eks.transformer) == "parseJSON, deleteKeys"
    not_asked = routes["prod"].eks.transformer
    assert isinstance(not_asked, Missing)
    assert not_asked.reason is Reason.NOT_ASKED


def test_a_stream_that_was_deleted_is_none(routes: Routes) -> None:
    """The filter still names it, and CloudWatch drops what it cannot deliver."""
    assert stream_of(routes, "dead-stream") is None


def test_a_destination_that_is_no_stream_is_not_asked_about(routes: Routes) -> None:
    """What a function does with records cannot be read from its configuration."""
    found = stream_of(routes, "lambda-export")
    assert isinstance(found, Missing)
    assert found.reason is Reason.NOT_ASKED


def test_a_logical_destination_is_followed_into_the_other_account(routes: Routes, furnished: Estate) -> None:
    """The stream of a central account is the usual way, and no filter names it directly."""
    found = stream_of(routes, "far-stream")
    assert isinstance(found, DeliveryStream)
    assert found.arn == f"arn:aws:firehose:{EU}:{furnished.world.home}:deliverystream/central-audit"
    assert (found.status, found.prefix, found.version_id) == ("ACTIVE", "eks/", "1")


def test_the_archive_of_the_route_is_read_as_its_owner(routes: Routes, furnished: Estate) -> None:
    """Only the owner is certain to be allowed to see policy and locks."""
    archive = routes["prod"].archive
    assert archive is not None
    assert (said(archive.exists), said(archive.owner)) == (True, furnished.world.home)
    assert archive.prefix == "eks/"
    own = routes["own-bucket"].archive
    assert own is not None
    assert said(own.owner) == routes["own-bucket"].cluster.account


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("prod", LockRule("COMPLIANCE", LockStrength.FIRM, 400)),
        ("governance", LockRule("GOVERNANCE", LockStrength.BYPASSABLE, 1)),
        ("no-default-rule", None),
    ],
)
def test_default_locks_are_read(routes: Routes, name: str, rule: LockRule | None) -> None:
    """Object Lock without a default rule locks nothing by itself."""
    archive = routes[name].archive
    assert archive is not None
    assert said(archive.locking) == Locking(enabled=True, rule=rule)


def test_lifecycle_rules_are_read(routes: Routes) -> None:
    """A rule may delete before the term, and a class that needs a restore is not hot."""
    archive = routes["short-life"].archive
    assert archive is not None
    assert said(archive.lifecycle) == (
        LifecycleRule("tidy", delete_days=30),
        LifecycleRule("cold", moves=(Move(10, "GLACIER", restore=True),)),
    )
    healthy = routes["prod"].archive
    assert healthy is not None
    assert said(healthy.lifecycle) == ()


def test_the_newest_object_is_found_by_the_hour_and_by_walking_down(routes: Routes) -> None:
    """A dead export has its newest object in an old folder, and that must be found too, not missed."""
    for name, hours in (("prod", 1), ("dead-export", 49)):
        newest = said(routes[name].delivery.newest)
        assert newest is not None
        age = routes[name].asked_at - newest.stored_at  # type: ignore[attr-defined]  # it is a NewestObject
        assert dt.timedelta(hours=hours - 1) < age < dt.timedelta(hours=hours)


def test_counters_are_read_for_group_and_filter(routes: Routes) -> None:
    """No data points is not zero."""
    delivery = routes["prod"].delivery
    (way,) = delivery.filters
    assert (way.name, way.own) == ("to-archive", True)
    values = [said(answer) for answer in (delivery.incoming, way.forwarded, way.errors, way.retried)]
    assert [reading.value for reading in values] == [5000.0, 5000.0, 0.0, None]  # type: ignore[attr-defined]  # they are Readings
    assert said(routes["prod"].delivery.astray) == 0


def test_detectors_are_known_region_by_region(routes: Routes) -> None:
    """A detector in another Region watches nothing here."""
    places = {place.location: said(place.detectors) for place in routes["unwatched"].watched}
    assert places[US] == ()
    found = places[EU]
    assert isinstance(found, tuple)
    (detector,) = found
    assert isinstance(detector, Detector)
    assert (detector.enabled, detector.reads_audit) == (True, True)


def test_a_cluster_that_vanished_is_known_to_be_gone(world: World) -> None:
    """It stays in scope, and its archive is asked about as before."""
    bucket = world.add_bucket(world.home, "central")
    gone = ClusterId("eks", world.first, EU, "gone", "OLD")
    rebuilt = ClusterId("eks", world.first, EU, "again", "OLD")
    world.add_cluster(Place(world.first, EU), "again")
    scope = ProbeScope((EU,), lambda _: ArchivePlace(bucket, "eks/", world.home))
    routes = AwsProbe(world.calls(), SystemClock(), scope).probe_all([gone, rebuilt])
    assert [said(route.eks.cluster) for route in routes] == [None, None]
    assert all(route.archive is not None and said(route.archive.exists) is True for route in routes)


def test_a_bucket_that_is_gone_is_known_to_be_gone(world: World) -> None:
    """Its other facts say nothing then; they are not denied and not empty."""
    scope = ProbeScope((EU,), lambda _: ArchivePlace("nobody-has-this-bucket", "", world.home))
    (route,) = AwsProbe(world.calls(), SystemClock(), scope).probe_all([ClusterId("eks", world.first, EU, "x", "1")])
    assert route.archive is not None
    assert said(route.archive.exists) is False
    assert isinstance(route.archive.policy, Missing)
    assert route.archive.policy.reason is Reason.NOT_FOUND
