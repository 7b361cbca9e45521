"""Where an AKS cluster's audit categories go: every destination of every setting that switches one on."""

import dataclasses
import enum
from typing import Final

from dayseal.checks.aks.categories import ADMIN, AUDIT, KUBE_AUDIT, Switched, all_on, switched_on
from dayseal.checks.route_terms import Declared, Grade, RouteThresholds
from dayseal.model.route import ArchiveFacts, DiagnosticSetting, RouteFacts

_CONTAINER: Final = "insights-logs-"  # Azure Monitor makes one container for each category


class Reach(enum.Enum):
    """What lies at the end of one destination."""

    ARCHIVE = "the archive"
    ACCOUNT = "another storage account"
    CONTAINER = "the archive's account, in a container that may not be the archive"
    UNNAMED = "a storage account, with no archive to compare it with"
    WORKSPACE = "a Log Analytics workspace"
    DECLARED = "what the settings declare"
    OPAQUE = "something that cannot be looked into"


@dataclasses.dataclass(frozen=True, slots=True)
class AksWay:
    """One category that one setting sends to one destination; `declared` is what the settings say lies there."""

    setting: DiagnosticSetting
    category: str
    destination: str
    reach: Reach
    declared: Declared | None = None


def ways_of(facts: RouteFacts, thresholds: RouteThresholds) -> tuple[AksWay, ...]:
    """Give every destination of the audit categories that are known to be on."""
    return tuple(way for found in switched_on(facts.aks) for way in _ways(found, facts, thresholds))


def wanted(facts: RouteFacts, thresholds: RouteThresholds) -> tuple[str, ...]:
    """Give the categories of which one must reach the archive: the fullest that is on, or what the settings accept."""
    on = all_on(switched_on(facts.aks))
    if thresholds.coverage_minimum is Grade.WRITES_ONLY:
        return AUDIT
    return (KUBE_AUDIT,) if KUBE_AUDIT in on or ADMIN not in on else (ADMIN,)


def account_name(archive: ArchiveFacts) -> str:
    """Give the archive's storage account; account names are unique in the world, whatever their subscription."""
    return archive.name.partition("/")[0].casefold()


def _ways(found: Switched, facts: RouteFacts, thresholds: RouteThresholds) -> list[AksWay]:
    setting = found.setting
    ways = []
    for category in (name for name in AUDIT if name in found.categories):
        if setting.storage_account:
            declared = _declared((setting.storage_account,), thresholds)
            reach = _storage(setting.storage_account, category, facts.archive)
            if declared is not None and reach is not Reach.ARCHIVE:
                reach = Reach.DECLARED
            ways.append(AksWay(setting, category, setting.storage_account, reach, declared))
        if setting.workspace:
            ways.append(AksWay(setting, category, setting.workspace, Reach.WORKSPACE))
        for resource, names in ((setting.event_hub_rule, _hub_names(setting)), (setting.partner, (setting.partner,))):
            if resource:
                declared = _declared(names, thresholds)
                reach = Reach.OPAQUE if declared is None else Reach.DECLARED
                ways.append(AksWay(setting, category, resource, reach, declared))
    return ways


def _storage(account: str, category: str, archive: ArchiveFacts | None) -> Reach:
    if archive is None:
        return Reach.UNNAMED
    if account.rpartition("/")[2].casefold() != account_name(archive):
        return Reach.ACCOUNT
    container = archive.name.partition("/")[2].casefold()
    if container in {"", f"{_CONTAINER}{category}"}:
        return Reach.ARCHIVE
    return Reach.CONTAINER


def _hub_names(setting: DiagnosticSetting) -> tuple[str, ...]:
    """Give the names by which the settings may declare an event hub: its rule, its namespace, or the hub itself."""
    rule = setting.event_hub_rule
    lower = rule.casefold()
    cut = lower.find("/authorizationrules/")
    namespace = rule if cut < 0 else rule[:cut]
    return (rule, namespace, *((f"{namespace}/eventhubs/{setting.event_hub}",) if setting.event_hub else ()))


def _declared(names: tuple[str, ...], thresholds: RouteThresholds) -> Declared | None:
    """Look a resource up; resource ids do not tell upper from lower case."""
    known = {name.casefold() for name in names if name}
    return next((item for item in thresholds.destinations if item.resource.casefold() in known), None)
