"""AKS's side of check 3: log tables and the archive, for the fullest audit category that is on."""

import datetime as dt
from typing import Final

from dayseal.checks.aks.archive_lock import create_container
from dayseal.checks.aks.categories import ADMIN, KUBE_AUDIT, show_settings, switched_on, unresolved
from dayseal.checks.aks.ways import AksWay, Reach, account_name, wanted, ways_of
from dayseal.checks.kept import judge_archive_kept, judge_terms
from dayseal.checks.route_terms import RouteThresholds, format_days, term_days
from dayseal.checks.route_words import FactSheet, Opinion, az, worst
from dayseal.checks.store_terms import StoreTerm, delete_after
from dayseal.model import Finding, Verdict
from dayseal.model.route import ArchiveFacts, Known, LifecycleRule, LogTable, Missing, RouteFacts, WorkspaceAnswer

_QUERYABLE: Final = "analytics"
TABLES: Final = {KUBE_AUDIT: "AKSAudit", ADMIN: "AKSAuditAdmin"}
SHARED_TABLE: Final = "AzureDiagnostics"
_DECLARED: Final = frozenset({Reach.DECLARED, Reach.OPAQUE, Reach.ACCOUNT, Reach.CONTAINER, Reach.UNNAMED})


def aks_retention(facts: RouteFacts, thresholds: RouteThresholds, sheet: FactSheet, day: dt.date) -> Finding:
    """Judge check 3 over the stores that the wanted category is sent to, each term by the best store that has it.

    Retention inside a diagnostic setting is dead: it is named and counts for nothing. A table counts as hot only
    with plan Analytics. A way to what cannot be looked into may keep the logs longer: too short is UNKNOWN then.
    """
    total = term_days(day, thresholds.total_days)
    source = facts.aks
    sheet.mention("settings", source.settings, show_settings)
    opinions, archive = judge_archive_kept(
        facts.archive,
        sheet,
        day,
        lambda where, rule: _early(where, rule, day, total),
        lambda where: _absent(where, total),
    )
    needed = wanted(facts, thresholds)
    ways = [way for way in ways_of(facts, thresholds) if way.category in needed]
    for number, workspace in enumerate(source.workspaces):
        sheet.mention(f"workspace.{number}", workspace.tables, _show_tables)
    stores = [store for way in ways if (store := _store(way, facts, archive)) is not None]
    hidden = _hidden(facts, ways)
    groups = unresolved(switched_on(source))
    perhaps = bool(hidden) or bool(groups) or any(way.reach in _DECLARED for way in ways)
    promised, elsewhere = (thresholds.hot_days, total), "a destination nobody looked into may keep it longer"
    opinions.append(
        judge_terms(stores, promised, hidden, elsewhere if perhaps else None, _raise_command(facts, promised))
    )
    answer = worst(opinions)
    dead = _dead(facts)
    if sheet.missing and answer.verdict is not Verdict.FAIL:
        wished = f"({thresholds.hot_days} days hot, {total} in total promised)"
        return sheet.unknown(f"how long the logs are kept {wished}", more=dead)
    return sheet.finding(answer.verdict, answer.said + dead, answer.fix)


def _absent(archive: ArchiveFacts, total: int) -> Opinion:
    said = f"archive {archive.uri} does not exist, {total} days in total promised"
    return Opinion(Verdict.FAIL, said, create_container(archive))


def _early(archive: ArchiveFacts, rule: LifecycleRule, day: dt.date, total: int) -> Opinion | None:
    """Object to a rule that deletes before the term, or before the lock, which only holds it back, ends."""
    after, locked = delete_after(rule, day), _locked_days(archive)
    if after is None or after >= max(total, locked):
        return None
    promise = f"{total} days promised" if after < total else f"the lock lasts {locked} days"
    said = f"lifecycle rule {rule.name!r} of {archive.name} deletes after {after} days, {promise}"
    update = az("storage account management-policy create", account_name=account_name(archive), policy="@policy.json")
    fix = f"raise delete of rule {rule.name!r} to {max(total, locked) + 1} days in policy.json, then: {update}"
    if rule.narrowed:
        return Opinion(Verdict.UNKNOWN, f"{said}, where its other conditions fit", fix)
    return Opinion(Verdict.FAIL, said, fix)


