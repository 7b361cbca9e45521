"""Says which rule decides a request, and why each rule before it does not.

Written straight from the rules of matching, one criterion after the other: slow, and a second opinion on `evaluate`.
"""

import dataclasses
from collections.abc import Iterator
from typing import Final

from dayseal.audit.policy.evaluate import item_covers
from dayseal.audit.policy.rules import (
    GROUP_WILDCARD_MINOR,
    NEWEST_MINOR,
    Decision,
    Policy,
    Request,
    ResourceItem,
    Rule,
    decisions_of,
)

_SHOWN: Final = 4  # values of a list


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One rule that was asked: why it does not match; no reasons for the one that does."""

    rule: int
    reasons: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Explanation:
    """A decision, and every rule asked on the way to it; `rule` numbers are indexes."""

    decision: Decision
    steps: tuple[Step, ...]


def explain(policy: Policy, request: Request, *, minor: int = NEWEST_MINOR) -> Explanation:
    """Ask rule after rule until one matches, as kube-apiserver 1.`minor` does.

    Spec: kubernetes/apiserver 24a394e5, pkg/audit/policy/checker.go.
    """
    steps: list[Step] = []
    decisions = decisions_of(policy)
    for index, rule in enumerate(policy.rules):
        reasons = tuple(_reasons(rule, request, wildcard=minor >= GROUP_WILDCARD_MINOR))
        steps.append(Step(index, reasons))
        if not reasons:
            return Explanation(decisions[index + 1], tuple(steps))
    return Explanation(decisions[0], tuple(steps))


def _reasons(rule: Rule, request: Request, *, wildcard: bool) -> Iterator[str]:
    if rule.users and request.user not in rule.users:
        yield f"user is {request.user or 'nobody'}, not {_one_of(rule.users)}"
    if rule.groups and (request.user is None or not set(rule.groups) & set(request.groups)):
        yield f"groups are {_list(request.groups) or 'none'}, none is {_one_of(rule.groups)}"
    if rule.verbs and request.verb not in rule.verbs:
        yield f"verb is {request.verb or 'none'}, not {_one_of(rule.verbs)}"
    if rule.about_resources:
        yield from _resource_reasons(rule, request, wildcard=wildcard)
    elif rule.urls:
        yield from _url_reasons(rule, request)


def _resource_reasons(rule: Rule, request: Request, *, wildcard: bool) -> Iterator[str]:
    if not request.is_resource:
        yield f"{request.path} is no resource, the rule is for resources"
        return
    if rule.namespaces and request.namespace not in rule.namespaces:
        yield f"namespace is {request.namespace or 'none'}, not {_one_of(rule.namespaces)}"
    if not rule.resources:
        return
    in_group = [item for item in rule.resources if item.group == request.group or (wildcard and item.group == "*")]
    if not in_group:
        yield f"API group is {request.group or 'core'}, not {_one_of(tuple(i.group or 'core' for i in rule.resources))}"
        return
    covering = [item for item in in_group if item_covers(item, request.resource, request.subresource)]
    if not covering:
        listed = tuple(name for item in in_group for name in item.resources)
        yield f"resource is {_whole(request)}, not {_one_of(listed)}"
    elif not any(_names_cover(item, request.name) for item in covering):
        names = tuple(name for item in covering for name in item.names)
        yield f"name is {request.name or 'not in the request'}, not {_one_of(names)}"


def _url_reasons(rule: Rule, request: Request) -> Iterator[str]:
    if request.is_resource:
        yield f"{_whole(request)} is a resource, the rule is for other paths"
    elif not any(_url_covers(url, request.path) for url in rule.urls):
        yield f"path is {request.path}, not {_one_of(rule.urls)}"


def _url_covers(url: str, path: str) -> bool:
    return url in ("*", path) or (url.endswith("*") and path.startswith(url.rstrip("*")))


def _names_cover(item: ResourceItem, name: str) -> bool:
    return not item.names or name in item.names


def _whole(request: Request) -> str:
    return f"{request.resource}/{request.subresource}" if request.subresource else request.resource


def _one_of(values: tuple[str, ...]) -> str:
    unique = tuple(dict.fromkeys(values))
    return _list(unique) if len(unique) == 1 else f"one of {_list(unique)}"


def _list(values: tuple[str, ...]) -> str:
    shown = ", ".join(value or '""' for value in values[:_SHOWN])
    more = len(values) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
