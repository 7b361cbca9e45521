"""What a pass over records counted, small however many there were."""

import dataclasses
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Final, Literal, NamedTuple

from dayseal.codec import Wire, encode_document, open_document
from dayseal.digest.bounded import Bounded, MinuteCell, merge_cells, merge_counts
from dayseal.errors import FormatError

MINUTES: Final = 10_080  # a week
LABELS: Final = 16
KEYS: Final = 4_096
LEASES: Final = 8_192
STREAMS: Final = 1_024
USERS: Final = 1_000


class EventKey(NamedTuple):
    """What events are counted by. `resource` is `resource` or `resource/subresource`, or a path class (`/healthz`)."""

    group: str
    resource: str
    verb: str
    user_class: str
    level: str
    stage: str


class LeaseHour(NamedTuple):
    """One lease (`namespace/name`) in one hour (hours since 1970)."""

    lease: str
    hour: int


class StreamHour(NamedTuple):
    """One log stream (EKS) or pod (AKS) in one hour (hours since 1970)."""

    stream: str
    hour: int


@dataclasses.dataclass(frozen=True, slots=True)
class ClassCount:
    """Events of one user class, and how many of them name their credential."""

    events: int
    identified: int


@dataclasses.dataclass(frozen=True, slots=True)
class Skew:
    """Time of ingestion minus event time, in microseconds; `late_over_1h` counts events that took more than an hour."""

    min_us: int
    max_us: int
    late_over_1h: int


@dataclasses.dataclass(frozen=True, slots=True)
class Tally:
    """Counts over the records of one cluster (or of none); `users` is personal data and leaves only in details.

    `events` = `unparsable` + records cut off by the provider + `undated` + dated ones. `truncated` counts
    the cut ones, which are not `unparsable`, and parsed events that say they were truncated.
    Minutes and hours are of the event time, since 1970.
    """

    events: int
    unparsable: int
    truncated: int
    skipped_bodies: int
    undated: int
    first_us: int | None
    last_us: int | None
    minutes: Bounded[int, MinuteCell]
    heartbeats: Bounded[int, int]
    levels: Bounded[str, int]
    stages: Bounded[str, int]
    keys: Bounded[EventKey, int]
    classes: Mapping[str, ClassCount]
    leases: Bounded[LeaseHour, int]
    streams: Bounded[StreamHour, int]
    users: Bounded[str, int]
    skew: Skew | None


class TallyDocument(Wire):
    """A tally on the wire. Rows are sorted arrays: the key's parts, then the count.

    `minutes` rows are minute, events, first and last event time (microseconds); `keys` rows are the
    parts of `EventKey`; `leases` rows lease and hour; `streams` rows stream and hour. `rest` sums
    the events of what each bounded table left out.
    """

    format: Literal["dayseal-tally/1"]
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
    rest: dict[str, int]
    skew: tuple[int, int, int] | None


EMPTY_TALLY: Final = Tally(
    events=0,
    unparsable=0,
    truncated=0,
    skipped_bodies=0,
    undated=0,
    first_us=None,
    last_us=None,
    minutes=Bounded(MINUTES, {}),
    heartbeats=Bounded(MINUTES, {}),
    levels=Bounded(LABELS, {}),
    stages=Bounded(LABELS, {}),
    keys=Bounded(KEYS, {}),
    classes={},
    leases=Bounded(LEASES, {}),
    streams=Bounded(STREAMS, {}),
    users=Bounded(USERS, {}),
    skew=None,
)


