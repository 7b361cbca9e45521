"""Sinks on the way to the archive, with every trap on it."""

import dataclasses

import pytest

from dayseal.checks.export_route import judge_export_route
from dayseal.checks.route_terms import Declared, RouteThresholds
from dayseal.model import Finding, Verdict
from dayseal.model.route import Exclusion, Level, RoutedProject, RouteFacts, ScopePolicy, Sink
from support.gke_facts import (
    CREATOR,
    FOLDER,
    HEALTHY_GKE,
    ORG,
    OWN,
    WRITER,
    gke,
    gke_archived,
    gke_denied,
    gke_sinks,
    iam,
    level,
    sink,
)
from support.route_facts import PROMISED, known

ELSEWHERE = "projects/logs-central"
ORG_WRITER = "serviceAccount:o42-1@gcp-sa-logging.iam.gserviceaccount.com"


def judged(facts: RouteFacts, thresholds: RouteThresholds = PROMISED) -> Finding:
    """Judge the route."""
    return judge_export_route(facts, thresholds)


def test_a_project_sink_that_drops_nothing_passes() -> None:
    """Filter decided, enabled, to the archive, and its writer may write there."""
    found = judged(HEALTHY_GKE)
    assert found.verdict is Verdict.PASS
    assert "cloudaudit.googleapis.com/activity" in found.summary
    assert "cloudaudit.googleapis.com/data_access" in found.summary


@pytest.mark.parametrize("owner", [FOLDER, ORG])
def test_an_org_sink_or_folder_sink_that_includes_children_is_a_way(owner: str) -> None:
    """The project then needs no sink of its own."""
    one = sink(f"{owner}/sinks/audit", include_children=True)
    above = tuple(level(name, *((one,) if name == owner else ())) for name in (FOLDER, ORG))
    assert judged(gke_sinks(above=above)).verdict is Verdict.PASS


@pytest.mark.parametrize("owner", [FOLDER, ORG])
def test_a_sink_above_without_children_carries_nothing_of_the_cluster(owner: str) -> None:
    """It exports the folder's or organisation's own entries only."""
    above = (level(FOLDER, sink(f"{owner}/sinks/audit")), level(ORG))
    found = judged(gke_sinks(above=above))
    assert found.verdict is Verdict.FAIL
    assert "gcloud logging sinks create audit-archive" in found.fix


def behind(facts: RouteFacts, *sinks: Sink) -> RouteFacts:
    """Let the other project have these sinks."""
    routed = (RoutedProject(ELSEWHERE, known(sinks, "logging:sinks.list", ELSEWHERE)),)
    return dataclasses.replace(facts, source=dataclasses.replace(facts.gke, routed=routed))


def test_an_intercepting_sink_starves_the_projects_own() -> None:
    """What an ancestor intercepts, sinks of child resources never see; the Python SDK hides the field."""
    taker = sink(
        f"{ORG}/sinks/all", f"logging.googleapis.com/{ELSEWHERE}", filter="", include_children=True,
        intercept_children=True,
    )  # fmt: skip
    facts = gke_sinks(sink(), above=(level(FOLDER), level(ORG, taker)))
    assert judged(facts).verdict is Verdict.UNKNOWN  # nobody asked what lies behind
    found = judged(behind(facts))
    assert found.verdict is Verdict.FAIL
    assert f"intercepting sink {ORG}/sinks/all takes its entries to" in found.summary
    assert "--organization=42 --no-intercept-children" in found.fix
    off = level(ORG, dataclasses.replace(taker, disabled=True))
    assert judged(gke_sinks(sink(), above=(level(FOLDER), off))).verdict is Verdict.PASS
    other = level(ORG, dataclasses.replace(taker, filter='resource.type="gce_instance"'))
    assert judged(gke_sinks(sink(), above=(level(FOLDER), other))).verdict is Verdict.PASS
    unsure = level(ORG, dataclasses.replace(taker, filter="what = (is this"))
    assert judged(gke_sinks(sink(), above=(level(FOLDER), unsure))).verdict is Verdict.UNKNOWN


