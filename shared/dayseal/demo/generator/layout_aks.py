"""The AKS archive: hourly append blobs of a diagnostic setting, one JSON line a record.

The hour in a blob's path is the one in which Azure Monitor received the record.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from dayseal.demo.generator.acts import Act
from dayseal.demo.generator.cast import Cast
from dayseal.demo.generator.chance import Chance
from dayseal.demo.generator.kube import kube_event
from dayseal.demo.generator.planted import write_object
from dayseal.demo.generator.schedule import DAY_US, HOUR_US, SECOND_US, Event
from dayseal.demo.generator.templates import Filler, go_json, moment, start_of, template
from dayseal.model import ClusterId

RESOURCE_GROUP: Final = "PLATFORM"
_LAG_US: Final = 12 * SECOND_US


class AksEncoder:
    """Encodes one cluster's events as lines of a diagnostic setting's category `kube-audit`."""

    def __init__(self, cast: Cast, acts: Iterable[Act], chance: Chance) -> None:
        self._lines = {act: _line(act, cast) for act in acts}
        self._filler = Filler(chance)

    def lines(self, events: Iterable[Event]) -> Iterator[str]:
        """Give each event's line, its newline included."""
        lines, fill = self._lines, self._filler.fill
        for event in events:
            yield lines[event.act] % fill(event)


class AksArchive:
    """Writes one cluster's archive day by day."""

    def __init__(self, root: Path, cast: Cast, acts: Iterable[Act], chance: Chance) -> None:
        folder = root / "insights-logs-kube-audit"
        self._blobs = folder.joinpath(f"resourceId={resource_id(cast.cluster)}")
        self._encoder = AksEncoder(cast, acts, chance)
        self._chance = chance
        self._carried: Sequence[tuple[int, str]] = ()

    def write_day(self, day: dt.date, events: Sequence[Event]) -> int:
        """Write the day's blobs; give their number of records.

        A day without events is a day on which nothing arrives at all: no blob is written, and what
        was on its way since the day before is lost.
        """
        start_us = start_of(day)
        if not events:
            self._carried = ()
            return 0
        hours: dict[int, list[str]] = defaultdict(list)
        for arrived_us, line in self._carried:
            hours[(arrived_us - start_us) // HOUR_US].append(line)
        carried: list[tuple[int, str]] = []
        for event, line in zip(events, self._encoder.lines(events), strict=True):
            arrived_us = event.at_us + _LAG_US + self._chance.bits(24)  # up to 17 s more
            if arrived_us >= start_us + DAY_US:
                carried.append((arrived_us, line))
            else:
                hours[(arrived_us - start_us) // HOUR_US].append(line)
        self._carried = carried
        for hour, lines in hours.items():
            blob = self._blobs / f"y={day:%Y}/m={day:%m}/d={day:%d}/h={hour:02d}/m=00/PT1H.json"
            write_object(blob, "".join(lines).encode(), moment(start_us + (hour + 1) * HOUR_US))
        return sum(len(lines) for lines in hours.values())


def resource_id(cluster: ClusterId) -> str:
    """Give the cluster's resource id in the capital letters Azure Monitor writes it in."""
    path = f"/subscriptions/{cluster.account}/resourceGroups/{RESOURCE_GROUP}/providers"
    return f"{path}/Microsoft.ContainerService/managedClusters/{cluster.name}".upper()


def _line(act: Act, cast: Cast) -> str:
    record = {
        "operationName": "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
        "category": "kube-audit",
        "ccpNamespace": cast.cluster.uid,
        "resourceId": resource_id(cast.cluster),
        "properties": {
            "log": go_json(kube_event(act)) + "\n",
            "stream": "stdout",
            "pod": cast.streams[act.actor.stream],
        },
        "time": "<<second>>.0000000Z",
        "Cloud": "AzureCloud",
        "Environment": "prod",
        "UnderlayClass": "hcp-underlay",
        "UnderlayName": f"hcp-underlay-{cast.cluster.location}-cx-104",
    }
    return template(go_json(record) + "\n")
