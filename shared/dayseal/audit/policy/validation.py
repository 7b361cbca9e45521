"""What kube-apiserver refuses in a policy it could decode."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Final

from dayseal.audit.policy.rules import GROUP_WILDCARD_MINOR, LEVELS, NEWEST_MINOR, STAGES

_SUBDOMAIN: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\Z", re.ASCII)
_MAX_SUBDOMAIN: Final = 253  # characters


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """Why the server would not start with this policy, and where in it."""

    path: str
    message: str


@dataclasses.dataclass(frozen=True, slots=True)
class RawItem:
    """An entry of `resources` as decoded, nothing checked."""

    group: str
    resources: tuple[str, ...]
    names: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class RawRule:
    """A rule as decoded, nothing checked."""

    level: str
    users: tuple[str, ...]
    groups: tuple[str, ...]
    verbs: tuple[str, ...]
    resources: tuple[RawItem, ...]
    namespaces: tuple[str, ...]
    urls: tuple[str, ...]
    omit_stages: tuple[str, ...]
    omit_managed_fields: bool | None


@dataclasses.dataclass(frozen=True, slots=True)
class RawPolicy:
    """A policy as decoded, nothing checked."""

    rules: tuple[RawRule, ...]
    omit_stages: tuple[str, ...]
    omit_managed_fields: bool


def problems_of(policy: RawPolicy, *, minor: int = NEWEST_MINOR) -> tuple[Problem, ...]:
    """Give every reason for which kube-apiserver 1.`minor` refuses the policy, in the order of the text.

    No rules at all is one: its validation lets that pass and its file loader does not.

    Spec: kubernetes/apiserver 24a394e5, pkg/apis/audit/validation/validation.go; `group: "*"` since 1.36.
    """
    found = list(_stages(policy.omit_stages, "omitStages"))
    for index, rule in enumerate(policy.rules):
        found += _rule(rule, f"rules[{index}]", minor)
    if not policy.rules:
        found.append(Problem("rules", "none, at least one promised"))
    return tuple(found)


def _rule(rule: RawRule, path: str, minor: int) -> Iterator[Problem]:
    if rule.level not in LEVELS:
        is_ = f"{rule.level!r}" if rule.level else "missing"
        yield Problem(f"{path}.level", f"{is_}, one of {', '.join(LEVELS)} promised")
    for index, url in enumerate(rule.urls):
        yield from _url(url, f"{path}.nonResourceURLs[{index}]")
    for index, item in enumerate(rule.resources):
        yield from _item(item, f"{path}.resources[{index}]", minor)
    yield from _stages(rule.omit_stages, f"{path}.omitStages")
    if rule.urls and (rule.resources or rule.namespaces):
        yield Problem(f"{path}.nonResourceURLs", "beside resources or namespaces, one of them promised")


def _url(url: str, path: str) -> Iterator[Problem]:
    if url == "*":
        return
    if not url.startswith("/"):
        yield Problem(path, f"{url!r}, * or a path that starts with / promised")
    if "*" in url[:-1]:
        yield Problem(path, f"{url!r}, * as the last character only promised")


def _item(item: RawItem, path: str, minor: int) -> Iterator[Problem]:
    if item.group == "*":
        if minor < GROUP_WILDCARD_MINOR:
            yield Problem(f"{path}.group", f"'*' in Kubernetes 1.{minor}, 1.{GROUP_WILDCARD_MINOR} or newer promised")
    elif item.group and not (len(item.group) <= _MAX_SUBDOMAIN and _SUBDOMAIN.match(item.group)):
        yield Problem(f"{path}.group", f"{item.group!r}, an API group without its version promised")
    if item.names and not item.resources:
        yield Problem(f"{path}.resourceNames", "without resources, at least one promised")


def _stages(stages: tuple[str, ...], path: str) -> Iterator[Problem]:
    for index, stage in enumerate(stages):
        if stage not in STAGES:
            yield Problem(f"{path}[{index}]", f"{stage!r}, one of {', '.join(STAGES)} promised")
