"""Counts of a cluster's entries by the hour, as Cloud Monitoring gives them: what a seal compares an event day with."""

import datetime as dt

import pytest

from dayseal.clouds.gcp.probe import GcpProbe, ProbeScope
from dayseal.model import ClusterId, Window
from dayseal.model.route import Answer, HourlyCounts, Known, Missing, Reason
from dayseal.testing.clock import FixedClock
from support.gcp_estate import add_export, add_project, counted_hours, gke_cluster
from support.gcp_storage import NOW
from support.gcp_world import World

PROD = ClusterId("gke", "shop", "europe-west1", "prod", "id-prod-europe-west1")
BATCH = ClusterId("gke", "shop", "us-east1-b", "batch", "id-batch-us-east1-b")
READS = "cloudaudit.googleapis.com%2Fdata_access"
DAY = Window(dt.datetime(2026, 11, 22, tzinfo=dt.UTC), dt.datetime(2026, 11, 23, tzinfo=dt.UTC))


@pytest.fixture
def shop(google: World) -> World:
    """Give a project with two clusters, of which one was counted by the hour, in both logs."""
    add_project(google, "shop", "111", gke_cluster("prod"), gke_cluster("batch", "us-east1-b"))
    add_export(google)
    place = ("shop", "prod", "europe-west1")
    google.series["projects/shop"] += [
        counted_hours(*place, {"2026-11-21T23": 1, "2026-11-22T00": 100, "2026-11-22T23": 50}),
        counted_hours(*place, {"2026-11-22T00": 7, "2026-11-23T00": 3}, READS),
    ]
    return google


def counted(world: World, *clusters: ClusterId, counting: bool = True) -> list[Answer[HourlyCounts] | None]:
    """Ask as a seal does."""
    probe = GcpProbe(world.calls(), FixedClock(NOW), ProbeScope(lambda _: None, counting=counting))
    return [route.delivery.counted for route in probe.probe_all(clusters)]


def test_hours_of_all_audit_logs_are_summed_up_for_each_cluster(shop: World) -> None:
    """One request for all clusters of the project; the archive holds both logs."""
    prod, batch = counted(shop, PROD, BATCH)
    assert isinstance(prod, Known)
    assert isinstance(batch, Known)
    assert prod.value.total(DAY) == 157
    assert batch.value.total(DAY) is None  # no data points, which is not zero
    assert shop.gate.count("monitoring:timeSeries.list") == 4


def test_only_a_seal_asks_for_them(shop: World) -> None:
    """A check compares them with nothing."""
    assert counted(shop, PROD, counting=False) == [None]
    assert shop.gate.count("monitoring:timeSeries.list") == 3


def test_whole_days_are_asked_for(shop: World) -> None:
    """A window that began inside a day would leave out a part of it, and nobody would know."""
    (prod,) = counted(shop, PROD)
    assert isinstance(prod, Known)
    assert prod.value.window.start == dt.datetime(2026, 11, 17, tzinfo=dt.UTC)
    assert prod.value.window.end == NOW.replace(minute=0, second=0, microsecond=0)


def test_a_refusal_is_no_count(shop: World) -> None:
    """It is named with its permission."""
    shop.gate.refuse("monitoring:timeSeries.list")
    (prod,) = counted(shop, PROD)
    assert isinstance(prod, Missing)
    assert (prod.reason, prod.permission) == (Reason.DENIED, "monitoring.timeSeries.list")


def test_points_that_are_no_whole_hours_are_a_contradiction(shop: World) -> None:
    """They would be summed up into the wrong day."""
    for series in shop.series["projects/shop"]:
        if len(series["points"]) > 1:
            interval = {"startTime": "2026-11-21T23:30:00Z", "endTime": "2026-11-22T00:30:00Z"}
            series["points"][0]["interval"] = interval
    (prod,) = counted(shop, PROD)
    assert isinstance(prod, Missing)
    assert prod.reason is Reason.CONTRADICTORY
