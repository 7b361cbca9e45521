"""Log Analytics: workspaces and tables as Resource Manager shows them, and the questions that dayseal asks them."""

import dataclasses
import datetime as dt
import re
from typing import Any, Final

from support.azure_routes import Answer, NotHereError, Request, Route

_SPACE: Final = r"(/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.OperationalInsights/workspaces/[^/]+)"
_BETWEEN: Final = re.compile(r"(\w+) >= datetime\(([^)]+)\) and \1 < datetime\(([^)]+)\)")
_CATEGORY: Final = re.compile(r'Category == "([^"]+)"')
_SUBSCRIPTION: Final = re.compile(r'SubscriptionId =~ "([^"]+)"')
_NAMES: Final = re.compile(r"in~ \(([^)]*)\)")

Body = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Records:
    """Some audit records of a cluster that a table holds, written in one hour."""

    table: str
    category: str
    resource: str
    at: dt.datetime
    count: int


class LogAnalytics:
    """Workspaces by id in lower case, and what they hold by their GUIDs; `partial` answers only in part."""

    def __init__(self) -> None:
        self.address = ""
        self.workspaces: dict[str, Body] = {}
        self.tables: dict[tuple[str, str], Body] = {}
        self.records: dict[str, list[Records]] = {}
        self.activity: dict[str, list[Body]] = {}
        self.partial: set[str] = set()
        self.queries: list[str] = []

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here; the client asks for a token for the address that it was given."""
        query = r"/v1/workspaces/([^/]+)/query"
        return (
            Route("operationalinsights:workspaces.get", "GET", _SPACE, self._workspace),
            Route("operationalinsights:tables.get", "GET", rf"{_SPACE}/tables/([^/]+)", self._table),
            Route("loganalytics:query", "POST", query, self._query, self.address),
        )

    def add_workspace(self, workspace: str, guid: str, **tables: tuple[str, int, int]) -> None:
        """Make a workspace with tables, each with its plan, retention and total retention in days."""
        kind = "Microsoft.OperationalInsights/workspaces"
        told = {"customerId": guid, "retentionInDays": 30, "provisioningState": "Succeeded",
                "sku": {"name": "PerGB2018"}}  # fmt: skip
        self.workspaces[workspace.lower()] = {
            "id": workspace, "name": workspace.rpartition("/")[2], "type": kind, "location": "westeurope",
            "properties": told,
        }  # fmt: skip
        for name, (plan, hot, total) in tables.items():
            kept = {"plan": plan, "retentionInDays": hot, "totalRetentionInDays": total,
                    "archiveRetentionInDays": total - hot, "provisioningState": "Succeeded"}  # fmt: skip
            body = {"id": f"{workspace}/tables/{name}", "name": name, "type": f"{kind}/tables", "properties": kept}
            self.tables[workspace.lower(), name.lower()] = body

    def _workspace(self, request: Request) -> Answer:
        found = self.workspaces.get(request.found[1].lower())
        if found is None:
            raise NotHereError
        return dict(found)

    def _table(self, request: Request) -> Answer:
        found = self.tables.get((request.found[1].lower(), request.found[2].lower()))
        if found is None:
            raise NotHereError("NotFound")
        return dict(found)

    def _query(self, request: Request) -> Answer:
        guid, text = request.found[1], request.body["query"]
        self.queries.append(text)
        assert request.body["timespan"].count("/") == 1
        table = text.split(" ", 1)[0]
        if table != "AzureActivity":
            found = self._count(guid, table, text)
        elif "min(TimeGenerated)" in text:
            times = [row["TimeGenerated"] for row in self._rows(guid, text)]
            found = _shown([("First", "datetime")], [[min(times, default=None)]])
        else:
            found = self._activity(guid, text)
        if guid in self.partial:
            inner = [{"code": "EngineError", "message": "somebody@example.com asked for too much"}]
            error = {"code": "PartialError", "message": "There were some errors.", "details": inner}
            return found | {"error": error}
        return found

    def _count(self, guid: str, table: str, text: str) -> Body:
        start, end = _bounds(text)
        category = _CATEGORY.findall(text)
        assert "summarize Events=count() by Resource=tolower(_ResourceId), Hour=bin(At, 1h)" in text
        sums: dict[tuple[str, str], int] = {}
        for record in self.records.get(guid, []):
            if record.table == table and start <= record.at < end and category in ([], [record.category]):
                hour = record.at.replace(minute=0, second=0, microsecond=0).isoformat().replace("+00:00", "Z")
                key = (record.resource.lower(), hour)
                sums[key] = sums.get(key, 0) + record.count
        columns = [("Resource", "string"), ("Hour", "datetime"), ("Events", "long")]
        return _shown(columns, [[resource, hour, count] for (resource, hour), count in sorted(sums.items())])

    def _activity(self, guid: str, text: str) -> Body:
        start, end = _bounds(text)
        names = {name.lower() for name in re.findall('"([^"]+)"', _NAMES.findall(text)[0])}
        columns = [name.strip() for name in text.rpartition("project ")[2].split(",")]
        kinds = [(name, "datetime" if name == "TimeGenerated" else "string") for name in columns]
        rows = [
            [row.get(name, "") for name in columns]
            for row in self._rows(guid, text)
            if row["OperationNameValue"].lower() in names
            and start <= dt.datetime.fromisoformat(row["TimeGenerated"]) < end
        ]
        return _shown(kinds, rows)

    def _rows(self, guid: str, text: str) -> list[Body]:
        wanted = _SUBSCRIPTION.findall(text)[0].lower()
        return [row for row in self.activity.get(guid, []) if row["SubscriptionId"].lower() == wanted]


def _bounds(text: str) -> tuple[dt.datetime, dt.datetime]:
    _, start, end = _BETWEEN.findall(text)[0]
    return dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end)


def _shown(columns: list[tuple[str, str]], rows: list[list[Any]]) -> Body:
    told = [{"name": name, "type": kind} for name, kind in columns]
    return {"tables": [{"name": "PrimaryResult", "columns": told, "rows": rows}]}
