"""What became of a batch's recorded objects: the pure half of step 5, Compare."""

import dataclasses
import datetime as dt
import enum
from collections.abc import Iterable, Sequence

from dayseal.errors import UsageError
from dayseal.model import ObjectDescriptor


class Reading(enum.StrEnum):
    """How far somebody got with one stored version: bytes read, it is not there, or we could not find out."""

    READ = "read"
    GONE = "gone"
    UNREADABLE = "unreadable"


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class RangeDigest:
    """The hex SHA-256 of the stored bytes `[start, end)`."""

    start: int
    end: int
    sha256: str


@dataclasses.dataclass(frozen=True, slots=True)
class RecordedObject:
    """One stored version as the ledger knows it: its descriptors, ordered by start."""

    key: str
    version: str
    descriptors: tuple[ObjectDescriptor, ...]

    @property
    def end(self) -> int:
        """Where the recorded bytes end; what lies beyond was appended since."""
        return self.descriptors[-1].end


@dataclasses.dataclass(frozen=True, slots=True)
class Observed:
    """One stored version as it is now.

    `digests` answers the recorded ranges (`range_to_read` says which bytes) and is empty for an object
    nobody recorded; `hidden` is True under a delete marker; `reason` says why it is unreadable.
    """

    key: str
    version: str
    size: int
    digests: tuple[RangeDigest, ...] = ()
    reading: Reading = Reading.READ
    hidden: bool = False
    reason: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class BatchTerms:
    """What was promised of one batch.

    Objects are due until both `keep_until` (the policy's term) and `locked_until` (the latest lock seen,
    None where there was none) have passed. `listed_completely` is False when the listing was cut short.
    """

    sealed: bool
    keep_until: dt.datetime
    locked_until: dt.datetime | None = None
    listed_completely: bool = True

    def due_at(self, now: dt.datetime) -> bool:
        """Say whether the objects must still be there."""
        return now < self.keep_until or (self.locked_until is not None and now < self.locked_until)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class ObjectChange:
    """One range of one stored version, what the ledger says of it (`""`: nothing) and what it reads as now.

    `now` is None where there are no bytes to read; `note` says more in words.
    """

    key: str
    version: str
    start: int
    end: int
    recorded: str
    now: str | None
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class BatchComparison:
    """A batch, sorted into what became of it; every tuple is ordered by key, version, start.

    The first five stand for recorded descriptors, one each; a descriptor is in exactly one of them. An object that was
    recorded as unreadable and is gone is `vanished` or `expired` too, with nothing (`""`) recorded.
    `hidden` names recorded objects under a delete marker, `grown` the new ranges of recorded objects,
    `new` and `late` objects nobody recorded, before and after the batch was sealed.
    """

    unchanged: tuple[ObjectChange, ...]
    changed: tuple[ObjectChange, ...]
    vanished: tuple[ObjectChange, ...]
    expired: tuple[ObjectChange, ...]
    unreadable: tuple[ObjectChange, ...]
    hidden: tuple[ObjectChange, ...]
    grown: tuple[ObjectChange, ...]
    new: tuple[ObjectChange, ...]
    late: tuple[ObjectChange, ...]

    @property
    def recorded(self) -> int:
        """How many recorded descriptors were compared."""
        return sum(map(len, (self.unchanged, self.changed, self.vanished, self.expired, self.unreadable)))


def group_recorded(descriptors: Sequence[ObjectDescriptor]) -> tuple[RecordedObject, ...]:
    """Group a manifest's descriptors by stored version, ordered by key, version, start."""
    groups: dict[tuple[str, str], list[ObjectDescriptor]] = {}
    for descriptor in sorted(descriptors, key=lambda d: (d.key, d.version, d.start)):
        groups.setdefault((descriptor.key, descriptor.version), []).append(descriptor)
    return tuple(RecordedObject(key, version, tuple(group)) for (key, version), group in groups.items())


def range_to_read(descriptor: ObjectDescriptor, size: int) -> tuple[int, int]:
    """Give the bytes to hash for a recorded descriptor of an object that now has `size` bytes."""
    return min(descriptor.start, size), min(descriptor.end, size)


