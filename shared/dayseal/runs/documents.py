"""What passes between the tasks of a run: frozen, versioned documents in the work store.

They are this program's own notes, gone when the store expires: strict, but not canonical JSON, which would cost
more time than reading the archive. `users` and `traces` (personal) are here and nowhere else on the way to the details.
"""

import dataclasses
import datetime as dt
from typing import Literal, TypeVar

import msgspec

from dayseal.audit.formats.anomalies import Anomaly
from dayseal.checks.comparison import Observed
from dayseal.codec import Wire
from dayseal.digest.bounded import Bounded
from dayseal.digest.objects import ObjectDigest
from dayseal.digest.parallel import UnreadableObject
from dayseal.digest.tally import USERS, Tally, TallyDocument, of_document, to_document
from dayseal.digest.traces_document import TracesDocument, traces_document, traces_of
from dayseal.errors import FormatError
from dayseal.model import ArchiveObject, ClusterHint, Fact, ObjectDescriptor

T = TypeVar("T", bound=Wire)


class RunDocument(Wire):
    """What discovery found, and how the run is cut.

    `clusters` are texts; `places` puts those that are asked about into groups of one account and Region;
    `judged` says until when each was judged before; `archives` are the names of the settings.
    """

    run: str
    day: str
    clusters: tuple[str, ...]
    calls: tuple[Fact, ...]
    silent: tuple[str, ...]
    places: tuple[tuple[str, ...], ...]
    judged: tuple[tuple[str, dt.datetime], ...]
    archives: tuple[str, ...]
    format: Literal["dayseal-run/1"] = "dayseal-run/1"


class PlanDocument(Wire):
    """Into how many shards one archive's batch is cut, and what they hold together, in stored bytes."""

    archive: str
    shards: int
    bytes: int
    format: Literal["dayseal-plan/1"] = "dayseal-plan/1"


class ShardDocument(Wire):
    """One task's share of a batch: objects to digest, and recorded ranges to hash again."""

    fresh: tuple[ArchiveObject, ...]
    recorded: tuple[ObjectDescriptor, ...]
    format: Literal["dayseal-shard/1"] = "dayseal-shard/1"


class ShardItem(Wire):
    """What the cloud's engine hands to one task: which shard of which run."""

    run: str
    day: str
    archive: str
    shard: int


class TallyRow(Wire):
    """One tally of one object, `users` and `traces` included."""

    hint: ClusterHint | None
    tally: TallyDocument
    users: tuple[tuple[str, int], ...]
    users_rest: int
    traces: TracesDocument


class DigestRow(Wire):
    """An `ObjectDigest` on the way from task to task."""

    descriptor: ObjectDescriptor
    size: int
    tallies: tuple[TallyRow, ...]
    control: int
    foreign: int
    anomalies: tuple[Anomaly, ...]
    anomalies_left_off: int


class ShardResult(Wire):
    """What reading one shard gave. `locked` are its objects with their locks, unless `locks_missing` says why not."""

    digests: tuple[DigestRow, ...]
    unreadable: tuple[UnreadableObject, ...]
    observed: tuple[Observed, ...]
    locked: tuple[ArchiveObject, ...]
    locks_missing: str
    format: Literal["dayseal-shard-result/2"] = "dayseal-shard-result/2"


class Failure(Wire):
    """Why a task gave no result, in the words of whatever ran it."""

    error: str
    cause: str
    format: Literal["dayseal-failure/1"] = "dayseal-failure/1"


def encode_work(document: Wire) -> bytes:
    """Encode a work document; equal documents give equal bytes."""
    return msgspec.json.encode(document, order="deterministic")


def open_work(data: bytes, kind: type[T], *, subject: str) -> T:
    """Read a work document; it must encode back to the same bytes, so no field is unknown or twice.

    Raises:
        FormatError: not JSON, not this type or version, or other bytes than `encode_work` writes.
    """
    try:
        document = msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as exc:
        raise FormatError(f"{subject}: {exc}, {kind.__name__} promised") from exc
    if encode_work(document) != data:
        raise FormatError(f"{subject}: other bytes than this program writes")
    return document


def row_of(digest: ObjectDigest) -> DigestRow:
    """Give a digest's wire form."""
    return DigestRow(
        descriptor=digest.descriptor,
        size=digest.size,
        tallies=tuple(
            TallyRow(
                hint=hint,
                tally=to_document(tally),
                users=tuple(sorted(tally.users.kept.items())),
                users_rest=tally.users.rest,
                traces=traces_document(tally.traces),
            )
            for hint, tally in digest.tallies
        ),
        control=digest.control,
        foreign=digest.foreign,
        anomalies=digest.anomalies,
        anomalies_left_off=digest.anomalies_left_off,
    )


def digest_of(row: DigestRow) -> ObjectDigest:
    """Give the digest of a wire form.

    Raises:
        FormatError: a tally that no digest gives.
    """
    return ObjectDigest(
        descriptor=row.descriptor,
        size=row.size,
        tallies=tuple((one.hint, _tally_of(one)) for one in row.tallies),
        control=row.control,
        foreign=row.foreign,
        anomalies=row.anomalies,
        anomalies_left_off=row.anomalies_left_off,
    )


def _tally_of(row: TallyRow) -> Tally:
    users = Bounded(USERS, dict(row.users), row.users_rest)
    return dataclasses.replace(of_document(row.tally), users=users, traces=traces_of(row.traces))
