"""How long GKE's logs are kept, who can lift the archive's lock, and who can reach it."""

import dataclasses
import datetime as dt

import pytest

from dayseal.checks.archive_central import judge_archive_central
from dayseal.checks.archive_immutable import judge_archive_immutable
from dayseal.checks.retention import judge_retention
from dayseal.checks.route_terms import RouteThresholds
from dayseal.model import Finding, Verdict
from dayseal.model.route import (
    BatchObjects,
    BucketAnswer,
    EncryptionKey,
    LifecycleRule,
    Locking,
    LogBucket,
    Missing,
    Move,
    PublicAccess,
    RouteFacts,
    ScopePolicy,
)
from support.gke_facts import (
    CREATOR,
    HEALTHY_GKE,
    OWN,
    WRITER,
    gke,
    gke_archived,
    gke_denied,
    gke_objects,
    gke_sinks,
    iam,
    log_buckets,
    log_sink,
    retention,
    sink,
)
from support.route_facts import DAY, PROMISED, known

ROBOT = "serviceAccount:ci@shop-prod.iam.gserviceaccount.com"


def kept(facts: RouteFacts, thresholds: RouteThresholds = PROMISED) -> Finding:
    """Judge retention."""
    return judge_retention(facts, thresholds, DAY)


def locked(facts: RouteFacts, objects: BatchObjects | None = None) -> Finding:
    """Judge immutability."""
    return judge_archive_immutable(facts, PROMISED, DAY, objects)


def rule(**more: object) -> RouteFacts:
    """Give the archive one lifecycle rule."""
    fields: dict[str, object] = {"name": "age", "delete_days": 90} | more
    return gke_archived(lifecycle=known((LifecycleRule(**fields),), "storage:buckets.get"))  # type: ignore[arg-type]  # any field


def test_the_archive_makes_up_for_default_kept_30_days() -> None:
    """The union over all stores on the route counts; Cloud Storage answers at once in every class."""
    found = kept(HEALTHY_GKE)
    assert found.verdict is Verdict.PASS
    assert "_Required: retentionDays 400 days, locked" in found.summary


def test_without_an_archive_data_access_logs_are_kept_30_days_in_default() -> None:
    """`_Required` holds Admin Activity for 400 days; reads lie in `_Default`, 30 days unless changed."""
    alone = dataclasses.replace(gke_sinks(), archive=None)
    found = kept(alone)
    assert found.verdict is Verdict.FAIL
    assert "cloudaudit.googleapis.com/data_access: hot 30 days, 92 promised" in found.summary
    assert "cloudaudit.googleapis.com/activity" not in found.summary
    assert "gcloud logging buckets update _Default" in found.fix
    source = dataclasses.replace(alone.gke, log_buckets=log_buckets(400))
    assert kept(dataclasses.replace(alone, source=source)).verdict is Verdict.PASS
    writes = dataclasses.replace(gke_sinks(configs=()), archive=None)
    assert kept(writes).verdict is Verdict.PASS  # only what _Required holds is recorded


def test_a_log_bucket_of_another_project_counts_where_a_sink_fills_it() -> None:
    """Central log buckets are named by sinks and answered for themselves."""
    name = "projects/logs/locations/eu/buckets/audit"
    to_it = sink(destination=f"logging.googleapis.com/{name}")
    base = dataclasses.replace(gke_sinks(to_it), archive=None)

    def answered(answer: object) -> Verdict:
        more = (BucketAnswer(name, answer),)  # type: ignore[arg-type]  # known or missing
        return kept(dataclasses.replace(base, source=dataclasses.replace(base.gke, more_buckets=more))).verdict

    assert answered(known(LogBucket(name, 400, locked=True))) is Verdict.PASS
    assert answered(known(LogBucket(name, 400, state="DELETE_REQUESTED"))) is Verdict.FAIL
    assert answered(known(None)) is Verdict.FAIL
    assert answered(gke_denied("logging:buckets", name)) is Verdict.UNKNOWN


