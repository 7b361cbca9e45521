"""Objects as a sink of Google Cloud puts them into an archive, for any GKE cluster: names, and lines of entries."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from dayseal.demo.generator.cast import cast_of
from dayseal.demo.generator.chance import Chance
from dayseal.demo.generator.layout_gke import GkeEncoder
from dayseal.demo.generator.repertoire import repertoire_of
from dayseal.demo.generator.schedule import DAY_US, Span, events_in
from dayseal.demo.generator.templates import start_of
from dayseal.model import ClusterId


@dataclasses.dataclass(frozen=True, slots=True)
class SinkObject:
    """One hour of one log: its name, its bytes, how many records it holds."""

    key: str
    data: bytes
    records: int


def sink_objects(cluster: ClusterId, day: dt.date, *, events: int = 2_000) -> Iterator[SinkObject]:
    """Give a cluster-day of about `events` records; what arrived after its hour lies in addenda of that hour."""
    chance = Chance(1, cluster.text)
    repertoire = repertoire_of(cast_of(cluster, chance), chance)
    start_us = start_of(day)
    files: dict[str, list[str]] = defaultdict(list)
    encoder = GkeEncoder(cluster, repertoire.acts, chance)
    for entry in encoder.entries(events_in(Span(start_us, start_us + DAY_US), repertoire, events, chance)):
        hour = entry.hour % 24
        kind = "S0" if entry.in_time else "A0:1800000000"
        files[f"{entry.log}/{day:%Y/%m/%d}/{hour:02d}:00:00_{hour:02d}:59:59_{kind}.json"].append(entry.line)
    for key, lines in sorted(files.items()):
        yield SinkObject(key, "".join(lines).encode(), len(lines))
