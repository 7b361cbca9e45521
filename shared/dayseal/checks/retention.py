"""Check 3, `retention`: kept long enough, hot and in total."""

import datetime as dt
from typing import Final

from dayseal.checks.aks.retention import aks_retention
from dayseal.checks.gke.retention import gke_retention
from dayseal.checks.key_states import judge_key, show_key
from dayseal.checks.reached_stores import Reached, reached_stores
from dayseal.checks.route_terms import RouteThresholds, format_days, term_days
from dayseal.checks.route_words import FactSheet, Opinion, as_json, aws, note_hidden_archive, worst
from dayseal.checks.store_terms import (
    StoreTerm,
    archive_term,
    delete_after,
    keeps,
    log_group_term,
    longest,
    show_rules,
    touching,
)
from dayseal.model import Finding, Verdict
from dayseal.model.route import (
    AksSource,
    ArchiveFacts,
    GkeSource,
    Known,
    LifecycleRule,
    Locking,
    LogGroup,
    Missing,
    RouteFacts,
)

CHECK: Final = "retention"
# What CloudWatch Logs accepts, PutRetentionPolicy.
_ACCEPTED: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)  # fmt: skip


def judge_retention(facts: RouteFacts, thresholds: RouteThresholds, day: dt.date) -> Finding:
    """Judge whether the stores of the route, taken together, keep the logs of `day` long enough.

    Each term counts for the best store that has it, the archive only where a way is known to lead to it. FAIL:
    hot or total too short, the log group is deleted or its key does not work, or a lifecycle rule deletes
    before the term or before the lock ends. UNKNOWN: otherwise, when something that could shorten a term is
    missing or cannot be decided, or a way leads to a store that nobody can look into.
    """
    sheet = FactSheet(CHECK)
    total = term_days(day, thresholds.total_days)
    if isinstance(facts.source, GkeSource):
        return gke_retention(facts, thresholds, sheet, day)
    if isinstance(facts.source, AksSource):
        return aks_retention(facts, thresholds, sheet, day)
    stores, opinions = _log_group(facts, thresholds, sheet)
    note_hidden_archive(facts, sheet)  # it may keep them longer, or delete them earlier
    reached = reached_stores(facts, thresholds)
    if facts.archive is not None:
        more, said = _archive(facts.archive, sheet, day, total)
        stores += more if reached.archive else []
        opinions += said
    if reached.unseen is not None:
        opinions.append(reached.unseen)
    doubt = any((sheet.missing, reached.note, reached.unseen))
    opinions += _terms(facts, stores, reached, (thresholds.hot_days, total), open_question=doubt)
    answer = worst(opinions)
    if sheet.missing and answer.verdict is not Verdict.FAIL:
        return sheet.unknown(f"how long the logs are kept ({thresholds.hot_days} days hot, {total} in total promised)")
    note = "" if facts.archive is not None else "; no archive is on the route"
    return sheet.finding(answer.verdict, answer.said + note, answer.fix)


def _log_group(
    facts: RouteFacts, thresholds: RouteThresholds, sheet: FactSheet
) -> tuple[list[StoreTerm], list[Opinion]]:
    source = facts.eks
    sheet.add("logGroup", source.log_group, _show_group)
    if isinstance(source.log_group, Missing):
        return [], []
    group = source.log_group.value
    region, name = facts.cluster.location, source.log_group_name
    if group is None:
        said = f"log group {name} does not exist, {thresholds.hot_days} days hot promised while the cluster is in scope"
        return [], [Opinion(Verdict.FAIL, said, aws("logs create-log-group", region=region, log_group_name=name))]
    sheet.add("logGroup.key", source.log_group_key, show_key)
    sheet.add("accountPolicies", source.account_policies, lambda ps: f"{len(ps)} account policies")
    policies = source.account_policies.value if isinstance(source.account_policies, Known) else ()
    term = log_group_term(group, policies)
    sheet.write("logGroup.term", source.log_group.source, term.words)
    key = source.log_group_key.value if isinstance(source.log_group_key, Known) else None
    unreadable = judge_key(key, term.name, region)
    opinions = [] if unreadable is None else [unreadable]
    if not term.decided:
        fix = aws("logs describe-account-policies", region=region, policy_type="RETENTION_POLICY")
        opinions.append(Opinion(Verdict.UNKNOWN, f"{term.name} may be kept shorter: {term.words}", fix))
    return [term], opinions


