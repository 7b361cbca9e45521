from typing import Any, Final

import pytest

from dayseal.clouds.azure.archive_facts import Archives
from dayseal.clouds.azure.lifecycle import read_lifecycle
from dayseal.clouds.azure.places import ArchivePlace
from dayseal.clouds.azure.storage import Accounts
from dayseal.errors import FormatError
from dayseal.model.route import Known, LifecycleRule, Missing, Reason
from support.aks_facts import ACCOUNT, ACCOUNT_ID
from support.azure_storage_arm import immutable, rule
from support.azure_world import World

AUDIT: Final = "insights-logs-kube-audit"


def read(*rules: dict[str, Any], container: str = AUDIT) -> tuple[LifecycleRule, ...]:
    """Read rules as one policy."""
    return read_lifecycle({"properties": {"policy": {"rules": list(rules)}}}, container)


@pytest.mark.parametrize(
    ("matches", "prefixes"),
    [
        ([], [""]),
        ([f"{AUDIT}/"], [""]),
        ([f"{AUDIT}/resourceId=/SUBSCRIPTIONS/1"], ["resourceId=/SUBSCRIPTIONS/1"]),
        (["insights-logs"], [""]),
        ([AUDIT], [""]),
        ([f"{AUDIT}-admin/"], []),
        (["other/"], []),
        (["other/", f"{AUDIT}/a", f"{AUDIT}/b"], ["a", "b"]),
        (["insights-", f"{AUDIT}/a"], [""]),
    ],
)
def test_a_prefix_begins_with_a_containers_name(matches: list[str], prefixes: list[str]) -> None:
    """One without a slash matches every container whose name begins so; rules for others are left out."""
    assert [found.prefix for found in read(rule("r", prefixMatch=matches))] == prefixes


def test_only_rules_that_touch_append_blobs_are_rules_here() -> None:
    """Diagnostic logs are append blobs, which are never moved to another tier."""
    moving = rule("move")
    moving["definition"]["actions"]["baseBlob"] = {"tierToArchive": {"daysAfterModificationGreaterThan": 1}}
    assert read(rule("block", blobTypes=["blockBlob"]), rule("append", blobTypes=["appendBlob"]), moving) == (
        LifecycleRule("append", delete_days=30),
        LifecycleRule("move"),
    )


@pytest.mark.parametrize("age", ["Modification", "Creation", "LastAccessTime"])
def test_every_age_counts_from_creation_at_the_least(age: str) -> None:
    """A blob is changed and read no earlier than it is made."""
    assert read(rule("r", 30.0, age=age)) == (LifecycleRule("r", delete_days=30),)


def test_versions_switches_and_tags_are_kept_apart() -> None:
    """Old versions are no loss of the live blob, a rule may be off, and tags narrow it."""
    found = rule("r", blobIndexMatch=[{"name": "keep", "op": "==", "value": "no"}]) | {"enabled": False}
    found["definition"]["actions"]["version"] = {"delete": {"daysAfterCreationGreaterThan": 9}}
    assert read(found) == (LifecycleRule("r", enabled=False, narrowed=True, delete_days=30, delete_old_days=9),)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Deathcycle"},
        {"definition": {"actions": {"baseBlob": {"shred": {"daysAfterModificationGreaterThan": 1}}}}},
        {"definition": {"actions": {"baseBlob": {"delete": {"onFullMoon": True}}}}},
        {"definition": {"actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 1.5}}}}},
        {"definition": {"actions": {}, "filters": {"blobTypes": ["cubeBlob"]}}},
        {"definition": {"actions": {}, "filters": {"sizeBelow": 5}}},
        {"definition": {"actions": {}, "filters": {"prefixMatch": "all"}}},
    ],
)
def test_a_rule_that_is_not_understood_is_no_rule_that_does_nothing(change: dict[str, Any]) -> None:
    """It may delete everything tomorrow."""
    with pytest.raises(FormatError):
        read(rule("r") | change)


def test_an_account_without_rules_is_told_from_one_that_refuses(azure: World) -> None:
    """ManagementPolicyNotFound is the answer that there are none."""
    azure.storage.add_account(ACCOUNT_ID)
    azure.storage.add_container(ACCOUNT_ID, AUDIT, **immutable())

    def lifecycle(container: str = AUDIT) -> Any:  # noqa: ANN401 - an answer
        calls = azure.calls()
        return Archives(calls, Accounts(calls)).facts(ACCOUNT_ID, ArchivePlace(ACCOUNT, container)).lifecycle

    none = lifecycle()
    assert isinstance(none, Known)
    assert none.value == ()
    azure.storage.set_policy(ACCOUNT_ID, rule("tidy", 30, prefixMatch=[f"{AUDIT}/resourceId=/X"]), rule("odd", 400))
    some = lifecycle()
    assert isinstance(some, Known)
    assert [(r.name, r.prefix, r.delete_days) for r in some.value] == [("tidy", "resourceId=/X", 30), ("odd", "", 400)]
    whole = lifecycle("")
    assert isinstance(whole, Known)
    assert (whole.value[0].prefix, whole.value[1].prefix) == (f"{AUDIT}/resourceId=/X", f"{AUDIT}/")
    for status, code, reason in ((404, "SubscriptionNotFound", Reason.NOT_FOUND), (429, "TooManyRequests",
                                 Reason.THROTTLED), (500, "InternalError", Reason.TIMED_OUT)):  # fmt: skip
        azure.gate.mend()
        azure.gate.refuse("storage:managementPolicies.get", status=status, code=code)
        refused = lifecycle()
        assert isinstance(refused, Missing)
        assert refused.reason is reason
