"""Configuration changes from CloudTrail's own look-up: by event name, slowly, and to be taken up again."""

import dataclasses
import datetime as dt
import json
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from dayseal.clouds.aws.calls import Calls
from dayseal.clouds.aws.places import Place
from dayseal.errors import FormatError
from dayseal.model import Window
from dayseal.model.route import Answer, Call, ConfigChange, Missing

_PER_SECOND: Final = 2.0  # CloudTrail's limit for one account and Region
_PAGE: Final = 50


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
