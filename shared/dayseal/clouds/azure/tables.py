"""The audit tables of a Log Analytics workspace: how long they keep records, and which plan answers queries."""

from typing import Final

from dayseal.clouds.azure.calls import Ask, Calls
from dayseal.clouds.azure.values import Json, part, text, whole, word
from dayseal.errors import FormatError
from dayseal.model.route import Answer, Call, Known, LogTable, Missing, read_answer
from dayseal.once import Once

AUDIT_TABLES: Final = ("AKSAudit", "AKSAuditAdmin", "AzureDiagnostics")
_INHERITED: Final = -1  # the workspace's retention
_VERSION: Final = "2022-10-01"


class Workspaces:
    """Asks about workspaces by their ids, each once a run."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._workspaces: Once[str, Answer[Json | None]] = Once()
        self._tables: Once[str, Answer[tuple[LogTable, ...] | None]] = Once()

    def guid(self, workspace: str) -> Answer[str | None]:
        """Give the id by which queries name a workspace, None: there is no such workspace."""
        found = self._workspace(workspace)
        if isinstance(found, Missing):
            return found
        answered = found.value
        return read_answer(lambda: None if answered is None else read_guid(answered), found.source)

    def tables(self, workspace: str) -> Answer[tuple[LogTable, ...] | None]:
        """Give the audit tables a workspace has, None: there is no such workspace."""
        return self._tables.get(workspace.casefold(), lambda: self._ask_tables(workspace))

    def _workspace(self, workspace: str) -> Answer[Json | None]:
        call = Call("operationalinsights", "workspaces.get", workspace)
        ask = Ask(call, workspace, _VERSION)
        return self._workspaces.get(
            workspace.casefold(), lambda: self._calls.ask(ask, lambda found: found, absent=lambda: None)
        )

    def _ask_tables(self, workspace: str) -> Answer[tuple[LogTable, ...] | None]:
        found = self._workspace(workspace)
        if isinstance(found, Missing) or found.value is None:
            return found if isinstance(found, Missing) else Known(None, found.source)
        tables: list[LogTable] = []
        for name in AUDIT_TABLES:
            answer = self._table(workspace, name, found.value)
            if isinstance(answer, Missing):
                return answer
            tables += answer.value
        return Known(tuple(tables), Call("operationalinsights", "tables.get", workspace))

    def _table(self, workspace: str, name: str, whole_workspace: Json) -> Answer[tuple[LogTable, ...]]:
        call = Call("operationalinsights", "tables.get", f"{workspace}/tables/{name}")
        ask = Ask(call, f"{workspace}/tables/{name}", _VERSION)
        return self._calls.ask(ask, lambda table: (read_table(table, whole_workspace),), absent=lambda: ())


def read_table(item: Json, workspace: Json) -> LogTable:
    """Read one table; where it leaves its retention to the workspace, that of the workspace.

    Raises:
        FormatError: its plan is none we know.
    """
    properties = part(item, "properties")
    plan = word(properties, "plan", ("Analytics", "Basic", "Auxiliary"))
    hot = whole(properties, "retentionInDays")
    if hot == _INHERITED:
        hot = whole(part(workspace, "properties"), "retentionInDays")
    total = whole(properties, "totalRetentionInDays")
    return LogTable(text(item, "name"), plan, hot, hot if total == _INHERITED else total)


def read_guid(workspace: Json) -> str:
    """Give the id by which queries name the workspace.

    Raises:
        FormatError: it has none.
    """
    found = text(part(workspace, "properties"), "customerId")
    if not found:
        raise FormatError("workspace: no customerId")
    return found
