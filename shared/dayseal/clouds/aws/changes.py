"""Configuration changes from CloudTrail's own look-up: by event name, slowly, and to be taken up again."""

import dataclasses
import datetime as dt
import json
import threading
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from dayseal.clouds.aws.calls import Calls
from dayseal.clouds.aws.once import Once
from dayseal.clouds.aws.places import ArchivePlace, Place, place_of_arn
from dayseal.errors import FormatError
from dayseal.model import Window
from dayseal.model.route import (
    Answer,
    ArchiveFacts,
    Call,
    ChangeTrail,
    ConfigChange,
    Known,
    Missing,
    Reason,
)

_KEPT: Final = dt.timedelta(days=90)
_PER_SECOND: Final = 2.0  # CloudTrail's limit for one account and Region
_PAGE: Final = 50
_BUCKET_EVENTS: Final = ("PutBucket", "DeleteBucket", "PutObjectLock")
_KEY_EVENTS: Final = frozenset({"ScheduleKeyDeletion", "CancelKeyDeletion", "DisableKey", "EnableKey", "PutKeyPolicy"})


class Pace:
    """Lets a call pass so many times a second, whichever thread makes it."""

    def __init__(
        self,
        per_second: float = _PER_SECOND,
        *,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gap_s = 1.0 / per_second
        self._wait = wait
        self._clock = clock
        self._next_s = 0.0
        self._lock = threading.Lock()

    def take(self) -> None:
        """Wait for the next turn."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next_s)
            self._next_s = turn + self._gap_s
        if turn > now:
            self._wait(turn - now)


@dataclasses.dataclass(frozen=True, slots=True)
class Cursor:
    """Where a look-up stopped: its window, and what is still to ask: event names, each with its page token."""

    window: Window
    pending: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class LookedUp:
    """What a look-up gave so far; `rest` None: it is complete. `ended` says why it could not go on."""

    changes: tuple[ConfigChange, ...]
    rest: Cursor | None
    ended: Missing | None = None


class EventLookup:
    """Looks events up in one account and Region."""

    def __init__(self, calls: Calls, place: Place, pace: Pace) -> None:
        self._calls = calls
        self._place = place
        self._pace = pace

    @property
    def call(self) -> Call:
        """The call, as facts name it."""
        return Call("cloudtrail", "LookupEvents", self._place.text)

    def start(self, names: tuple[str, ...], window: Window) -> Cursor:
        """Begin a look-up of these event names; it is asked nothing yet."""
        return Cursor(window, tuple((name, "") for name in names))

    def go_on(self, cursor: Cursor, *, max_requests: int | None = None) -> LookedUp:
        """Ask page after page, at most `max_requests` of them; what is left is in `rest`, to be gone on with later."""
        pending, requests = list(cursor.pending), 0
        changes: list[ConfigChange] = []
        while pending and (max_requests is None or requests < max_requests):
            name, token = pending[0]
            self._pace.take()
            requests += 1
            answer = self._page(name, token, cursor.window)
            if isinstance(answer, Missing):
                return LookedUp(tuple(changes), Cursor(cursor.window, tuple(pending)), answer)
            found, following = answer.value
            changes += found
            pending[0:1] = [(name, following)] if following else []
        return LookedUp(tuple(changes), Cursor(cursor.window, tuple(pending)) if pending else None)

    def _page(self, name: str, token: str, window: Window) -> Answer[tuple[list[ConfigChange], str]]:
        following: dict[str, Any] = {"NextToken": token} if token else {}
        return self._calls.ask(
            self._place,
            self.call,
            lambda found: ([_change(event) for event in found["Events"]], str(found.get("NextToken") or "")),
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": name}],
            StartTime=window.start,
            EndTime=window.end,
            MaxResults=_PAGE,
            **following,
        )


class TrailFiles(Protocol):
    """A trail's own log files, where the settings name their bucket."""

    def answer(self, place: Place, names: tuple[str, ...], window: Window) -> Answer[ChangeTrail]:
        """Give the changes of these names in one account and Region."""
        ...


class Trails:
    """The changes that can have touched a cluster's route: in its own account and Region, and in the archive's.

    Of `names`, those of buckets and keys are looked up where the archive is, the others where the cluster is,
    each once a run and place. `since` None: as far back as CloudTrail remembers. `files` are a trail's own log
    files: with them the look-up is not asked, and reaches further back.
    """

    def __init__(
        self,
        calls: Calls,
        names: tuple[str, ...],
        *,
        since: dt.datetime | None = None,
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
        wanted = [(place, self._names)]
        if self._archive_names and archive is not None:
            wanted.append((_home_of(archive, facts, place), self._archive_names))
        answers = [self._look_up(where, names, now) for where, names in wanted if names]
        missing = next((answer for answer in answers if isinstance(answer, Missing)), None)
        if missing is not None:
            return missing
        known = [answer for answer in answers if isinstance(answer, Known)]
        return _joined(known) if known else self.nobody(place)

    def _look_up(self, place: Place, names: tuple[str, ...], now: dt.datetime) -> Answer[ChangeTrail]:
        return self._answers.get((place, names), lambda: self._ask(place, names, now))

    def _ask(self, place: Place, names: tuple[str, ...], now: dt.datetime) -> Answer[ChangeTrail]:
        start = now - _KEPT if self._since is None else self._since
        if self._files is not None:
            return self._files.answer(place, names, Window(min(start, now), now))
        window = Window(min(max(start, now - _KEPT), now), now)
        lookup = EventLookup(self._calls, place, self._paces.get(place, self._pace))
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


def _change(event: Any) -> ConfigChange:  # noqa: ANN401 - botocore's answer
    said, detail = str(event.get("CloudTrailEvent") or ""), None
    try:
        detail = json.loads(said)
    except (ValueError, RecursionError):
        detail = None
    if not isinstance(detail, dict):
        # Kept as it is: the check cannot read it either, and says so.
        return ConfigChange(
            event["EventTime"], event["EventName"], event["EventId"], said or "?", str(event.get("Username", ""))
        )
    return read_change(detail, event["EventTime"])


def read_change(detail: dict[str, Any], at: dt.datetime) -> ConfigChange:
    """Read one CloudTrail record, as the look-up and log files hold it.

    Raises:
        FormatError: it has no name or no id.
    """
    if not detail.get("eventName") or not detail.get("eventID"):
        raise FormatError("CloudTrail record: no eventName or no eventID")
    request, identity = detail.get("requestParameters"), detail.get("userIdentity") or {}
    return ConfigChange(
        at=at,
        name=str(detail["eventName"]),
        event_id=str(detail["eventID"]),
        parameters="" if request is None else json.dumps(request, separators=(",", ":")),
        actor=str(identity.get("arn") or identity.get("invokedBy") or identity.get("type") or ""),
        error=str(detail.get("errorCode") or ""),
    )