def compare_batch(
    recorded: Sequence[ObjectDescriptor],
    observed: Sequence[Observed],
    *,
    terms: BatchTerms,
    now: dt.datetime,
    lost: Iterable[tuple[str, str, int]] = (),
) -> BatchComparison:
    """Sort every recorded descriptor and every observed object into what became of it.

    `lost` names (key, version, size) of objects that were listed, never read, and are gone: they vanish or expire as
    recorded ones do, with nothing recorded of their bytes.

    A recorded version that `observed` does not hold is gone, or unreadable when the listing was cut short.

    Raises:
        UsageError: `observed` holds one version twice.
    """
    seen = {(o.key, o.version): o for o in observed}
    if len(seen) != len(observed):
        raise UsageError(f"observed objects: {len(observed) - len(seen)} stand there twice, each once promised")
    sorter = _Sorter(terms, now)
    known = group_recorded(recorded)
    for group in known:
        absent = Reading.GONE if terms.listed_completely else Reading.UNREADABLE
        missing = Observed(group.key, group.version, 0, reading=absent, reason="the listing was cut short")
        sorter.sort(group, seen.get((group.key, group.version), missing))
    versions = {(group.key, group.version) for group in known}
    keys = {group.key for group in known}
    for item in sorted(observed, key=lambda o: (o.key, o.version)):
        if (item.key, item.version) not in versions and item.reading is not Reading.GONE:
            note = "another version of a recorded key" if item.key in keys else ""
            change = ObjectChange(item.key, item.version, 0, item.size, "", None, note)
            sorter.place("late" if terms.sealed else "new", change)
    for key, version, size in lost:
        change = ObjectChange(key, version, 0, size, "", None, "it was listed and never read")
        sorter.place("vanished" if terms.due_at(now) else "expired", change)
    return sorter.result()


class _Sorter:
    """Collects changes under the names of `BatchComparison`'s fields."""

    def __init__(self, terms: BatchTerms, now: dt.datetime) -> None:
        self._due = terms.due_at(now)
        self._placed: dict[str, list[ObjectChange]] = {f.name: [] for f in dataclasses.fields(BatchComparison)}

    def place(self, where: str, change: ObjectChange) -> None:
        self._placed[where].append(change)

    def sort(self, group: RecordedObject, found: Observed) -> None:
        same = True
        for descriptor in group.descriptors:
            where, now, note = self._fate(descriptor, found)
            same = same and where == "unchanged"
            self.place(where, _change(descriptor, now, note))
        if found.hidden and self._due and found.reading is not Reading.GONE:
            self.place("hidden", _change(group.descriptors[0], None, "a delete marker hides it"))
        if same and found.size > group.end:
            self.place("grown", ObjectChange(group.key, group.version, group.end, found.size, "", None))

    def _fate(self, descriptor: ObjectDescriptor, found: Observed) -> tuple[str, str | None, str]:
        if found.reading is Reading.UNREADABLE:
            return "unreadable", None, found.reason
        if found.reading is Reading.GONE:
            return ("vanished" if self._due else "expired"), None, ""
        start, end = range_to_read(descriptor, found.size)
        now = next((d.sha256 for d in found.digests if (d.start, d.end) == (start, end)), None)
        if end < descriptor.end:
            return "changed", now, f"cut from {descriptor.end} to {found.size} bytes"
        if now is None:
            return "unreadable", None, found.reason or "its recorded bytes were not read"
        return ("unchanged" if now == descriptor.sha256 else "changed"), now, ""

    def result(self) -> BatchComparison:
        ordered = {name: tuple(sorted(changes, key=_place_of)) for name, changes in self._placed.items()}
        return BatchComparison(**ordered)


def _place_of(change: ObjectChange) -> tuple[str, str, int]:
    return change.key, change.version, change.start


def _change(descriptor: ObjectDescriptor, now: str | None, note: str) -> ObjectChange:
    return ObjectChange(
        descriptor.key, descriptor.version, descriptor.start, descriptor.end, descriptor.sha256, now, note
    )
