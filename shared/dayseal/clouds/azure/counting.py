"""How many audit records workspaces hold, by the hour: one question for all clusters that share a table."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Final

from dayseal.clouds.azure.log_queries import LogQueries, kql_text, kql_time
from dayseal.clouds.azure.tables import Workspaces
from dayseal.clouds.azure.values import Json, read_moment, text, whole
from dayseal.errors import FormatError
from dayseal.model import Window
from dayseal.model.route import Answer, Call, HourlyCounts, Known, Missing, Reason
from dayseal.once import Once

SHARED: Final = "AzureDiagnostics"
_QUERYABLE: Final = "Analytics"
# The moment at which the event was written. The shared table has it only inside of the record. A record that was cut
# at 16 KiB may not have it: then Azure's own time will do.
_OWN_TIME: Final = "coalesce(StageReceivedTime, TimeGenerated)"
_TIME_INSIDE: Final = 'coalesce(todatetime(extract(\'"stageTimestamp":"([^"]+)"\', 1, log_s)), TimeGenerated)'

Hours = tuple[tuple[dt.datetime, float], ...]


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class CountedPlace:
    """Where records can be counted: a workspace's table (`AKSAudit`, `AKSAuditAdmin` or the shared one), a category."""

    workspace: str
    table: str
    category: str


class Counting:
    """Counts records, in each place and window once a run."""

    def __init__(self, queries: LogQueries, workspaces: Workspaces) -> None:
        self._queries = queries
        self._workspaces = workspaces
        self._answers: Once[tuple[CountedPlace, Window], Answer[Mapping[str, Hours]]] = Once()

    def hours(self, place: CountedPlace, resource_id: str, window: Window) -> Answer[HourlyCounts]:
        """Give a cluster's records by the hour in which they were written; `window` begins and ends with one."""
        found = self._answers.get((place, window), lambda: self._ask(place, window))
        if isinstance(found, Missing):
            return found
        hours = found.value.get(resource_id.casefold(), ())
        return Known(HourlyCounts(place.table, resource_id, window, hours, own_time=True), found.source)

    def _ask(self, place: CountedPlace, window: Window) -> Answer[Mapping[str, Hours]]:
        refused = self._refusal(place)
        if refused is not None:
            return refused
        guid = self._workspaces.guid(place.workspace)
        if isinstance(guid, Missing):
            return guid
        if guid.value is None:
            return Missing(Reason.NOT_FOUND, guid.source, "no such workspace")
        return self._queries.ask(place.workspace, guid.value, _query(place, window), window, _read_hours)

    def _refusal(self, place: CountedPlace) -> Missing | None:
        """Say why the table cannot be asked: only plan Analytics answers a question about all of its records."""
        call = Call("loganalytics", "query", place.workspace)
        tables = self._workspaces.tables(place.workspace)
        if isinstance(tables, Missing):
            return tables
        table = next((t for t in tables.value or () if t.name.casefold() == place.table.casefold()), None)
        if table is None:
            return Missing(Reason.NOT_FOUND, call, f"no table {place.table}")
        if table.plan != _QUERYABLE:
            return Missing(Reason.NOT_ASKED, call, f"table {place.table} has plan {table.plan}, which does not count")
        return None


def _query(place: CountedPlace, window: Window) -> str:
    shared = place.table == SHARED
    rows = f"{place.table} | where Category == {kql_text(place.category)}" if shared else place.table
    moment = _TIME_INSIDE if shared else _OWN_TIME
    between = f"At >= {kql_time(window.start)} and At < {kql_time(window.end)}"
    by = "Resource=tolower(_ResourceId), Hour=bin(At, 1h)"
    return f"{rows} | extend At={moment} | where {between} | summarize Events=count() by {by}"


def _read_hours(rows: tuple[Json, ...]) -> Mapping[str, Hours]:
    found: dict[str, dict[dt.datetime, float]] = {}
    for row in rows:
        hour, events = read_moment(text(row, "Hour")), whole(row, "Events")
        if events is None or (hour.minute, hour.second, hour.microsecond) != (0, 0, 0):
            raise FormatError(f"counts: {events} at {hour:%H:%M:%S}, whole hours promised")
        found.setdefault(text(row, "Resource").casefold(), {})[hour] = float(events)
    return {name: tuple(sorted(hours.items())) for name, hours in found.items()}