def merge(a: Tally, b: Tally) -> Tally:
    """Add two tallies. Associative and commutative; `EMPTY_TALLY` changes nothing."""
    return Tally(
        events=a.events + b.events,
        unparsable=a.unparsable + b.unparsable,
        truncated=a.truncated + b.truncated,
        skipped_bodies=a.skipped_bodies + b.skipped_bodies,
        undated=a.undated + b.undated,
        first_us=min((t for t in (a.first_us, b.first_us) if t is not None), default=None),
        last_us=max((t for t in (a.last_us, b.last_us) if t is not None), default=None),
        minutes=merge_cells(a.minutes, b.minutes),
        heartbeats=merge_counts(a.heartbeats, b.heartbeats),
        levels=merge_counts(a.levels, b.levels),
        stages=merge_counts(a.stages, b.stages),
        keys=merge_counts(a.keys, b.keys),
        classes=_merge_classes(a.classes, b.classes),
        leases=merge_counts(a.leases, b.leases),
        streams=merge_counts(a.streams, b.streams),
        users=merge_counts(a.users, b.users),
        skew=_merge_skew(a.skew, b.skew),
    )


def merge_all(tallies: Iterable[Tally]) -> Tally:
    """Add any number of tallies."""
    return reduce(merge, tallies, EMPTY_TALLY)


def encode_tally(tally: Tally) -> bytes:
    """Encode a tally as canonical JSON, without `users`: that is personal data.

    Format: docs/formats, tally document.
    """
    return encode_document(_to_document(tally))


def open_tally(data: bytes) -> Tally:
    """Read what `encode_tally` writes; `users` is empty.

    Raises:
        FormatError: not canonical, rows out of order or twice, or other types.
    """
    tally = _of_document(open_document(data, TallyDocument, subject="tally"))
    if encode_tally(tally) != data:
        raise FormatError("tally: rows out of order or twice, sorted rows promised")
    return tally


def _merge_classes(a: Mapping[str, ClassCount], b: Mapping[str, ClassCount]) -> Mapping[str, ClassCount]:
    nothing = ClassCount(0, 0)
    pairs = {name: (a.get(name, nothing), b.get(name, nothing)) for name in sorted({*a, *b})}
    return {name: ClassCount(x.events + y.events, x.identified + y.identified) for name, (x, y) in pairs.items()}


def _merge_skew(a: Skew | None, b: Skew | None) -> Skew | None:
    if a is None or b is None:
        return a or b
    return Skew(min(a.min_us, b.min_us), max(a.max_us, b.max_us), a.late_over_1h + b.late_over_1h)


_TABLES: Final = ("minutes", "heartbeats", "levels", "stages", "keys", "leases", "streams")


def _to_document(tally: Tally) -> TallyDocument:
    return TallyDocument(
        format="dayseal-tally/1",
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
        rest={name: getattr(tally, name).rest for name in _TABLES},
        skew=None if tally.skew is None else dataclasses.astuple(tally.skew),
    )


def _of_document(document: TallyDocument) -> Tally:
    if sorted(document.rest) != sorted(_TABLES):
        raise FormatError(f"tally: rest of {sorted(document.rest)}, of {sorted(_TABLES)} promised")
    return Tally(
        events=document.events,
        unparsable=document.unparsable,
        truncated=document.truncated,
        skipped_bodies=document.skipped_bodies,
        undated=document.undated,
        first_us=document.first_us,
        last_us=document.last_us,
        minutes=Bounded(MINUTES, {row[0]: MinuteCell(*row[1:]) for row in document.minutes}, document.rest["minutes"]),
        heartbeats=Bounded(MINUTES, dict(document.heartbeats), document.rest["heartbeats"]),
        levels=Bounded(LABELS, dict(document.levels), document.rest["levels"]),
        stages=Bounded(LABELS, dict(document.stages), document.rest["stages"]),
        keys=Bounded(KEYS, {EventKey(*row[:6]): row[6] for row in document.keys}, document.rest["keys"]),
        classes={name: ClassCount(events, identified) for name, events, identified in document.classes},
        leases=Bounded(LEASES, {LeaseHour(*row[:2]): row[2] for row in document.leases}, document.rest["leases"]),
        streams=Bounded(STREAMS, {StreamHour(*row[:2]): row[2] for row in document.streams}, document.rest["streams"]),
        users=EMPTY_TALLY.users,
        skew=None if document.skew is None else Skew(*document.skew),
    )
