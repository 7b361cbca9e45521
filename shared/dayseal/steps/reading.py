"""Steps 3 and 4: list a batch, hash again what the ledger knows of it, digest what is new."""

import contextlib
import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence

from dayseal.checks.comparison import Observed, RangeDigest, Reading, RecordedObject, group_recorded, range_to_read
from dayseal.digest.book import PatternShelf
from dayseal.digest.manifest import Manifest
from dayseal.digest.objects import ObjectDigest, digest_object
from dayseal.digest.parallel import UnreadableObject, digest_all
from dayseal.errors import AccessError, NotFoundError
from dayseal.model import ArchiveObject, Listing, ObjectDescriptor
from dayseal.model.route import Answer, Call, Known, Missing, Reason
from dayseal.ports import ArchiveReader, ByteSource
from dayseal.steps.documents import UnreadObject
from dayseal.steps.parts import Archive, Parts
from dayseal.steps.promises import NOTHING_PROMISED, BatchPromise, look_for_unread

_BLOCK_BYTES = 1 << 20


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    """One archive's batch day as the store lists it, and what the ledger says of it (an empty manifest: nothing).

    `locks` is the listing with its objects' locks, or why they could not be read; None where there are none.
    `promise` is what the ledger says of it beside the manifest.
    """

    archive: Archive
    day: dt.date
    listing: Listing
    recorded: Manifest
    locks: Answer[Listing] | None = None
    promise: BatchPromise = NOTHING_PROMISED


@dataclasses.dataclass(frozen=True, slots=True)
class BatchReading:
    """What reading a batch gave: recorded objects as they are now, digests of what is new, what could not be read.

    `gone` are objects that earlier statements could not read and that are not there any more.
    """

    batch: Batch
    observed: tuple[Observed, ...]
    digests: tuple[ObjectDigest, ...]
    unreadable: tuple[UnreadableObject, ...]
    gone: tuple[UnreadObject, ...] = ()


def list_batch(archive: Archive, day: dt.date, recorded: Manifest, promise: BatchPromise = NOTHING_PROMISED) -> Batch:
    """List the archive for the day (step 3).

    Raises:
        AccessError: the listing failed: never a shorter list.
    """
    listing = archive.reader.list_day(day)
    if archive.locks is None:
        return Batch(archive, day, listing, recorded, promise=promise)
    call = Call("archive", "read locks", archive.reader.uri)
    try:
        locked = archive.locks.with_locks(listing)
    except AccessError as exc:
        return Batch(archive, day, listing, recorded, Missing(Reason.NOT_ASKED, call, str(exc)), promise)
    return Batch(archive, day, locked, recorded, Known(locked, call), promise)


def read_batch(parts: Parts, batch: Batch) -> BatchReading:
    """Read every object of the batch once (step 4), new ones in parallel; nothing unreadable stops the rest.

    What `parts.earlier` knows is taken from there.
    """
    known, fresh = split_batch(batch.listing, batch.recorded)
    reader, hidden = batch.archive.reader, batch.listing.delete_markers
    results = _digest_fresh(parts, batch.archive, fresh)
    digests = [r for r in results if isinstance(r, ObjectDigest)]
    unreadable = [r for r in results if isinstance(r, UnreadableObject)]
    observed = [Observed(o.key, o.version, o.size, hidden=o.key in hidden) for o in fresh]
    parts.progress.expect(sum(d.end - d.start for d in batch.recorded.descriptors))
    for item in known:
        told = parts.earlier.observed(batch.archive.name, item) or observe(reader, item, hidden=False)
        seen = dataclasses.replace(told, hidden=item.key in hidden)
        observed.append(seen)
        parts.progress.done(sum(d.end - d.start for d in item.descriptors))
        if _grew(item, seen):
            grown = _digest_growth(batch.archive, item, seen)
            (unreadable if isinstance(grown, UnreadableObject) else digests).append(grown)  # type: ignore[arg-type]  # sorted by the test
    gone, unsure = look_for_unread(reader, batch.promise.unread, batch.listing.objects, batch.day)
    return BatchReading(batch, tuple(observed), tuple(digests), (*unreadable, *unsure), gone)


