"""A day's run on AWS: the state machine with the real handlers, several clusters, archives and shards."""

import dataclasses
import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from dayseal.attest.predicates import ClusterDay
from dayseal.clouds.aws.places import Place
from dayseal.codec import format_day
from dayseal.errors import OutOfTimeError, UsageError
from support.function_cloud import ARCHIVES, DAY, FunctionCloud, day_objects, function_cloud
from support.moto_world import EU

NAMES = ("far", "off", "prod")
# What two attestations of the same day may differ in: when, where in the chain, and what holds times or salt.
_OWN = ("chain", "checkedAt", "facts", "details")


@dataclasses.dataclass(frozen=True)
class Ran:
    """A world in which the day was sealed by functions under run `run-1`, and by the command line elsewhere."""

    cloud: FunctionCloud
    ended: dict[str, Any]

    @property
    def output(self) -> dict[str, Any]:
        """The execution's output."""
        return dict(json.loads(self.ended["output"]))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """Run the state machine once."""
    with function_cloud(tmp_path_factory.mktemp("day")) as cloud:
        ended = cloud.machine.run("run-1", day=str(DAY))
        assert ended["status"] == "SUCCEEDED", ended
        code, _, said = cloud.cli("seal", "--day", str(DAY), workspace="c")
        assert code == 1, said  # the cluster whose audit log is off
        yield Ran(cloud, ended)


def test_a_scheduled_run_seals_every_cluster_and_calls_the_roll(ran: Ran) -> None:
    """The main path, from the schedule to the roll-call."""
    assert ran.output["verdicts"] == {"PASS": 2, "FAIL": 1, "UNKNOWN": 0, "NOT_APPLICABLE": 0}
    recorded = ran.output["recorder"]["recorded"]
    # An inventory, and for each cluster its enrolment and its day; before them genesis and two delegations.
    assert (recorded["admitted"], recorded["size"], recorded["rollCall"]) == (7, 10, True)
    for name, account in (("prod", ran.cloud.world.first), ("far", ran.cloud.world.second)):
        said = ran.cloud.statement(name)
        objects = day_objects(Place(account, EU), name)
        assert (said.status, said.events.count) == ("SEALED", sum(one.records for one in objects))
        assert said.archive.objects == len(objects)
    assert ran.cloud.statement("off").status == "NO_DATA"


def test_archives_are_read_in_shards_by_tasks_of_their_own(ran: Ran) -> None:
    """One function would not read a large estate in its time."""
    read = [event for name, event in ran.cloud.machine.invoked if name == "digest" and event["run"] == "run-1"]
    assert {event["archive"] for event in read} == set(ARCHIVES)
    assert min(sum(e["archive"] == archive for e in read) for archive in ARCHIVES) > 1


def test_functions_and_command_line_state_the_same(ran: Ran) -> None:
    """Where the work is done must not show in what is said."""
    for name in NAMES:
        ours, theirs = (_comparable(ran.cloud.statement(name, workspace)) for workspace in ("w", "c"))
        assert ours == theirs
        users = [(d.users, d.users_rest) for d in (ran.cloud.details(name, w) for w in ("w", "c"))]
        assert users[0] == users[1]
    assert ran.cloud.details("prod").users


def test_the_look_ups_and_the_proofs_are_those_of_any_ledger(ran: Ran) -> None:
    """An auditor does not know who sealed."""
    cloud = ran.cloud
    assert cloud.cli("ledger", "fsck")[0] == 0
    shown = []
    for workspace in ("w", "c"):
        code, out, said = cloud.cli("show", "prod", str(DAY), "--format", "json", workspace=workspace)
        assert code == 0, said
        shown.append({k: v for k, v in json.loads(out).items() if k in ("cluster", "day", "status", "events")})
        bundle = str(cloud.folder / f"{workspace}.zip")
        words = ("--cluster", "prod", "--from", str(DAY), "--to", str(DAY), "-o", bundle, "--with-events")
        assert cloud.cli("evidence", *words, workspace=workspace)[0] == 0
        assert cloud.verify(bundle, workspace) == "PASS"
    assert shown[0] == shown[1]


