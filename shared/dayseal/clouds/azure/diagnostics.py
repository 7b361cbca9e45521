"""Diagnostic settings of a cluster and the log categories it can write, by ARM: no client of the SDK has this call."""

from typing import Final

from dayseal.clouds.azure.calls import Ask, Calls
from dayseal.clouds.azure.values import Json, flag, part, parts, promised, text, texts, whole, word
from dayseal.errors import FormatError
from dayseal.model.route import Answer, Call, DiagnosticSetting, LogCategory, LogSwitch

_VERSION: Final = "2021-05-01-preview"
_SETTINGS: Final = "diagnosticSettings"
_CATEGORIES: Final = "diagnosticSettingsCategories"


class Diagnostics:
    """Asks about a cluster's settings, and about the categories it can write."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def settings(self, resource_id: str) -> Answer[tuple[DiagnosticSetting, ...]]:
        """Give the cluster's diagnostic settings; an empty tuple says that there are none."""
        listed = self._calls.list(_ask(resource_id, _SETTINGS))
        return listed.answer(lambda found: tuple(map(read_setting, found.items())))

    def categories(self, resource_id: str) -> Answer[tuple[LogCategory, ...]]:
        """Give the cluster's log categories, each with the groups it is in."""
        listed = self._calls.list(_ask(resource_id, _CATEGORIES))
        return listed.answer(lambda found: read_categories(found.items()))


def read_setting(item: Json) -> DiagnosticSetting:
    """Read one diagnostic setting with its destinations.

    Raises:
        FormatError: it has no name or properties, an entry names neither a category nor a group or does not say whether
            it is on, or the workspace's kind of tables is none we know.
    """
    properties = promised(item, "properties")
    if not text(item, "name"):
        raise FormatError("diagnosticSettings: a setting without a name")
    kind = word(properties, "logAnalyticsDestinationType", ("Dedicated", "AzureDiagnostics"), "AzureDiagnostics")
    return DiagnosticSetting(
        name=text(item, "name"),
        logs=tuple(_switch(entry) for entry in parts(properties, "logs")),
        storage_account=text(properties, "storageAccountId"),
        workspace=text(properties, "workspaceId"),
        event_hub_rule=text(properties, "eventHubAuthorizationRuleId") or text(properties, "serviceBusRuleId"),
        event_hub=text(properties, "eventHubName"),
        partner=text(properties, "marketplacePartnerId"),
        dedicated=kind == "Dedicated",
    )


def read_categories(listed: tuple[Json, ...]) -> tuple[LogCategory, ...]:
    """Read the log categories with their groups; those of metrics are left out.

    Raises:
        FormatError: one has no name, or is neither of logs nor of metrics.
    """
    found = []
    for item in listed:
        properties = part(item, "properties")
        if not text(item, "name"):
            raise FormatError("diagnosticSettingsCategories: a category without a name")
        if word(properties, "categoryType", ("Logs", "Metrics")) == "Logs":
            found.append(LogCategory(text(item, "name"), texts(properties, "categoryGroups")))
    return tuple(found)


def _ask(resource_id: str, kind: str) -> Ask:
    path = f"{resource_id}/providers/Microsoft.Insights/{kind}"
    return Ask(Call("insights", f"{kind}.list", resource_id), path, _VERSION)


def _switch(entry: Json) -> LogSwitch:
    category, group, on = text(entry, "category"), text(entry, "categoryGroup"), flag(entry, "enabled")
    if bool(category) == bool(group) or on is None:
        raise FormatError(f"diagnostic setting: {category!r} {group!r}, enabled {on}; one name promised")
    kept = part(entry, "retentionPolicy")
    days = whole(kept, "days") or 0 if flag(kept, "enabled") else 0
    return LogSwitch(category, group, enabled=on, retention_days=days)
