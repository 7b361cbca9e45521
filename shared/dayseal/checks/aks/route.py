"""AKS's side of check 4: a diagnostic setting that sends the audit category to the archive."""

from typing import Final

from dayseal.checks.aks.audit import enable_command
from dayseal.checks.aks.categories import (
    AUDIT,
    KUBE_AUDIT,
    show_categories,
    show_settings,
    switched_on,
    unresolved,
    uses_groups,
)
from dayseal.checks.aks.ways import AksWay, Reach, wanted, ways_of
from dayseal.checks.route_terms import Grade, RouteThresholds
from dayseal.checks.route_words import FactSheet, Opinion, az, name_missing, worst
from dayseal.model import Finding, Verdict
from dayseal.model.route import Missing, RouteFacts, StorageAccount

_TRUSTED: Final = "azureservices"
_MAX_NAMED: Final = 4
_DECIDING: Final = frozenset({Reach.ARCHIVE, Reach.DECLARED, Reach.CONTAINER, Reach.ACCOUNT})


def aks_export_route(facts: RouteFacts, thresholds: RouteThresholds, sheet: FactSheet) -> Finding:
    """Judge check 4: one setting sends the fullest audit category that is on to the archive.

    A diagnostic setting has no filter, so a category arrives whole or not at all. An event hub or a partner
    counts only where the settings declare what lies behind it. PASS rests on nothing that was refused.
    """
    source = facts.aks
    sheet.add("settings", source.settings, show_settings)
    (sheet.add if uses_groups(source) else sheet.mention)("categories", source.categories, show_categories)
    for number, account in enumerate(source.accounts):
        sheet.mention(f"account.{number}", account.state, show_account)
    if isinstance(source.settings, Missing):
        return sheet.unknown("whether a diagnostic setting leads to the archive")
    found = switched_on(source)
    needed = wanted(facts, thresholds)
    judged = [(way, judge_way(way, facts)) for way in ways_of(facts, thresholds) if way.category in needed]
    good = [opinion for _, opinion in judged if opinion.verdict is Verdict.PASS]
    whole = any(way.category in _enough(thresholds) for way, o in judged if o.verdict is Verdict.PASS)
    # A group that is not resolved may hold the fuller category, which then goes where nobody looked.
    groups = unresolved(found)
    if good and (whole or not groups):
        return sheet.finding(Verdict.PASS, good[0].said)
    doubtful = [opinion for _, opinion in judged if opinion.verdict is Verdict.UNKNOWN]
    if groups:
        beside = f"; {good[0].said}" if good else ""
        said = f"category group {', '.join(groups)} is not resolved: what it sends to the archive is not known{beside}"
        return sheet.unknown("what leads to the archive", more=f"; {said}")
    if doubtful:
        answer = worst(doubtful[:_MAX_NAMED])
        return sheet.finding(Verdict.UNKNOWN, answer.said, answer.fix)
    ours = [opinion for way, opinion in judged if way.reach in _DECIDING] or [opinion for _, opinion in judged]
    told = "; ".join(opinion.said for opinion in ours[:_MAX_NAMED])
    said = told or f"no diagnostic setting sends {' or '.join(needed)} anywhere"
    fix = next((opinion.fix for opinion in ours if opinion.fix), "") or enable_command(facts)
    return sheet.finding(Verdict.FAIL, f"{said}; a complete way to the archive promised", fix)


def _enough(thresholds: RouteThresholds) -> tuple[str, ...]:
    return AUDIT if thresholds.coverage_minimum is Grade.WRITES_ONLY else (KUBE_AUDIT,)


def judge_way(way: AksWay, facts: RouteFacts) -> Opinion:
    """Judge one destination of one category."""
    said = f"setting {way.setting.name} sends {way.category} to {way.destination}"
    match way.reach:
        case Reach.ARCHIVE:
            return _to_archive(way, facts, said)
        case Reach.DECLARED:
            says = way.declared.says if way.declared is not None else ""
            return Opinion(Verdict.PASS, f"{said}; behind it: {says} (declared in the settings, not proven)")
        case Reach.OPAQUE:
            return Opinion(Verdict.UNKNOWN, f"{said}, and what lies behind it is not known", _DECLARE)
        case Reach.UNNAMED:
            return Opinion(Verdict.UNKNOWN, f"{said}, and no archive is known to compare it with", _NAME)
        case Reach.CONTAINER:
            name = facts.archive.name if facts.archive is not None else ""
            told = f"{said}, where it lies in container insights-logs-{way.category}; {name} is the archive"
            return Opinion(Verdict.FAIL, told, _NAME)
        case Reach.WORKSPACE:
            return Opinion(Verdict.FAIL, f"{said}, which is no archive")
        case Reach.ACCOUNT:
            return Opinion(Verdict.FAIL, f"{said}, which is not the archive")


_DECLARE: Final = "declare in the settings what lies behind it"
_NAME: Final = "name the archive in the settings"


def _to_archive(way: AksWay, facts: RouteFacts, said: str) -> Opinion:
    answer = next(
        (a.state for a in facts.aks.accounts if a.account.casefold() == way.destination.casefold()),
        None,
    )
    if answer is None:
        return Opinion(Verdict.UNKNOWN, f"{said}, and nobody asked about that account", "dayseal check")
    if isinstance(answer, Missing):
        why = f"; whether its firewall lets the logs in is not known: {name_missing([answer])}"
        return Opinion(Verdict.UNKNOWN, said + why, f"grant {answer.permission}" if answer.permission else "")
    if answer.value is None:
        return Opinion(Verdict.FAIL, f"{said}, and there is no such account", enable_command(facts))
    account = answer.value
    if not _lets_in(account):
        name = account.resource_id.rpartition("/")[2]
        fix = az("storage account update", ids=account.resource_id, bypass="AzureServices")
        shut = "its firewall shuts out trusted Azure services, and so the log writer"
        return Opinion(Verdict.FAIL, f"{said}, but {shut} ({name}: {show_account(account)})", fix)
    other = _subscription(way.destination)
    far = f" (subscription {other}, another than the cluster's)" if other not in {"", facts.cluster.account} else ""
    return Opinion(Verdict.PASS, f"{said}{far}")


def _lets_in(account: StorageAccount) -> bool:
    """Say whether the log writer, a trusted Azure service, passes the account's firewall."""
    open_to_all = account.open_network and account.default_action.casefold() == "allow"
    return open_to_all or _TRUSTED in {name.strip().casefold() for name in account.bypass}


def _subscription(resource_id: str) -> str:
    parts = resource_id.strip("/").split("/")
    return parts[1].casefold() if len(parts) > 1 and parts[0].casefold() == "subscriptions" else ""


def show_account(account: StorageAccount | None) -> str:
    """Write a storage account's firewall for a fact."""
    if account is None:
        return "no such account"
    network = "enabled" if account.open_network else "disabled"
    passing = ", ".join(account.bypass) or "none"
    keys = "on" if account.shared_key else "off"
    return f"public network {network}, default {account.default_action}, bypass {passing}, account keys {keys}"
