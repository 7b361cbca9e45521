import datetime as dt
from typing import Any, Final

import pytest

from dayseal.clouds.azure.archive_facts import Archives
from dayseal.clouds.azure.places import ArchivePlace
from dayseal.clouds.azure.storage import Accounts
from dayseal.model.route import (
    Answer,
    ArchiveFacts,
    Known,
    LegalHold,
    Locking,
    LockRule,
    LockStrength,
    ManagementLock,
    Missing,
    PublicAccess,
    Reason,
    StorageAccount,
)
from support.aks_facts import ACCOUNT, ACCOUNT_ID, CENTRAL
from support.azure_storage_arm import held, immutable
from support.azure_world import World

AUDIT: Final = "insights-logs-kube-audit"
ADMIN: Final = f"{AUDIT}-admin"
PLACE: Final = ArchivePlace(ACCOUNT, AUDIT)
LOCKED_AT: Final = dt.datetime(2025, 1, 2, 5, 6, 11, 123456, tzinfo=dt.UTC)
LOCKED: Final = LockRule("Locked", LockStrength.FIRM, 400, locked_at=LOCKED_AT)


@pytest.fixture
def world(azure: World) -> World:
    """Give an account with a locked container."""
    azure.storage.add_account(ACCOUNT_ID)
    azure.storage.add_container(ACCOUNT_ID, AUDIT, **immutable())
    return azure


def facts_of(world: World, place: ArchivePlace = PLACE) -> ArchiveFacts:
    """Ask about the archive."""
    calls = world.calls()
    return Archives(calls, Accounts(calls)).facts(ACCOUNT_ID, place)


def value(answer: Answer[Any] | None) -> Any:  # noqa: ANN401 - whatever was answered
    """Give what was answered."""
    assert isinstance(answer, Known), answer
    return answer.value


def test_a_locked_container_is_read_in_five_calls(world: World) -> None:
    """Account, container, service, lifecycle and the locks on the account's management."""
    facts = facts_of(world)
    assert (value(facts.exists), value(facts.owner)) == (True, CENTRAL)
    assert facts.name == f"{ACCOUNT}/{AUDIT}"
    assert value(facts.locking) == Locking(enabled=True, rule=LOCKED)
    assert value(facts.public_access) == PublicAccess(
        blocked=True, words="allowBlobPublicAccess false, container publicAccess None"
    )
    assert (value(facts.versioned), value(facts.undelete_days), value(facts.undelete_container_days)) == (False, 7, 14)
    assert (value(facts.key), value(facts.policy), value(facts.lifecycle), value(facts.replication)) == (
        None, None, (), (),
    )  # fmt: skip
    assert value(facts.management_locks) == ()
    assert len(world.gate.log) == 5


@pytest.mark.parametrize(
    ("said", "locking"),
    [
        ({}, Locking(enabled=False)),
        (immutable(state="Unlocked"), Locking(enabled=True, rule=LockRule("Unlocked", LockStrength.REVOCABLE, 400))),
        (immutable(allowProtectedAppendWrites=True), Locking(enabled=True, rule=LOCKED)),
        (immutable(allowProtectedAppendWrites=False),
         Locking(enabled=True, rule=LockRule("Locked", LockStrength.FIRM, 400, blocks_writer=True,
                                             locked_at=LOCKED_AT))),
        (held("case", "audit"), Locking(enabled=False, hold=LegalHold(2, blocks_writer=True))),
        (held("case", appends=True), Locking(enabled=False, hold=LegalHold(1))),
        ({"immutableStorageWithVersioning": {"enabled": True, "migrationState": "Completed"}}, Locking(enabled=True)),
        ({"immutableStorageWithVersioning": {"enabled": True, "migrationState": "InProgress"}}, Locking(enabled=False)),
        (immutable(days=0, state="Unlocked") | {"hasImmutabilityPolicy": False}, Locking(enabled=False)),
    ],
)  # fmt: skip
def test_what_locks_a_container_is_read_field_by_field(world: World, said: dict[str, Any], locking: Locking) -> None:
    """Only a Locked policy is firm; without an append flag the log writer is shut out; a hold is no policy."""
    world.storage.add_container(ACCOUNT_ID, AUDIT, **said)
    assert value(facts_of(world).locking) == locking


@pytest.mark.parametrize(
    "said",
    [
        immutable(state="Sealed"),
        {"hasImmutabilityPolicy": True},
        immutable() | {"hasImmutabilityPolicy": False},
        held("case") | {"hasLegalHold": False},
        {"immutableStorageWithVersioning": {"enabled": True, "migrationState": "Halfway"}},
        {"immutableStorageWithVersioning": {"enabled": "yes"}},
        {"hasImmutabilityPolicy": True, "immutabilityPolicy": {"properties": {"state": "Locked"}}},
    ],
)
def test_a_lock_that_cannot_be_read_is_unknown(world: World, said: dict[str, Any]) -> None:
    """A word that Azure will only invent tomorrow is neither a lock nor the absence of one."""
    world.storage.add_container(ACCOUNT_ID, AUDIT, **said)
    facts = facts_of(world)
    assert isinstance(facts.locking, Missing)
    assert facts.locking.reason is Reason.CONTRADICTORY
    assert value(facts.exists) is True
    world.faults.clear()  # nor does the SDK know some of it