def test_an_intercepting_sink_shows_in_the_projects_own_listing() -> None:
    """Scope ALL returns it even where the organisation itself refuses to answer."""
    taker = sink(f"{ORG}/sinks/all", f"logging.googleapis.com/{ELSEWHERE}", filter="", include_children=True,
                 intercept_children=True)  # fmt: skip
    facts = gke_sinks(sink(), taker, above=(Level(ORG, gke_denied("x:y"), gke_denied("logging:sinks")),))
    found = judged(behind(facts))
    assert found.verdict is Verdict.UNKNOWN  # the organisation may have another sink
    assert "intercepting sink organizations/42/sinks/all takes its entries" in found.summary


def test_an_intercepting_sink_whose_project_leads_to_the_archive_is_the_way() -> None:
    """Entries are routed once to the other project, whose own sinks then decide."""
    taker = sink(f"{ORG}/sinks/all", f"logging.googleapis.com/{ELSEWHERE}", filter="", include_children=True,
                 intercept_children=True)  # fmt: skip
    above = (level(FOLDER), level(ORG, taker))
    on = sink(f"{ELSEWHERE}/sinks/archive")
    for last, verdict in (
        (on, Verdict.PASS),
        (dataclasses.replace(on, disabled=True), Verdict.FAIL),
        (dataclasses.replace(on, filter="severity>=ERROR"), Verdict.FAIL),
    ):
        found = judged(behind(gke_sinks(above=above), last))
        assert found.verdict is verdict
        assert "entries come by sink organizations/42/sinks/all" in found.summary
    hidden = (RoutedProject(ELSEWHERE, gke_denied("logging:sinks", ELSEWHERE)),)
    source = dataclasses.replace(gke_sinks(above=above).gke, routed=hidden)
    assert judged(dataclasses.replace(HEALTHY_GKE, source=source)).verdict is Verdict.UNKNOWN


def test_a_disabled_sink_is_no_way() -> None:
    """It looks whole in every list but for one field."""
    found = judged(gke_sinks(sink(disabled=True)))
    assert found.verdict is Verdict.FAIL
    assert "it is disabled" in found.summary
    assert found.fix == "gcloud logging sinks update audit --project=shop-prod --no-disabled"


def test_an_exclusion_that_takes_audit_entries_out_fails() -> None:
    """The sink's filter may be as wide as it likes."""
    found = judged(gke_sinks(sink(exclusions=(Exclusion("noise", 'protoPayload.methodName:"leases"'),))))
    assert found.verdict is Verdict.FAIL
    assert "exclusion noise" in found.summary
    assert "--remove-exclusions=noise" in found.fix
    beside = sink(exclusions=(Exclusion("vms", 'resource.type="gce_instance"'),))
    assert judged(gke_sinks(beside)).verdict is Verdict.PASS


def test_a_filter_that_drops_audit_fails_and_names_an_entry() -> None:
    """Shown on one entry, so that a reader can see it."""
    found = judged(gke_sinks(sink(filter="severity>=ERROR")))
    assert found.verdict is Verdict.FAIL
    assert "drops an entry of io.k8s.core.v1.secrets.create" in found.summary
    assert "--log-filter=" in found.fix


def test_a_filter_that_cannot_be_decided_is_unknown_with_its_text() -> None:
    """Guessing either way would be a lie."""
    found = judged(gke_sinks(sink(filter='operation.producer="k8s.io"')))
    assert found.verdict is Verdict.UNKNOWN
    assert "operation.producer=" in found.summary


def test_two_sinks_may_carry_one_log_each() -> None:
    """Completeness is of each log, not of each sink."""
    halves = [
        sink(f"{OWN}/sinks/{name}", filter=f'log_id("cloudaudit.googleapis.com/{name}")')
        for name in ("activity", "data_access")
    ]
    assert judged(gke_sinks(*halves)).verdict is Verdict.PASS
    assert judged(gke_sinks(halves[0])).verdict is Verdict.FAIL


