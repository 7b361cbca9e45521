"""What lies above a project, and the IAM policies along the way: each resource is asked once a run."""

import dataclasses
import functools
import json
import re
from typing import Final

from dayseal.clouds.gcp.calls import Ask, Calls, quoted
from dayseal.clouds.gcp.values import Json, named, part, parts, text, texts, word
from dayseal.errors import FormatError
from dayseal.model.route import Answer, AuditConfig, Call, Known, Missing, Reason, ScopePolicy, read_answer
from dayseal.once import Once

_DEEPEST: Final = 12  # Google allows ten folders below each other
_LOG_TYPES: Final = ("ADMIN_READ", "DATA_READ", "DATA_WRITE")
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
            text_of = read_answer(functools.partial(bindings_text, policy.value), policy.source)
            if isinstance(text_of, Missing):
                return text_of
            found.append(ScopePolicy(name, text_of.value))
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
    """Write the bindings of a policy as JSON text, nothing else of it.

    Raises:
        FormatError: they are not members with roles.
    """
    return json.dumps({"bindings": [_binding(one) for one in parts(policy, "bindings")]}, separators=(",", ":"))


def _binding(item: Json) -> Json:
    found: dict[str, object] = {"role": named(item, "role"), "members": texts(item, "members")}
    return found if item.get("condition") is None else found | {"condition": part(item, "condition")}


def _read_place(kind: str, found: Json) -> _Place:
    """A project may lie below nothing, a folder cannot."""
    name, parent = named(found, "name"), text(found, "parent")
    below = parent.startswith(("folders/", "organizations/")) or (not parent and kind != "folders")
    if not below or not re.fullmatch(f"{kind}/[0-9]+", name, re.ASCII):
        raise FormatError(f"resource {name[:80]!r} below {parent[:80]!r}, {kind} below folder or organisation promised")
    return _Place(name, parent)


def _audit(policy: Json) -> tuple[AuditConfig, ...]:
    return tuple(
        AuditConfig(service, word(log, "logType", _LOG_TYPES), texts(log, "exemptedMembers"))
        for service, config in [(named(one, "service"), one) for one in parts(policy, "auditConfigs")]
        for log in parts(config, "auditLogConfigs")
    )
