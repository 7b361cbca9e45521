"""One refused call is one fact nobody knows; everything else of a route is as it was."""

import dataclasses
import time
from typing import Any

import pytest
from google.auth.exceptions import DefaultCredentialsError, RefreshError

from dayseal.checks.gke.changes import GKE_METHODS
from dayseal.clouds.gcp.changes import Trails
from dayseal.clouds.gcp.permissions import PERMISSIONS, permission_of
from dayseal.clouds.gcp.probe import GcpProbe, ProbeScope
from dayseal.model import ClusterId
from dayseal.model.route import Call, Known, Missing, Reason, RouteFacts
from dayseal.testing.clock import FixedClock
from support.gcp_estate import FOLDER, ORG, add_export, add_project, gke_cluster
from support.gcp_gate import Fault
from support.gcp_storage import NOW
from support.gcp_world import World

PROD = ClusterId("gke", "shop", "europe-west1", "prod", "id-prod-europe-west1")
# By call and part of its path: the facts it leaves missing, by their path in the route.
EFFECTS: dict[tuple[str, str], set[str]] = {
    ("container:clusters.list", ""): {"source.cluster"},
    ("container:operations.list", ""): {"source.operations"},
    ("cloudresourcemanager:projects.getIamPolicy", "shop"): {"source.levels.0.audit_configs"},
    ("cloudresourcemanager:folders.getIamPolicy", ""): {"source.levels.1.audit_configs"},
    ("cloudresourcemanager:organizations.getIamPolicy", ""): {
        "source.levels.2.audit_configs", "archive.inherited",
    },
    ("cloudresourcemanager:folders.get", ""): {"source.ancestry", "changes"},
    ("cloudresourcemanager:projects.get", "archive"): set(),
    ("cloudresourcemanager:projects.get", "900"): {"archive.inherited"},
    ("logging:sinks.list", "projects/shop"): {"source.levels.0.sinks"},
    ("logging:sinks.list", FOLDER): {"source.levels.1.sinks"},
    ("logging:settings.get", FOLDER): {"source.levels.1.default_disabled"},
    ("logging:buckets.list", ""): {"source.log_buckets"},
    ("logging:entries.list", "sink_error"): {"source.sink_errors"},
    ("logging:entries.list", "methodName"): {"changes"},
    ("monitoring:timeSeries.list", "k8s_cluster"): {"delivery.incoming"},
    ("monitoring:timeSeries.list", "error_count"): {"delivery.filters.0.errors"},
    ("monitoring:alertPolicies.list", ""): {"delivery.alarms"},
    ("securitycentermanagement:securityCenterServices.list", ""): {"watched.0.detectors"},
    ("storage:buckets.getIamPolicy", ""): {"archive.policy"},
    ("storage:objects.list", ""): {"delivery.newest"},
}  # fmt: skip


@pytest.fixture
def route(google: World) -> World:
    """Give one cluster whose entries an organisation's sink exports."""
    add_project(google, "shop", "111", gke_cluster("prod"))
    add_export(google)
    return google


def probe(world: World, **more: Any) -> RouteFacts:  # noqa: ANN401 - any field of an access
    """Ask about the cluster, changes included."""
    asked = GcpProbe(
        world.calls(**more),
        FixedClock(NOW),
        ProbeScope(lambda _: None),
        trails=lambda entries: Trails(entries, GKE_METHODS),
    )
    (facts,) = asked.probe_all([PROD])
    return facts


def misses(value: object, path: str = "") -> dict[str, Missing]:
    """Give every fact that is missing, by its path."""
    if isinstance(value, Missing):
        return {path: value} if value.reason is not Reason.NOT_ASKED else {}
    if isinstance(value, tuple):
        rows = [(str(number), item) for number, item in enumerate(value)]
    elif dataclasses.is_dataclass(value) and not isinstance(value, Known | type):
        rows = [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    else:
        return {}
    found: dict[str, Missing] = {}
    for name, inner in rows:
        found |= misses(inner, f"{path}.{name}".lstrip("."))
    return found


def test_a_healthy_route_has_no_missing_fact(route: World) -> None:
    """Otherwise the rows below would prove nothing."""
    assert misses(probe(route)) == {}


@pytest.mark.parametrize(("call", "part"), sorted(EFFECTS))
def test_one_refused_call_leaves_one_fact_missing(route: World, call: str, part: str) -> None:
    """Each miss names its call and the permission that would help; nothing names a person."""
    shown = misses(probe(route))
    route.gate.refuse(call, part)
    found = misses(probe(route))
    assert set(found) - set(shown) == EFFECTS[call, part]
    for miss in found.values():
        assert (miss.reason, miss.permission) == (Reason.DENIED, permission_of(miss.call))
        assert "example.com" not in miss.text


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOST, Fault.GARBLED])
def test_an_answer_that_breaks_off_is_no_answer(route: World, fault: Fault) -> None:
    """Half a list of sinks looks like a shorter list."""
    route.gate.hurt("logging:sinks.list", fault, ORG)
    (name,), (miss,) = zip(*misses(probe(route)).items(), strict=True)
    assert name == "source.levels.2.sinks"
    assert miss.reason is (Reason.CONTRADICTORY if fault is Fault.GARBLED else Reason.TIMED_OUT)


def test_a_slow_service_holds_up_only_itself(route: World) -> None:
    """Calls wait beside each other, not in a row."""
    for call in ("logging:buckets.list", "container:operations.list", "monitoring:alertPolicies.list"):
        route.gate.hurt(call, Fault.DELAYED).seconds = 0.5
    began = time.monotonic()
    assert misses(probe(route)) == {}
    assert time.monotonic() - began < 1.4


def test_a_service_that_is_switched_off_says_how_to_switch_it_on(route: World) -> None:
    """Granting a role would not help."""
    route.gate.refuse("monitoring:alertPolicies.list", reason="SERVICE_DISABLED")
    (miss,) = misses(probe(route)).values()
    assert miss.permission == "serviceusage.services.enable, to switch on monitoring.googleapis.com"


@pytest.mark.parametrize("status", [429, 503])
def test_a_listing_that_is_throttled_for_a_moment_is_read(route: World, status: int) -> None:
    """Every call by itself is tried again; the others do not slow down for it."""
    route.gate.refuse("*", status=status, reason="RATE_LIMIT_EXCEEDED", times=3)
    assert misses(probe(route)) == {}


def no_credentials() -> Any:  # noqa: ANN401 - none
    """Find none."""
    raise DefaultCredentialsError("the login of somebody is over")


def expired() -> Any:  # noqa: ANN401 - none
    """Find a login that is over."""
    raise RefreshError("somebody@example.com must log in again")


@pytest.mark.parametrize("credentials", [no_credentials, expired])
def test_without_credentials_every_fact_says_so(route: World, credentials: Any) -> None:  # noqa: ANN401 - as above
    """No call is made, and no path or person is told."""
    found = misses(probe(route, open_credentials=credentials))
    assert len(found) > 10
    assert {(miss.reason, miss.call.service) for miss in found.values()} == {(Reason.DENIED, "oauth2")}
    assert not any("somebody" in miss.text for miss in found.values())


def test_every_call_that_is_made_needs_a_permission_we_name(route: World) -> None:
    """The custom role of the templates is made from this table."""
    probe(route)
    made = {call for call, _ in route.gate.log}
    assert made <= {permission.call for permission in PERMISSIONS}
    asked = [Call(call.partition(":")[0], call.partition(":")[2], "x") for call in made]
    assert all(permission_of(call) != call.text for call in asked)