def test_an_intercepted_or_disabled_default_sink_fills_no_log_bucket() -> None:
    """Then reads are in no log bucket at all."""
    off = gke(levels=(dataclasses.replace(HEALTHY_GKE.gke.levels[0], sinks=known((log_sink(disabled=True),))),))
    facts = dataclasses.replace(off, archive=None, source=dataclasses.replace(off.gke, ancestry=known((OWN,))))
    found = kept(facts)
    assert found.verdict is Verdict.FAIL
    assert "no store is known" in found.summary


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (rule(), Verdict.FAIL),
        (rule(delete_days=366), Verdict.PASS),
        (rule(enabled=False), Verdict.PASS),
        (rule(narrowed=True), Verdict.UNKNOWN),
        (rule(delete_days=0, created_before=dt.date(2026, 1, 1)), Verdict.PASS),
        (rule(delete_days=0, created_before=dt.date(2027, 1, 1)), Verdict.FAIL),
        (rule(delete_days=None, delete_old_days=1), Verdict.PASS),
        (rule(delete_days=None, moves=(Move(1, "ARCHIVE", restore=False),)), Verdict.PASS),
        (gke_archived(lifecycle=gke_denied("storage:buckets", "central-audit")), Verdict.UNKNOWN),
    ],
)
def test_a_lifecycle_rule_before_the_term_fails(facts: RouteFacts, verdict: Verdict) -> None:
    """A lock holds it back only for as long as the lock lasts."""
    assert kept(facts).verdict is verdict


def test_hidden_sinks_leave_a_short_term_open() -> None:
    """One of them may lead to a store that keeps the logs longer."""
    levels = (HEALTHY_GKE.gke.levels[0], dataclasses.replace(HEALTHY_GKE.gke.levels[1], sinks=gke_denied("a:b")))
    facts = dataclasses.replace(gke_sinks(above=levels[1:]), archive=None)
    assert kept(facts).verdict is Verdict.UNKNOWN


def test_a_locked_retention_policy_passes() -> None:
    """Nobody can shorten or remove it."""
    found = locked(HEALTHY_GKE, gke_objects(("BucketPolicy", 400)))
    assert found.verdict is Verdict.PASS
    assert "compliance: locked retention policy of 400 days" in found.summary
    assert "single objects were not looked at" in locked(HEALTHY_GKE).summary


def test_an_unlocked_retention_policy_fails_and_says_so() -> None:
    """Whoever may change the bucket can remove it, and then delete."""
    found = locked(gke_archived(locking=retention(locked=False)), gke_objects(("BucketPolicy", 400)))
    assert found.verdict is Verdict.FAIL
    assert "is not locked" in found.summary
    assert found.fix.endswith("gcloud storage buckets update gs://central-audit --lock-retention-period")


@pytest.mark.parametrize(
    ("locking", "objects", "verdict"),
    [
        (Locking(enabled=True), gke_objects(("Locked", 400)), Verdict.PASS),
        (Locking(enabled=True), gke_objects(("Locked", 400), ("Unlocked", 400)), Verdict.FAIL),
        (Locking(enabled=True), gke_objects(("Locked", 90)), Verdict.FAIL),
        (Locking(enabled=True), None, Verdict.UNKNOWN),
        (Locking(enabled=False), None, Verdict.FAIL),
        (Locking(enabled=False), gke_objects(("", 0)), Verdict.FAIL),
        (retention(30).value, None, Verdict.FAIL),
        (retention(30).value, gke_objects(("Locked", 400)), Verdict.PASS),
        (retention(400).value, gke_objects(("Unlocked", 20)), Verdict.PASS),
        (retention(400, locked=False).value, gke_objects(("Locked", 400)), Verdict.PASS),
    ],
)
def test_only_locks_that_nobody_can_lift_count(
    locking: Locking, objects: BatchObjects | None, verdict: Verdict
) -> None:
    """The bucket's locked policy, or each object's own; the later of both."""
    assert locked(gke_archived(locking=known(locking)), objects).verdict is verdict


