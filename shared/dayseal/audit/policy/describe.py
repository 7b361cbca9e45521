"""Rules and requests in words: who, which verbs, what for, and what is left out."""

from dayseal.audit.policy.rules import Decision, Request, ResourceItem, Rule, Stage

_CORE = "core"


def who_of(rule: Rule) -> str:
    """Say whose requests a rule takes: all of `user` and `group` hold, where both are given."""
    parts = []
    if rule.users:
        parts.append(", ".join(rule.users))
    if rule.groups:
        parts.append(f"members of {' or '.join(rule.groups)}")
    return " that are ".join(parts) or "everybody"


def verbs_of(rule: Rule) -> str:
    """Say which verbs a rule takes."""
    return ", ".join(rule.verbs) or "every verb"


def what_of(rule: Rule) -> str:
    """Say which objects or paths a rule takes."""
    if rule.about_urls:
        return ", ".join(rule.urls)
    if not rule.about_resources:
        return "everything"
    what = "; ".join(_item(item) for item in _merged(rule.resources)) or "every resource"
    places = ", ".join(namespace or "no namespace" for namespace in rule.namespaces)
    return f"{what} in {places}" if places else what


def resource_text(group: str, resource: str, subresource: str = "") -> str:
    """Name a kind of object the way kubectl does: `pods/exec`, `deployments.apps/scale`."""
    whole = f"{resource}.{group}" if group else resource
    return f"{whole}/{subresource}" if subresource else whole


def request_text(request: Request) -> str:
    """Name what a request is about, on one line."""
    who = request.user or "nobody (failed authentication)"
    if not request.is_resource:
        return f"{request.verb or 'other verb'} {request.path} by {who}"
    text = f"{request.verb or 'other verb'} {resource_text(request.group, request.resource, request.subresource)}"
    if request.name:
        text += f" {request.name}"
    if request.namespace:
        text += f" in {request.namespace}"
    return f"{text} by {who}"


def stages_text(stages: frozenset[Stage]) -> str:
    """List stages in the order in which they happen; empty for none."""
    return ", ".join(stage.value for stage in Stage if stage in stages)


def decision_text(decision: Decision) -> str:
    """Say what is written: the level, then what is left out."""
    text = decision.level.text
    if decision.level and decision.omit_stages:
        text += f" without {stages_text(decision.omit_stages)}"
    if decision.level and decision.omit_managed_fields:
        text += ", managed fields cut"
    return text


def _merged(items: tuple[ResourceItem, ...]) -> list[tuple[list[str], ResourceItem]]:
    """Put the groups side by side whose resources and names are the same."""
    found: list[tuple[list[str], ResourceItem]] = []
    for item in items:
        group = item.group or _CORE
        for groups, known in found:
            if (known.resources, known.names) == (item.resources, item.names):
                groups.append(group)
                break
        else:
            found.append(([group], item))
    return found


def _item(merged: tuple[list[str], ResourceItem]) -> str:
    groups, item = merged
    where = "every group" if groups == ["*"] else ", ".join(groups)
    if not item.resources:
        return f"all of {where}"
    text = f"{', '.join(item.resources)} of {where}"
    return f"{text} named {', '.join(item.names)}" if item.names else text
