"""The functions around a day's run: recorder, pulse, reading again, longer locks."""

import datetime as dt
from collections.abc import Iterator

import pytest

from dayseal.wiring.asked_aws import split_bucket
from support.function_cloud import ARCHIVES, DAY, FunctionCloud, function_cloud


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FunctionCloud]:
    """A world in which one day was sealed by hand: the tasks in their order, without a state machine."""
    with function_cloud(tmp_path_factory.mktemp("care")) as cloud:
        call = cloud.machine.call
        found = call("discover", {"day": str(DAY), "run": "by-hand"})
        for place in found["places"]:
            call("check", place)
        call("seal", {"run": "by-hand", "day": str(DAY)})
        yield cloud


def test_what_no_shard_holds_is_read_while_sealing(cloud: FunctionCloud) -> None:
    """The archives were never planned here: sealing reads them itself, if there is time."""
    taken = cloud.machine.call("recorder", {})
    assert (taken["admitted"], taken["rollCall"]) == (7, False)
    assert cloud.statement("prod").status == "SEALED"


def test_a_recorder_takes_any_event_and_calls_a_roll_once(cloud: FunctionCloud) -> None:
    """An object's arrival, a schedule and the state machine all invoke the same function."""
    arrived = {"Records": [{"s3": {"object": {"key": "inbox/x/y/00000000.json"}}}]}
    assert cloud.machine.call("recorder", arrived)["admitted"] == 0
    called = [cloud.machine.call("recorder", {"rollCall": str(DAY)})["rollCall"] for _ in range(2)]
    assert called == [True, False]


def test_a_refused_submission_is_counted_and_told_without_its_words(cloud: FunctionCloud) -> None:
    """Whoever can write to the inbox chooses the names there, and must not choose what people are sent."""
    cloud.world.gate.log.clear()
    name = "inbox/0123456789abcdef/attention-please/00000000.json"
    cloud.world.client("s3", cloud.world.home).put_object(
        Bucket=_inbox_bucket(cloud), Key=_inbox_key(cloud, name), Body=b"{}"
    )
    assert cloud.machine.call("recorder", {})["rejected"] == 1
    (told,) = cloud.events()
    assert (told["about"], told["verdict"]) == ("ledger", "FAIL")
    assert "attention" not in str(told)
    assert cloud.machine.call("recorder", {})["rejected"] == 0


def test_a_pulse_judges_exports_and_writes_nothing(cloud: FunctionCloud) -> None:
    """An export that dies at noon must not wait for the next morning."""
    size = cloud.reader().tree_head.size
    cloud.world.gate.log.clear()
    asked = cloud.machine.call("pulse", {})
    assert asked == {"clusters": 3, "failed": 1, "unknown": 0}
    (told,) = cloud.events()
    assert (told["about"], told["type"]) == ("route", "dayseal FAIL")
    assert {f["check"] for f in told["findings"]} == {"audit-enabled"}
    assert cloud.reader().tree_head.size == size


def test_a_sample_is_read_again_within_its_budget_and_attested(
    cloud: FunctionCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A promise of a year is kept by looking now and then, not by reading everything every week."""
    for name in ("GUARD", "DETAILS", "WORK", "LOG_KEY", "LOG_KEY_PUBLIC"):  # which this function does not get
        monkeypatch.delenv(f"DAYSEAL_{name}")
    found = cloud.machine.call("reverify", {})
    assert found["verdict"] == "PASS"
    assert 0 < found["bytes"] <= 600_000
    for archive in ARCHIVES:
        for key in cloud.archived_keys(archive):
            cloud.world.client("s3", cloud.world.home).delete_object(Bucket=cloud.world.bucket(archive), Key=key)
    cloud.world.gate.log.clear()
    assert cloud.machine.call("reverify", {})["verdict"] == "FAIL"
    monkeypatch.undo()
    assert cloud.machine.call("recorder", {})["admitted"] == 2
    assert {e["about"] for e in cloud.events()} == {"reverification"}


def test_locks_of_the_ledger_are_extended_once(cloud: FunctionCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger must outlive the archives it speaks of."""
    place, objects = cloud.lock_a_copy()
    monkeypatch.setenv("DAYSEAL_LEDGER", place)
    first = cloud.machine.call("extend", {})
    assert (first["extended"], first["unlocked"], first["more"]) == (objects, 0, False)
    bucket = split_bucket(place)[0]
    found = cloud.world.client("s3", cloud.world.home).head_object(Bucket=bucket, Key="ledger/checkpoint")
    until = found["ObjectLockRetainUntilDate"]
    assert until.date() == DAY + dt.timedelta(days=366 + 365)
    assert cloud.machine.call("extend", {})["extended"] == 0


def _inbox_bucket(cloud: FunctionCloud) -> str:
    return cloud.place("inbox")[0]


def _inbox_key(cloud: FunctionCloud, name: str) -> str:
    return f"{cloud.place('inbox')[1].rstrip('/')}/{name}".lstrip("/")
