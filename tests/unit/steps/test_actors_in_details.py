"""Who changed the logging, and how long records took: the one in the details only, the other in the statement."""

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

from dayseal.ledger.layout import details_key
from dayseal.model import ClusterId, Window
from dayseal.model.route import ChangeTrail, ConfigChange, RouteFacts
from support.plain_logs import write_day
from support.route_facts import CLUSTER, HEALTHY, known
from support.sealing import World

SETTINGS = f"""
[[archives]]
name = "logs"
path = "../logs"

[[clusters]]
provider = "eks"
account = "{CLUSTER.account}"
location = "{CLUSTER.location}"
name = "{CLUSTER.name}"
uid = "{CLUSTER.uid}"
archive = "logs"
"""
ALICE = "arn:aws:iam::1:user/alice"
_OFF = json.dumps({"name": CLUSTER.name, "logging": {"clusterLogging": [{"types": ["audit"], "enabled": False}]}})


@dataclasses.dataclass(frozen=True)
class Changed:
    """Port `RouteProbe`: a healthy route of which alice switched the audit log off."""

    now: dt.datetime

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Answer for every cluster."""
        at = self.now - dt.timedelta(hours=1)
        change = ConfigChange(at, "UpdateClusterConfig", "event-1", _OFF, ALICE)
        trail = ChangeTrail(Window(self.now - dt.timedelta(days=1), self.now), ("UpdateClusterConfig",), (change,))
        facts = dataclasses.replace(HEALTHY, asked_at=self.now, changes=known(trail))
        return tuple(dataclasses.replace(facts, cluster=cluster) for cluster in clusters)


def test_the_actor_stands_in_the_details_and_nowhere_in_the_ledger(tmp_path: Path) -> None:
    """The statement names the event; deleting the details takes the person out and leaves every proof."""
    world = World(tmp_path, settings=SETTINGS)
    write_day(world.logs, skip_minutes=range(5, 1440))
    parts = dataclasses.replace(world.parts(), probe=Changed(world.clock.now()))
    world.seal(parts=parts)
    said = world.statement(cluster=CLUSTER.name)
    assert next(f.verdict for f in said.findings if f.check == "continuity") == "FAIL"
    details = json.loads(parts.details.get(details_key(said.details.sha256)))
    assert details["actors"] == [["event-1", ALICE]]
    ledger = [path for path in (tmp_path / "w/ledger").rglob("*") if path.is_file()]
    assert ledger
    assert [path for path in ledger if b"alice" in path.read_bytes()] == []


def test_the_lag_of_the_batch_stands_in_the_statement(tmp_path: Path) -> None:
    """From event to object, as the objects that were read show it."""
    world = World(tmp_path, settings=SETTINGS)
    write_day(world.logs, skip_minutes=range(5, 1440))
    world.seal(parts=dataclasses.replace(world.parts(), probe=Changed(world.clock.now())))
    (summary,) = [f.summary for f in world.statement(cluster=CLUSTER.name).findings if f.check == "export-health"]
    assert "from event to object" in summary
