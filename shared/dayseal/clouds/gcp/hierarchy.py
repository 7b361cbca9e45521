"""What lies above a project, and the IAM policies along the way: each resource is asked once a run."""

import dataclasses
import functools
import json
from typing import Final

from dayseal.clouds.gcp.calls import Ask, Calls, Json, quoted, read_answer
from dayseal.errors import FormatError
from dayseal.model.route import Answer, AuditConfig, Call, Known, Missing, Reason, ScopePolicy
from dayseal.once import Once

_DEEPEST: Final = 12  # Google allows ten folders below each other
_VERSION: Final = 3  # of a policy: with its conditions


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """A resource's own name with its number, and its parent's name, `""` at the top."""

    name: str
    parent: str


class Hierarchy:
    """Asks the Resource Manager; names are `projects/P`, `folders/N`, `organizations/N`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._places: Once[str, Answer[_Place]] = Once()
        self._policies: Once[str, Answer[Json]] = Once()

    def number(self, project: str) -> Answer[str]:
        """Give the number of a project (`projects/P`)."""
        found = self._place(project)
        return found if isinstance(found, Missing) else Known(found.value.name.partition("/")[2], found.source)

    def ancestry(self, project: str) -> Answer[tuple[str, ...]]:
        """Give the names from the project up; one that does not answer leaves no answer, it would say too little."""
        names, at = [project], self._place(project)
        while isinstance(at, Known):
            parent = at.value.parent
            if not parent:
                return Known(tuple(names), at.source)
            names.append(parent)
            if parent.startswith("organizations/"):
                return Known(tuple(names), at.source)
            if len(names) > _DEEPEST:
                return Missing(Reason.CONTRADICTORY, at.source, f"more than {_DEEPEST} levels")
            at = self._place(parent)
        return at

    def audit_configs(self, name: str) -> Answer[tuple[AuditConfig, ...]]:
        """Give the audit configuration of a resource's own IAM policy."""
        found = self._policy(name)
        return found if isinstance(found, Missing) else read_answer(lambda: _audit(found.value), found.source)

    def policies(self, project: str) -> Answer[tuple[ScopePolicy, ...]]:
        """Give the bindings of a project and of all that lies above; without one of them there is no answer."""
        names = self.ancestry(project)
        if isinstance(names, Missing):
            return names
        found: list[ScopePolicy] = []
        for name in names.value:
            policy = self._policy(name)
            if isinstance(policy, Missing):
                return policy
            found.append(ScopePolicy(name, bindings_text(policy.value)))
        return Known(tuple(found), names.source)

    def _place(self, name: str) -> Answer[_Place]:
        return self._places.get(name, lambda: self._ask_place(name))

    def _ask_place(self, name: str) -> Answer[_Place]:
        kind = name.partition("/")[0]
        call = Call("cloudresourcemanager", f"{kind}.get", name)
        read = functools.partial(_read_place, kind)
        return self._calls.ask(Ask(call, f"v3/{quoted(name)}"), read)

    def _policy(self, name: str) -> Answer[Json]:
        return self._policies.get(name, lambda: self._ask_policy(name))

    def _ask_policy(self, name: str) -> Answer[Json]:
        call = Call("cloudresourcemanager", f"{name.partition('/')[0]}.getIamPolicy", name)
        body = {"options": {"requestedPolicyVersion": _VERSION}}
        return self._calls.ask(Ask(call, f"v3/{quoted(name)}:getIamPolicy", body=body), lambda found: found)


def bindings_text(policy: Json) -> str:
    """Write the bindings of a policy as JSON text, nothing else of it."""
    return json.dumps({"bindings": policy.get("bindings") or []}, separators=(",", ":"))


def _read_place(kind: str, found: Json) -> _Place:
    name, parent = str(found["name"]), str(found.get("parent") or "")
    if not name.startswith(f"{kind}/") or (parent and not parent.startswith(("folders/", "organizations/"))):
        raise FormatError(f"resource {name[:80]!r} below {parent[:80]!r}, {kind} below folder or organisation promised")
    return _Place(name, parent)


def _audit(policy: Json) -> tuple[AuditConfig, ...]:
    return tuple(
        AuditConfig(str(config["service"]), str(log["logType"]), tuple(map(str, log.get("exemptedMembers") or ())))
        for config in policy.get("auditConfigs") or ()
        for log in config.get("auditLogConfigs") or ()
    )
