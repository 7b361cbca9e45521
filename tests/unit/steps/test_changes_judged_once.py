"""Changes are judged from where the last trail that could be read ended: none falls between two checks."""

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from dayseal.checks.continuity import TRAIL_DELAY
from dayseal.model import ClusterId, Window
from dayseal.model.route import (
    Answer,
    Call,
    ChangeTrail,
    ConfigChange,
    Missing,
    Reason,
    RouteFacts,
)
from dayseal.steps.recorded import JudgedUntil
from support.plain_logs import DAY, write_day
from support.route_facts import CLUSTER, HEALTHY, SOURCE, known, stream
from support.sealing import NODE_CLUSTERS, World

NEXT = DAY + dt.timedelta(days=1)
LAST = DAY + dt.timedelta(days=2)
_CALL = Call("cloudtrail", "LookupEvents", "here")
_OFF = json.dumps({"name": CLUSTER.name, "logging": {"clusterLogging": [{"types": ["audit"], "enabled": False}]}})
_AS_EKS = (
    ("local", "eks"),
    ('"lab"', f'"{CLUSTER.account}"'),
    ('"-"', f'"{CLUSTER.location}"'),
    ('"blue"', f'"{CLUSTER.name}"'),
    ('"uid-blue"', f'"{CLUSTER.uid}"'),
)


@dataclasses.dataclass
class Told:
    """Port `RouteProbe`: a healthy route, and the trail it is given; `took` passes between asking and attesting."""

    world: World
    asked_since: list[dict[ClusterId, dt.datetime]]
    changes: tuple[ConfigChange, ...] = ()
    readable: bool = True
    version: str = "1"
    took: dt.timedelta = dt.timedelta(hours=3)

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Answer at this moment; then time passes."""
        now = self.world.clock.now()
        self.asked_since.append(JudgedUntil(self.world.parts().open_reader)(clusters))
        self.world.clock.advance(self.took)
        source = dataclasses.replace(SOURCE, streams=(stream(version_id=self.version),))
        facts = dataclasses.replace(HEALTHY, asked_at=now, changes=self._trail(now), source=source)
        return tuple(dataclasses.replace(facts, cluster=cluster) for cluster in clusters)

    def _trail(self, now: dt.datetime) -> Answer[ChangeTrail]:
        if not self.readable:
            return Missing(Reason.THROTTLED, _CALL, "ThrottlingException")
        window = Window(now - dt.timedelta(days=30), now)
        return known(ChangeTrail(window, ("UpdateClusterConfig",), self.changes), _CALL.text, _CALL.resource)


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Three days of logs of an EKS cluster, and somebody to ask about its route."""
    settings = NODE_CLUSTERS
    for old, new in _AS_EKS:
        settings = settings.replace(old, new)
    world = World(tmp_path, settings=settings)
    for day in (DAY, NEXT, LAST):
        write_day(world.logs, day, skip_minutes=range(5, 1440))
    return Told(world, [])


def seal(told: Told, day: dt.date) -> tuple[str, str]:
    """Seal a day; gives what check `continuity` says."""
    told.world.seal(day, dataclasses.replace(told.world.parts(), probe=told))
    finding = next(f for f in told.world.statement(day, CLUSTER.name).findings if f.check == "continuity")
    return finding.verdict, finding.summary


def off_at(moment: dt.datetime) -> ConfigChange:
    """Give a change that switches the audit log off."""
    return ConfigChange(moment, "UpdateClusterConfig", "event-1", _OFF, "arn:aws:iam::1:user/alice")


def test_changes_are_asked_for_from_where_the_last_trail_ended(told: Told) -> None:
    """Not the whole 90 days again, and not from the statement, which is hours younger than the question."""
    told.world.clock.advance(dt.timedelta(days=1))
    began = told.world.clock.now()
    seal(told, DAY)
    seal(told, NEXT)
    assert told.asked_since == [{}, {CLUSTER: began - TRAIL_DELAY}]


def test_a_change_between_question_and_statement_is_judged_next_time(told: Told) -> None:
    """Digesting takes hours: who switches logging off meanwhile must not slip through."""
    told.world.clock.advance(dt.timedelta(days=1))
    meanwhile = told.world.clock.now() + told.took / 2
    assert seal(told, DAY)[0] == "PASS"
    told.changes = (off_at(meanwhile),)
    verdict, summary = seal(told, NEXT)
    assert verdict == "FAIL", summary


def test_a_change_the_trail_showed_late_is_judged_next_time(told: Told) -> None:
    """CloudTrail shows an event up to a quarter of an hour after it happened."""
    told.world.clock.advance(dt.timedelta(days=1))
    before = told.world.clock.now() - TRAIL_DELAY / 2
    assert seal(told, DAY)[0] == "PASS"
    told.changes = (off_at(before),)
    assert seal(told, NEXT)[0] == "FAIL"


def test_a_trail_that_could_not_be_read_is_asked_for_again(told: Told) -> None:
    """What nobody judged is still to be judged."""
    told.world.clock.advance(dt.timedelta(days=1))
    began = told.world.clock.now()
    seal(told, DAY)
    told.readable = False
    between = told.world.clock.now() + dt.timedelta(hours=1)
    assert seal(told, NEXT)[0] == "UNKNOWN"
    told.readable, told.changes = True, (off_at(between),)
    assert seal(told, LAST)[0] == "FAIL"
    assert told.asked_since[-1] == {CLUSTER: began - TRAIL_DELAY}


def test_a_stream_that_moved_without_a_change_in_the_trail_is_no_pass(told: Told) -> None:
    """A stream counts its own changes, so one the trail hides still shows."""
    told.world.clock.advance(dt.timedelta(days=1))
    assert seal(told, DAY)[0] == "PASS"
    told.version = "2"
    verdict, summary = seal(told, NEXT)
    assert (verdict, "moved from 1 to 2" in summary) == ("UNKNOWN", True)
