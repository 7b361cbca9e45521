"""What the ledger promises of a batch beside its manifest: for how long, and which objects nobody could read yet.

Every revision counts: a later one takes back no day of the term, and names no unread object away.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from dayseal.codec import open_document, parse_time
from dayseal.digest.manifest import Manifest
from dayseal.digest.parallel import UnreadableObject
from dayseal.errors import AccessError, NotFoundError
from dayseal.ledger.layout import facts_key
from dayseal.ledger.reader import LedgerReader, RecordedDay
from dayseal.model import ArchiveObject, ClusterId
from dayseal.ports import ArchiveReader
from dayseal.settings import Settings
from dayseal.steps.documents import FactsDocument, UnreadObject, unread_of

TOTAL_DAYS: Final = "totalDays"


@dataclasses.dataclass(frozen=True, slots=True)
class BatchPromise:
    """The longest term (days) and the latest lock that statements of a batch name, and what they could not read."""

    total_days: int = 0
    locked_until: dt.datetime | None = None
    unread: tuple[UnreadObject, ...] = ()

    def total_days_under(self, settings: Settings) -> int:
        """Give the term that holds under these settings: longer ones bind older days too, shorter ones do not."""
        return max(self.total_days, settings.retention.total_days)


NOTHING_PROMISED: Final = BatchPromise()


def recorded_promise(
    ledger: LedgerReader, clusters: Iterable[ClusterId], archive_uri: str, day: dt.date, recorded: Manifest
) -> BatchPromise:
    """Give what all revisions of the clusters' statements promise of this archive and day.

    An object that `recorded` holds was read since. At most `MAX_UNREAD` objects of a statement are named.

    Raises:
        DigestError: the ledger's facts are not the ones a statement names.
    """
    said = [one for c in clusters for one in ledger.day(c, day) if one.predicate.archive.uri == archive_uri]
    locks = [one.predicate.lock.retain_until_min for one in said]
    read = {(d.key, d.version) for d in recorded.descriptors}
    unread = {u for one in said for u in _unread(ledger, one) if (u.key, u.version) not in read}
    return BatchPromise(
        total_days=max((one.predicate.verifier.thresholds.get(TOTAL_DAYS, 0) for one in said), default=0),
        locked_until=max((parse_time(lock) for lock in locks if lock is not None), default=None),
        unread=tuple(sorted(unread, key=_place)),
    )


def look_for_unread(
    reader: ArchiveReader, unread: Sequence[UnreadObject], listed: Iterable[ArchiveObject], day: dt.date
) -> tuple[tuple[UnreadObject, ...], tuple[UnreadableObject, ...]]:
    """Give the objects that are gone by now, and those of which even that cannot be told.

    What the listing of the day shows is read with everything else; a file that names its day inside may turn out to
    belong to another one.
    """
    there = {(found.key, found.version) for found in listed}
    gone, unsure = [], []
    for one in unread:
        if (one.key, one.version) in there:
            continue
        try:
            if reader.find(one.key, one.version) is None:
                gone.append(one)
        except NotFoundError:
            gone.append(one)
        except AccessError as exc:
            unsure.append(UnreadableObject(_as_listed(one, day), str(exc)))
    return tuple(gone), tuple(unsure)


def still_unread(
    unreadable: Sequence[UnreadableObject], gone: Sequence[UnreadObject], recorded: Manifest
) -> tuple[UnreadObject, ...]:
    """Give what a statement names as unread: what could not be read now, and what is gone and never was."""
    known = {(d.key, d.version) for d in recorded.descriptors}  # a grown object is named by its recorded bytes
    now = {unread_of(one.found) for one in unreadable if (one.found.key, one.found.version) not in known}
    return tuple(sorted({*now, *gone}, key=_place))


def _unread(ledger: LedgerReader, said: RecordedDay) -> tuple[UnreadObject, ...]:
    if not said.predicate.archive.unreadable:
        return ()
    key = facts_key(said.predicate.facts.sha256)
    found = open_document(ledger.object(key), FactsDocument, subject=key).unread
    return found if isinstance(found, tuple) else ()


def _place(one: UnreadObject) -> tuple[str, str, int]:
    return one.key, one.version, one.size


def _as_listed(one: UnreadObject, day: dt.date) -> ArchiveObject:
    stored_at = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    return ArchiveObject(one.key, one.version, one.size, stored_at)
