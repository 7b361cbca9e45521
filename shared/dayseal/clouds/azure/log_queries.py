"""Questions to Log Analytics workspaces, by Microsoft's own client; an answer that is not whole is no answer."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final, TypeVar

from azure.core.exceptions import AzureError
from azure.monitor.query import LogsQueryClient, LogsQueryPartialResult, LogsQueryResult, LogsTable

from dayseal.clouds.azure.calls import Calls
from dayseal.clouds.azure.refusals import RefusedError, missing_of
from dayseal.clouds.azure.values import Json, write_moment
from dayseal.errors import FormatError
from dayseal.model import Window
from dayseal.model.route import Answer, Call, Missing, Reason, read_answer
from dayseal.once import Once

T = TypeVar("T")
_SERVER_S: Final = 25  # less than what we wait for an answer
_MAX_WORDS: Final = 80


class LogQueries:
    """Asks workspaces by their ids; the connection is opened for the first question."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._client: Once[None, LogsQueryClient] = Once()

    def ask(
        self, workspace: str, guid: str, query: str, window: Window, read: Callable[[tuple[Json, ...]], T]
    ) -> Answer[T]:
        """Give what `read` makes of the rows; `workspace` names the workspace in facts, `guid` in the request.

        A partial result is Missing, INCOMPLETE, with its error's code: it would count too little.
        """
        call = Call("loganalytics", "query", workspace)
        self._calls.heard(call)
        try:
            client = self._client.get(None, self._open)
            timespan = (window.start, window.end)
            found = client.query_workspace(guid, query, timespan=timespan, server_timeout=_SERVER_S)
        except RefusedError as exc:
            return exc.missing
        except AzureError as exc:
            return missing_of(exc, call)
        except (KeyError, TypeError, ValueError, AttributeError) as exc:  # the client reads answers without care
            return Missing(Reason.CONTRADICTORY, call, f"the answer cannot be read: {type(exc).__name__}")
        if isinstance(found, LogsQueryPartialResult):
            return Missing(Reason.INCOMPLETE, call, _codes(found))
        return read_answer(lambda: read(_rows(found)), call)

    def _open(self) -> LogsQueryClient:
        sessions = self._calls.sessions
        return LogsQueryClient(sessions.credentials(), endpoint=sessions.access.logs, **sessions.client_options())


def kql_text(said: str) -> str:
    """Write a text into a query."""
    return '"' + said.replace("\\", "\\\\").replace('"', '\\"') + '"'


def kql_time(moment: dt.datetime) -> str:
    """Write a moment into a query."""
    return f"datetime({write_moment(moment)})"


def _rows(result: LogsQueryResult) -> tuple[Json, ...]:
    if len(result.tables) != 1:
        raise FormatError(f"query: {len(result.tables)} tables, one promised")
    table: LogsTable = result.tables[0]
    return tuple({name: _plain(value) for name, value in zip(table.columns, row, strict=True)} for row in table.rows)


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    """Write a moment as text again, as all other answers have it."""
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value


def _codes(found: LogsQueryPartialResult) -> str:
    error = found.partial_error
    inner = [str(one["code"]) for one in (error.details if error is not None else None) or () if "code" in one]
    codes = [str(error.code) if error is not None else "", *inner]
    return ": ".join(dict.fromkeys(filter(None, codes)))[:_MAX_WORDS] or "partial result"
