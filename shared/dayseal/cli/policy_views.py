"""Audit policies, decisions and findings as tables and as JSON; rules are numbered from 1 for people and programs."""

import itertools
from collections.abc import Sequence

from dayseal.audit.policy import (
    Change,
    Decision,
    Effect,
    Explanation,
    LintFinding,
    Policy,
    Profile,
    Request,
    Rule,
    Severity,
    Unseen,
)
from dayseal.audit.policy.describe import decision_text, request_text, stages_text, verbs_of, what_of, who_of
from dayseal.cli.output import print_line, print_table


def print_policy(policy: Policy, profile: Profile | None, unseen: Sequence[Unseen]) -> None:
    """Print what `policy show` found."""
    if profile is not None:
        _print_profile(profile)
    rows = [
        (str(index + 1), rule.level.text, _rule_text(rule), stages_text(policy.omit_stages | rule.omit_stages))
        for index, rule in enumerate(policy.rules)
    ]
    print_table(("rule", "level", "requests", "leaves out"), rows)
    print_line("")
    if not unseen:
        print_line("never recorded: nothing, every request matches a rule that records it")
        return
    print_line("never recorded, by design:")
    recorded = [(_number(one.rule), f"{one.verbs} of {one.what} by {one.who}", _numbers(one.unless)) for one in unseen]
    print_table(("rule", "requests", "unless decided by rule"), recorded, indent=2)


def _rule_text(rule: Rule) -> str:
    return f"{verbs_of(rule)} of {what_of(rule)} by {who_of(rule)}"


def _print_profile(profile: Profile) -> None:
    print_line(f"{profile.title}: audit policy as published since {profile.published_since}, read {profile.read_day}")
    print_line(f"  source: {profile.source} at {profile.commit[:12]} ({profile.source_day})")
    print_line(f"  that this is what was published: {profile.confidence}")
    print_line(f"  that this is what runs: {profile.live}")
    for drift in profile.drift:
        print_line(
            f"  drift seen {drift.seen}: {drift.request}: published {drift.published}, observed {drift.observed}"
        )
    for text in profile.behind:
        print_line(f"  behind the policy: {text}")
    for text in profile.unobservable:
        print_line(f"  no audit policy shows: {text}")
    for text in profile.notes:
        print_line(f"  note: {text}")
    print_line("")


def policy_document(policy: Policy, profile: Profile | None, unseen: Sequence[Unseen]) -> dict[str, object]:
    """Give what `policy show` found as JSON."""
    return {
        "profile": profile,
        "omitStages": sorted(policy.omit_stages),
        "omitManagedFields": policy.omit_managed_fields,
        "rules": [
            {
                "rule": index + 1,
                "level": rule.level.text,
                "users": rule.users,
                "userGroups": rule.groups,
                "verbs": rule.verbs,
                "resources": [
                    {"group": item.group, "resources": item.resources, "resourceNames": item.names}
                    for item in rule.resources
                ],
                "namespaces": rule.namespaces,
                "nonResourceURLs": rule.urls,
                "omitStages": sorted(rule.omit_stages),
                "omitManagedFields": rule.omit_managed_fields,
            }
            for index, rule in enumerate(policy.rules)
        ],
        "neverRecorded": [
            {
                "rule": None if one.rule is None else one.rule + 1,
                "who": one.who,
                "verbs": one.verbs,
                "what": one.what,
                "unlessRules": [number + 1 for number in one.unless],
            }
            for one in unseen
        ],
    }


def print_explanation(request: Request, explanation: Explanation) -> None:
    """Print what `policy explain` found."""
    decision = explanation.decision
    print_line(request_text(request))
    by = "no rule matches" if decision.rule is None else f"rule {decision.rule + 1} decides"
    print_line(f"  {by}: {decision_text(decision)}")
    rows = [(str(step.rule + 1), "; ".join(step.reasons)) for step in explanation.steps if step.reasons]
    if rows:
        print_line("")
        print_table(("rule", "does not match because"), rows)


def explanation_document(request: Request, explanation: Explanation) -> dict[str, object]:
    """Give what `policy explain` found as JSON."""
    return {
        "request": request,
        "decision": _decision_document(explanation.decision),
        "steps": [{"rule": step.rule + 1, "reasons": step.reasons} for step in explanation.steps],
    }


def print_changes(changes: Sequence[Change]) -> None:
    """Print what `policy diff` found."""
    if not changes:
        print_line("nothing changes: both policies record the same of every request")
        return
    for (before, after), group in itertools.groupby(changes, key=lambda change: (change.before, change.after)):
        print_line(f"{_effect(before)} -> {_effect(after)}")
        rows = [
            (
                f"{', '.join(change.verbs)} of {', '.join(change.what)} by {', '.join(change.who)}",
                f"{_numbers(change.old_rules)} -> {_numbers(change.new_rules)}",
            )
            for change in group
        ]
        print_table(("requests", "rules"), rows, indent=2)


def change_documents(changes: Sequence[Change]) -> list[dict[str, object]]:
    """Give what `policy diff` found as JSON."""
    return [
        {
            "before": _effect_document(change.before),
            "after": _effect_document(change.after),
            "who": change.who,
            "verbs": change.verbs,
            "what": change.what,
            "oldRules": [None if rule is None else rule + 1 for rule in change.old_rules],
            "newRules": [None if rule is None else rule + 1 for rule in change.new_rules],
        }
        for change in changes
    ]


def print_findings(findings: Sequence[LintFinding]) -> None:
    """Print what `policy lint` found."""
    problems = sum(finding.severity is Severity.PROBLEM for finding in findings)
    for finding in findings:
        print_line(f"{finding.severity.value}: {finding.check.value} at {finding.path}: {finding.message}")
        if finding.fix:
            print_line(f"  fix: {finding.fix}")
    print_line(f"problems: {problems}, notes: {len(findings) - problems}")


def finding_documents(findings: Sequence[LintFinding]) -> list[dict[str, object]]:
    """Give what `policy lint` found as JSON."""
    return [
        {
            "check": finding.check.value,
            "severity": finding.severity.value,
            "path": finding.path,
            "message": finding.message,
            "fix": finding.fix,
        }
        for finding in findings
    ]


def _decision_document(decision: Decision) -> dict[str, object]:
    return {
        "rule": None if decision.rule is None else decision.rule + 1,
        "level": decision.level.text,
        "omitStages": sorted(decision.omit_stages),
        "omitManagedFields": decision.omit_managed_fields,
    }


def _effect_document(effect: Effect) -> dict[str, object]:
    return {
        "level": effect.level.text,
        "omitStages": sorted(effect.omit_stages),
        "omitManagedFields": effect.omit_managed_fields,
    }


def _effect(effect: Effect) -> str:
    return decision_text(Decision(effect.level, effect.omit_stages, effect.omit_managed_fields, None))


def _number(rule: int | None) -> str:
    return "none" if rule is None else str(rule + 1)


def _numbers(rules: Sequence[int | None]) -> str:
    return ", ".join(_number(rule) for rule in rules)
