import datetime as dt
import json
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client

from dayseal.clouds.gcp.arrivals import Arrivals
from dayseal.clouds.gcp.bucket import BucketProbe
from dayseal.clouds.gcp.hierarchy import Hierarchy
from dayseal.clouds.gcp.keys import Keys
from dayseal.clouds.gcp.places import ArchivePlace
from dayseal.model.route import (
    Answer,
    ArchiveFacts,
    EncryptionKey,
    Known,
    LifecycleRule,
    Locking,
    LockRule,
    LockStrength,
    Missing,
    Move,
    PublicAccess,
    Reason,
    ScopePolicy,
)
from support.gcp_estate import ACTIVITY, BUCKET, ORG, WRITER, add_export
from support.gcp_storage import NOW
from support.gcp_world import World

PLACE = ArchivePlace(BUCKET)
KEY = "projects/keys/locations/eu/keyRings/r/cryptoKeys/k"
LOCKED = {"retentionPeriod": "34560000", "effectiveTime": "2025-01-01T00:00:00Z", "isLocked": True}


@pytest.fixture
def world(google: World) -> World:
    """Give a locked archive in a project of its own."""
    add_export(google)
    return google


def facts_of(world: World, place: ArchivePlace = PLACE) -> ArchiveFacts:
    """Ask about the bucket."""
    calls = world.calls()
    return BucketProbe(calls, place, Hierarchy(calls), Keys(calls)).facts()


def value(answer: Answer[Any] | None) -> Any:  # noqa: ANN401 - whatever was answered
    """Give what was answered."""
    assert isinstance(answer, Known), answer
    return answer.value


def test_a_locked_bucket_is_read_in_four_calls(world: World) -> None:
    """Its resource, its policy, its project, and the policies of all above."""
    world.policies[ORG] = {"bindings": [{"role": "roles/owner", "members": ["user:root@example.com"]}]}
    facts = facts_of(world)
    assert (value(facts.exists), value(facts.owner), facts.uri) == (True, "900", f"gs://{BUCKET}/")
    assert value(facts.locking) == Locking(enabled=True, rule=LockRule("Locked", LockStrength.FIRM, 400))
    assert value(facts.public_access) == PublicAccess(blocked=True, words="publicAccessPrevention: enforced")
    assert (value(facts.versioned), value(facts.object_acls), value(facts.undelete_days)) == (False, False, 7)
    assert (value(facts.key), value(facts.lifecycle), value(facts.replication)) == (None, (), ())
    granted = {"role": "roles/storage.objectCreator", "members": [WRITER]}
    assert json.loads(value(facts.policy)) == {"bindings": [granted]}
    empty = '{"bindings":[]}'
    root = '{"bindings":[{"role":"roles/owner","members":["user:root@example.com"]}]}'
    assert value(facts.inherited) == (ScopePolicy("projects/900", empty), ScopePolicy(ORG, root))


@pytest.mark.parametrize(
    ("said", "locking"),
    [
        ({}, Locking(enabled=False)),
        ({"objectRetention": {"mode": "Enabled"}}, Locking(enabled=True)),
        ({"retentionPolicy": LOCKED | {"isLocked": False}},
         Locking(enabled=True, rule=LockRule("Unlocked", LockStrength.REVOCABLE, 400))),
        ({"retentionPolicy": {k: v for k, v in LOCKED.items() if k != "isLocked"} | {"retentionPeriod": "86399"}},
         Locking(enabled=True, rule=LockRule("Unlocked", LockStrength.REVOCABLE, 0))),
    ],
)  # fmt: skip
def test_only_a_locked_policy_is_firm(world: World, said: dict[str, Any], locking: Locking) -> None:
    """An unlocked policy can be shortened or removed by whoever may change the bucket."""
    del world.storage.buckets[BUCKET]["retentionPolicy"]
    world.storage.buckets[BUCKET].update(said)
    assert value(facts_of(world).locking) == locking


def test_public_access_may_be_left_to_what_is_above(world: World) -> None:
    """Inherited is neither blocked nor open."""
    world.storage.buckets[BUCKET]["iamConfiguration"] = {"publicAccessPrevention": "inherited"}
    facts = facts_of(world)
    assert (value(facts.public_access).blocked, value(facts.public_access).inherited) == (False, True)
    assert value(facts.object_acls) is True


@pytest.mark.parametrize(
    ("state", "key"),
    [
        ("ENABLED", EncryptionKey(KEY, "ENABLED", usable=True)),
        ("DESTROY_SCHEDULED", EncryptionKey(KEY, "DESTROY_SCHEDULED", usable=False)),
        (None, EncryptionKey(KEY, "NOT_FOUND", usable=False)),
    ],
)
def test_a_customers_key_must_work(world: World, state: str | None, key: EncryptionKey) -> None:
    """Without it the objects cannot be read, however well they are locked."""
    world.storage.buckets[BUCKET]["encryption"] = {"defaultKmsKeyName": KEY}
    if state:
        world.kms.states[KEY] = state
    assert value(facts_of(world).key) == key