def test_a_key_that_is_gone_fails_and_what_was_refused_is_unknown() -> None:
    """What nobody can read any more is no evidence."""
    dead = EncryptionKey("projects/k/locations/eu/keyRings/r/cryptoKeys/k", "DESTROY_SCHEDULED", usable=False)
    assert locked(gke_archived(key=known(dead))).verdict is Verdict.FAIL
    assert locked(gke_archived(locking=gke_denied("storage:buckets", "b"))).verdict is Verdict.UNKNOWN
    assert locked(gke_archived(exists=known(value=False))).verdict is Verdict.FAIL


def test_a_bucket_in_another_project_that_is_closed_passes() -> None:
    """Project number and id are compared, whichever the bucket names."""
    found = judge_archive_central(HEALTHY_GKE)
    assert found.verdict is Verdict.PASS
    assert f"writers: {WRITER}" in found.summary


@pytest.mark.parametrize("owner", ["shop-prod", "111"])
def test_a_bucket_in_the_clusters_own_project_fails(owner: str) -> None:
    """Its owners can replace the bucket's policy, and with it everything but the lock."""
    found = judge_archive_central(gke_archived(owner=known(owner)))
    assert found.verdict is Verdict.FAIL
    assert "the cluster's own project shop-prod" in found.summary


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"policy": known(iam(("roles/storage.objectAdmin", ROBOT)))}, Verdict.FAIL),
        ({"policy": known(iam((CREATOR, ROBOT)))}, Verdict.FAIL),
        ({"policy": known(iam(("roles/storage.objectViewer", ROBOT)))}, Verdict.PASS),
        ({"policy": known(iam(("roles/storage.objectAdmin", "projectEditor:shop-prod")))}, Verdict.FAIL),
        ({"policy": known(iam((CREATOR, "serviceAccount:111-compute@developer.gserviceaccount.com")))}, Verdict.FAIL),
        ({"policy": known(iam((CREATOR, ROBOT), condition="true"))}, Verdict.UNKNOWN),
        ({"policy": known(iam(("organizations/42/roles/x", ROBOT)))}, Verdict.UNKNOWN),
        ({"policy": known(iam(("roles/storage.admin", "user:alice@example.com")))}, Verdict.PASS),
        ({"policy": known("junk")}, Verdict.UNKNOWN),
        ({"policy": gke_denied("storage:buckets", "b")}, Verdict.UNKNOWN),
        ({"inherited": known((ScopePolicy("folders/9", iam(("roles/storage.admin", ROBOT))),))}, Verdict.FAIL),
        ({"inherited": gke_denied("resourcemanager:projects", "p")}, Verdict.UNKNOWN),
        ({"inherited": None}, Verdict.UNKNOWN),
        ({"object_acls": known(value=True)}, Verdict.UNKNOWN),
        ({"public_access": known(PublicAccess(False, "off"))}, Verdict.FAIL),  # noqa: FBT003 - not blocked
        ({"public_access": known(PublicAccess(False, "inherited", inherited=True))}, Verdict.UNKNOWN),  # noqa: FBT003 - not blocked
        ({"exists": known(value=False)}, Verdict.FAIL),
        ({"owner": gke_denied("storage:buckets", "b")}, Verdict.UNKNOWN),
    ],
)
def test_who_may_write_or_change_the_archive(change: dict[str, object], verdict: Verdict) -> None:
    """The cluster's own accounts may not; what decides it and was not read is unknown."""
    found = judge_archive_central(gke_archived(**change))
    assert found.verdict is verdict
    assert "alice" not in found.summary + "".join(fact.value for fact in found.facts)


def test_a_bucket_that_everybody_may_read_fails() -> None:
    """Only prevention on the bucket holds against such a binding."""
    policy = known(iam(("roles/storage.objectViewer", "allUsers")))
    opened = PublicAccess(blocked=False, words="inherited", inherited=True)
    assert judge_archive_central(gke_archived(policy=policy, public_access=known(opened))).verdict is Verdict.FAIL


def test_a_hidden_project_number_leaves_the_owner_open() -> None:
    """The bucket names a number, the cluster an id."""
    call = known(0).source
    number = Missing(gke_denied("a:b").reason, call, "", "resourcemanager.projects.get")
    assert judge_archive_central(gke(project_number=number)).verdict is Verdict.UNKNOWN
