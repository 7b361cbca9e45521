"""GKE's audit logs: what switches them on, what only seems to, and what leaves holes."""

import dataclasses

import pytest

from dayseal.checks.audit_coverage import judge_audit_coverage
from dayseal.checks.audit_enabled import judge_audit_enabled
from dayseal.checks.route_terms import Grade, RouteThresholds
from dayseal.digest.bounded import Bounded
from dayseal.digest.tally import KEYS, EventKey, Tally
from dayseal.model import Verdict
from dayseal.model.route import AuditConfig, GkeCluster, Level, Missing, Reason
from support.gke_facts import FOLDER, HEALTHY_GKE, ORG, OWN, data_access, gke, gke_denied, gke_sinks, level
from support.route_facts import PROMISED, known
from unit.checks.check_tallies import NO_RECORDS

WRITES_ACCEPTED = RouteThresholds(coverage_minimum=Grade.WRITES_ONLY)


def counted(**verbs: int) -> Tally:
    """Give a tally of so many records by verb."""
    keys = {EventKey("", "secrets", verb, "human", "", ""): number for verb, number in verbs.items()}
    return dataclasses.replace(NO_RECORDS, events=sum(verbs.values()), keys=Bounded(KEYS, keys))


@pytest.mark.parametrize("service", ["none", "logging.googleapis.com/kubernetes", ""])
@pytest.mark.parametrize("components", [None, (), ("SYSTEM_COMPONENTS",), ("APISERVER", "WORKLOADS")])
def test_logging_service_and_apiserver_decide_nothing(service: str, components: tuple[str, ...] | None) -> None:
    """They are workload and component logs; scanners take APISERVER for the audit log, and `none` for its absence."""
    cluster = GkeCluster("RUNNING", autopilot=False, logging_service=service, components=components)
    facts = gke(cluster=known(cluster, "container:clusters.get"))
    assert judge_audit_enabled(facts).verdict is Verdict.PASS
    assert "decide nothing" in judge_audit_enabled(facts).summary
    assert judge_audit_coverage(facts, PROMISED).verdict is Verdict.PASS


def test_an_autopilot_cluster_is_judged_like_any_other() -> None:
    """It has no nodes or settings of its own to look at, and the same audit logs."""
    facts = gke(cluster=known(GkeCluster("RUNNING", autopilot=True), "container:clusters.get"))
    found = judge_audit_enabled(facts)
    assert found.verdict is Verdict.PASS
    assert "Autopilot" in found.facts[0].value


def test_a_cluster_that_a_partial_listing_left_out_is_unknown_not_gone() -> None:
    """`missingZones` says that the list may be short: absence from it says nothing."""
    call = known(0, "container:clusters.list", OWN).source
    facts = gke(cluster=Missing(Reason.INCOMPLETE, call, "missingZones: us-east1-b"))
    for found in (judge_audit_enabled(facts), judge_audit_coverage(facts, PROMISED)):
        assert found.verdict is Verdict.UNKNOWN
        assert "missingZones: us-east1-b" in found.summary


def test_a_cluster_that_is_no_more_is_not_applicable() -> None:
    """A complete listing without it says so."""
    facts = gke(cluster=known(None, "container:clusters.list"))
    assert judge_audit_enabled(facts).verdict is Verdict.NOT_APPLICABLE


def test_reads_without_data_access_logs_are_graded_writes_only() -> None:
    """Reads of Secrets, and exec through WebSocket, whose verb is get, leave no trace then."""
    found = judge_audit_coverage(gke_sinks(configs=()), PROMISED)
    assert found.verdict is Verdict.FAIL
    assert "coverage writes-only" in found.summary
    assert "Data Access logs are off (DATA_READ, DATA_WRITE)" in found.summary
    assert "set-iam-policy shop-prod policy.json" in found.fix
    accepted = judge_audit_coverage(gke_sinks(configs=()), WRITES_ACCEPTED)
    assert accepted.verdict is Verdict.PASS
    assert "accepted by the settings" in accepted.summary


