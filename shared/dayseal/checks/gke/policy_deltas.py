"""What a change of an IAM policy says it added and removed, and what that did to Data Access logs."""

import dataclasses
from collections.abc import Iterator, Mapping

from dayseal.checks.change_words import ChangeEffect, Effect, RouteView

_SERVICES = frozenset({"allServices", "container.googleapis.com"})
_OF_READS = frozenset({"DATA_READ", "DATA_WRITE"})
_LOG_TYPES = {1: "ADMIN_READ", 2: "DATA_WRITE", 3: "DATA_READ"}  # as numbers, google.iam.v1


@dataclasses.dataclass(frozen=True, slots=True)
class BindingDelta:
    """One member that was given a role, or lost it."""

    added: bool
    role: str
    member: str


def binding_deltas(view: RouteView) -> tuple[BindingDelta, ...] | None:
    """Give what a change did to bindings, None where it does not say."""
    if not isinstance(view.says("policyDelta"), Mapping):
        return None
    return tuple(
        BindingDelta(delta.get("action") == "ADD", str(delta.get("role", "")), str(delta.get("member", "")))
        for delta in _listed(view, "bindingDeltas")
    )


def audit_effect(view: RouteView) -> ChangeEffect | None:
    """Say what a change of a project's, folder's or organisation's policy did to Data Access logs.

    None where its audit configuration was not touched, or the resource is not above the cluster.
    """
    scope = view.text("resourceName")
    source = view.facts.gke
    names = {level.name for level in source.levels} | set(getattr(source.ancestry, "value", ()))
    if scope not in names and f"projects/{scope}" not in names:
        return None
    aspect = f"data access logs of {scope}"
    if not isinstance(view.says("policyDelta"), Mapping):
        return ChangeEffect(aspect, Effect.UNCLEAR, f"IAM policy of {scope} changed, in a way the entry does not tell")
    effects = [effect for delta in _listed(view, "auditConfigDeltas") if (effect := _audit(delta)) is not None]
    if not effects:
        return None
    worst = Effect.REDUCED if Effect.REDUCED in effects else Effect.RESTORED
    did = "narrowed" if worst is Effect.REDUCED else "widened"
    return ChangeEffect(aspect, worst, f"audit configuration of {scope} {did}")


def _audit(delta: Mapping[str, object]) -> Effect | None:
    kind, service = delta.get("logType"), str(delta.get("service", ""))
    named = _LOG_TYPES.get(kind, "") if isinstance(kind, int) else str(kind or "")
    if service not in _SERVICES or named not in _OF_READS:
        return None
    added, exempts = delta.get("action") == "ADD", bool(delta.get("exemptedMember"))
    return Effect.REDUCED if added is exempts else Effect.RESTORED


def _listed(view: RouteView, name: str) -> Iterator[Mapping[str, object]]:
    found = view.says("policyDelta", name)
    yield from (item for item in (found if isinstance(found, list) else ()) if isinstance(item, Mapping))
