"""From the wire to the verdict: one thing is wrong on Google Cloud, and the checks say so."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

import pytest

from dayseal.checking import check_clusters
from dayseal.checks.gke.changes import GKE_METHODS
from dayseal.clouds.gcp.changes import Trails
from dayseal.clouds.gcp.discover import GcpDiscovery, SearchScope
from dayseal.clouds.gcp.probe import GcpProbe, ProbeScope
from dayseal.model import Finding, Verdict
from dayseal.settings import Settings
from dayseal.settings.tables import LedgerSettings
from dayseal.testing.clock import FixedClock
from support.gcp_estate import BUCKET, ORG, add_export, add_project, counted_sink, gke_cluster, sink
from support.gcp_storage import NOW
from support.gcp_world import World

SHOP: Final = "projects/shop"
OWN: Final = "serviceAccount:service-111@gcp-sa-logging.iam.gserviceaccount.com"
CHECKS: Final = {
    "audit-enabled", "audit-coverage", "retention", "export-route", "export-health", "archive-immutable",
    "archive-central", "continuity", "monitored",
}  # fmt: skip


@pytest.fixture
def route(google: World) -> World:
    """Give a cluster with Data Access logs, whose own project exports to a locked bucket elsewhere."""
    add_project(google, "shop", "111", gke_cluster("prod"))
    add_export(google)
    del google.sinks[ORG]
    google.sinks[SHOP].append(sink(SHOP, "audit", writerIdentity=OWN))
    google.storage.policies[BUCKET]["bindings"] = [{"role": "roles/storage.objectCreator", "members": [OWN]}]
    google.series[SHOP].append(counted_sink("shop", "audit", f"storage.googleapis.com/{BUCKET}", 5_000))
    logs = [{"logType": kind} for kind in ("ADMIN_READ", "DATA_READ", "DATA_WRITE")]
    google.policies[ORG] = {"auditConfigs": [{"service": "allServices", "auditLogConfigs": logs}]}
    return google


def judge(world: World) -> dict[str, Finding]:
    """Check the one cluster, as the verb does."""
    calls = world.calls()
    probe = GcpProbe(
        calls,
        FixedClock(NOW),
        ProbeScope(lambda _: None),
        trails=lambda entries: Trails(entries, GKE_METHODS),
    )
    settings = Settings(ledger=LedgerSettings(origin="example.com/log"))
    discovery = GcpDiscovery(calls, SearchScope(above=(ORG,)))
    report = check_clusters(discovery, probe, settings, FixedClock(NOW), changes=True)
    (checked,) = report.clusters
    return {finding.check: finding for finding in checked.findings}


def test_a_healthy_route_passes_every_check(route: World) -> None:
    """Otherwise the rows below would prove nothing."""
    found = judge(route)
    assert {name: f.summary for name, f in found.items() if f.verdict is not Verdict.PASS} == {}
    assert set(found) == CHECKS


def own_sink(**changes: Any) -> Callable[[World], None]:  # noqa: ANN401 - any field of a sink
    """Change the project's own sink."""
    return lambda world: world.sinks[SHOP][-1].update(changes)


def bucket(**changes: Any) -> Callable[[World], None]:  # noqa: ANN401 - any field of a bucket
    """Change the archive's bucket."""
    return lambda world: world.storage.buckets[BUCKET].update(changes)


def reads_off(world: World) -> None:
    """Switch Data Access logs off."""
    world.policies[ORG] = {}


def intercept(world: World) -> None:
    """Let the organisation take every entry away from the project's sinks."""
    taking = sink(ORG, "take", includeChildren=True, interceptChildren=True, filter="",
                  destination="storage.googleapis.com/elsewhere")  # fmt: skip
    world.sinks[ORG] = [taking]


def lose_role(world: World) -> None:
    """Take the writer's role away."""
    world.storage.policies[BUCKET]["bindings"] = []


def unwatched(world: World) -> None:
    """Switch threat detection off."""
    world.services[SHOP][0]["effectiveEnablementState"] = "DISABLED"


