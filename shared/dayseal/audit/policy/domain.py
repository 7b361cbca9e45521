"""A set of requests that stands for all others, as far as some policies can tell them apart.

For every attribute: each value the policies name, and one value none of them names. Two requests whose attributes
the policies name alike are decided alike. Of users in several groups only some combinations are built: each group
alone, and everybody in all of them.
"""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Final

from dayseal.audit.policy.builtin import is_namespaced
from dayseal.audit.policy.describe import resource_text
from dayseal.audit.policy.evaluate import item_covers
from dayseal.audit.policy.requests import implied_groups
from dayseal.audit.policy.rules import Policy, Request, ResourceItem

ANONYMOUS: Final = "system:anonymous"


@dataclasses.dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who asks; `user` None is nobody, a failed authentication. `combined`: in every named group."""

    label: str
    user: str | None
    groups: tuple[str, ...]
    combined: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """What a request is for, in words: the kind of object, the namespace, the name; the last two may be empty."""

    target: str
    namespace: str
    name: str
    request: Request


@dataclasses.dataclass(frozen=True, slots=True)
class Domain:
    """The values that stand for all."""

    principals: tuple[Principal, ...]
    places: tuple[Place, ...]
    verbs: tuple[str, ...]


def domain_of(policies: Iterable[Policy]) -> Domain:
    """Build the domain of some policies from what they name."""
    rules = [rule for policy in policies for rule in policy.rules]
    users = _unique(user for rule in rules for user in rule.users)
    groups = _unique(group for rule in rules for group in rule.groups)
    namespaces = _unique(namespace for rule in rules for namespace in rule.namespaces)
    items = [item for rule in rules for item in rule.resources]
    urls = _unique(url for rule in rules for url in rule.urls)
    return Domain(
        principals=tuple(_principals(users, groups)),
        places=(*_resource_places(items, namespaces), *_path_places(urls)),
        verbs=_unique(verb for rule in rules for verb in rule.verbs),
    )


def _principals(users: tuple[str, ...], groups: tuple[str, ...]) -> Iterator[Principal]:
    other = _fresh("someone", users)
    yield Principal("any other user", other, implied_groups(other))
    yield Principal("failed authentication", None, ())
    yield from (Principal(user, user, implied_groups(user)) for user in _unique((ANONYMOUS, *users)))
    for group in groups:
        user = _member(group, other)
        if user != ANONYMOUS:
            yield Principal(f"members of {group}", user, _unique((*implied_groups(user), group)))
    named = tuple(group for group in groups if group != "system:unauthenticated")
    if len(named) > 1 or (users and named):
        for user in (other, *users):
            if user != ANONYMOUS:
                label = f"{'any other user' if user == other else user} in every named group"
                yield Principal(label, user, _unique((*implied_groups(user), *named)), combined=True)


def _member(group: str, other: str) -> str:
    if group == "system:unauthenticated":
        return ANONYMOUS
    if group == "system:nodes":
        return "system:node:other"
    if group.startswith("system:serviceaccounts"):
        return f"system:serviceaccount:{group.removeprefix('system:serviceaccounts').lstrip(':') or 'elsewhere'}:other"
    return other


def _resource_places(items: list[ResourceItem], namespaces: tuple[str, ...]) -> Iterator[Place]:
    groups = _unique(("", *(item.group for item in items if item.group != "*")))
    for group in (*groups, _fresh("example.com", groups)):
        mine = [item for item in items if item.group in (group, "*")]
        known = group in groups
        for resource, subresource, target in _targets(group, mine, known=known):
            names = _unique(name for i in mine if item_covers(i, resource, subresource) for name in i.names)
            yield from _located(group, resource, subresource, target, names, namespaces)


def _targets(group: str, items: list[ResourceItem], *, known: bool) -> Iterator[tuple[str, str, str]]:
    """Give resource, subresource and a label for each kind of object in a group."""
    entries = [entry.partition("/") for item in items for entry in item.resources]
    resources = _unique(resource for resource, _, _ in entries if resource and resource != "*")
    subresources = _unique(sub for _, _, sub in entries if sub and sub != "*")
    other, other_sub = _fresh("widgets", resources), _fresh("part", subresources)
    rest = f"everything else of {group or 'core'}" if known else "every other API group"
    for resource in (*resources, other):
        for sub in ("", *subresources, other_sub):
            named = any(entry in ((resource, "/", sub), ("*", "/", sub)) for entry in entries)
            if sub and sub != other_sub and not named:
                continue  # the policies cannot tell it from the other subresource
            label = resource_text(group, resource) if resource != other else rest
            label += f"/{sub}" if sub and sub != other_sub else ", subresources" if sub else ""
            yield resource, sub, label


def _located(
    group: str, resource: str, subresource: str, target: str, names: tuple[str, ...], namespaces: tuple[str, ...]
) -> Iterator[Place]:
    scope = is_namespaced(group, resource)
    elsewhere = _fresh("elsewhere", (*namespaces, *names))
    labels = {"": "across all namespaces" if scope else "in no namespace"}
    labels |= {namespace: f"in {namespace}" for namespace in namespaces if namespace}
    labels[elsewhere] = "in another namespace" if namespaces else ""
    if scope is False:
        labels = {"": ""}
    elif not namespaces:
        labels = {elsewhere: ""}
    if (group, resource) == ("", "namespaces"):  # a namespace is in itself
        yield from (
            _place(target, "", f"named {one}", "", resource, subresource, one, one) for one in (*namespaces, *names)
        )
        yield _place(target, "", "of another name", "", resource, subresource, elsewhere, elsewhere)
        yield _place(target, "", "without a name", "", resource, subresource, "", "")
        return
    for namespace, label in labels.items():
        for name in ("", *names):
            named = f"named {name}" if name else "of another name" if names else ""
            yield _place(target, label, named, group, resource, subresource, namespace, name)


def _place(
    target: str, where: str, named: str, group: str, resource: str, subresource: str, namespace: str, name: str
) -> Place:
    request = Request(None, (), "", True, group, resource, subresource, namespace, name)  # noqa: FBT003 - a resource
    return Place(target, where, named, request)


def _path_places(urls: tuple[str, ...]) -> Iterator[Place]:
    paths = {url: url for url in urls if not url.endswith("*")}
    paths |= {_fresh(url.rstrip("*"), tuple(paths)): url for url in urls if url.endswith("*") and url != "*"}
    paths[_fresh("/other", tuple(paths))] = "every other path"
    for path, label in paths.items():
        yield Place(label, "", "", Request(None, (), "", is_resource=False, path=path))


def _fresh(text: str, taken: Iterable[str]) -> str:
    found = text
    while found in set(taken):
        found += "x"
    return found


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
