"""What the generator planted: the truth that the story tells and the tests compare with."""

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dayseal.model import ClusterId, Window


@dataclass(frozen=True, slots=True)
class Outage:
    """A span in which no event of one cluster was written, on any of its log streams."""

    cluster: str
    window: Window


@dataclass(frozen=True, slots=True)
class LateObject:
    """An archive object of a batch day that arrives after the day was sealed; not written until `place`.

    `day` is the batch day its key names, `sent_at` the moment the provider delivers it.
    """

    cluster: str
    day: dt.date
    path: Path
    data: bytes
    records: int
    sent_at: dt.datetime

    def place(self) -> None:
        """Write the object into the archive, as its provider would at `sent_at`."""
        write_object(self.path, self.data, self.sent_at)


@dataclass(frozen=True, slots=True)
class Notable:
    """One event worth proving; its audit id occurs once in the whole archive."""

    cluster: str
    day: dt.date
    audit_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Planted:
    """A generated archive and everything that is odd about it.

    `archives` holds the root folder of each cluster's archive, by cluster name; `counts` the
    records of each cluster and batch day that are on disk (neither the late object nor control
    messages nor other clusters' entries), days without any included as 0.
    """

    clusters: tuple[ClusterId, ...]
    archives: Mapping[str, Path]
    outage: Outage
    late: LateObject
    empty_day: tuple[str, dt.date]
    counts: Mapping[tuple[str, dt.date], int]
    notable: tuple[Notable, ...]


def write_object(path: Path, data: bytes, stored_at: dt.datetime) -> None:
    """Write one archive object whose modification time is the moment the provider stored it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    seconds = int(stored_at.timestamp())
    os.utime(path, (seconds, seconds))
