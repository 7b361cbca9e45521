"""The GKE archive: a Cloud Storage sink's hourly files of Cloud Audit Logs entries, one JSON line each.

An hour's file holds the entries whose time and arrival lie in that hour; what arrived after it goes
into addenda of the SAME hour, `..._A0:<unix time sent>.json`. So a key's date is the event's.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from dayseal.demo.generator.acts import Act
from dayseal.demo.generator.cast import Cast
from dayseal.demo.generator.chance import Chance
from dayseal.demo.generator.gke import ACTIVITY, log_entry, log_of
from dayseal.demo.generator.planted import LateObject, write_object
from dayseal.demo.generator.schedule import DAY_US, HOUR_US, SECOND_US, Event, event_at
from dayseal.demo.generator.templates import Filler, go_json, moment, stamp, start_of, template
from dayseal.model import ClusterId

_SENT_AFTER_US: Final = 35 * 60 * SECOND_US
_FOREIGN_EVERY: Final = 3


class Entry(NamedTuple):
    """One line with the log it belongs to, its hour, whether it came in time, and when it came."""

    log: str
    hour: int
    in_time: bool
    arrived_us: int
    line: str


class GkeEncoder:
    """Encodes one cluster's events as LogEntry lines."""

    def __init__(self, cluster: ClusterId, acts: Iterable[Act], chance: Chance) -> None:
        self._lines = {act: template(go_json(log_entry(act, cluster)) + "\n") for act in acts}
        self._logs = {act: log_of(act) for act in self._lines}
        self._filler = Filler(chance)
        self._chance = chance

    def entries(self, events: Iterable[Event], *, arrived_us: int = 0) -> Iterator[Entry]:
        """Give each event's entry; it arrives 1 to 15 s after it was written, or at `arrived_us`."""
        for event in events:
            noise = self._chance.bits(40)
            came_us = arrived_us or event.at_us + SECOND_US + noise % (14 * SECOND_US)
            values = self._filler.fill(event)
            values["arrived"] = f"{stamp(came_us)[:-1]}{noise % 997:03d}Z"
            hour = event.at_us // HOUR_US
            yield Entry(
                self._logs[event.act], hour, came_us // HOUR_US == hour, came_us, self._lines[event.act] % values
            )


class GkeArchive:
    """Writes one project's archive day by day: one cluster, and a little of what else lives in the project."""

    def __init__(self, root: Path, cast: Cast, acts: Iterable[Act], neighbours: Sequence[Act], chance: Chance) -> None:
        self._root = root
        self._cluster = cast.cluster
        self._encoder = GkeEncoder(cast.cluster, acts, chance)
        self._other = GkeEncoder(_neighbour(cast.cluster), neighbours, chance)
        self._machines = template(go_json(_machine_entry(cast.cluster)) + "\n")
        self._neighbours = neighbours
        self._chance = chance

    def write_day(self, day: dt.date, events: Sequence[Event]) -> int:
        """Write the day's files; give the number of records that are the cluster's own."""
        files: dict[tuple[str, int, bool], list[str]] = defaultdict(list)
        for log, hour, in_time, _, line in self._encoder.entries(events):
            files[log, hour, in_time].append(line)
        for entry in self._foreign(start_of(day)):
            lines = files[entry.log, entry.hour, True]
            lines.insert(self._chance.below(len(lines) + 1), entry.line)
        for (log, hour, in_time), lines in sorted(files.items()):
            sent_us = (hour + 1) * HOUR_US + _SENT_AFTER_US + self._chance.below(600) * SECOND_US
            kind = "S0" if in_time else f"A0:{sent_us // SECOND_US}"
            write_object(self._root / file_key(log, hour, kind), "".join(lines).encode(), moment(sent_us))
        return len(events)

    def hold_back(self, events: Sequence[Event], sent_us: int) -> LateObject:
        """Give an addendum of the first event's hour, sent at `sent_us`; it is not written.

        Only Admin Activity is held back, and only events of that hour.
        """
        hour = events[0].at_us // HOUR_US
        arrived = self._encoder.entries(events, arrived_us=sent_us - 40 * 60 * SECOND_US)
        lines = [one.line for one in arrived if one.log == ACTIVITY and one.hour == hour]
        key = file_key(ACTIVITY, hour, f"A0:{sent_us // SECOND_US}")
        day, data = moment(hour * HOUR_US).date(), "".join(lines).encode()
        return LateObject(self._cluster.name, day, self._root / key, data, len(lines), moment(sent_us))

    def _foreign(self, day_us: int) -> Iterator[Entry]:
        """Give a few entries an hour that are not the cluster's: another cluster's, and Compute Engine's."""
        for start_us in range(day_us, day_us + DAY_US, HOUR_US):
            times = sorted(start_us + self._chance.below(HOUR_US - 60 * SECOND_US) for _ in range(_FOREIGN_EVERY))
            others = [event_at(at_us, self._chance.pick(self._neighbours), None, self._chance) for at_us in times[1:]]
            yield from self._other.entries(others)
            values = {"id": self._chance.suffix(13), "stage": stamp(times[0])}
            values["arrived"] = f"{stamp(times[0] + SECOND_US)[:-1]}417Z"
            came_us = times[0] + SECOND_US
            yield Entry(ACTIVITY, start_us // HOUR_US, in_time=True, arrived_us=came_us, line=self._machines % values)


def file_key(log: str, hour: int, kind: str) -> str:
    """Give the key of an hour's file (hours since the epoch) or addendum, as a sink names it."""
    at = moment(hour * HOUR_US)
    return f"cloudaudit.googleapis.com/{log}/{at:%Y/%m/%d/%H}:00:00_{at:%H}:59:59_{kind}.json"


def _neighbour(cluster: ClusterId) -> ClusterId:
    return ClusterId("gke", cluster.account, cluster.location, "sandbox", cluster.uid[::-1])


def _machine_entry(cluster: ClusterId) -> dict[str, object]:
    zone = f"{cluster.location}-a"
    machine = f"projects/{cluster.account}/zones/{zone}/instances/build-agent-1"
    return {
        "insertId": "<<id>>",
        "logName": f"projects/{cluster.account}/logs/cloudaudit.googleapis.com%2Factivity",
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "authenticationInfo": {"principalEmail": f"builds@{cluster.account}.iam.gserviceaccount.com"},
            "authorizationInfo": [
                {"granted": True, "permission": "compute.instances.setMetadata", "resource": machine}
            ],
            "methodName": "v1.compute.instances.setMetadata",
            "requestMetadata": {"callerIp": "203.0.113.99", "callerSuppliedUserAgent": "terraform/1.13"},
            "resourceName": machine,
            "serviceName": "compute.googleapis.com",
        },
        "receiveTimestamp": "<<arrived>>",
        "resource": {
            "labels": {"instance_id": "1", "project_id": cluster.account, "zone": zone},
            "type": "gce_instance",
        },
        "severity": "NOTICE",
        "timestamp": "<<stage>>",
    }
