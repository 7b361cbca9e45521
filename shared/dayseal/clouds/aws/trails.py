"""Which changes can have touched a cluster's route, from CloudTrail's own look-up or a trail's log files."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from dayseal.clouds.aws.calls import Calls
from dayseal.clouds.aws.changes import EventLookup, Pace
from dayseal.clouds.aws.places import ArchivePlace, Place, place_of_arn
from dayseal.clouds.aws.refusals import RefusedError
from dayseal.model import Window
from dayseal.model.route import Answer, ArchiveFacts, Call, ChangeTrail, Known, Missing, Reason
from dayseal.once import Once

_KEPT: Final = dt.timedelta(days=90)
_BUCKET_EVENTS: Final = ("PutBucket", "DeleteBucket", "PutObjectLock")
_KEY_EVENTS: Final = frozenset({"ScheduleKeyDeletion", "CancelKeyDeletion", "DisableKey", "EnableKey", "PutKeyPolicy"})


@dataclasses.dataclass(frozen=True, slots=True)
class Since:
    """From when on changes are looked up: in each place by itself, and `everywhere`; None: all there is."""

    everywhere: dt.datetime | None = None
    places: Mapping[Place, dt.datetime | None] = dataclasses.field(default_factory=dict)

    def of(self, place: Place) -> dt.datetime | None:
        """Give that of one place."""
        return self.places.get(place, self.everywhere)


ALL_THERE_IS: Final = Since()


class TrailFiles(Protocol):
    """A trail's own log files, where the settings name their bucket."""

    def answer(self, place: Place, names: tuple[str, ...], window: Window) -> Answer[ChangeTrail]:
        """Give the changes of these names in one account and Region."""
        ...


class Trails:
    """The changes that can have touched a cluster's route: in its own account and Region, and in the archive's.

    Of `names`, those of buckets and keys are looked up where the archive is, the others where the cluster is,
    each once a run and place. `since` says from when on, for one place or (for the archive) over all clusters;
    None: as far back as CloudTrail remembers. `files` are a trail's own log files: with them the look-up is not
    asked, and reaches further back.
    """

    def __init__(
        self,
        calls: Calls,
        names: tuple[str, ...],
        *,
        since: Since = ALL_THERE_IS,
        files: TrailFiles | None = None,
        pace: Callable[[], Pace] = Pace,
    ) -> None:
        self._calls = calls
        self._names = tuple(name for name in names if not _of_archive(name))
        self._archive_names = tuple(name for name in names if _of_archive(name))
        self._since = since
        self._files = files
        self._pace = pace
        self._paces: Once[Place, Pace] = Once()
        self._answers: Once[tuple[Place, tuple[str, ...]], Answer[ChangeTrail]] = Once()

    @staticmethod
    def nobody(place: Place) -> Missing:
        """Say that nobody looked for changes."""
        return Missing(Reason.NOT_ASKED, Call("cloudtrail", "LookupEvents", place.text), "changes were not asked for")

    def answer(
        self, place: Place, archive: ArchivePlace | None, facts: ArchiveFacts | None, now: dt.datetime
    ) -> Answer[ChangeTrail]:
        """Give the changes of both places as one trail; one that cannot be read leaves no trail to judge."""
        wanted = [(place, self._names, self._since.of(place))]
        if self._archive_names and archive is not None:
            wanted.append((_home_of(archive, facts, place), self._archive_names, self._since.everywhere))
        answers = [self._look_up(where, names, since, now) for where, names, since in wanted if names]
        missing = next((answer for answer in answers if isinstance(answer, Missing)), None)
        if missing is not None:
            return missing
        known = [answer for answer in answers if isinstance(answer, Known)]
        return _joined(known) if known else self.nobody(place)

    def _look_up(
        self, place: Place, names: tuple[str, ...], since: dt.datetime | None, now: dt.datetime
    ) -> Answer[ChangeTrail]:
        return self._answers.get((place, names), lambda: self._ask(place, names, since, now))

    def _ask(
        self, place: Place, names: tuple[str, ...], since: dt.datetime | None, now: dt.datetime
    ) -> Answer[ChangeTrail]:
        start = now - _KEPT if since is None else since
        if self._files is not None:
            return self._files.answer(place, names, Window(min(start, now), now))
        window = Window(min(max(start, now - _KEPT), now), now)
        try:
            home = Place(place.account or self._calls.sessions.account(), place.region)  # one pace for both its names
        except RefusedError as exc:
            return exc.missing
        lookup = EventLookup(self._calls, home, self._paces.get(home, self._pace))
        found = lookup.go_on(lookup.start(names, window))
        if found.ended is not None:
            return found.ended
        return Known(ChangeTrail(window, names, found.changes), lookup.call)


def _of_archive(name: str) -> bool:
    return name in _KEY_EVENTS or name.startswith(_BUCKET_EVENTS)


def _home_of(archive: ArchivePlace, facts: ArchiveFacts | None, place: Place) -> Place:
    """Say where the archive's own changes are recorded; an unplaced bucket counts as in the cluster's Region."""
    owner = facts.owner.value if facts is not None and isinstance(facts.owner, Known) else archive.account
    key = facts.key.value if facts is not None and isinstance(facts.key, Known) else None
    home = place_of_arn(key.name) if key is not None else None
    return Place(owner, archive.region or (home.region if home is not None else place.region))


def _joined(known: list[Known[ChangeTrail]]) -> Known[ChangeTrail]:
    trails = [answer.value for answer in known]
    window = Window(max(t.window.start for t in trails), min(t.window.end for t in trails))
    # Both places may be one, and an event is one event.
    changes = {change.event_id: change for trail in trails for change in trail.changes}
    names = tuple(dict.fromkeys(name for trail in trails for name in trail.names))
    objects = all(trail.object_level for trail in trails)
    resource = ", ".join(dict.fromkeys(answer.source.resource for answer in known))
    ordered = tuple(sorted(changes.values(), key=lambda change: (change.at, change.event_id)))
    call = Call(known[0].source.service, known[0].source.operation, resource)
    return Known(ChangeTrail(window, names, ordered, objects), call)
