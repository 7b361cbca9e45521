"""Values in a rule that no request can have: wildcards that are none, misspelled verbs, resources of other groups."""

import difflib
from collections.abc import Iterator
from typing import Final

from dayseal.audit.policy.builtin import (
    BUILTIN_GROUPS,
    PATH_VERBS,
    RARE_VERBS,
    REMOVED_GROUPS,
    RESOURCE_VERBS,
    groups_of,
    is_builtin,
    is_namespaced,
    resources_of,
)
from dayseal.audit.policy.lint_findings import Check, LintFinding, Severity
from dayseal.audit.policy.rules import Policy, ResourceItem, Rule

_GROUP_NAMES: Final = frozenset({"system:nodes", "system:masters", "system:authenticated", "system:unauthenticated"})
_NAMELESS_VERBS: Final = frozenset({"create", "deletecollection"})  # of a whole object: the path ends before the name
_RESOURCE_PARTS: Final = {"api": 3, "apis": 4}  # from so many parts on, a path is that of a resource
_SERVICE_ACCOUNT_PARTS: Final = 4  # system:serviceaccount:NAMESPACE:NAME


def value_findings(policy: Policy) -> Iterator[LintFinding]:
    """Find values that keep a rule, or a part of it, from matching."""
    for index, rule in enumerate(policy.rules):
        path = f"rules[{index}]"
        yield from _verbs(rule, f"{path}.verbs")
        yield from _literal(rule.namespaces, f"{path}.namespaces", "leave the list out to mean all namespaces")
        yield from _users(rule, path)
        for number, item in enumerate(rule.resources):
            yield from _item(rule, item, f"{path}.resources[{number}]")
        yield from _urls(rule, f"{path}.nonResourceURLs")


def _never(path: str, message: str, fix: str = "") -> LintFinding:
    return LintFinding(Check.NEVER_MATCHES, Severity.PROBLEM, path, message, fix)


def _verbs(rule: Rule, path: str) -> Iterator[LintFinding]:
    usual = RESOURCE_VERBS if rule.about_resources else PATH_VERBS if rule.about_urls else RESOURCE_VERBS + PATH_VERBS
    for index, verb in enumerate(rule.verbs):
        at = f"{path}[{index}]"
        if verb == "*":
            yield _never(at, "verb * is no wildcard and matches nothing", "leave the list out to mean every verb")
        elif verb not in usual and verb not in RARE_VERBS:
            kind = "resources" if rule.about_resources else "paths" if rule.about_urls else "anything"
            yield _never(at, f"verb {verb} is never used for {kind}", _meant(verb.lower(), usual))


def _users(rule: Rule, path: str) -> Iterator[LintFinding]:
    yield from _literal(rule.users, f"{path}.users", "list the users, or use userGroups")
    yield from _literal(rule.groups, f"{path}.userGroups", "list the groups")
    for index, user in enumerate(rule.users):
        at = f"{path}.users[{index}]"
        if user in _GROUP_NAMES or user.startswith("system:serviceaccounts"):
            yield _never(at, f"{user} is a group, no user has this name", "put it into userGroups")
        elif user.startswith("system:serviceaccount:") and len(user.split(":")) != _SERVICE_ACCOUNT_PARTS:
            yield _never(at, f"{user} is not system:serviceaccount:NAMESPACE:NAME")
    for index, group in enumerate(rule.groups):
        if group.startswith(("system:serviceaccount:", "system:node:")):
            yield _never(
                f"{path}.userGroups[{index}]", f"{group} is a user, no group has this name", "put it into users"
            )


def _literal(values: tuple[str, ...], path: str, fix: str) -> Iterator[LintFinding]:
    for index, value in enumerate(values):
        if "*" in value:
            yield _never(f"{path}[{index}]", f"{value} is compared literally, * is no wildcard here", fix)


def _item(rule: Rule, item: ResourceItem, path: str) -> Iterator[LintFinding]:
    if item.group == "core" or (item.group.startswith("v") and item.group[1:2].isdigit()):
        yield _never(f"{path}.group", f"no API group is called {item.group}", 'the core group is ""')
    for index, entry in enumerate(item.resources):
        yield from _entry(rule, item, entry, f"{path}.resources[{index}]")
    yield from _literal(item.names, f"{path}.resourceNames", "leave the list out to mean every name")
    whole = [entry for entry in item.resources if "/" not in entry]
    if item.names and whole and rule.verbs and set(rule.verbs) <= _NAMELESS_VERBS:
        yield _never(
            f"{path}.resourceNames",
            f"{' and '.join(rule.verbs)} of {', '.join(whole)} name no object in the request",
            "leave resourceNames out",
        )


def _entry(rule: Rule, item: ResourceItem, entry: str, path: str) -> Iterator[LintFinding]:
    resource, slash, subresource = entry.partition("/")
    if ("*" in resource and resource != "*") or ("*" in subresource and (subresource != "*" or resource == "*")):
        yield _never(path, f"{entry} is compared literally: only *, */SUB and RESOURCE/* are wildcards")
        return
    if not resource or (slash and not subresource) or "/" in subresource:
        yield _never(path, f"{entry!r} is neither a resource nor RESOURCE/SUBRESOURCE")
        return
    if resource == "*" or item.group in REMOVED_GROUPS or item.group not in BUILTIN_GROUPS:
        return
    if not is_builtin(item.group, resource):
        yield _unknown(item.group, resource, path)
        return
    outside = is_namespaced(item.group, resource) is False and resource != "namespaces"  # which are in themselves
    if outside and rule.namespaces and "" not in rule.namespaces:
        yield _never(path, f"{resource} live in no namespace, the rule asks for one", 'add "" to namespaces')


def _unknown(group: str, resource: str, path: str) -> LintFinding:
    here = group or "core"
    elsewhere = groups_of(resource)
    if elsewhere:
        where = " or ".join(found or "core" for found in elsewhere)
        message = f"{resource} are in group {where}, not in {here}"
        return LintFinding(Check.UNKNOWN_RESOURCE, Severity.PROBLEM, path, message, f"name the group {where}")
    meant = _meant(resource.lower(), resources_of(group))
    severity = Severity.PROBLEM if meant else Severity.NOTE
    message = f"group {here} has no resource {resource} that we know of"
    return LintFinding(Check.UNKNOWN_RESOURCE, severity, path, message, meant)


def _urls(rule: Rule, path: str) -> Iterator[LintFinding]:
    for index, url in enumerate(rule.urls):
        parts = url.rstrip("*").strip("/").split("/")
        if len(parts) >= _RESOURCE_PARTS.get(parts[0], len(url) + 1):
            yield _never(f"{path}[{index}]", f"{url} is the path of a resource", "use resources instead")


def _meant(value: str, known: tuple[str, ...]) -> str:
    close = [value] if value in known else difflib.get_close_matches(value, known, n=1, cutoff=0.75)
    return f"{close[0]} may be meant" if close else ""
