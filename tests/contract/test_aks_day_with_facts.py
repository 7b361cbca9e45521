"""A day of an AKS cluster that Azure is asked about too: what its statement says of route, locks and growth."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from dayseal.attest.predicates import ClusterDay
from dayseal.settings import read_settings
from dayseal.steps.parts import NoProgress
from dayseal.testing.clock import FixedClock
from dayseal.wiring import Surroundings, assemble, create_workspace
from dayseal.workflow import DayReport, seal_day
from support.aks_archived import SUBSCRIPTION, blob_of, hours_of, record
from support.azure_blobs import Blobs
from support.azure_estate import ACCOUNT, CONTAINER, NOW, add_export, add_subscription, aks_cluster
from support.azure_server import azure_world
from support.azure_world import World

DAY = dt.date(2026, 11, 22)
HOME = f"{ACCOUNT}/{CONTAINER}"


class Desk:
    """A workspace whose settings name the central account, on a machine in Azure."""

    def __init__(self, folder: Path, world: World) -> None:
        self.folder = folder
        self.blobs = Blobs()
        world.parts.append(self.blobs)
        self.clock = FixedClock(NOW)
        self._numbers = iter(range(1, 1_000))
        create_workspace(folder / "w", origin="test.example/log", surroundings=self.surroundings())
        path = folder / "w/dayseal.toml"
        # Workers are started with the environment of the first who asked for them: here each test has its own.
        path.write_text(path.read_text().replace("# workers = 0", "workers = 1"))
        with path.open("a") as file:
            file.write(
                f'[azure]\nsubscriptions = ["{SUBSCRIPTION}"]\nendpoint = "{world.address}"\n'
                f'logs_endpoint = "{world.address}"\nblob_endpoint = "{world.address}/stored/{{account}}"\n'
                f'[[archives]]\nname = "central"\npath = "az://{ACCOUNT}/{CONTAINER}/"\n'
            )

    def surroundings(self) -> Surroundings:
        """Give a clock that can be moved, and bytes that nobody else draws."""
        return Surroundings(self.clock, lambda size: next(self._numbers).to_bytes(size, "big"))

    def seal(self) -> tuple[DayReport, ClusterDay]:
        """Seal the day; give the report, and the newest statement."""
        settings = read_settings(self.folder / "w/dayseal.toml")
        parts = assemble(settings, surroundings=self.surroundings(), progress=NoProgress())
        report = seal_day(parts, DAY)
        said = parts.open_reader().day(report.clusters[0].cluster, DAY)[-1].predicate
        return report, said


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desk, World]]:
    """Furnish a subscription, its export and its archive, and archive a day."""
    with azure_world() as world:
        for name, value in world.environment().items():
            monkeypatch.setenv(name, value)
        add_subscription(world, SUBSCRIPTION, aks_cluster(SUBSCRIPTION, "prod", group="platform"))
        add_export(world)
        desk = Desk(tmp_path, world)
        for hour, events in hours_of(DAY, tmp_path / "scratch").items():
            at = dt.datetime.combine(DAY, dt.time(hour), tzinfo=dt.UTC)
            data = b"".join(map(record, events))
            desk.blobs.put(HOME, blob_of(DAY, hour), data, made=at, modified=at + dt.timedelta(hours=1))
        yield desk, world


def test_a_sealed_day_stands_under_the_containers_lock(desk: tuple[Desk, World]) -> None:
    """No blob shows the policy that holds them all; the statement must not call them unlocked."""
    report, said = desk[0].seal()
    assert [(c.cluster.text, c.outcome) for c in report.clusters] == [
        (f"aks:{SUBSCRIPTION}:westeurope:prod:uid-platform-prod", "sealed")
    ]
    until = dt.datetime.combine(DAY, dt.time(1), tzinfo=dt.UTC) + dt.timedelta(days=400)
    assert (said.lock.mode, said.lock.retain_until_min, said.lock.objects_below_term) == (
        "Locked", until.strftime("%Y-%m-%dT%H:%M:%SZ"), 0,
    )  # fmt: skip
    assert {f.check: f.verdict for f in said.findings}.items() >= {
        ("audit-enabled", "PASS"), ("export-route", "PASS"), ("archive-immutable", "PASS"), ("arrival", "PASS"),
    }  # fmt: skip


def test_a_denied_policy_is_no_lock(desk: tuple[Desk, World]) -> None:
    """What nobody could see is not said to hold."""
    desk[1].gate.refuse("storage:blobContainers.get")
    _, said = desk[0].seal()
    assert (said.lock.mode, said.lock.objects_below_term) == ("none", 24)
    assert {f.check: f.verdict for f in said.findings}["archive-immutable"] == "UNKNOWN"


def test_growth_moves_the_lock_and_a_rewritten_blob_fails(desk: tuple[Desk, World]) -> None:
    """Appending is lawful and extends the term; the same name with other bytes is a change."""
    home = desk[0]
    home.seal()
    (grown,) = [one for one in home.blobs.containers[HOME] if one.name == blob_of(DAY, 0)]
    home.blobs.append(grown, grown.data.splitlines(keepends=True)[0])
    grown.modified = NOW
    report, said = home.seal()
    assert ([c.outcome for c in report.clusters], said.archive.objects) == (["revised"], 25)
    (other,) = [one for one in home.blobs.containers[HOME] if one.name == blob_of(DAY, 7)]
    other.data = other.data.replace(b"node-a", b"node-x", 1) + other.data
    report, again = home.seal()
    assert (report.changed, again.archive.objects) == (1, 25)
