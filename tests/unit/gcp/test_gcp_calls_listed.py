"""The list of calls on Google Cloud is what is really asked: neither more nor less, with these parameters."""

import collections
import urllib.parse
from typing import Any

import pytest

from dayseal.checks.gke.changes import GKE_METHODS
from dayseal.clouds.gcp.api_calls import API_CALLS
from dayseal.clouds.gcp.archive import GcsArchive
from dayseal.clouds.gcp.calls import Ask, Calls
from dayseal.clouds.gcp.changes import Trails
from dayseal.clouds.gcp.discover import GcpDiscovery, SearchScope
from dayseal.clouds.gcp.permissions import PERMISSIONS
from dayseal.clouds.gcp.places import ArchivePlace
from dayseal.clouds.gcp.probe import GcpProbe, ProbeScope
from dayseal.clouds.gcp.session import Sessions
from dayseal.model.route import Call
from dayseal.testing.clock import FixedClock
from dayseal.wiring import call_text
from support.gcp_estate import BUCKET, ORG, add_export, add_project, gke_cluster, sink
from support.gcp_storage import NOW
from support.gcp_world import World

KEY = "projects/archive/locations/eu/keyRings/r/cryptoKeys/k"
_PAGING = {"pageToken"}
_PLUMBING = {"prettyPrint", "userProject"}  # the storage client's own
# Made by sealing and by the ledger, not by a check.
_ELSEWHERE = {
    "storage:objects.get",
    "storage:objects.insert",
    "storage:objects.rewrite",
    "cloudkms:cryptoKeyVersions.getPublicKey",
    "cloudkms:cryptoKeyVersions.asymmetricSign",
}


class RecordingCalls(Calls):
    """Keeps the names of what each call is asked with."""

    def __init__(self, world: World) -> None:
        self.heard_calls: list[Call] = []
        super().__init__(Sessions(world.access()), self.heard_calls.append)
        self.asked: dict[str, set[str]] = collections.defaultdict(set)

    def _request(self, ask: Ask) -> Any:  # noqa: ANN401 - JSON
        self.asked[ask.call.text] |= {*ask.params, *(ask.body or {})} - _PAGING
        return super()._request(ask)


@pytest.fixture
def estate(google: World) -> World:
    """Give two projects below an organisation, a log bucket elsewhere, and an archive under a customer's key."""
    add_project(google, "shop", "111", gke_cluster("prod"), gke_cluster("more", "us-east1-b"))
    add_project(google, "bank", "222", gke_cluster("prod"))
    add_export(google)
    google.storage.buckets[BUCKET]["encryption"] = {"defaultKmsKeyName": KEY}
    elsewhere = "projects/archive/locations/global/buckets/central"
    google.log_buckets["projects/archive"] = [{"name": elsewhere, "retentionDays": 400, "lifecycleState": "ACTIVE"}]
    google.sinks["projects/shop"].append(
        sink("projects/shop", "hot", destination=f"logging.googleapis.com/{elsewhere}")
    )
    return google


def asked(world: World) -> RecordingCalls:
    """Discover and probe as a seal does."""
    calls = RecordingCalls(world)
    found = GcpDiscovery(calls, SearchScope(above=(ORG,))).discover()
    scope = ProbeScope(lambda _: None, counting=True)
    probe = GcpProbe(calls, FixedClock(NOW), scope, trails=lambda entries: Trails(entries, GKE_METHODS))
    probe.probe_all(found.clusters, dict(found.described))
    return calls


def test_the_list_holds_what_permissions_are_granted_for() -> None:
    """Both are handed to whoever grants rights; one must not know what the other does not."""
    names = [call.name for call in API_CALLS]
    assert set(names) == {permission.call for permission in PERMISSIONS}
    assert len(names) == len(set(names))
    assert call_text("logging:sinks.list") == "logging:sinks.list(filter, pageSize)"


def test_every_call_made_is_in_the_table_of_permissions_and_nothing_else(estate: World) -> None:
    """A permission that the table lacks is found by a user; one too many is a right nobody needs."""
    asked(estate)
    made = {call for call, _ in estate.gate.log}
    table = {permission.call for permission in PERMISSIONS}
    assert made - table == set()
    assert table - made == _ELSEWHERE


def test_each_call_is_asked_with_the_parameters_that_are_listed(estate: World) -> None:
    """A reader repeats the call from this list, and reads there what we tell Google."""
    listed = {call.name: set(call.parameters) for call in API_CALLS}
    found = asked(estate).asked
    assert len(found) > 15
    wrong = {name: names ^ listed[name] for name, names in found.items() if names != listed[name]}
    assert wrong == {"storage:objects.list": {"versions", "projection"}}  # asked by whoever reads the archive


def test_an_archive_is_read_with_the_parameters_that_are_listed(estate: World) -> None:
    """Google's own client makes these calls, and adds what it likes."""
    archive = GcsArchive(estate.access(), ArchivePlace(BUCKET))
    (found, *_) = archive.list_day(NOW.date()).objects
    archive.find(found.key, found.version)
    with archive.open(found) as source:
        source.read(1)
    said: dict[str, set[str]] = collections.defaultdict(set)
    for call, path in estate.gate.log:
        said[call] |= {name for name, _ in urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query)}
    listed = {call.name: set(call.parameters) for call in API_CALLS}
    for name in ("storage:objects.list", "storage:objects.get"):
        assert said[name] - _PLUMBING - _PAGING == listed[name]


def test_a_recording_hook_hears_every_request(estate: World) -> None:
    """`--calls` counts what it is told, pages included; what Google counts against a quota is each request."""
    estate.gate.pages["logging:sinks.list"] = 1
    heard = collections.Counter(call.text for call in asked(estate).heard_calls)
    assert heard == collections.Counter(call for call, _ in estate.gate.log)


def test_what_is_shared_is_asked_once(estate: World) -> None:
    """Two clusters of one project cost what one costs; what a fleet costs must be known before it meets a quota."""
    asked(estate)
    counted = collections.Counter(call for call, _ in estate.gate.log)
    for call in ("container:clusters.list", "container:operations.list", "logging:buckets.list"):
        assert counted[call] == 2
    assert counted["monitoring:timeSeries.list"] == 8
    assert counted["storage:buckets.get"] == counted["cloudkms:cryptoKeys.get"] == 1
    assert counted["cloudresourcemanager:folders.get"] == counted["cloudasset:searchAllResources"] == 1