def test_the_accounts_default_policy_counts_where_the_container_has_none(world: World) -> None:
    """Version-level support is switched on for the whole account, with a policy that containers start with."""
    policy = {"immutabilityPeriodSinceCreationInDays": 500, "state": "Locked", "allowProtectedAppendWrites": True}
    world.storage.add_account(
        ACCOUNT_ID, immutableStorageWithVersioning={"enabled": True, "immutabilityPolicy": policy}
    )
    own = value(facts_of(world).locking)
    world.storage.add_container(ACCOUNT_ID, AUDIT)
    default = value(facts_of(world).locking)
    assert (own.rule.days, default.rule.days) == (400, 500)
    policy["state"] = "Disabled"
    assert value(facts_of(world).locking) == Locking(enabled=True)


def test_of_two_containers_the_weaker_lock_counts(world: World) -> None:
    """An archive of a whole account is as firm as the container that is least so."""
    world.storage.add_container(ACCOUNT_ID, ADMIN, **immutable(30, allowProtectedAppendWrites=False))
    whole = facts_of(world, ArchivePlace(ACCOUNT))
    rule = value(whole.locking).rule
    assert (rule.days, rule.blocks_writer) == (30, True)
    world.storage.add_container(ACCOUNT_ID, ADMIN)
    assert value(facts_of(world, ArchivePlace(ACCOUNT)).locking).rule is None
    del world.storage.containers[ACCOUNT_ID.lower(), ADMIN]
    assert value(facts_of(world, ArchivePlace(ACCOUNT)).locking).rule == LOCKED


@pytest.mark.parametrize(
    ("properties", "account"),
    [
        ({}, StorageAccount(ACCOUNT_ID, bypass=("AzureServices",), shared_key=False)),
        ({"publicNetworkAccess": "Disabled", "allowSharedKeyAccess": None,
          "networkAcls": {"bypass": "Logging, Metrics", "defaultAction": "Deny"}},
         StorageAccount(ACCOUNT_ID, open_network=False, default_action="Deny", bypass=("Logging", "Metrics"))),
        ({"networkAcls": {"bypass": "None", "defaultAction": "Deny"}},
         StorageAccount(ACCOUNT_ID, default_action="Deny", shared_key=False)),
    ],
)  # fmt: skip
def test_an_accounts_firewall_and_keys_are_read(
    world: World, properties: dict[str, Any], account: StorageAccount
) -> None:
    """An absent switch for account keys means that they work."""
    world.storage.add_account(ACCOUNT_ID, **properties)
    assert value(Accounts(world.calls()).account(ACCOUNT_ID)) == account


@pytest.mark.parametrize(
    "properties",
    [
        {"publicNetworkAccess": "SecuredByPerimeter"},
        {"networkAcls": {"bypass": "Friends", "defaultAction": "Deny"}},
        {"networkAcls": {"bypass": "None", "defaultAction": "Ask"}},
    ],
)
def test_a_firewall_that_is_decided_elsewhere_is_unknown(world: World, properties: dict[str, Any]) -> None:
    """A network security perimeter has rules of its own, which nobody read."""
    world.storage.add_account(ACCOUNT_ID, **properties)
    answer = Accounts(world.calls()).account(ACCOUNT_ID)
    assert isinstance(answer, Missing)
    assert answer.reason is Reason.CONTRADICTORY


def test_an_absent_switch_for_public_access_is_unknown(world: World) -> None:
    """It has stood for true in older accounts and for false in newer ones."""
    world.storage.add_account(ACCOUNT_ID, allowBlobPublicAccess=None)
    assert isinstance(facts_of(world).public_access, Missing)
    world.storage.add_account(ACCOUNT_ID, allowBlobPublicAccess=True)
    assert value(facts_of(world).public_access).blocked is False


def test_a_lock_on_the_accounts_management_is_named(world: World) -> None:
    """People take it for a lock of the blobs."""
    world.storage.lock_account(ACCOUNT_ID, "CanNotDelete")
    assert value(facts_of(world).management_locks) == (ManagementLock("keep", "CanNotDelete"),)


def test_an_archive_that_is_not_there_is_known_not_to_be(world: World) -> None:
    """404 is an answer, also of a container that only waits for its soft delete to end."""
    world.storage.containers.clear()
    facts = facts_of(world)
    assert value(facts.exists) is False
    assert (value(facts.owner), value(facts.versioned)) == (CENTRAL, False)
    assert isinstance(facts.locking, Missing)
    world.storage.add_container(ACCOUNT_ID, AUDIT, deleted=True)
    assert value(facts_of(world).exists) is False
    world.storage.accounts.clear()
    gone = facts_of(world)
    assert value(gone.exists) is False
    assert isinstance(gone.owner, Missing)
    assert isinstance(gone.lifecycle, Missing)


@pytest.mark.parametrize(
    ("call", "hidden"),
    [
        ("storage:blobContainers.get", {"exists", "locking", "public_access", "key"}),
        ("storage:blobServices.get", {"versioned", "undelete_days", "undelete_container_days"}),
        ("storage:managementPolicies.get", {"lifecycle"}),
        ("authorization:managementLocks.list", {"management_locks"}),
        ("storage:storageAccounts.get", {"locking", "public_access", "key"}),
    ],
)
def test_a_refused_call_leaves_only_its_own_facts_missing(world: World, call: str, hidden: set[str]) -> None:
    """The rest of the archive is judged all the same; the container's id names its subscription too."""
    world.gate.refuse(call)
    facts = facts_of(world)
    names = ("exists", "owner", "locking", "versioned", "lifecycle", "public_access", "policy", "key", "replication",
             "undelete_days", "undelete_container_days", "management_locks")  # fmt: skip
    found = {name: getattr(facts, name) for name in names}
    assert {name for name, answer in found.items() if isinstance(answer, Missing)} == hidden
    refused = [answer for answer in found.values() if isinstance(answer, Missing)]
    assert {answer.reason for answer in refused} == {Reason.DENIED}
    assert all(answer.permission.startswith("Microsoft.") for answer in refused)
