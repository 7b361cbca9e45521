"""A second evaluator, written from the rules of matching one sentence after the other, without any table."""

from dayseal.audit.policy import NEWEST_MINOR, Policy, Request, ResourceItem, Rule


def naive_rule(policy: Policy, request: Request, *, minor: int = NEWEST_MINOR) -> int | None:
    """Give the index of the first rule that matches."""
    for index, rule in enumerate(policy.rules):
        if naive_matches(rule, request, minor=minor):
            return index
    return None


def naive_matches(rule: Rule, request: Request, *, minor: int = NEWEST_MINOR) -> bool:
    """Say whether a rule matches."""
    if len(rule.users) > 0 and (request.user is None or request.user not in rule.users):
        return False
    if len(rule.groups) > 0:
        if request.user is None:
            return False
        if not [group for group in request.groups if group in rule.groups]:
            return False
    if len(rule.verbs) > 0 and request.verb not in rule.verbs:
        return False
    if len(rule.namespaces) > 0 or len(rule.resources) > 0:
        return _resource_matches(rule, request, minor)
    if len(rule.urls) > 0:
        return not request.is_resource and any(_path_matches(request.path, url) for url in rule.urls)
    return True


def _resource_matches(rule: Rule, request: Request, minor: int) -> bool:
    if not request.is_resource:
        return False
    if len(rule.namespaces) > 0 and request.namespace not in rule.namespaces:
        return False
    if len(rule.resources) == 0:
        return True
    return any(_item_matches(item, request, minor) for item in rule.resources)


def _item_matches(item: ResourceItem, request: Request, minor: int) -> bool:
    if item.group != request.group and not (item.group == "*" and minor >= 36):
        return False
    if len(item.resources) == 0:
        return True
    for entry in item.resources:
        if len(item.names) > 0 and request.name not in item.names:
            continue
        combined = request.resource
        if request.subresource != "":
            combined = request.resource + "/" + request.subresource
        if entry in (combined, "*"):
            return True
        if request.subresource != "" and entry.startswith("*/") and entry[2:] == request.subresource:
            return True
        if entry.endswith("/*") and entry[:-2] == request.resource:
            return True
    return False


def _path_matches(path: str, url: str) -> bool:
    if url in {"*", path}:
        return True
    return url.endswith("*") and path.startswith(url.rstrip("*"))
