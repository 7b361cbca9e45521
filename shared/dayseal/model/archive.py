"""What lies in an archive, and the descriptor that stands for one object in the day tree."""

import dataclasses
import datetime as dt

import msgspec

from dayseal.codec import Wire


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class ArchiveObject:
    """One stored version of one archived object, as a listing shows it.

    `key` is relative to the archive's root, with `/` between parts. `version` is `""` where the
    store has none. `retain_until` and `lock_mode` are observed facts and may be extended later.
    """

    key: str
    version: str
    size: int
    stored_at: dt.datetime
    lock_mode: str = ""
    retain_until: dt.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Listing:
    """The objects of one batch day, ordered by key, then version; `complete` is False when the store cut it short.

    `delete_markers` names keys of that day that a delete marker hides; `refused` names what lies there but
    is no readable object (a symbolic link, a pipe, a name that is not UTF-8), printable.
    """

    objects: tuple[ArchiveObject, ...]
    complete: bool = True
    delete_markers: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class ObjectVersion:
    """One version of a key in a ledger store; `marker` is True for a delete marker."""

    key: str
    version: str
    size: int
    marker: bool
    latest: bool


class ObjectDescriptor(Wire):
    """One object (or byte range of a grown one) as it stands in a manifest; a leaf of the day tree.

    `events` counts its records, `events_root` is the hex RFC 6962 root over them, `start` and `end`
    (wire names `from`, `to`) are the byte range in the stored object, `sha256` is of exactly those
    stored bytes, `splitter` is `name/version` of the reader that cut it into records.

    Format: ledger-formats section 9, day tree.
    """

    events: int
    events_root: str
    start: int = msgspec.field(name="from")
    key: str
    sha256: str
    splitter: str
    end: int = msgspec.field(name="to")
    version: str
