"""The EKS archive: CloudWatch Logs subscription data as Firehose puts it into a bucket.

Objects are gzip members with no separator, each one CloudWatch envelope of one log stream. The date
in a key is that of the arrival of the object's oldest record.
"""

import datetime as dt
import itertools
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from dayseal.demo.generator.acts import Act
from dayseal.demo.generator.cast import Cast
from dayseal.demo.generator.chance import Chance
from dayseal.demo.generator.kube import kube_event
from dayseal.demo.generator.planted import write_object
from dayseal.demo.generator.schedule import DAY_US, SECOND_US, Event
from dayseal.demo.generator.templates import Filler, go_json, json_string, moment, start_of, template

_OBJECT_US: Final = 40 * 60 * SECOND_US  # a bucket of a quiet cluster: 36 objects a day
_FLUSH_US: Final = 60 * SECOND_US
_MAX_EVENTS: Final = 200
_STREAM: Final = "eks-audit-archive"
_VERSION: Final = 3
_CONTROL_EVERY: Final = 9


class Envelope(NamedTuple):
    """One subscription payload: when Firehose got it, how many events it holds, and its JSON text."""

    arrived_us: int
    events: int
    text: str


class EksEncoder:
    """Encodes one cluster's events as CloudWatch envelopes."""

    def __init__(self, cast: Cast, acts: Iterable[Act], chance: Chance) -> None:
        self._lines = {act: _line(act) for act in acts}
        self._heads = tuple(_head("DATA_MESSAGE", cast, stream) for stream in cast.streams)
        self._control = _head("CONTROL_MESSAGE", cast, "")
        self._filler = Filler(chance)
        self._chance = chance

    def envelopes(self, events: Iterable[Event]) -> list[Envelope]:
        """Pack events, in order of time, by stream: each envelope holds up to a minute or 200 events."""
        packed: list[Envelope] = []
        waiting: tuple[list[str], list[str]] = ([], [])
        first_us = [0, 0]
        for event in events:
            stream = event.act.actor.stream
            lines = waiting[stream]
            if lines and (event.at_us - first_us[stream] >= _FLUSH_US or len(lines) == _MAX_EVENTS):
                packed.append(self._close(stream, lines, min(event.at_us, first_us[stream] + _FLUSH_US)))
            if not lines:
                first_us[stream] = event.at_us
            lines.append(self._encode(event))
        for stream, lines in enumerate(waiting):
            if lines:
                packed.append(self._close(stream, lines, first_us[stream] + _FLUSH_US))
        packed.sort()
        return packed

    def control(self, before_us: int) -> Envelope:
        """Give the probe CloudWatch Logs sends to see whether its destination lives."""
        message = "CWL CONTROL MESSAGE: Checking health of destination Firehose."
        event = {"id": self._event_id(before_us // 1000), "timestamp": before_us // 1000, "message": message}
        return Envelope(before_us, 0, f"{self._control}{go_json(event)}]}}")

    def _close(self, stream: int, lines: list[str], at_us: int) -> Envelope:
        text = f"{self._heads[stream]}{','.join(lines)}]}}"
        count = len(lines)
        lines.clear()
        return Envelope(at_us + (3 + self._chance.below(9)) * SECOND_US, count, text)

    def _encode(self, event: Event) -> str:
        values = self._filler.fill(event)
        milliseconds = event.at_us // 1000
        values["ms"] = str(milliseconds)
        values["event"] = self._event_id(milliseconds)
        return self._lines[event.act] % values

    def _event_id(self, milliseconds: int) -> str:
        """Give an id as CloudWatch Logs makes them: 56 digits that begin with the time."""
        return f"{(milliseconds << 144) + self._chance.bits(128):056d}"


class EksArchive:
    """Writes one cluster's archive day by day."""

    def __init__(self, root: Path, cast: Cast, acts: Iterable[Act], chance: Chance) -> None:
        self._root = root
        self._encoder = EksEncoder(cast, acts, chance)
        self._chance = chance
        self._carried: Sequence[Envelope] = ()

    def write_day(self, day: dt.date, events: Sequence[Event]) -> int:
        """Write the day's objects; give their number of records.

        The last minute's events arrive tomorrow: they are written with the next day.
        """
        start_us = start_of(day)
        arrived = [*self._carried, *self._encoder.envelopes(events)]
        self._carried = [one for one in arrived if one.arrived_us >= start_us + DAY_US]
        today = sorted(one for one in arrived if one.arrived_us < start_us + DAY_US)
        for slot, group in itertools.groupby(today, key=lambda one: (one.arrived_us - start_us) // _OBJECT_US):
            members = list(group)
            if slot % _CONTROL_EVERY == 0:
                members.insert(0, self._encoder.control(members[0].arrived_us))
            self._write(members)
        return sum(one.events for one in today)

    def _write(self, members: Sequence[Envelope]) -> None:
        oldest = moment(members[0].arrived_us)
        name = f"{_STREAM}-{_VERSION}-{oldest:%Y-%m-%d-%H-%M-%S}-{self._chance.uuid()}"
        data = b"".join(gzip_member(one.text) for one in members)
        write_object(self._root / f"{oldest:%Y/%m/%d/%H}" / name, data, moment(members[-1].arrived_us))


def gzip_member(text: str) -> bytes:
    """Compress a text as one gzip member without time or name.

    The same zlib gives the same bytes; another build of zlib may give others that hold the same text.
    """
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(text.encode()) + packer.flush()


def export_lines(acts: Iterable[Act], events: Iterable[Event], chance: Chance) -> Iterator[str]:
    """Give events as CreateExportTask writes them: a time with milliseconds, a space, the event."""
    lines = {act: template("<<exported>> " + go_json(kube_event(act)) + "\n") for act in acts}
    filler = Filler(chance)
    for event in events:
        values = filler.fill(event)
        values["exported"] = values["stage"][:23] + "Z"
        yield lines[event.act] % values


def _line(act: Act) -> str:
    message = json_string(go_json(kube_event(act)))
    return template(f'{{"id":"<<event>>","timestamp":<<ms>>,"message":{message}}}')


def _head(kind: str, cast: Cast, stream: str) -> str:
    envelope = {
        "messageType": kind,
        "owner": cast.cluster.account,
        "logGroup": f"/aws/eks/{cast.cluster.name}/cluster",
        "logStream": stream,
        "subscriptionFilters": ["archive"],
        "logEvents": [],
    }
    return go_json(envelope).removesuffix("]}")
