"""Where the demo plays: a seeded clock, seeded keys, a workspace, and the archives of three clusters."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from dayseal.demo.generator import Planted, generate_archive
from dayseal.model import ClusterId
from dayseal.settings import CONFIG_NAME, read_settings
from dayseal.steps.parts import NoProgress, Parts
from dayseal.wiring import Surroundings, assemble, create_workspace

FIRST_DAY: Final = dt.date(2026, 11, 16)
ORIGIN: Final = "demo.dayseal.dev/ledger"


class Teller(Protocol):
    """How the story reaches a person."""

    def say(self, text: str) -> None:
        """Tell one line."""
        ...

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show a table."""
        ...


@dataclasses.dataclass(slots=True)
class StoryClock:
    """A clock that stands where the story is."""

    moment: dt.datetime

    def now(self) -> dt.datetime:
        """Give the story's present moment."""
        return self.moment


class SeededEntropy:
    """Bytes that look random and repeat with the seed: SHA-256 of the seed and a counter."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._count = 0

    def __call__(self, size: int) -> bytes:
        """Give the next `size` bytes, at most 32."""
        self._count += 1
        return hashlib.sha256(f"dayseal demo {self._seed} {self._count}".encode()).digest()[:size]


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """Where the story plays: its folder, what was planted, its days, its clock, and everything wired up."""

    folder: Path
    planted: Planted
    days: tuple[dt.date, ...]
    clock: StoryClock
    parts: Parts
    tell: Teller


def set_stage(into: Path, days: int, seed: int, tell: Teller, events_per_day: int) -> Stage:
    """Make the workspace and the archives, tell the first act, and give the stage.

    Raises:
        UsageError: the folder is not empty.
    """
    clock = StoryClock(dt.datetime.combine(FIRST_DAY, dt.time(5), tzinfo=dt.UTC))
    surroundings = Surroundings(clock, SeededEntropy(seed))
    create_workspace(into, origin=ORIGIN, surroundings=surroundings)
    span = tuple(FIRST_DAY + n * dt.timedelta(days=1) for n in range(days))
    planted = generate_archive(into / "archive", seed=seed, days=span, events_per_day=events_per_day)
    with (into / CONFIG_NAME).open("a", encoding="utf-8") as file:
        file.write(_settings_of(planted))
    tell.say(f"1. Three clusters wrote audit logs for {days} days, in their providers' own layouts:")
    rows = [(c.name, c.provider, f"archive/{c.provider}", str(count_records(planted, c))) for c in planted.clusters]
    tell.table(("cluster", "provider", "folder", "records"), rows)
    parts = assemble(read_settings(into / CONFIG_NAME), surroundings=surroundings, progress=NoProgress())
    return Stage(into, planted, span, clock, parts, tell)


def count_records(planted: Planted, cluster: ClusterId) -> int:
    """Give how many records of a cluster were generated."""
    return sum(count for (name, _), count in planted.counts.items() if name == cluster.name)


def _settings_of(planted: Planted) -> str:
    text = ""
    for cluster in planted.clusters:
        text += f'\n[[archives]]\nname = "{cluster.provider}"\npath = "archive/{cluster.provider}"\n'
        fields = ("provider", "account", "location", "name", "uid")
        text += "\n[[clusters]]\n" + "".join(f'{f} = "{getattr(cluster, f)}"\n' for f in fields)
        text += f'archive = "{cluster.provider}"\n'
    return text
