"""What was changed on a GKE route between two checks, even if it was undone before the second."""

from typing import Any

import pytest

from dayseal.checks.continuity import judge_continuity, name_actors
from dayseal.checks.gke.changes import GKE_METHODS
from dayseal.model import Finding, Verdict
from dayseal.model.route import ConfigChange, EncryptionKey, RouteFacts
from support.gke_facts import (
    AUDIT_FILTER,
    BUCKET,
    CREATOR,
    HEALTHY_GKE,
    ORG,
    OWN,
    TO_ARCHIVE,
    WRITER,
    gke,
    gke_archived,
    gke_change,
    gke_denied,
    gke_sinks,
    gke_trail,
    sink,
)
from support.route_facts import PROMISED, known

CONFIG = "google.logging.v2.ConfigServiceV2."
SINK = f"{OWN}/sinks/audit"
DEFAULT = f"{OWN}/locations/global/buckets/_Default"
KEY = "projects/k/locations/eu/keyRings/r/cryptoKeys/k"
ROBOT = "serviceAccount:ci@shop-prod.iam.gserviceaccount.com"


def sink_change(verb: str, minute: int = 0, *, mask: str = "", name: str = SINK, **fields: Any) -> ConfigChange:  # noqa: ANN401 - any field of a sink
    """Give a change of a sink."""
    said: dict[str, Any] = {"resourceName": name, "request": {"sinkName": name, "sink": fields, "updateMask": mask}}
    return gke_change(f"{CONFIG}{verb}Sink", said, minute)


def judged(*changes: ConfigChange, facts: RouteFacts = HEALTHY_GKE) -> Finding:
    """Judge the healthy route, but for these changes."""
    return judge_continuity(_with(facts, *changes), PROMISED)


def _with(facts: RouteFacts, *changes: ConfigChange) -> RouteFacts:
    return RouteFacts(
        facts.cluster, facts.asked_at, facts.source, facts.archive, facts.delivery, gke_trail(*changes), facts.watched
    )


def bucket(method: str, **said: Any) -> ConfigChange:  # noqa: ANN401 - any part of an entry
    """Give a change of the archive's bucket."""
    return gke_change(method, {"resourceName": f"projects/_/buckets/{BUCKET}", **said})


def test_a_quiet_trail_passes_and_says_what_it_does_not_show() -> None:
    """Object calls are Data Access entries of the archive's project."""
    found = judged()
    assert found.verdict is Verdict.PASS
    assert "storage.objects.delete" in found.summary


def test_a_sink_switched_off_and_on_again_fails_with_the_interval() -> None:
    """The check itself sees a healthy sink both times."""
    found = judged(sink_change("Update", 0, mask="disabled", disabled=True), sink_change("Update", 30, mask="disabled"))
    assert found.verdict is Verdict.FAIL
    assert "sink projects/shop-prod/sinks/audit disabled at 2026-11-23T06:00:00Z until 2026-11-23T06:30:00Z" in (
        found.summary
    )
    assert "insertId=" in found.fix


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (sink_change("Delete"), Verdict.FAIL),
        (sink_change("Update", filter="severity>=ERROR", destination=TO_ARCHIVE), Verdict.FAIL),
        (sink_change("Update", filter='operation.producer="x"', destination=TO_ARCHIVE), Verdict.UNKNOWN),
        (sink_change("Update", filter=AUDIT_FILTER, destination=TO_ARCHIVE), Verdict.PASS),
        (sink_change("Update", destination="storage.googleapis.com/other", filter=""), Verdict.FAIL),
        (
            sink_change("Update", mask="exclusions", exclusions=[{"name": "e", "filter": "severity<ERROR"}]),
            Verdict.FAIL,
        ),
        (sink_change("Update", mask="description"), Verdict.PASS),
        (sink_change("Create", name=f"{OWN}/sinks/x", destination="bigquery.googleapis.com/x"), Verdict.PASS),
        (sink_change("Delete", name="projects/another/sinks/audit"), Verdict.PASS),
        (sink_change("Create", name=f"{ORG}/sinks/t", includeChildren=True, interceptChildren=True), Verdict.FAIL),
        (
            sink_change("Create", name=f"{ORG}/sinks/t", interceptChildren=True, filter="resource.type=gce_instance"),
            Verdict.PASS,
        ),
        (gke_change(f"{CONFIG}UpdateSink", {"resourceName": SINK}), Verdict.UNKNOWN),
        (ConfigChange(HEALTHY_GKE.asked_at, f"{CONFIG}DeleteSink", "e", "not json", ""), Verdict.UNKNOWN),
        (gke_change(f"{CONFIG}DeleteSink", {"resourceName": SINK}, error="PERMISSION_DENIED"), Verdict.PASS),
        (gke_change("google.logging.v2.ConfigServiceV2.Unheard", {"resourceName": SINK}), Verdict.UNKNOWN),
    ],
)
def test_what_a_change_of_a_sink_meant(change: ConfigChange, verdict: Verdict) -> None:
    """By its own request; a new sink takes nothing away unless it intercepts."""
    facts = gke_sinks() if change.name.endswith("DeleteSink") else HEALTHY_GKE
    assert judged(change, facts=facts).verdict is verdict