def test_lifecycle_rules_are_read_by_what_they_do(world: World) -> None:
    """One rule for each prefix; conditions we do not weigh make a rule narrowed, old generations are no loss."""
    rules = [
        ("Delete", {"age": 30, "matchesPrefix": ["a/", "b/"]}),
        ("Delete", {"createdBefore": "2026-01-01"}),
        ("Delete", {"age": 5, "matchesSuffix": [".tmp"]}),
        ("Delete", {"isLive": False, "age": 9}),
        ("Delete", {"numNewerVersions": 2}),
        ("Delete", {"isLive": True, "age": 3}),
        ("SetStorageClass", {"age": 10}),
        ("AbortIncompleteMultipartUpload", {"age": 1}),
    ]
    world.storage.buckets[BUCKET]["lifecycle"] = {"rule": [
        {"action": {"type": kind, **({"storageClass": "ARCHIVE"} if kind == "SetStorageClass" else {})},
         "condition": condition} for kind, condition in rules
    ]}  # fmt: skip
    assert value(facts_of(world).lifecycle) == (
        LifecycleRule("rule 1", "a/", delete_days=30, delete_old_days=30),
        LifecycleRule("rule 1", "b/", delete_days=30, delete_old_days=30),
        LifecycleRule("rule 2", delete_days=0, delete_old_days=0, created_before=dt.date(2026, 1, 1)),
        LifecycleRule("rule 3", narrowed=True, delete_days=5, delete_old_days=5),
        LifecycleRule("rule 4", delete_old_days=9),
        LifecycleRule("rule 5", delete_old_days=0),
        LifecycleRule("rule 6", delete_days=3),
        LifecycleRule("rule 7", moves=(Move(10, "ARCHIVE", restore=False),)),
        LifecycleRule("rule 8"),
    )


def test_a_bucket_that_is_not_there_is_known_not_to_be(world: World) -> None:
    """404 is an answer; what it would have said about the bucket is not."""
    facts = facts_of(world, ArchivePlace("nowhere"))
    assert value(facts.exists) is False
    answers = (facts.owner, facts.locking, facts.policy, facts.key, facts.inherited)
    assert {answer.reason for answer in answers if isinstance(answer, Missing)} == {Reason.NOT_FOUND}
    assert all(isinstance(answer, Missing) for answer in answers)


@pytest.mark.parametrize(
    ("call", "hidden"),
    [
        ("storage:buckets.getIamPolicy", {"policy"}),
        ("cloudresourcemanager:organizations.getIamPolicy", {"inherited"}),
        ("cloudresourcemanager:projects.get", {"inherited"}),
        ("storage:buckets.get", {
            "exists", "owner", "locking", "versioned", "lifecycle", "public_access", "key", "replication",
            "inherited", "object_acls", "undelete_days",
        }),
    ],
)  # fmt: skip
def test_a_refused_call_leaves_only_its_own_facts_missing(world: World, call: str, hidden: set[str]) -> None:
    """The rest of the archive is judged all the same."""
    world.gate.refuse(call)
    facts = facts_of(world)
    names = ("exists", "owner", "locking", "versioned", "lifecycle", "public_access", "policy", "key", "replication",
             "inherited", "object_acls", "undelete_days")  # fmt: skip
    assert {name for name in names if isinstance(getattr(facts, name), Missing)} == hidden


def test_the_newest_object_may_be_an_addendum_to_yesterday(world: World) -> None:
    """Late entries go into the folder of the day they belong to."""
    world.storage.put(BUCKET, f"{ACTIVITY}/2026/11/22/03:00:00_03:59:59_A0:1.json", b"{}", at=NOW)
    world.storage.put(
        BUCKET, f"{ACTIVITY}/2025/12/31/03:00:00_03:59:59_S0.json", b"{}", at=NOW - dt.timedelta(days=300)
    )
    found = value(Arrivals(world.calls()).newest(PLACE))
    assert (found.key, found.stored_at) == (f"{ACTIVITY}/2026/11/22/03:00:00_03:59:59_A0:1.json", NOW)


def test_an_archive_without_any_object_is_empty_not_unknown(world: World) -> None:
    """Nothing ever arrived, and that is known."""
    world.storage.objects[BUCKET].clear()
    assert value(Arrivals(world.calls()).newest(PLACE)) is None
    world.gate.refuse("storage:objects.list", status=429, reason="rateLimitExceeded")
    answer = Arrivals(world.calls()).newest(PLACE)
    assert isinstance(answer, Missing)
    assert answer.reason is Reason.THROTTLED


def test_googles_own_client_reads_the_same_of_the_bucket(world: World) -> None:
    """Our answers have no types to be held against but what the client makes of them."""
    client = Client(project="none", credentials=AnonymousCredentials(), client_options={"api_endpoint": world.address})
    bucket, facts = client.get_bucket(BUCKET), facts_of(world)
    rule = value(facts.locking).rule
    assert (bucket.retention_period, bucket.retention_policy_locked) == (rule.days * 86_400, True)
    assert bucket.iam_configuration.public_access_prevention == "enforced"
    assert bucket.soft_delete_policy.retention_duration_seconds == value(facts.undelete_days) * 86_400
    assert bucket.versioning_enabled == value(facts.versioned)
    grants = bucket.get_iam_policy(requested_policy_version=3).bindings
    assert [(one["role"], set(one["members"])) for one in grants] == [("roles/storage.objectCreator", {WRITER})]
