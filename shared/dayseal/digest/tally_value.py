"""A tally as a value: what a pass over records counted, small however many there were, and how two of them add up."""

import dataclasses
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Final

from dayseal.audit.detections import Sign
from dayseal.digest.bounded import Bounded, MinuteCell, merge_cells, merge_counts, merge_samples, series_hash
from dayseal.digest.credential_tables import NO_CREDENTIALS, CredentialTables, merge_credentials
from dayseal.digest.tally_keys import (
    COPIES,
    DRIFT,
    KEYS,
    LABELS,
    LEASES,
    MINUTES,
    SIGNS,
    SPLITS,
    STREAMS,
    USERS,
    VERSIONS,
    DriftKey,
    EventKey,
    LeaseHour,
    PolicyClass,
    SplitPart,
    StreamHour,
)
from dayseal.digest.traces import NO_TRACES, Traces, merge_traces


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
    """Counts over the records of one cluster (or of none); `users`, `traces` are personal and leave only in details.

    `events` = `unparsable` + records cut off by the provider + `undated` + dated ones. `truncated` counts
    the cut ones, which are not `unparsable`, and parsed events that say they were truncated.
    Minutes and hours are of the event time, since 1970. `policy` counts events by how they compare with the
    policy their provider published; `drift` holds the dated ones that differ. `copies` counts the records of a
    sample by hash: a count over 1 is a record that arrived more than once. `splits` counts parts of GKE entries.
    `signs` counts signs of unauthorised access, `secrets` records that hold tokens or secrets by kind, `versions`
    events by the Kubernetes version that the cluster's components say.
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
    policy: Bounded[PolicyClass, int]
    drift: Bounded[DriftKey, MinuteCell]
    copies: Bounded[str, int]
    splits: Bounded[SplitPart, int]
    signs: Bounded[Sign, int]
    secrets: Bounded[str, int]
    versions: Bounded[str, int]
    credentials: CredentialTables
    users: Bounded[str, int]
    traces: Traces
    skew: Skew | None


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
    policy=Bounded(LABELS, {}),
    drift=Bounded(DRIFT, {}),
    copies=Bounded(COPIES, {}),
    splits=Bounded(SPLITS, {}),
    signs=Bounded(SIGNS, {}),
    secrets=Bounded(SIGNS, {}),
    versions=Bounded(VERSIONS, {}),
    credentials=NO_CREDENTIALS,
    users=Bounded(USERS, {}),
    traces=NO_TRACES,
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
        leases=merge_counts(a.leases, b.leases, order=series_hash),
        streams=merge_counts(a.streams, b.streams),
        policy=merge_counts(a.policy, b.policy),
        drift=merge_cells(a.drift, b.drift),
        copies=merge_samples(a.copies, b.copies),
        splits=merge_counts(a.splits, b.splits, order=series_hash),
        signs=merge_counts(a.signs, b.signs),
        secrets=merge_counts(a.secrets, b.secrets),
        versions=merge_counts(a.versions, b.versions),
        credentials=merge_credentials(a.credentials, b.credentials),
        users=merge_counts(a.users, b.users),
        traces=merge_traces(a.traces, b.traces),
        skew=_merge_skew(a.skew, b.skew),
    )


def merge_all(tallies: Iterable[Tally]) -> Tally:
    """Add any number of tallies."""
    return reduce(merge, tallies, EMPTY_TALLY)


def _merge_classes(a: Mapping[str, ClassCount], b: Mapping[str, ClassCount]) -> Mapping[str, ClassCount]:
    nothing = ClassCount(0, 0)
    pairs = {name: (a.get(name, nothing), b.get(name, nothing)) for name in sorted({*a, *b})}
    return {name: ClassCount(x.events + y.events, x.identified + y.identified) for name, (x, y) in pairs.items()}


def _merge_skew(a: Skew | None, b: Skew | None) -> Skew | None:
    if a is None or b is None:
        return a or b
    return Skew(min(a.min_us, b.min_us), max(a.max_us, b.max_us), a.late_over_1h + b.late_over_1h)
