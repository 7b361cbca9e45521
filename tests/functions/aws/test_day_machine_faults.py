"""A day's run in which tasks fail: one shard, one place's check, one call that is denied."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dayseal.model import Verdict
from support.function_cloud import DAY, FunctionCloud, function_cloud


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FunctionCloud]:
    """Run the state machine once with a shard that kills its function, a check that crashes, and a denied call."""
    with function_cloud(tmp_path_factory.mktemp("broken")) as cloud:
        for name in ("prod", "off"):
            cloud.world.gate.refuse("logs:DescribeSubscriptionFilters", "AccessDeniedException", about=f"/eks/{name}/")
        cloud.machine.meddle = _break
        ended = cloud.machine.run("run-1", day=str(DAY))
        assert ended["status"] == "SUCCEEDED", ended.get("cause")
        yield cloud


def _break(name: str, event: dict[str, Any]) -> None:
    if "error" in event:
        return
    if name == "digest" and (event["archive"], event["shard"]) == ("central", 2):
        raise MemoryError("the runtime exited without a reason")
    if name == "check" and event["place"] == _far_place(event):
        raise RuntimeError("a bug nobody knew of")


def _far_place(_event: dict[str, Any]) -> int:
    return 1  # places are ordered by account, and `far` is in the second one


def _findings(cloud: FunctionCloud, name: str) -> dict[str, tuple[str, str]]:
    return {row.check: (row.verdict, row.summary) for row in cloud.statement(name).findings}


def test_a_shard_that_fails_makes_the_day_unreadable_and_stops_nobody(broken: FunctionCloud) -> None:
    """What was not read is said not to have been read; all other shards count."""
    prod, far = broken.statement("prod"), broken.statement("far")
    assert (prod.status, prod.archive.unreadable) == ("UNREADABLE", 1)
    assert prod.events.count > 0
    assert far.status == "SEALED"


def test_a_task_is_tried_again_before_it_is_given_up(broken: FunctionCloud) -> None:
    """Most failures are over when one looks again."""
    tries = [e for n, e in broken.machine.invoked if n == "digest" and (e["archive"], e["shard"]) == ("central", 2)]
    assert len(tries) == 3  # two tries, then the note of why
    assert tries[-1]["error"]["Error"]


def test_a_denied_call_makes_its_own_check_unknown(broken: FunctionCloud) -> None:
    """An error never becomes FAIL, and silence never becomes PASS."""
    findings = _findings(broken, "prod")
    assert findings["export-route"][0] == "UNKNOWN"
    assert findings["audit-enabled"][0] == "PASS"


def test_a_check_that_crashes_leaves_every_route_finding_unknown_with_the_reason(broken: FunctionCloud) -> None:
    """A cluster nobody could ask about is not a cluster without findings."""
    findings = _findings(broken, "far")
    asked = {"audit-enabled", "audit-coverage", "retention", "export-route", "export-health", "archive-immutable"}
    assert {findings[check][0] for check in asked} == {"UNKNOWN"}
    assert "a bug nobody knew of" in findings["audit-enabled"][1]
    assert findings["arrival"][0] == "PASS"


def test_a_cluster_whose_archive_nobody_knows_is_found_by_its_records_or_told(broken: FunctionCloud) -> None:
    """Without its route, records in an archive still say whose they are; a cluster without either is not forgotten."""
    assert broken.statement("prod").archive.uri.endswith("central/")
    (told,) = [e for e in broken.events() if ":off:" in str(e["subject"])]
    assert (told["verdict"], told["findings"][0]["check"]) == ("UNKNOWN", "population")
    assert "off" not in {c.cluster.name for c in broken.reader().state().clusters()}


def test_what_could_not_be_told_is_an_event_too(broken: FunctionCloud) -> None:
    """UNKNOWN is for somebody to look at."""
    told = {str(e["subject"]).split(":")[3]: e for e in broken.events() if e["about"] == "cluster-day"}
    assert told["far"]["type"] == "dayseal UNKNOWN"
    assert {e["verdict"] for e in broken.events() if e["run"] == "run-1"} == {"UNKNOWN"}
    assert any(e["about"] == "archive" and "1 objects could not be read" in json.dumps(e) for e in broken.events())


def test_a_later_run_of_the_day_makes_good_what_was_missed(broken: FunctionCloud) -> None:
    """Running again is the repair: nothing that was read is lost, what was not is added as a revision."""
    before = broken.statement("prod")
    broken.world.gate.heal()
    broken.machine.meddle = lambda _name, _event: None
    ended = broken.machine.run("run-2", day=str(DAY))
    assert ended["status"] == "SUCCEEDED", ended
    prod = broken.statement("prod")
    assert (prod.status, prod.revision, prod.archive.unreadable) == ("SEALED", 1, 0)
    assert prod.archive.objects == before.archive.objects + 1
    assert all(row.verdict != Verdict.UNKNOWN.text for row in prod.findings if row.check == "export-route")
    assert broken.statement("off").status == "NO_DATA"
    assert broken.cli("ledger", "fsck")[0] == 0