def split_batch(listing: Listing, recorded: Manifest) -> tuple[tuple[RecordedObject, ...], tuple[ArchiveObject, ...]]:
    """Give the objects that the ledger knows, which are hashed again, and those that are new to it."""
    known = group_recorded(recorded.descriptors)
    versions = {(item.key, item.version) for item in known}
    return known, tuple(o for o in listing.objects if (o.key, o.version) not in versions)


def observe(reader: ArchiveReader, item: RecordedObject, *, hidden: bool) -> Observed:
    """Hash the recorded ranges of one stored version as they read now; an error is an answer too."""
    try:
        found = reader.find(item.key, item.version)
        if found is None:
            return Observed(item.key, item.version, 0, reading=Reading.GONE, hidden=hidden)
        digests = tuple(_hash_range(reader, found, d) for d in item.descriptors)
    except NotFoundError:
        return Observed(item.key, item.version, 0, reading=Reading.GONE, hidden=hidden)
    except AccessError as exc:
        return Observed(item.key, item.version, 0, reading=Reading.UNREADABLE, hidden=hidden, reason=str(exc))
    return Observed(item.key, item.version, found.size, digests=digests, hidden=hidden)


@contextlib.contextmanager
def open_recorded(archive: Archive, descriptor: ObjectDescriptor) -> Iterator[ByteSource]:
    """Open the recorded bytes of one object as they are now.

    Raises:
        AccessError: it is gone, or cannot be read.
    """
    gone = AccessError(f"{descriptor.key}: gone from {archive.reader.uri}, it was recorded there")
    found = archive.reader.find(descriptor.key, descriptor.version)
    if found is None:
        raise gone
    try:
        with archive.reader.open(found, descriptor.start, descriptor.end) as source:
            yield source
    except NotFoundError as exc:
        raise gone from exc


def _digest_fresh(
    parts: Parts, archive: Archive, fresh: Sequence[ArchiveObject]
) -> list[ObjectDigest | UnreadableObject]:
    told = [parts.earlier.digest(archive.name, found) for found in fresh]
    left = [found for found, one in zip(fresh, told, strict=True) if one is None]
    parts.progress.expect(sum(found.size for found in left))
    reading = digest_all(archive.reader, left, workers=parts.workers, progress=parts.progress.done, own=archive.own)
    results = iter(reading)
    return [next(results) if one is None else one for one in told]


def _hash_range(reader: ArchiveReader, found: ArchiveObject, descriptor: ObjectDescriptor) -> RangeDigest:
    start, end = range_to_read(descriptor, found.size)
    total = hashlib.sha256()
    with reader.open(found, start, end) as source:
        while block := source.read(_BLOCK_BYTES):
            total.update(block)
    return RangeDigest(start, end, total.hexdigest())


def _grew(item: RecordedObject, seen: Observed) -> bool:
    """Growth counts only behind bytes that still read as recorded; anything else is a change."""
    recorded: Sequence[str] = [d.sha256 for d in item.descriptors]
    return seen.reading is Reading.READ and seen.size > item.end and [d.sha256 for d in seen.digests] == recorded


def _digest_growth(archive: Archive, item: RecordedObject, seen: Observed) -> ObjectDigest | UnreadableObject:
    shelf = PatternShelf(archive.own)
    found = ArchiveObject(item.key, item.version, seen.size, dt.datetime.fromtimestamp(0, dt.UTC))
    try:
        with archive.reader.open(found, item.end, seen.size) as source:
            return digest_object(source, key=item.key, version=item.version, start=item.end, end=seen.size, shelf=shelf)
    except (AccessError, NotFoundError) as exc:
        return UnreadableObject(found, str(exc))