def test_reads_that_are_not_recorded_need_no_way() -> None:
    """Without Data Access logs, a sink for Admin Activity is complete, and says what it leaves out."""
    facts = gke_sinks(sink(filter='log_id("cloudaudit.googleapis.com/activity")'), configs=())
    found = judged(facts)
    assert found.verdict is Verdict.PASS
    assert "data_access is off" in found.summary


def test_a_sink_whose_writer_lost_its_role_fails() -> None:
    """The sink is whole, the bucket is whole, and nothing arrives."""
    lost = gke_archived(policy=known(iam((CREATOR, ORG_WRITER))))
    found = judged(lost)
    assert found.verdict is Verdict.FAIL
    assert f"its writer {WRITER} may not create objects in central-audit" in found.summary
    assert "add-iam-policy-binding gs://central-audit" in found.fix
    assert f"--member={WRITER}" in found.fix
    above = known((ScopePolicy("projects/audit-central", iam(("roles/storage.admin", WRITER))),))
    assert judged(gke_archived(policy=known(iam()), inherited=above)).verdict is Verdict.PASS


@pytest.mark.parametrize(
    "policy",
    [
        iam((CREATOR, WRITER), condition="request.time < timestamp('2027-01-01')"),
        iam(("organizations/42/roles/logWriter", WRITER)),
        iam((CREATOR, "group:writers@example.com")),
        '{"bindings": 7}',
        "no json",
    ],
)
def test_a_writer_whose_right_hangs_on_something_unread_is_unknown(policy: str) -> None:
    """A condition, a custom role, a group, or a policy nobody can read."""
    assert judged(gke_archived(policy=known(policy))).verdict is Verdict.UNKNOWN


def test_a_policy_that_was_refused_makes_the_writer_unknown() -> None:
    """It may hold the role further up, where we may not look."""
    hidden = gke_archived(policy=known(iam()), inherited=gke_denied("resourcemanager:projects", "projects/9"))
    assert judged(hidden).verdict is Verdict.UNKNOWN
    seen = gke_archived(inherited=gke_denied("resourcemanager:projects", "projects/9"))
    assert judged(seen).verdict is Verdict.PASS


def test_another_bucket_or_a_hidden_target_is_no_way() -> None:
    """BigQuery and Pub/Sub hold what nobody here can look into, unless the settings say what it is."""
    found = judged(gke_sinks(sink(destination="storage.googleapis.com/another")))
    assert found.verdict is Verdict.FAIL
    topic = "pubsub.googleapis.com/projects/p/topics/audit"
    assert judged(gke_sinks(sink(destination=topic))).verdict is Verdict.UNKNOWN
    told = RouteThresholds(destinations=(Declared(topic, "the SIEM's archive"),))
    assert "declared, not proven" in judged(gke_sinks(sink(destination=topic)), told).summary


def test_an_archive_prefix_that_leaves_a_log_out_fails() -> None:
    """A sink names its objects after the log."""
    found = judged(gke_archived(prefix="cloudaudit.googleapis.com/activity/"))
    assert found.verdict is Verdict.FAIL
    assert "data_access lie outside the archive's prefix" in found.summary


def test_a_level_that_did_not_answer_never_makes_a_fail() -> None:
    """Its sinks may be the way."""
    refused = Level(ORG, known(()), gke_denied("logging:sinks", ORG))
    found = judged(gke_sinks(above=(level(FOLDER), refused)))
    assert found.verdict is Verdict.UNKNOWN
    assert "logging.sinks.get" in found.summary or "permission logging." in found.summary
    assert judged(gke_sinks(sink(), above=(level(FOLDER), refused))).verdict is Verdict.PASS
    assert judged(gke(ancestry=gke_denied("resourcemanager:projects"))).verdict is Verdict.PASS


def test_a_folder_sink_passes_only_if_nobody_above_may_intercept() -> None:
    """Without the project's listing in scope ALL, interceptors of levels nobody asked stay unseen."""
    way = sink(f"{FOLDER}/sinks/audit", include_children=True)
    hidden = Level(OWN, known(()), gke_denied("logging:sinks", OWN))
    found = judged(gke(levels=(hidden, level(FOLDER, way), level(ORG))))
    assert found.verdict is Verdict.UNKNOWN
    assert "intercepts" in found.summary
