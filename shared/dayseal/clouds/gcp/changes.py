"""Which changes can have touched a cluster's route, from the Admin Activity entries of every level above it."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from google.cloud.logging_v2.types import LogEntry

from dayseal.clouds.gcp.entries import ACTIVITY, Entries, audit_payload, compact, filter_of
from dayseal.clouds.gcp.moments import read_moment
from dayseal.errors import FormatError
from dayseal.model import Window
from dayseal.model.route import Answer, Call, ChangeTrail, ConfigChange, Known, Missing, Reason, read_answer
from dayseal.once import Once

_KEPT: Final = dt.timedelta(days=400)
_SHOWN: Final = ("request", "serviceData", "metadata")


@dataclasses.dataclass(frozen=True, slots=True)
class Since:
    """From when on changes are looked up: of each resource by itself, and `everywhere`; None: all there is."""

    everywhere: dt.datetime | None = None
    places: Mapping[str, dt.datetime | None] = dataclasses.field(default_factory=dict)

    def of(self, place: str) -> dt.datetime | None:
        """Give that of one resource (`projects/P`)."""
        return self.places.get(place, self.everywhere)


ALL_THERE_IS: Final = Since()


class Trails:
    """Looks changes up by method, in each project, folder and organisation once a run.

    `since` says from when on; None: the 400 days that Admin Activity is kept.
    """

    def __init__(self, entries: Entries, names: tuple[str, ...], *, since: Since = ALL_THERE_IS) -> None:
        self._entries = entries
        self._names = names
        self._since = since
        self._loaded: dict[str, Answer[tuple[LogEntry, ...]]] = {}
        self._answers: Once[str, Answer[ChangeTrail]] = Once()

    def load(self, places: Sequence[str], now: dt.datetime) -> None:
        """Ask many resources ahead with few requests; before anything is answered from several threads."""
        by_window: dict[Window, list[str]] = {}
        for place in dict.fromkeys(places):
            if place not in self._loaded:
                by_window.setdefault(self._window(place, now), []).append(place)
        for window, names in by_window.items():
            self._loaded |= self._entries.read_many(names, self._filter(window))

    @staticmethod
    def nobody(place: str) -> Missing:
        """Say that nobody looked for changes."""
        return Missing(Reason.NOT_ASKED, Call("logging", "entries.list", place), "changes were not asked for")

    def answer(self, places: Sequence[str], now: dt.datetime) -> Answer[ChangeTrail]:
        """Give the changes of several resources as one trail; one that cannot be read leaves no trail to judge."""
        answers = [self._answers.get(place, lambda place=place: self._ask(place, now)) for place in places]  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        missing = next((answer for answer in answers if isinstance(answer, Missing)), None)
        if missing is not None:
            return missing
        return _joined([answer for answer in answers if isinstance(answer, Known)])

    def _ask(self, place: str, now: dt.datetime) -> Answer[ChangeTrail]:
        window = self._window(place, now)
        found = self._loaded.get(place) or self._entries.read(place, self._filter(window))
        if isinstance(found, Missing):
            return found
        return read_answer(lambda: ChangeTrail(window, self._names, tuple(map(read_change, found.value))), found.source)

    def _window(self, place: str, now: dt.datetime) -> Window:
        since = self._since.of(place) or now - _KEPT
        return Window(min(max(since, now - _KEPT), now), now)

    def _filter(self, window: Window) -> str:
        methods = " OR ".join(f'"{name}"' for name in self._names)
        return filter_of(ACTIVITY, window, f"protoPayload.methodName=({methods})")


def read_change(entry: LogEntry) -> ConfigChange:
    """Read one Admin Activity entry.

    Raises:
        FormatError: it has no method, no id or no time.
    """
    payload = audit_payload(entry)
    name, at = str(payload.get("methodName") or ""), entry.timestamp
    if not (name and entry.insert_id and at is not None):
        raise FormatError("Admin Activity entry: no methodName, insertId or timestamp")
    said: dict[str, Any] = {"resourceName": str(payload.get("resourceName") or "")}
    said |= {part: payload[part] for part in _SHOWN if payload.get(part)}
    delta = payload.get("serviceData", {}).get("policyDelta")
    code = int(payload.get("status", {}).get("code") or 0)
    return ConfigChange(
        at=read_moment(at.isoformat()),
        name=name,
        event_id=entry.insert_id,
        parameters=compact(said | ({"policyDelta": delta} if delta else {})),
        actor=str(payload.get("authenticationInfo", {}).get("principalEmail") or ""),
        error=str(code) if code else "",
    )


def _joined(known: Sequence[Known[ChangeTrail]]) -> Known[ChangeTrail]:
    trails = [answer.value for answer in known]
    window = Window(max(t.window.start for t in trails), min(t.window.end for t in trails))
    changes = {(change.at, change.event_id): change for trail in trails for change in trail.changes}
    ordered = tuple(changes[key] for key in sorted(changes))
    names = tuple(dict.fromkeys(name for trail in trails for name in trail.names))
    resource = ", ".join(dict.fromkeys(answer.source.resource for answer in known))
    return Known(ChangeTrail(window, names, ordered), Call("logging", "entries.list", resource))