@pytest.mark.parametrize("where", [0, 1, 2])
@pytest.mark.parametrize("service", ["container.googleapis.com", "allServices"])
def test_data_access_logs_may_be_switched_on_at_any_level(where: int, service: str) -> None:
    """The configurations of project, folders and organisation are merged."""
    configs = tuple(AuditConfig(service, kind) for kind in ("DATA_READ", "DATA_WRITE"))
    names = (OWN, FOLDER, ORG)
    levels = tuple(level(name, configs=configs if n == where else ()) for n, name in enumerate(names))
    assert judge_audit_coverage(gke(levels=levels), PROMISED).verdict is Verdict.PASS


@pytest.mark.parametrize("service", ["k8s.io", "storage.googleapis.com"])
def test_data_access_logs_of_another_service_are_not_the_clusters(service: str) -> None:
    """Only `allServices` and `container.googleapis.com` are known to switch them on."""
    configs = tuple(AuditConfig(service, kind) for kind in ("DATA_READ", "DATA_WRITE"))
    assert judge_audit_coverage(gke_sinks(configs=configs), PROMISED).verdict is Verdict.FAIL


def test_exempted_members_are_holes_and_listed_without_peoples_names() -> None:
    """Whoever is exempt reads Secrets unseen; the finding goes into the ledger, where nobody is named."""
    robot = "serviceAccount:ci@shop-prod.iam.gserviceaccount.com"
    facts = gke_sinks(configs=data_access(robot, "user:alice@example.com"))
    found = judge_audit_coverage(facts, PROMISED)
    assert found.verdict is Verdict.FAIL
    assert "2 exempted members, each a hole" in found.summary
    assert robot in found.summary
    assert "alice" not in found.summary + "".join(fact.value for fact in found.facts)


def test_members_exempted_further_up_are_exempt_too() -> None:
    """A project's own configuration cannot take a folder's exemption back."""
    above = (level(FOLDER, configs=data_access("group:ops@example.com", kinds=("DATA_READ",))), level(ORG))
    found = judge_audit_coverage(gke_sinks(above=above), PROMISED)
    assert found.verdict is Verdict.FAIL
    assert "group:ops@example.com" in found.summary


@pytest.mark.parametrize("on", [True, False])
def test_a_level_that_did_not_answer_leaves_the_grade_open(on: bool) -> None:  # noqa: FBT001 - both ways
    """It may switch the logs on, and it may exempt somebody from logs that are on."""
    refused = Level(ORG, gke_denied("resourcemanager:organizations"), known((), "logging:sinks.list"))
    facts = gke_sinks(above=(level(FOLDER), refused), configs=data_access() if on else ())
    found = judge_audit_coverage(facts, PROMISED)
    assert found.verdict is Verdict.UNKNOWN
    assert "resourcemanager.organizations.get" in found.summary
    assert judge_audit_coverage(facts, WRITES_ACCEPTED).verdict is Verdict.PASS


def test_an_exemption_that_was_seen_fails_whatever_was_not() -> None:
    """No other level can close that hole."""
    refused = Level(ORG, gke_denied("resourcemanager:organizations"), known((), "logging:sinks.list"))
    facts = gke_sinks(above=(level(FOLDER), refused), configs=data_access("group:ops@example.com"))
    assert judge_audit_coverage(facts, PROMISED).verdict is Verdict.FAIL


def test_a_hidden_ancestry_leaves_the_grade_open() -> None:
    """Nobody then knows which levels to ask."""
    found = judge_audit_coverage(gke(ancestry=gke_denied("resourcemanager:projects")), PROMISED)
    assert found.verdict is Verdict.UNKNOWN


def test_full_coverage_without_one_read_in_a_day_contradicts_itself() -> None:
    """Controllers read all the time: a day of writes alone shows that reads go missing."""
    assert judge_audit_coverage(HEALTHY_GKE, PROMISED, counted(create=5)).verdict is Verdict.UNKNOWN
    assert judge_audit_coverage(HEALTHY_GKE, PROMISED, counted(create=5, get=1)).verdict is Verdict.PASS
    assert judge_audit_coverage(gke_sinks(configs=()), WRITES_ACCEPTED, counted(create=5)).verdict is Verdict.PASS
