"""Changes on an AKS route, as the Activity Log tells them; it often leaves out what a write set."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Final

from dayseal.checks.aks.archive_changes import ARCHIVE_OPERATIONS, archive_effect
from dayseal.checks.aks.categories import ADMIN, AUDIT, KUBE_AUDIT, Switched, all_on, switched_on, unresolved
from dayseal.checks.aks.retention import SHARED_TABLE, TABLES
from dayseal.checks.aks.ways import Reach, wanted, ways_of
from dayseal.checks.change_words import ChangeEffect, Effect, RouteView, parse_request
from dayseal.checks.route_terms import Grade, RouteThresholds
from dayseal.model.route import ConfigChange, DiagnosticSetting, Known, LogSwitch, RouteFacts

_SETTINGS: Final = "microsoft.insights/diagnosticsettings"
_CLUSTERS: Final = "microsoft.containerservice/managedclusters"
_WORKSPACES: Final = "microsoft.operationalinsights/workspaces"
_ARRIVING: Final = frozenset({Reach.ARCHIVE, Reach.DECLARED})
_ASPECT: Final = "diagnostic settings"  # one aspect: what one setting no longer sends, another may


def aks_effect(change: ConfigChange, facts: RouteFacts, thresholds: RouteThresholds) -> ChangeEffect | None:
    """Say what a change meant for this cluster's route; None when it failed or is about something else.

    `parameters` hold the `resourceId` that was changed and, where the log has it, the request's `body`. An
    operation that the log shows in several states, such as `Started` and `Succeeded`, is one change.
    """
    if change.error:
        return None
    request = parse_request(change.parameters)
    if request is None:
        return ChangeEffect("request", Effect.UNCLEAR, f"{change.name} with a request that cannot be read")
    view = RouteView(change, facts, thresholds, request)
    handler = _HANDLERS.get(change.name.casefold())
    if handler is None:
        return ChangeEffect(change.name, Effect.UNCLEAR, f"{change.name}, which no rule here knows")
    return handler(view)


def _setting(view: RouteView) -> ChangeEffect | None:
    resource = view.text("resourceId").casefold()
    if not resource.startswith(f"{view.facts.aks.resource_id.casefold()}/providers/{_SETTINGS}/"):
        return None
    name = resource.rpartition("/")[2]
    if view.change.name.casefold().endswith("/delete"):
        return _lost(view, name, f"diagnostic setting {name} deleted")
    written = _read(view, name)
    if written is None:
        return _untold(view, name)
    probe = _only(view.facts, written)
    sent = _arriving(view, probe)
    if sent & _full_enough(view):
        return ChangeEffect(_ASPECT, Effect.RESTORED, f"diagnostic setting {name} set to send audit to the archive")
    if unresolved(switched_on(probe.aks)):
        return ChangeEffect(_ASPECT, Effect.UNCLEAR, f"diagnostic setting {name} set to a group that is not resolved")
    if sent and KUBE_AUDIT not in all_on(switched_on(view.facts.aks)):
        said = f"diagnostic setting {name} set to send {ADMIN} alone, without reads; what it sent before is not told"
        return ChangeEffect(_ASPECT, Effect.UNCLEAR, said)
    return _lost(view, name, f"diagnostic setting {name} set so that it does not send {KUBE_AUDIT} to the archive")


def _untold(view: RouteView, name: str) -> ChangeEffect:
    """Judge a write without its request: the state after the last write of a setting is the one there is now."""
    told = f"diagnostic setting {name} changed, in a way the log does not tell"
    now = next((item for item in switched_on(view.facts.aks) if item.setting.name.casefold() == name), None)
    writes = _writes(view, name)
    if now is not None and _carries(view, now) and all(change.at <= view.change.at for change in writes):
        # Of several, an earlier one may have taken it away; this one gave it back.
        effect = Effect.NEUTRAL if len(writes) == 1 else Effect.RESTORED
        return ChangeEffect(_ASPECT, effect, f"{told}; it sends audit to the archive now")
    if _others_carry(view, name):
        return ChangeEffect(_ASPECT, Effect.NEUTRAL, f"{told}; another one sends audit to the archive")
    return ChangeEffect(_ASPECT, Effect.UNCLEAR, told)


def _lost(view: RouteView, name: str, words: str) -> ChangeEffect:
    if _others_carry(view, name):
        return ChangeEffect(_ASPECT, Effect.NEUTRAL, f"{words}; another one sends audit to the archive")
    return ChangeEffect(_ASPECT, Effect.REDUCED, words)


def _others_carry(view: RouteView, name: str) -> bool:
    """Say whether another setting that nobody touched since sends audit to the archive."""
    for item in switched_on(view.facts.aks):
        other = item.setting.name.casefold()
        later = [change for change in _writes(view, other) if change.at >= view.change.at]
        if other != name and not later and _carries(view, item):
            return True
    return False


def _carries(view: RouteView, item: Switched) -> bool:
    needed = wanted(view.facts, view.thresholds)
    return bool(_arriving(view, _only(view.facts, item.setting)) & set(needed))


def _arriving(view: RouteView, facts: RouteFacts) -> set[str]:
    """Give the audit categories that a route's settings send to the archive, whichever container is named."""
    return {
        way.category
        for way in ways_of(facts, view.thresholds)
        if way.reach in _ARRIVING or way.reach is Reach.CONTAINER
    }