def _archive(
    archive: ArchiveFacts, sheet: FactSheet, day: dt.date, total: int
) -> tuple[list[StoreTerm], list[Opinion]]:
    sheet.add("archive.exists", archive.exists)
    if isinstance(archive.exists, Known) and not archive.exists.value:
        said = f"archive {archive.uri} does not exist, {total} days in total promised"
        return [], [Opinion(Verdict.FAIL, said, aws("s3api create-bucket", bucket=archive.name))]
    sheet.add("archive.lifecycle", archive.lifecycle, show_rules)
    if isinstance(archive.lifecycle, Missing):
        return [], []
    rules = archive.lifecycle.value
    locked = _locked_days(archive)
    opinions = [
        opinion
        for rule in touching(archive, rules)
        if (opinion := _early(archive, rule, day, total, locked)) is not None
    ]
    term = archive_term(archive, rules, day)
    sheet.write("archive.term", archive.lifecycle.source, term.words)
    return [term], opinions


def _early(archive: ArchiveFacts, rule: LifecycleRule, day: dt.date, total: int, locked: int) -> Opinion | None:
    """Object to a rule that deletes before the term, or before the lock ends (it then hides what is still due)."""
    after = delete_after(rule, day)
    if after is None or after >= max(total, locked):
        return None
    promise = f"{total} days promised" if after < total else f"the lock lasts {locked} days"
    said = f"lifecycle rule {rule.name!r} of {archive.name} deletes after {after} days, {promise}"
    fix = (
        f"raise Expiration of rule {rule.name!r} to {max(total, locked) + 1} days in rules.json, then: "
        + aws("s3api put-bucket-lifecycle-configuration", bucket=archive.name)
        + " --lifecycle-configuration file://rules.json"
    )
    if rule.narrowed:
        return Opinion(Verdict.UNKNOWN, f"{said}, where its tags or sizes fit", fix)
    return Opinion(Verdict.FAIL, said, fix)


def _terms(
    facts: RouteFacts, stores: list[StoreTerm], reached: Reached, promised: tuple[int, int], *, open_question: bool
) -> list[Opinion]:
    hot_days, total_days = promised
    best_hot = longest(tuple(store.hot_days for store in stores))
    best_total = longest(tuple(store.total_days for store in stores))
    told = f"hot {format_days(best_hot)}, in total {format_days(best_total)}; {_named(stores)}"
    short = [
        f"{kind} {format_days(have)}, {wanted} promised"
        for kind, have, wanted in (("hot", best_hot, hot_days), ("in total", best_total, total_days))
        if not keeps(have, wanted)
    ]
    if not short:
        return [Opinion(Verdict.PASS, told)]
    # A store we could not ask may keep them long enough: an error never becomes FAIL.
    verdict = Verdict.UNKNOWN if open_question else Verdict.FAIL
    wanted = hot_days if keeps(best_total, total_days) else total_days
    why = f"; {reached.note}" if reached.note else ""
    return [Opinion(verdict, f"{'; '.join(short)} ({_named(stores)}){why}", _raise_command(facts, wanted))]


def _raise_command(facts: RouteFacts, days: int) -> str:
    accepted = next((choice for choice in _ACCEPTED if choice >= days), _ACCEPTED[-1])
    region, group = facts.cluster.location, facts.eks.log_group
    if isinstance(group, Known) and group.value is not None and group.value.retention_policy:
        # The group's own setting would be accepted and have no effect.
        return aws(
            "logs put-account-policy",
            region=region,
            policy_name=group.value.retention_policy,
            policy_type="RETENTION_POLICY",
            policy_document=as_json({"retentionInDays": accepted, "enforcementMode": "RETROACTIVE"}),
        )
    name = facts.eks.log_group_name
    return aws("logs put-retention-policy", region=region, log_group_name=name, retention_in_days=str(accepted))


def _locked_days(archive: ArchiveFacts) -> int:
    locking = archive.locking.value if isinstance(archive.locking, Known) else Locking(enabled=False)
    return locking.rule.days if locking.rule is not None else 0


def _named(stores: list[StoreTerm]) -> str:
    return "; ".join(f"{store.name}: {store.words}" for store in stores) or "no store is known"


def _show_group(group: LogGroup | None) -> str:
    if group is None:
        return "no such log group"
    policy = f", set by account policy {group.retention_policy}" if group.retention_policy else ""
    return f"retentionInDays {format_days(group.retention_days)}{policy}, class {group.log_class}"
