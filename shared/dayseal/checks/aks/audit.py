"""AKS's side of checks 1 and 2: which of the two audit categories a diagnostic setting switches on."""

from collections.abc import Sequence
from typing import Final

from dayseal.checks.aks.categories import (
    ADMIN,
    AUDIT,
    GUARD,
    KUBE_AUDIT,
    Switched,
    all_on,
    show_categories,
    show_settings,
    switched_on,
    unresolved,
    uses_groups,
)
from dayseal.checks.coverage_grade import Coverage
from dayseal.checks.route_terms import Grade
from dayseal.checks.route_words import FactSheet, as_json, az
from dayseal.model import Finding, Verdict
from dayseal.model.route import AksCluster, Missing, RouteFacts

_MAX_NAMED: Final = 6


def aks_audit_enabled(facts: RouteFacts, sheet: FactSheet) -> Finding:
    """Judge check 1: some diagnostic setting has `kube-audit` or `kube-audit-admin` on, by name or by group.

    Other categories, the omsAgent add-on and managed Prometheus decide nothing. UNKNOWN: the cluster or its
    settings could not be read, or a group that decides is not resolved.
    """
    write_settings(facts, sheet)
    if sheet.missing and (isinstance(facts.aks.cluster, Missing) or isinstance(facts.aks.settings, Missing)):
        return sheet.unknown("whether the audit log is on")
    found = switched_on(facts.aks)
    on = all_on(found)
    audit = [name for name in AUDIT if name in on]
    others = sorted(on - set(AUDIT))
    beside = f"; also on: {', '.join(others[:_MAX_NAMED])}" if others else ""
    if audit:
        said = f"{' and '.join(audit)} on in setting {_setting_of(audit[0], found)}{beside}{_addons(facts)}"
        return sheet.finding(Verdict.PASS, said)
    groups = unresolved(found)
    if groups:
        return sheet.unknown("whether the audit log is on", more=f"; {_not_resolved(groups)}{beside}")
    settings = "no enabled category is one of them" if found else "the cluster has no diagnostic setting"
    said = f"neither {KUBE_AUDIT} nor {ADMIN} is on ({settings}), one of them promised{beside}{_addons(facts)}"
    return sheet.finding(Verdict.FAIL, said, enable_command(facts))


def aks_coverage(facts: RouteFacts, sheet: FactSheet) -> Coverage | None:
    """Grade the categories that are on: `kube-audit` is full, `kube-audit-admin` alone leaves reads out.

    None: the cluster or its settings could not be read.
    """
    write_settings(facts, sheet)
    settings = facts.aks.settings
    if isinstance(settings, Missing) or isinstance(facts.aks.cluster, Missing):
        return None
    found = switched_on(facts.aks)
    on, groups = all_on(found), unresolved(found)
    grade = Grade.FULL if KUBE_AUDIT in on else Grade.WRITES_ONLY if ADMIN in on else Grade.NONE
    holes = f"; {ADMIN} omits get and list" if grade is Grade.WRITES_ONLY else ""
    holes += f"; {_not_resolved(groups)}" if groups else ""
    advice = "" if GUARD in on else "; advised: guard (Entra decisions)"
    advice += "".join(_duplicates(found))
    least = bool(groups) and grade is not Grade.FULL
    return Coverage(grade, settings.source, enable_command(facts), holes=holes, advice=advice, least=least)


def write_settings(facts: RouteFacts, sheet: FactSheet) -> None:
    """Note the cluster, its settings and, where a group decides, the categories."""
    source = facts.aks
    sheet.add("cluster", source.cluster, _show_cluster)
    sheet.add("settings", source.settings, show_settings)
    (sheet.add if uses_groups(source) else sheet.mention)("categories", source.categories, show_categories)


def enable_command(facts: RouteFacts) -> str:
    """Give the command that sends `kube-audit` to the archive's account."""
    return az(
        "monitor diagnostic-settings create",
        resource=facts.aks.resource_id or "CLUSTER_ID",
        name="audit-archive",
        logs=as_json([{"category": KUBE_AUDIT, "enabled": True}, {"category": GUARD, "enabled": True}]),
        storage_account=_account(facts),
    )


def _account(facts: RouteFacts) -> str:
    """Give the archive's account, by its whole id where that is known: another subscription's needs it."""
    if facts.archive is None:
        return "ACCOUNT_ID"
    name = facts.archive.name.partition("/")[0]
    ids = (answer.account for answer in facts.aks.accounts)
    return next((found for found in ids if found.rpartition("/")[2].casefold() == name.casefold()), name)


def _duplicates(found: Sequence[Switched]) -> list[str]:
    """Name destinations that get every write twice: a cost, no fault."""
    told: list[str] = []
    ends: dict[str, dict[str, str]] = {}
    for item in found:
        setting = item.setting
        for resource in filter(None, (setting.storage_account, setting.workspace, setting.event_hub_rule)):
            names = ends.setdefault(resource.casefold(), {})
            last = resource.rpartition("/")[2]
            for name in sorted(item.categories & set(AUDIT)):
                if name in names:
                    told.append(f"; settings {names[name]} and {setting.name} both send {name} to {last}")
                names.setdefault(name, setting.name)
    for resource, names in ends.items():
        if set(names) == set(AUDIT):
            last = resource.rpartition("/")[2]
            told.append(f"; both categories go to {last}: each write is stored and paid for twice")
    return told[:_MAX_NAMED]


def _setting_of(category: str, found: Sequence[Switched]) -> str:
    return next(item.setting.name for item in found if category in item.categories)


def _not_resolved(groups: Sequence[str]) -> str:
    return f"category group {', '.join(groups)} is not resolved: what it switches on is not known"


def _addons(facts: RouteFacts) -> str:
    cluster = facts.aks.cluster.value if not isinstance(facts.aks.cluster, Missing) else None
    on = [
        name
        for name, state in (
            ("the omsAgent add-on", cluster.oms_agent if cluster is not None else None),
            ("managed Prometheus", cluster.prometheus if cluster is not None else None),
        )
        if state
    ]
    return f"; {' and '.join(on)} on, which says nothing about audit" if on else ""


def _show_cluster(cluster: AksCluster | None) -> str:
    if cluster is None:
        return "no such cluster"
    on = {True: "on", False: "off", None: "absent"}
    return (
        f"{cluster.state}, power {cluster.power or 'absent'}, omsAgent {on[cluster.oms_agent]} and managed Prometheus "
        f"{on[cluster.prometheus]} (not audit)"
    )
