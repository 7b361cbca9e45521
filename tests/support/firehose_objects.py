"""Objects as Firehose puts them into an archive, for any EKS cluster: keys, and gzip members of CloudWatch data."""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator

from dayseal.demo.generator.cast import cast_of
from dayseal.demo.generator.chance import Chance
from dayseal.demo.generator.layout_eks import EksEncoder, Envelope, gzip_member
from dayseal.demo.generator.repertoire import repertoire_of
from dayseal.demo.generator.schedule import DAY_US, SECOND_US, Span, events_in
from dayseal.demo.generator.templates import moment, start_of
from dayseal.model import ClusterId


@dataclasses.dataclass(frozen=True, slots=True)
class FirehoseObject:
    """One object: its key, its bytes, how many records it holds and when Firehose wrote it."""

    key: str
    data: bytes
    records: int
    written_at: dt.datetime


def firehose_objects(
    cluster: ClusterId,
    day: dt.date,
    *,
    seed: int = 1,
    events: int = 2_000,
    every_minutes: int = 240,
    prefix: str = "",
    stream: str = "audit",
    version: str = "1",
) -> Iterator[FirehoseObject]:
    """Give a cluster-day of about `events` records, one object for so many minutes; equal seeds give equal objects.

    Keys are Firehose's own: `<prefix>YYYY/MM/DD/HH/<stream>-<version>-<time>-<uuid>`, by the arrival of the
    oldest record. What arrives after midnight is left out, as if the next day had it.
    """
    chance = Chance(seed, cluster.text)
    cast = cast_of(cluster, chance)
    repertoire = repertoire_of(cast, chance)
    start_us, step_us = start_of(day), every_minutes * 60 * SECOND_US
    encoder = EksEncoder(cast, repertoire.acts, chance)
    found = encoder.envelopes(events_in(Span(start_us, start_us + DAY_US), repertoire, events, chance))
    today = [one for one in found if one.arrived_us < start_us + DAY_US]
    for _, group in itertools.groupby(today, key=lambda one: (one.arrived_us - start_us) // step_us):
        members: list[Envelope] = list(group)
        members.insert(0, encoder.control(members[0].arrived_us))
        oldest = moment(members[0].arrived_us)
        yield FirehoseObject(
            key=f"{prefix}{oldest:%Y/%m/%d/%H}/{stream}-{version}-{oldest:%Y-%m-%d-%H-%M-%S}-{chance.uuid()}",
            data=b"".join(gzip_member(one.text) for one in members),
            records=sum(one.events for one in members),
            written_at=moment(members[-1].arrived_us),
        )
