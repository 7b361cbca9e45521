"""One gzip file of one shape and any size, with the real mix of events: what benchmarks read."""

import datetime as dt
import enum
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dayseal.demo.generator.archive import AKS, EKS, GKE
from dayseal.demo.generator.cast import cast_of
from dayseal.demo.generator.chance import Chance
from dayseal.demo.generator.kube import kube_event
from dayseal.demo.generator.layout_aks import AksEncoder
from dayseal.demo.generator.layout_eks import EksEncoder, export_lines, gzip_member
from dayseal.demo.generator.layout_gke import GkeEncoder
from dayseal.demo.generator.repertoire import repertoire_of
from dayseal.demo.generator.schedule import DAY_US, Event, Span, events_in
from dayseal.demo.generator.templates import Filler, go_json, start_of, template
from dayseal.errors import UsageError

_DAY: Final = dt.date(2026, 11, 22)
_BLOCK: Final = 10_000  # events; a block's text is held in memory


class Shape(enum.StrEnum):
    """A shape in which audit logs are archived."""

    EKS_FIREHOSE = "eks-firehose"
    EKS_FIREHOSE_DOUBLE = "eks-firehose-double"
    EKS_EXPORT = "eks-export"
    GKE = "gke"
    AKS = "aks"
    PLAIN = "plain"


_CLUSTERS: Final = {Shape.GKE: GKE, Shape.AKS: AKS}
_BYTES_PER_EVENT: Final = {
    Shape.EKS_FIREHOSE: 1_840,
    Shape.EKS_FIREHOSE_DOUBLE: 1_840,
    Shape.EKS_EXPORT: 1_570,
    Shape.GKE: 1_790,
    Shape.AKS: 2_230,
    Shape.PLAIN: 1_545,
}


@dataclass(frozen=True, slots=True)
class Corpus:
    """A written file: its records, the bytes they make uncompressed, and the bytes stored."""

    records: int
    bytes: int
    stored: int


def write_corpus(path: Path, shape: Shape | str, seed: int, megabytes: int) -> Corpus:
    """Write one cluster-day of about `megabytes` (10^6 bytes, uncompressed) as one gzip file.

    The day is as busy as the size asks for. `eks-firehose` is one gzip member for each CloudWatch
    envelope, `eks-firehose-double` the same compressed again, the others are a single member. Memory
    stays bounded for any size.

    Raises:
        UsageError: no such shape, or less than one megabyte.
    """
    if shape not in tuple(Shape):
        raise UsageError(f"shape: {shape!r}, one of {', '.join(Shape)} promised")
    if megabytes < 1:
        raise UsageError(f"size: {megabytes} MB, at least 1 promised")
    shape = Shape(shape)
    count = megabytes * 1_000_000 // _BYTES_PER_EVENT[shape]
    written = records = 0
    members = shape in {Shape.EKS_FIREHOSE, Shape.EKS_FIREHOSE_DOUBLE}
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    with path.open("wb") as out:
        for holds, text in _texts(shape, Chance(seed, shape), count):
            records += holds
            written += len(text)  # every text is ASCII
            data = gzip_member(text) if members else text.encode()
            out.write(data if shape is Shape.EKS_FIREHOSE else packer.compress(data))
        if shape is not Shape.EKS_FIREHOSE:
            out.write(packer.flush())
    return Corpus(records, written, path.stat().st_size)


def _texts(shape: Shape, chance: Chance, count: int) -> Iterator[tuple[int, str]]:
    """Give the corpus in pieces: how many records, and their text."""
    cast = cast_of(_CLUSTERS.get(shape, EKS), chance)
    repertoire = repertoire_of(cast, chance)
    acts = repertoire.acts
    blocks = (events_in(span, repertoire, size, chance) for span, size in _blocks(count))
    if shape in {Shape.EKS_FIREHOSE, Shape.EKS_FIREHOSE_DOUBLE}:
        firehose = EksEncoder(cast, acts, chance)
        for block in blocks:
            yield from ((envelope.events, envelope.text) for envelope in firehose.envelopes(block))
    elif shape is Shape.GKE:
        sink = GkeEncoder(cast.cluster, acts, chance)
        for block in blocks:
            yield len(block), "".join(entry.line for entry in sink.entries(block))
    elif shape is Shape.AKS:
        setting = AksEncoder(cast, acts, chance)
        for block in blocks:
            yield len(block), "".join(setting.lines(block))
    elif shape is Shape.EKS_EXPORT:
        for block in blocks:
            yield len(block), "".join(export_lines(acts, block, chance))
    else:
        lines, filler = {act: template(go_json(kube_event(act)) + "\n") for act in acts}, Filler(chance)
        for block in blocks:
            yield len(block), "".join(_plain(event, lines[event.act], filler) for event in block)


def _plain(event: Event, line: str, filler: Filler) -> str:
    return line % filler.fill(event)


def _blocks(count: int) -> Iterator[tuple[Span, int]]:
    """Cut the day into spans of at most 10,000 events."""
    number = -(-count // _BLOCK)
    start_us = start_of(_DAY)
    for index in range(number):
        span = Span(start_us + index * DAY_US // number, start_us + (index + 1) * DAY_US // number)
        yield span, count // number
