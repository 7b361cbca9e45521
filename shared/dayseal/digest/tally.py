"""A tally on the wire: the summary document of the ledger."""

import dataclasses
from typing import Final, Literal

from dayseal.codec import Wire, encode_document, open_document
from dayseal.digest.bounded import Bounded, MinuteCell
from dayseal.digest.tally_keys import (
    COPIES,
    DRIFT,
    KEYS,
    LABELS,
    LEASES,
    MINUTES,
    SPLITS,
    STREAMS,
    USERS,
    DriftKey,
    EventKey,
    LeaseHour,
    PolicyClass,
    SplitPart,
    StreamHour,
)
from dayseal.digest.tally_value import EMPTY_TALLY, ClassCount, Skew, Tally, merge, merge_all
from dayseal.errors import FormatError

# Everything about tallies is asked for here.
__all__ = [
    "COPIES",
    "DRIFT",
    "EMPTY_TALLY",
    "KEYS",
    "LABELS",
    "LEASES",
    "MINUTES",
    "SPLITS",
    "STREAMS",
    "USERS",
    "ClassCount",
    "DriftKey",
    "EventKey",
    "LeaseHour",
    "PolicyClass",
    "Skew",
    "SplitPart",
    "StreamHour",
    "Tally",
    "TallyDocument",
    "encode_tally",
    "merge",
    "merge_all",
    "of_document",
    "open_tally",
    "to_document",
]

_TABLES: Final = (
    *("minutes", "heartbeats", "levels", "stages", "keys", "leases", "streams"),
    *("policy", "drift", "splits"),
)


class TallyDocument(Wire):
    """A tally on the wire. Rows are sorted arrays: the key's parts, then the count.

    `minutes` rows are minute, events, first and last event time (microseconds), and `drift` rows end likewise;
    `keys`, `drift`, `policy`, `leases`, `streams` and `splits` rows begin with the parts of their keys. `rest` sums
    the events of what each bounded table left out; `copies` is a sample and leaves out nothing that was counted.
    """

    format: Literal["dayseal-tally/2"]
    events: int
    unparsable: int
    truncated: int
    skipped_bodies: int
    undated: int
    first_us: int | None
    last_us: int | None
    minutes: tuple[tuple[int, int, int, int], ...]
    heartbeats: tuple[tuple[int, int], ...]
    levels: tuple[tuple[str, int], ...]
    stages: tuple[tuple[str, int], ...]
    keys: tuple[tuple[str, str, str, str, str, str, int], ...]
    classes: tuple[tuple[str, int, int], ...]
    leases: tuple[tuple[str, int, int], ...]
    streams: tuple[tuple[str, int, int], ...]
    policy: tuple[tuple[str, str, int], ...]
    drift: tuple[tuple[str, str, str, str, str, str, str, str, str, int, int, int], ...]
    copies: tuple[tuple[str, int], ...]
    splits: tuple[tuple[str, int, int, int], ...]
    rest: dict[str, int]
    skew: tuple[int, int, int] | None


def encode_tally(tally: Tally) -> bytes:
    """Encode a tally as canonical JSON, without `users`: that is personal data.

    Format: docs/formats, tally document.
    """
    return encode_document(to_document(tally))


def open_tally(data: bytes) -> Tally:
    """Read what `encode_tally` writes; `users` is empty.

    Raises:
        FormatError: not canonical, rows out of order or twice, or other types.
    """
    tally = of_document(open_document(data, TallyDocument, subject="tally"))
    if encode_tally(tally) != data:
        raise FormatError("tally: rows out of order or twice, sorted rows promised")
    return tally


def to_document(tally: Tally) -> TallyDocument:
    """Give a tally's wire form, without `users`."""
    return TallyDocument(
        format="dayseal-tally/2",
        events=tally.events,
        unparsable=tally.unparsable,
        truncated=tally.truncated,
        skipped_bodies=tally.skipped_bodies,
        undated=tally.undated,
        first_us=tally.first_us,
        last_us=tally.last_us,
        minutes=tuple((minute, *cell) for minute, cell in sorted(tally.minutes.kept.items())),
        heartbeats=tuple(sorted(tally.heartbeats.kept.items())),
        levels=tuple(sorted(tally.levels.kept.items())),
        stages=tuple(sorted(tally.stages.kept.items())),
        keys=tuple((*key, events) for key, events in sorted(tally.keys.kept.items())),
        classes=tuple((name, c.events, c.identified) for name, c in sorted(tally.classes.items())),
        leases=tuple((*key, events) for key, events in sorted(tally.leases.kept.items())),
        streams=tuple((*key, events) for key, events in sorted(tally.streams.kept.items())),
        policy=tuple((*key, events) for key, events in sorted(tally.policy.kept.items())),
        drift=tuple((*key, *cell) for key, cell in sorted(tally.drift.kept.items())),
        copies=tuple(sorted(tally.copies.kept.items())),
        splits=tuple((*key, records) for key, records in sorted(tally.splits.kept.items())),
        rest={name: getattr(tally, name).rest for name in _TABLES},
        skew=None if tally.skew is None else dataclasses.astuple(tally.skew),
    )


def of_document(document: TallyDocument) -> Tally:
    """Give the tally of a wire form; `users` is empty."""
    rest = document.rest
    if sorted(rest) != sorted(_TABLES):
        raise FormatError(f"tally: rest of {sorted(rest)}, of {sorted(_TABLES)} promised")
    return Tally(
        events=document.events,
        unparsable=document.unparsable,
        truncated=document.truncated,
        skipped_bodies=document.skipped_bodies,
        undated=document.undated,
        first_us=document.first_us,
        last_us=document.last_us,
        minutes=Bounded(MINUTES, {row[0]: MinuteCell(*row[1:]) for row in document.minutes}, rest["minutes"]),
        heartbeats=Bounded(MINUTES, dict(document.heartbeats), rest["heartbeats"]),
        levels=Bounded(LABELS, dict(document.levels), rest["levels"]),
        stages=Bounded(LABELS, dict(document.stages), rest["stages"]),
        keys=Bounded(KEYS, {EventKey(*row[:6]): row[6] for row in document.keys}, rest["keys"]),
        classes={name: ClassCount(events, identified) for name, events, identified in document.classes},
        leases=Bounded(LEASES, {LeaseHour(*row[:2]): row[2] for row in document.leases}, rest["leases"]),
        streams=Bounded(STREAMS, {StreamHour(*row[:2]): row[2] for row in document.streams}, rest["streams"]),
        policy=Bounded(LABELS, {PolicyClass(*row[:2]): row[2] for row in document.policy}, rest["policy"]),
        drift=Bounded(DRIFT, {DriftKey(*row[:9]): MinuteCell(*row[9:]) for row in document.drift}, rest["drift"]),
        copies=Bounded(COPIES, dict(document.copies)),
        splits=Bounded(SPLITS, {SplitPart(*row[:3]): row[3] for row in document.splits}, rest["splits"]),
        users=EMPTY_TALLY.users,
        skew=None if document.skew is None else Skew(*document.skew),
    )
