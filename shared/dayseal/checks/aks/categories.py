"""Which log categories an AKS cluster's diagnostic settings switch on, groups resolved."""

import dataclasses
from collections.abc import Sequence
from typing import Final

from dayseal.model.route import AksSource, Answer, DiagnosticSetting, Known, LogCategory, LogSwitch

KUBE_AUDIT: Final = "kube-audit"
ADMIN: Final = "kube-audit-admin"  # kube-audit without get and list
GUARD: Final = "guard"
AUDIT: Final = (KUBE_AUDIT, ADMIN)


@dataclasses.dataclass(frozen=True, slots=True)
class Switched:
    """What one setting switches on: `categories` for certain, and `unresolved` groups that may hold more."""

    setting: DiagnosticSetting
    categories: frozenset[str]
    unresolved: tuple[str, ...] = ()


def switched_on(source: AksSource) -> tuple[Switched, ...]:
    """Give what each setting switches on, in the settings' order; none where they were not read.

    A group counts for what diagnosticSettingsCategories says is in it; one that no category names is unresolved.
    """
    settings = source.settings.value if isinstance(source.settings, Known) else ()
    return tuple(_switched(setting, source.categories) for setting in settings)


def all_on(switched: Sequence[Switched]) -> frozenset[str]:
    """Give every category that some setting switches on for certain."""
    return frozenset(name for found in switched for name in found.categories)


def unresolved(switched: Sequence[Switched]) -> tuple[str, ...]:
    """Give the groups that could not be resolved, each once."""
    return tuple(dict.fromkeys(group for found in switched for group in found.unresolved))


def uses_groups(source: AksSource) -> bool:
    """Say whether an enabled entry names a group, so that the categories decide."""
    settings = source.settings.value if isinstance(source.settings, Known) else ()
    return any(entry.enabled and entry.group for setting in settings for entry in setting.logs)


def show_settings(settings: tuple[DiagnosticSetting, ...]) -> str:
    """Write diagnostic settings for a fact."""
    return " | ".join(map(_show, settings)) or "no diagnostic settings"


def show_categories(categories: tuple[LogCategory, ...]) -> str:
    """Write the categories with their groups for a fact."""
    return ", ".join(f"{c.name} ({'/'.join(c.groups) or 'no group'})" for c in categories) or "no categories"


def _switched(setting: DiagnosticSetting, categories: Answer[tuple[LogCategory, ...]]) -> Switched:
    on = {entry.category.casefold() for entry in setting.logs if entry.enabled and entry.category}
    open_groups: list[str] = []
    for group in (entry.group for entry in setting.logs if entry.enabled and entry.group):
        members = _members(group, categories)
        on |= members
        if not members:
            open_groups.append(group)
    return Switched(setting, frozenset(on), tuple(open_groups))


def _members(group: str, categories: Answer[tuple[LogCategory, ...]]) -> set[str]:
    found = categories.value if isinstance(categories, Known) else ()
    return {c.name.casefold() for c in found if group.casefold() in {name.casefold() for name in c.groups}}


def _show(setting: DiagnosticSetting) -> str:
    ends = (
        ("storage", setting.storage_account),
        ("workspace", setting.workspace),
        ("event hub", setting.event_hub_rule),
        ("partner", setting.partner),
    )
    where = ", ".join(f"{kind} {resource}" for kind, resource in ends if resource) or "nowhere"
    return f"{setting.name}: {', '.join(map(_show_entry, setting.logs)) or 'no logs'} to {where}"


def _show_entry(entry: LogSwitch) -> str:
    named = entry.category or f"group {entry.group}"
    return f"{named} {'on' if entry.enabled else 'off'}"