def test_repeated_invocations_change_nothing(ran: Ran) -> None:
    """Lambda may invoke twice, and a retry cannot know how far the first try came."""
    cloud = ran.cloud
    before, size = cloud.work(), cloud.reader().tree_head.size
    events = [
        (n, e) for n, e in cloud.machine.invoked if e.get("run") == "run-1" and n in ("discover", "check", "digest")
    ]
    for name, event in events:
        again = cloud.machine.call(name, event)
        assert again == cloud.machine.call(name, event)
    planned = [cloud.machine.call("plan", {"run": "run-1", "day": str(DAY), "archive": a}) for a in ARCHIVES]
    assert [one["count"] for one in planned] == [6, 6]
    sealed = cloud.machine.call("seal", {"run": "run-1", "day": str(DAY)})
    assert sealed["clusters"] == len(NAMES)
    assert cloud.work() == before
    recorded = cloud.machine.call("recorder", {"rollCall": str(DAY)})
    assert (recorded["admitted"], recorded["rollCall"], recorded["size"]) == (0, False, size)


def test_a_second_run_of_the_day_reads_everything_again_and_states_nothing(ran: Ran) -> None:
    """Running too often must cost no entry, and still notice what changed."""
    cloud = ran.cloud
    size = cloud.reader().tree_head.size
    ended = cloud.machine.run("run-2", day=str(DAY))
    assert ended["status"] == "SUCCEEDED", ended
    output = json.loads(ended["output"])
    assert (output["changed"], output["vanished"]) == (0, 0)
    assert output["recorder"]["recorded"]["size"] == size
    read = [event for name, event in cloud.machine.invoked if name == "digest" and event["run"] == "run-2"]
    assert {event["archive"] for event in read} == set(ARCHIVES)


def test_nothing_personal_leaves_the_details(ran: Ran) -> None:
    """Logs, events and a state machine's history are kept by others, and longer."""
    users = [user for name in ("prod", "far") for user, _ in ran.cloud.details(name).users if len(user) > 6]
    assert users
    said = ran.cloud.machine.log.getvalue() + json.dumps(ran.cloud.events()) + json.dumps(ran.ended, default=str)
    assert [user for user in users if user in said] == []


def test_what_did_not_pass_is_told_as_an_event(ran: Ran) -> None:
    """People look at what they are sent."""
    (told,) = [e for e in ran.cloud.events() if e["run"] == "run-1"][:1]
    assert (told["source"], told["type"], told["about"]) == ("dayseal", "dayseal FAIL", "cluster-day")
    assert ":off:" in str(told["subject"])
    assert told["day"] == format_day(DAY)
    assert any(r.name == "sns:Publish" for r in ran.cloud.world.gate.log)


def test_a_day_that_is_not_frozen_is_refused(ran: Ran) -> None:
    """Objects of it may still arrive."""
    with pytest.raises(UsageError, match="newest frozen day"):
        ran.cloud.machine.call("discover", {"run": "early", "day": "2199-01-01"})


def test_a_digest_stops_by_itself_before_its_time_is_up(ran: Ran) -> None:
    """A function that is killed says nothing, and what it had read is lost either way."""
    cloud = ran.cloud
    shard = {"run": "run-3", "day": str(DAY), "archive": "central"}
    cloud.machine.call("discover", {"run": "run-3", "day": str(DAY)})
    planned = cloud.machine.call("plan", shard)
    with pytest.raises(OutOfTimeError, match="shard 0 of central: 1 s left while"):
        cloud.machine.call("digest", {**shard, "shard": 0}, remaining_ms=1_999)
    assert not any("run-3/results" in key for key in cloud.work())
    assert planned["count"] > 0


def _comparable(said: ClusterDay) -> object:
    """Give a statement without its own times."""
    document = msgspec.to_builtins(said)
    for name in _OWN:
        del document[name]
    # Route checks tell ages and moments of the very second they were asked in.
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z|\d+(\.\d+)? (s|min|h)\b", "TIME", json.dumps(document))
    return json.loads(text)