def test_a_sink_that_another_stood_in_for_is_no_loss() -> None:
    """Only if the other carried everything since before, and was not changed after."""
    other = f"{OWN}/sinks/old"
    gone = sink_change("Delete", name=other)
    assert judged(gone).verdict is Verdict.PASS
    unsure = gke_sinks(sink(created_at=None))
    assert judged(gone, facts=unsure).verdict is Verdict.UNKNOWN
    late = gke_sinks(sink(created_at=HEALTHY_GKE.asked_at))
    assert judged(gone, facts=late).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("delta", "verdict"),
    [
        ({"action": "REMOVE", "service": "container.googleapis.com", "logType": "DATA_READ"}, Verdict.FAIL),
        ({"action": "REMOVE", "service": "allServices", "logType": 3}, Verdict.FAIL),
        ({"action": "ADD", "service": "allServices", "logType": "DATA_READ", "exemptedMember": ROBOT}, Verdict.FAIL),
        ({"action": "REMOVE", "service": "allServices", "logType": "DATA_READ", "exemptedMember": ROBOT}, Verdict.PASS),
        ({"action": "ADD", "service": "allServices", "logType": "DATA_READ"}, Verdict.PASS),
        ({"action": "REMOVE", "service": "storage.googleapis.com", "logType": "DATA_READ"}, Verdict.PASS),
    ],
)
@pytest.mark.parametrize("scope", [OWN, "shop-prod", ORG])
def test_a_change_of_data_access_logs_is_read_from_its_delta(
    scope: str, delta: dict[str, Any], verdict: Verdict
) -> None:
    """SetIamPolicy with an audit configuration delta, on any level above the cluster."""
    said = {"resourceName": scope, "policyDelta": {"auditConfigDeltas": [delta]}}
    assert judged(gke_change("SetIamPolicy", said)).verdict is verdict
    assert judged(gke_change("SetIamPolicy", {**said, "resourceName": "projects/another"})).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (bucket("storage.buckets.delete"), Verdict.FAIL),
        (bucket("storage.buckets.lockRetentionPolicy"), Verdict.PASS),
        (bucket("storage.buckets.update"), Verdict.UNKNOWN),
        (bucket("storage.buckets.update", request={"retentionPolicy": None}), Verdict.FAIL),
        (bucket("storage.buckets.update", request={"retentionPolicy": {"retentionPeriod": "86400"}}), Verdict.FAIL),
        (bucket("storage.buckets.update", request={"retentionPolicy": {"retentionPeriod": "x"}}), Verdict.UNKNOWN),
        (
            bucket(
                "storage.buckets.patch",
                request={"lifecycle": {"rule": [{"action": {"type": "Delete"}, "condition": {"age": 9}}]}},
            ),
            Verdict.FAIL,
        ),
        (bucket("storage.setIamPermissions"), Verdict.UNKNOWN),
        (gke_change("storage.buckets.delete", {"resourceName": "projects/_/buckets/another"}), Verdict.PASS),
        (gke_change(f"{CONFIG}DeleteBucket", {"request": {"name": DEFAULT}}), Verdict.FAIL),
        (gke_change(f"{CONFIG}UpdateBucket",
                    {"request": {"name": DEFAULT, "bucket": {"retentionDays": 1}}}), Verdict.FAIL),
        (gke_change(f"{CONFIG}CreateExclusion",
                    {"resourceName": OWN, "request": {"exclusion": {"filter": "severity<ERROR"}}}), Verdict.FAIL),
        (gke_change("google.container.v1.ClusterManager.SetLoggingService",
                    {"resourceName": f"{OWN}/locations/europe-west1/clusters/prod"}), Verdict.PASS),
    ],
)  # fmt: skip
def test_what_a_change_of_a_store_meant(change: ConfigChange, verdict: Verdict) -> None:
    """Cloud Storage often leaves out what was set: that is not clear, and not harmless either."""
    assert judged(change).verdict is verdict


