"""Events of the Activity Log, as ARM lists them or a workspace's AzureActivity table keeps them, and what they join to.

One operation is shown as several events (Started, Accepted, Succeeded); they share a correlation id. A deployment's
operations on many resources share one too, so the operation and the resource count as well.
"""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Final

from dayseal.clouds.azure.values import NOTHING, Json, part, read_moment, text
from dayseal.errors import FormatError

_FAILED: Final = frozenset({"failed", "failure"})
_DONE: Final = frozenset({"succeeded", "success"})
_CANCELED: Final = frozenset({"canceled", "cancelled"})
_BODIES: Final = ("requestbody", "requestBody", "RequestBody")


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """One event; `body` is the request's, where the log has it. `caller` is PERSONAL."""

    at: dt.datetime
    operation: str
    resource: str
    status: str
    sub_status: str
    correlation: str
    event_id: str
    caller: str
    body: Json | None = None

    @property
    def failed(self) -> bool:
        """Say whether the operation failed."""
        return self.status.casefold() in _FAILED

    @property
    def over(self) -> bool:
        """Say whether the operation goes no further."""
        return self.canceled or self.status.casefold() in _FAILED | _DONE

    @property
    def canceled(self) -> bool:
        """Say whether the operation was broken off, which may leave some of it done."""
        return self.status.casefold() in _CANCELED


@dataclasses.dataclass(frozen=True, slots=True)
class Operation:
    """All events of one operation on one resource, in order of time, at least one."""

    events: tuple[Event, ...]

    @property
    def first(self) -> Event:
        """The event with which it began."""
        return self.events[0]

    @property
    def last(self) -> Event:
        """The event with which it ended, else the latest."""
        return next((event for event in reversed(self.events) if event.over), self.events[-1])

    @property
    def error(self) -> str:
        """Its error's code, `""` where it worked, or where nothing says that it did not."""
        if not self.last.failed or any(event.status.casefold() in _DONE for event in self.events):
            return ""
        return self.last.sub_status or self.last.status

    @property
    def body(self) -> Json | None:
        """The request's body, None where no event has it."""
        return next((event.body for event in self.events if event.body is not None), None)


def join_events(events: Iterable[Event]) -> tuple[Operation, ...]:
    """Join events to operations, in order of time; an event that is told twice counts once."""
    groups: dict[tuple[str, str, str], dict[str, Event]] = {}
    for event in events:
        key = (event.correlation, event.operation.casefold(), event.resource.casefold())
        groups.setdefault(key, {})[event.event_id] = event
    found = [Operation(tuple(sorted(group.values(), key=_order))) for group in groups.values()]
    return tuple(sorted(found, key=lambda one: _order(one.first)))


def read_event(item: Json) -> Event:
    """Read one event as ARM lists it.

    Raises:
        FormatError: it has no operation, no correlation id, no id of its own or no time.
    """
    return _event(
        at=text(item, "eventTimestamp"),
        names=(_value(item, "operationName"), text(item, "correlationId"), text(item, "eventDataId")),
        resource=_longer(text(item, "resourceId"), text(part(item, "authorization"), "scope")),
        states=(_value(item, "status"), _value(item, "subStatus")),
        caller=text(item, "caller"),
        properties=part(item, "properties"),
    )


def read_row(row: Json) -> Event:
    """Read one row of AzureActivity, whose inner objects are texts; raises as `read_event` does."""
    return _event(
        at=text(row, "TimeGenerated"),
        names=(text(row, "OperationNameValue"), text(row, "CorrelationId"), text(row, "EventDataId")),
        resource=_longer(text(row, "_ResourceId"), text(_parsed(text(row, "Authorization")) or NOTHING, "scope")),
        states=(text(row, "ActivityStatusValue"), text(row, "ActivitySubstatusValue")),
        caller=text(row, "Caller"),
        properties=_parsed(text(row, "Properties")) or NOTHING,
    )


def _event(
    *, at: str, names: Sequence[str], resource: str, states: Sequence[str], caller: str, properties: Json
) -> Event:
    operation, correlation, event_id = names
    if not (operation and correlation and event_id):
        raise FormatError("activity event: no operationName, correlationId or eventDataId")
    said = next((body for name in _BODIES if isinstance(body := properties.get(name), str)), "")
    return Event(
        read_moment(at), operation, resource, states[0], states[1], correlation, event_id, caller, _parsed(said)
    )


def _value(item: Json, name: str) -> str:
    """Read a text that comes with its translation."""
    return text(part(item, name), "value")


def _longer(resource: str, scope: str) -> str:
    """Give what was changed: the scope asked for where it lies inside the resource that is named."""
    inside = scope.casefold().startswith(f"{resource.casefold().rstrip('/')}/")
    return scope if not resource or inside else resource


def _parsed(said: str) -> Json | None:
    try:
        found = json.loads(said) if said else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _order(event: Event) -> tuple[dt.datetime, str]:
    return (event.at, event.event_id)