def _locked_days(archive: ArchiveFacts) -> int:
    rule = archive.locking.value.rule if isinstance(archive.locking, Known) else None
    return rule.days if rule is not None else 0


def _store(way: AksWay, facts: RouteFacts, archive: StoreTerm | None) -> StoreTerm | None:
    if way.reach is Reach.ARCHIVE:
        return archive
    if way.reach is not Reach.WORKSPACE:
        return None
    answer = _workspace(way, facts)
    tables = answer.tables.value if answer is not None and isinstance(answer.tables, Known) else None
    table = next((t for t in tables or () if t.name.casefold() == _table_name(way).casefold()), None)
    return None if table is None else _table_term(table, way)


def _table_name(way: AksWay) -> str:
    return TABLES[way.category] if way.setting.dedicated else SHARED_TABLE


def _table_term(table: LogTable, way: AksWay) -> StoreTerm:
    name = f"table {table.name} of {way.destination.rpartition('/')[2]}"
    hot, total = table.hot_days or 0, table.total_days or table.hot_days or 0
    said = f"retention {format_days(hot)}, in total {format_days(total)}, plan {table.plan}"
    if table.plan.casefold() != _QUERYABLE:
        # Such a table answers only narrow, billed queries, and no alert rule.
        return StoreTerm(name, 0, total, f"{said}, which limits queries and does not count as hot")
    return StoreTerm(name, hot, total, said)


def _workspace(way: AksWay, facts: RouteFacts) -> WorkspaceAnswer | None:
    return next((w for w in facts.aks.workspaces if w.workspace.casefold() == way.destination.casefold()), None)


def _hidden(facts: RouteFacts, ways: list[AksWay]) -> tuple[Missing, ...]:
    """Give the refused answers that may name a store, or say how long one keeps the logs."""
    answers: list[object] = [facts.aks.settings]
    if unresolved(switched_on(facts.aks)):
        answers.append(facts.aks.categories)
    found = (_workspace(way, facts) for way in ways if way.reach is Reach.WORKSPACE)
    answers += [workspace.tables for workspace in found if workspace is not None]
    if facts.archive is not None:
        answers += [facts.archive.exists, facts.archive.lifecycle]
    return tuple(answer for answer in answers if isinstance(answer, Missing))


def _raise_command(facts: RouteFacts, promised: tuple[int, int]) -> str:
    settings = facts.aks.settings.value if isinstance(facts.aks.settings, Known) else ()
    chosen = next((s for s in settings if s.workspace), None)
    name = (chosen.workspace if chosen is not None else "").rpartition("/")[2] or "WORKSPACE"
    return az(
        "monitor log-analytics workspace table update",
        resource_group="GROUP",
        workspace_name=name,
        name="AKSAudit" if chosen is None or chosen.dedicated else SHARED_TABLE,
        plan="Analytics",
        retention_time=str(promised[0]),
        total_retention_time=str(promised[1]),
    )


def _dead(facts: RouteFacts) -> str:
    settings = facts.aks.settings.value if isinstance(facts.aks.settings, Known) else ()
    named = [s.name for s in settings if any(entry.retention_days for entry in s.logs)]
    if not named:
        return ""
    return f"; retention inside setting {', '.join(named[:3])} is ignored: Azure has not applied it since 2025-09-30"


def _show_tables(tables: tuple[LogTable, ...] | None) -> str:
    if tables is None:
        return "no such workspace"
    shown = (f"{t.name}: {t.hot_days} days, {t.total_days} in total, plan {t.plan}" for t in tables)
    return " | ".join(shown) or "no audit tables"