def _full_enough(view: RouteView) -> set[str]:
    return set(AUDIT) if view.thresholds.coverage_minimum is Grade.WRITES_ONLY else {KUBE_AUDIT}


def _only(facts: RouteFacts, setting: DiagnosticSetting) -> RouteFacts:
    """Give the route as it would be with one setting alone."""
    asked = facts.aks.settings
    answer = Known((setting,), asked.source if isinstance(asked, Known) else asked.call)
    return dataclasses.replace(facts, source=dataclasses.replace(facts.aks, settings=answer))


def _writes(view: RouteView, name: str) -> list[ConfigChange]:
    """Give the successful changes of one setting that the trail holds."""
    trail = view.facts.changes
    end = f"{view.facts.aks.resource_id.casefold()}/providers/{_SETTINGS}/{name}"
    return [
        change
        for change in (trail.value.changes if isinstance(trail, Known) else ())
        if not change.error and _resource(change) == end
    ]


def _resource(change: ConfigChange) -> str:
    request = parse_request(change.parameters)
    named = request.get("resourceId") if request is not None else None
    return named.casefold() if isinstance(named, str) else ""


def _read(view: RouteView, name: str) -> DiagnosticSetting | None:
    """Read the setting a request writes, None where the log does not hold it."""
    logs = view.says("body", "properties", "logs")
    if not isinstance(logs, list):
        return None
    entries = [entry for entry in logs if isinstance(entry, Mapping)]
    return DiagnosticSetting(
        name,
        tuple(
            LogSwitch(_word(e, "category"), _word(e, "categoryGroup"), enabled=e.get("enabled") is True)
            for e in entries
        ),
        storage_account=view.text("body", "properties", "storageAccountId"),
        workspace=view.text("body", "properties", "workspaceId"),
        event_hub_rule=view.text("body", "properties", "eventHubAuthorizationRuleId"),
        event_hub=view.text("body", "properties", "eventHubName"),
        partner=view.text("body", "properties", "marketplacePartnerId"),
    )


def _word(entry: Mapping[str, object], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _table(view: RouteView) -> ChangeEffect | None:
    workspace, _, table = view.text("resourceId").casefold().partition("/tables/")
    used = {way.destination.casefold() for way in ways_of(view.facts, view.thresholds) if way.reach is Reach.WORKSPACE}
    tables = {name.casefold() for name in (*TABLES.values(), SHARED_TABLE)}
    if workspace not in used or (table and table not in tables):
        return None
    what = f"table {table}" if table else "the workspace"
    if view.change.name.casefold().endswith("/delete"):
        return ChangeEffect(what, Effect.REDUCED, f"{what} of {workspace.rpartition('/')[2]} deleted")
    days = view.number("body", "properties", "retentionInDays")
    total = view.number("body", "properties", "totalRetentionInDays")
    told = max((n for n in (days, total) if n is not None), default=None)
    if told is None:
        return ChangeEffect(what, Effect.UNCLEAR, f"{what} changed, in a way the log does not tell")
    effect = Effect.REDUCED if told < view.thresholds.hot_days else Effect.RESTORED
    return ChangeEffect(what, effect, f"retention of {what} set to {told} days")


def _cluster(view: RouteView) -> ChangeEffect | None:
    if view.text("resourceId").casefold() != view.facts.aks.resource_id.casefold():
        return None
    verb = view.change.name.casefold().removeprefix(f"{_CLUSTERS}/").removesuffix("/action")
    return ChangeEffect("cluster", Effect.NEUTRAL, f"cluster: {verb}; diagnostic settings not concerned")


_HANDLERS: Final[Mapping[str, Callable[[RouteView], ChangeEffect | None]]] = {
    **{f"{_SETTINGS}/{verb}": _setting for verb in ("write", "delete")},
    **{f"{_WORKSPACES}/tables/{verb}": _table for verb in ("write", "delete")},
    f"{_WORKSPACES}/delete": _table,
    **{f"{_CLUSTERS}/{verb}": _cluster for verb in ("write", "delete", "stop/action", "start/action")},
    **dict.fromkeys(ARCHIVE_OPERATIONS, archive_effect),
}

# What to ask the Activity Log for, by operationName in lower case.
AKS_OPERATIONS: Final = tuple(_HANDLERS)