@pytest.mark.parametrize(
    ("delta", "verdict"),
    [
        ({"action": "REMOVE", "role": CREATOR, "member": WRITER}, Verdict.FAIL),
        ({"action": "ADD", "role": CREATOR, "member": WRITER}, Verdict.PASS),
        ({"action": "ADD", "role": "roles/storage.admin", "member": ROBOT}, Verdict.FAIL),
        ({"action": "ADD", "role": "roles/storage.objectViewer", "member": "allUsers"}, Verdict.FAIL),
        ({"action": "REMOVE", "role": "roles/storage.admin", "member": ROBOT}, Verdict.PASS),
        ({"action": "ADD", "role": "roles/storage.objectViewer", "member": "user:bob@example.com"}, Verdict.PASS),
    ],
)
def test_what_a_change_of_the_buckets_policy_meant(delta: dict[str, str], verdict: Verdict) -> None:
    """The sink's writer losing its role ends the export without touching the sink."""
    found = judged(bucket("storage.setIamPermissions", policyDelta={"bindingDeltas": [delta]}))
    assert found.verdict is verdict


def test_a_key_version_destroyed_or_disabled_fails() -> None:
    """What is stored under it cannot be read any more."""
    facts = gke_archived(key=known(EncryptionKey(KEY, "ENABLED", usable=True)))
    version = f"{KEY}/cryptoKeyVersions/1"
    gone = gke_change("DestroyCryptoKeyVersion", {"resourceName": version})
    off = gke_change(
        "UpdateCryptoKeyVersion", {"resourceName": version, "request": {"cryptoKeyVersion": {"state": "DISABLED"}}}
    )
    back = gke_change("RestoreCryptoKeyVersion", {"resourceName": version}, 5)
    vague = gke_change("UpdateCryptoKeyVersion", {"resourceName": version})
    assert [judged(c, facts=facts).verdict.value for c in (gone, off, back, vague)] == [
        "FAIL", "FAIL", "PASS", "UNKNOWN",
    ]  # fmt: skip
    assert judged(gone).verdict is Verdict.PASS  # no key of the archive's


def test_a_trail_that_cannot_be_read_is_unknown() -> None:
    """Silence about changes is not absence of changes."""
    assert judge_continuity(gke(), PROMISED).verdict is Verdict.PASS
    facts = HEALTHY_GKE
    hidden = RouteFacts(
        facts.cluster, facts.asked_at, facts.source, facts.archive, facts.delivery,
        gke_denied("logging:logEntries"), facts.watched,
    )  # fmt: skip
    assert judge_continuity(hidden, PROMISED).verdict is Verdict.UNKNOWN


def test_who_made_a_change_is_told_apart_from_what_it_was() -> None:
    """Names go into details, never into a finding."""
    facts = _with(HEALTHY_GKE, sink_change("Delete"))
    assert name_actors(facts, PROMISED) == (("entry-0", "alice@example.com"),)
    found = judge_continuity(facts, PROMISED)
    assert "alice" not in found.summary + "".join(fact.value for fact in found.facts)


def test_every_method_asked_for_has_a_rule() -> None:
    """What is asked for must be understood, else every entry of it would be unclear."""
    assert len(GKE_METHODS) == len(set(GKE_METHODS)) > 20
