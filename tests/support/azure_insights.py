"""Azure Monitor as Resource Manager shows it: diagnostic settings, categories, the Activity Log, alert rules."""

import datetime as dt
import re
from typing import Any, Final

from support.azure_routes import Answer, NotHereError, Page, Request, Route

_SUB: Final = r"/subscriptions/([^/]+)"
_BASE: Final = r"providers/Microsoft\.Insights"
_WHEN: Final = re.compile(r"eventTimestamp (ge|le) '([^']+)'")
_OF: Final = re.compile(r"(resourceProvider|resourceGroupName) eq '([^']+)'")
CATEGORIES: Final = {
    "kube-audit": ["allLogs", "audit"],
    "kube-audit-admin": ["allLogs", "audit"],
    "guard": ["allLogs"],
    "cluster-autoscaler": ["allLogs"],
}

Body = dict[str, Any]


class Insights:
    """What there is, by a resource's id in lower case or by subscription; tests change all of it."""

    def __init__(self) -> None:
        self.settings: dict[str, list[Body]] = {}
        self.categories: dict[str, list[Body]] = {}
        self.events: dict[str, list[Body]] = {}
        self.metric_alerts: dict[str, list[Body]] = {}
        self.query_rules: dict[str, list[Body]] = {}
        self.now = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        return (
            Route("insights:diagnosticSettings.list", "GET", rf"(/.+)/{_BASE}/diagnosticSettings", self._settings),
            Route("insights:diagnosticSettingsCategories.list", "GET", rf"(/.+)/{_BASE}/diagnosticSettingsCategories",
                  self._categories),
            Route("insights:eventtypes.list", "GET", rf"{_SUB}/{_BASE}/eventtypes/management/values", self._events),
            Route("insights:metricAlerts.list", "GET", rf"{_SUB}/{_BASE}/metricAlerts",
                  lambda asked: Page(self.metric_alerts.get(asked.found[1], []))),
            Route("insights:scheduledQueryRules.list", "GET", rf"{_SUB}/{_BASE}/scheduledQueryRules",
                  lambda asked: Page(self.query_rules.get(asked.found[1], []))),
        )  # fmt: skip

    def add_resource(self, resource: str, *settings: Body) -> None:
        """Make a resource that can write AKS's categories, with some diagnostic settings."""
        self.settings[resource.lower()] = [
            {"id": f"{resource}/providers/microsoft.insights/diagnosticSettings/{one['name']}",
             "type": "Microsoft.Insights/diagnosticSettings", **one}
            for one in settings
        ]  # fmt: skip
        kind = "microsoft.insights/diagnosticSettingsCategories"
        found = [(name, {"categoryType": "Logs", "categoryGroups": groups}) for name, groups in CATEGORIES.items()]
        self.categories[resource.lower()] = [
            {"id": f"{resource}/providers/{kind}/{name}", "type": kind, "name": name, "properties": told}
            for name, told in [*found, ("AllMetrics", {"categoryType": "Metrics"})]
        ]

    def happen(self, operation: str, resource: str, at: dt.datetime, *states: str, correlation: str = "",
               body: str = "", sub_status: str = "", caller: str = "alice@example.com") -> None:  # fmt: skip
        """Let something be done, shown in some states, a minute apart, as the Activity Log shows it."""
        subscription = resource.split("/")[2]
        events = self.events.setdefault(subscription, [])
        name = correlation or f"c0000000-0000-0000-0000-{len(events):012d}"
        for number, state in enumerate(states or ("Started", "Succeeded")):
            moment = at + dt.timedelta(minutes=number)
            shown = moment.isoformat(timespec="microseconds").replace("+00:00", "1Z")
            event_id = f"e0000000-0000-0000-0000-{len(events):012d}"
            events.append({
                "authorization": {"action": operation, "scope": resource},
                "caller": caller,
                "correlationId": name,
                "eventDataId": event_id,
                "eventName": {"value": "EndRequest", "localizedValue": "End request"},
                "id": f"{resource}/events/{event_id}/ticks/635574752669792776",
                "level": "Informational",
                "operationId": name,
                "operationName": {"value": operation, "localizedValue": operation},
                "resourceId": resource,
                "resourceGroupName": resource.split("/")[4],
                "resourceProviderName": {"value": operation.partition("/")[0], "localizedValue": "x"},
                "properties": {"requestbody": body} if body and not number else {},
                "status": {"value": state, "localizedValue": state},
                "subStatus": {"value": sub_status if state == "Failed" else "", "localizedValue": ""},
                "eventTimestamp": shown,
                "submissionTimestamp": shown,
                "subscriptionId": subscription,
            })  # fmt: skip

    def _settings(self, request: Request) -> Answer:
        return Page(_of(self.settings, request.found[1]))

    def _categories(self, request: Request) -> Answer:
        return Page(_of(self.categories, request.found[1]))

    def _events(self, request: Request) -> Answer:
        assert request.query["api-version"] == "2015-04-01"
        asked = request.query["$filter"]
        ((by, wanted),), bounds = _OF.findall(asked), dict(_WHEN.findall(asked))
        start, end = (dt.datetime.fromisoformat(bounds[sign]) for sign in ("ge", "le"))
        assert start >= self.now - dt.timedelta(days=90), "the Activity Log refuses to look further back"
        return Page([
            event for event in self.events.get(request.found[1], [])
            if _told(event, by).lower() == wanted.lower()
            and start <= dt.datetime.fromisoformat(event["eventTimestamp"]) <= end
        ])  # fmt: skip


def setting(name: str, *entries: str, days: int = 0, **to: Any) -> Body:  # noqa: ANN401 - any destination
    """Give a diagnostic setting with categories, `@group` for a group and `-` before what is off."""
    logs = []
    for entry in entries:
        told = entry.removeprefix("-")
        named = {"categoryGroup": told[1:], "category": None} if told[0] == "@" else {"category": told}
        kept = {"enabled": bool(days), "days": days}
        logs.append({**named, "enabled": not entry.startswith("-"), "retentionPolicy": kept})
    return {"name": name, "properties": {"logs": logs, "metrics": [], "workspaceId": None, **to}}


def _told(event: Body, by: str) -> str:
    return str(event["resourceGroupName"] if by == "resourceGroupName" else event["resourceProviderName"]["value"])


def _of(held: dict[str, list[Body]], resource: str) -> list[Body]:
    if resource.lower() not in held:
        raise NotHereError
    return held[resource.lower()]