def silence(world: World) -> None:
    """Let nothing arrive any more."""
    for held in world.storage.objects[BUCKET].values():
        held[0].shown["timeCreated"] = (NOW - dt.timedelta(days=3)).isoformat().replace("+00:00", "Z")


SHORT: Final = {"retentionPeriod": "34560000", "effectiveTime": "2025-01-01T00:00:00Z", "isLocked": False}
QUIET: Final = {"name": "quiet", "filter": 'protoPayload.serviceName="k8s.io"'}
TIDY: Final = {"rule": [{"action": {"type": "Delete"}, "condition": {"age": 30}}]}


@pytest.mark.parametrize(
    ("change", "check", "words"),
    [
        (reads_off, "audit-coverage", "writes"),
        (own_sink(disabled=True), "export-route", "disabled"),
        (own_sink(filter='severity>="ERROR"'), "export-route", "drops"),
        (own_sink(exclusions=[QUIET]), "export-route", "quiet"),
        (intercept, "export-route", "take"),
        (lose_role, "export-route", "objectCreator"),
        (bucket(retentionPolicy=SHORT), "archive-immutable", "not locked"),
        (bucket(projectNumber="111"), "archive-central", "project"),
        (bucket(lifecycle=TIDY), "retention", "30 days"),
        (unwatched, "monitored", "no detector"),
        (silence, "export-health", "newest"),
    ],
)  # fmt: skip
def test_one_thing_that_is_wrong_fails_its_check(
    route: World, change: Callable[[World], None], check: str, words: str
) -> None:
    """And says what, in words somebody can act on."""
    change(route)
    finding = judge(route)[check]
    assert finding.verdict is Verdict.FAIL, finding.summary
    assert words in finding.summary
    assert finding.fix


@pytest.mark.parametrize(
    ("call", "checks"),
    [
        ("storage:buckets.get", {"retention", "archive-immutable", "archive-central", "continuity"}),
        ("logging:sinks.list", CHECKS - {"audit-enabled", "audit-coverage", "monitored"}),
        ("cloudresourcemanager:organizations.getIamPolicy", {"audit-coverage"}),
        ("securitycentermanagement:securityCenterServices.list", {"monitored"}),
        ("logging:entries.list", {"continuity"}),
        ("storage:objects.list", {"export-health"}),
    ],
)
def test_what_is_refused_is_unknown_and_never_a_pass(route: World, call: str, checks: set[str]) -> None:
    """Not knowing is not passing."""
    route.gate.refuse(call)
    found = judge(route)
    assert {name for name in checks if found[name].verdict is Verdict.UNKNOWN} == checks
    assert not any(finding.verdict is Verdict.FAIL for finding in found.values())


def test_a_level_that_leaves_new_projects_without_a_default_sink_is_named(route: World) -> None:
    """This cluster's project has its own; the next one would keep nothing by itself."""
    assert "disableDefaultSink" not in judge(route)["retention"].summary
    route.log_settings[ORG] = {"disableDefaultSink": True}
    found = judge(route)["retention"]
    assert found.verdict is Verdict.PASS
    assert f"projects created below {ORG} get a disabled _Default sink" in found.summary
    (fact,) = [fact for fact in found.facts if fact.id == f"retention.defaultSinkDisabled.{ORG}"]
    assert (fact.call, fact.resource, fact.value) == ("logging:settings.get", ORG, "True")


def test_settings_that_are_refused_are_said_and_decide_nothing(route: World) -> None:
    """They are about projects that do not exist yet."""
    route.gate.refuse("logging:settings.get")
    found = judge(route)["retention"]
    assert found.verdict is Verdict.PASS
    assert any("logging:settings.get" in fact.value for fact in found.facts)


def test_an_archive_that_is_gone_leaves_open_who_removed_it(route: World) -> None:
    """Its deletion stands in a project that nobody knows any more: "no change" would be a guess."""
    route.gate.refuse("storage:buckets.get", status=404, reason="notFound")
    found = judge(route)
    assert found["export-route"].verdict is Verdict.FAIL
    assert found["continuity"].verdict is Verdict.UNKNOWN
    assert "its project is not known" in found["continuity"].summary
