"""The Activity Log, which tells of 90 days, and the AzureActivity table, where a workspace keeps it for longer."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.clouds.azure.activity_events import Operation, join_events, read_event, read_row
from dayseal.clouds.azure.calls import Ask, Calls
from dayseal.clouds.azure.log_queries import LogQueries, kql_text, kql_time
from dayseal.clouds.azure.values import Json, maybe_moment, write_moment
from dayseal.errors import FormatError
from dayseal.model import Window
from dayseal.model.route import Answer, Call, Missing
from dayseal.once import Once

# An hour less than it is kept: asked for more, it refuses, and clocks differ.
KEPT: Final = dt.timedelta(days=90) - dt.timedelta(hours=1)
CLUSTERS: Final = "microsoft.containerservice"
_VERSION: Final = "2015-04-01"
_COLUMNS: Final = (
    "TimeGenerated, OperationNameValue, CorrelationId, EventDataId, _ResourceId, Authorization, "
    "ActivityStatusValue, ActivitySubstatusValue, Caller, Properties"
)


class ActivityLog:
    """Lists what was done in a subscription by provider, or in a resource group by all, each once a run."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._answers: Once[tuple[str, str], Answer[tuple[Operation, ...]]] = Once()

    def operations(self, subscription: str, provider: str, window: Window) -> Answer[tuple[Operation, ...]]:
        """Give all operations of a provider (`microsoft.insights`) in a window, in order of time.

        The window of the first caller counts.
        """
        return self._listed(subscription, f"resourceProvider eq '{provider}'", window)

    def in_group(self, subscription: str, group: str, window: Window) -> Answer[tuple[Operation, ...]]:
        """Give all operations in a resource group, as `operations` does."""
        return self._listed(subscription, f"resourceGroupName eq '{group}'", window)

    def _listed(self, subscription: str, which: str, window: Window) -> Answer[tuple[Operation, ...]]:
        key = (subscription.casefold(), which.casefold())
        return self._answers.get(key, lambda: self._ask(subscription, which, window))

    def _ask(self, subscription: str, which: str, window: Window) -> Answer[tuple[Operation, ...]]:
        call = Call("insights", "eventtypes.list", f"/subscriptions/{subscription}")
        start, end = write_moment(window.start), write_moment(window.end)
        wanted = f"eventTimestamp ge '{start}' and eventTimestamp le '{end}' and {which}"
        path = f"/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values"
        listed = self._calls.list(Ask(call, path, _VERSION, {"$filter": wanted}))
        return listed.answer(lambda found: join_events(map(read_event, found.items())))


Told = tuple[dt.datetime, tuple[Operation, ...]]


class KeptActivity:
    """Asks workspaces, by their ids, for what was done in a subscription before the Activity Log's reach, once a run.

    A workspace that was not sent everything all the time does not say so.
    """

    def __init__(self, queries: LogQueries, workspaces: Sequence[str], names: Sequence[str]) -> None:
        self._queries = queries
        self._workspaces = tuple(workspaces)
        self._names = tuple(names)
        self._answers: Once[tuple[str, Window], Told | None] = Once()

    def operations(self, subscription: str, window: Window) -> Told | None:
        """Give from when on a workspace tells all of the window's changes, and them; None: none tells any.

        A table that lost its beginning tells from its first record on. What a workspace refuses shortens the reach.
        """
        return self._answers.get((subscription.casefold(), window), lambda: self._ask(subscription, window))

    def _ask(self, subscription: str, window: Window) -> Told | None:
        told = [found for guid in self._workspaces if (found := self._one(guid, subscription, window)) is not None]
        return min(told, key=lambda one: one[0], default=None)

    def _one(self, guid: str, subscription: str, window: Window) -> Told | None:
        here = f"AzureActivity | where SubscriptionId =~ {kql_text(subscription)}"
        first = self._queries.ask(guid, guid, f"{here} | summarize First=min(TimeGenerated)", window, _read_first)
        if isinstance(first, Missing) or first.value is None:
            return None
        names = ", ".join(map(kql_text, self._names))
        query = (
            f"{here} | where TimeGenerated >= {kql_time(window.start)} and TimeGenerated < {kql_time(window.end)}"
            f" | where OperationNameValue in~ ({names}) | project {_COLUMNS}"
        )
        rows = self._queries.ask(guid, guid, query, window, lambda found: join_events(map(read_row, found)))
        return None if isinstance(rows, Missing) else (max(first.value, window.start), rows.value)


def reach_of(now: dt.datetime) -> dt.datetime:
    """Give from when on the Activity Log tells of everything."""
    return now - KEPT


def _read_first(rows: tuple[Json, ...]) -> dt.datetime | None:
    if len(rows) != 1:
        raise FormatError(f"min(TimeGenerated): {len(rows)} rows, one promised")
    return maybe_moment(rows[0], "First")
