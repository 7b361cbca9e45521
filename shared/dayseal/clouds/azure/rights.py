"""Who may do what at a scope: role assignments with all that is inherited from above, and what their roles allow."""

import functools
from collections.abc import Iterator
from typing import Final

from dayseal.clouds.azure.calls import Ask, Calls
from dayseal.clouds.azure.values import Json, part, parts, text, texts
from dayseal.errors import FormatError
from dayseal.model.route import Answer, Call, Known, Missing, RoleAssignment
from dayseal.once import Once

_VERSION: Final = "2022-04-01"

Role = tuple[str, tuple[Json, ...]]  # its name, and what each of its entries allows


class Rights:
    """Lists assignments at scopes, and reads roles, each once a run."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._scopes: Once[str, Answer[tuple[RoleAssignment, ...]]] = Once()
        self._roles: Once[str, Answer[Role]] = Once()

    def at(self, scope: str) -> Answer[tuple[RoleAssignment, ...]]:
        """Give the role assignments that hold at a resource: its own and those of all that lies above it.

        One whose role could not be read has no actions (None). A role of several entries gives one for each.
        """
        return self._scopes.get(scope.casefold(), lambda: self._ask(scope))

    def _ask(self, scope: str) -> Answer[tuple[RoleAssignment, ...]]:
        call = Call("authorization", "roleAssignments.list", scope)
        path = f"{scope}/providers/Microsoft.Authorization/roleAssignments"
        listed = self._calls.list(Ask(call, path, _VERSION, {"$filter": "atScope()"}))
        return listed.answer(lambda found: tuple(one for item in found.items() for one in self._read(item)))

    def _read(self, item: Json) -> Iterator[RoleAssignment]:
        told = part(item, "properties")
        definition, scope = text(told, "roleDefinitionId"), text(told, "scope")
        if not (definition and scope and text(told, "principalId")):
            raise FormatError("role assignment: no principalId, scope or roleDefinitionId")
        named = functools.partial(
            RoleAssignment, principal=text(told, "principalId"), kind=text(told, "principalType"), scope=scope
        )
        condition = text(told, "condition")
        role = self._role(definition)
        if isinstance(role, Missing):
            yield named(role=definition.rpartition("/")[2], actions=None, condition=condition)
            return
        name, entries = role.value
        for entry in entries:
            yield named(
                role=name,
                actions=texts(entry, "actions"),
                not_actions=texts(entry, "notActions"),
                data_actions=texts(entry, "dataActions"),
                not_data_actions=texts(entry, "notDataActions"),
                condition=condition or text(entry, "condition"),
            )

    def _role(self, definition: str) -> Answer[Role]:
        """Read a role; one role has many ids, one for each subscription, and one name at their end."""
        guid = definition.rpartition("/")[2].casefold()
        return self._roles.get(guid, lambda: self._ask_role(definition))

    def _ask_role(self, definition: str) -> Answer[Role]:
        call = Call("authorization", "roleDefinitions.get", definition)
        return self._calls.ask(Ask(call, definition, _VERSION), _read_role)


def join_rights(answers: list[Answer[tuple[RoleAssignment, ...]]]) -> Answer[tuple[RoleAssignment, ...]]:
    """Give what holds at several scopes, each assignment once; one that did not answer leaves no answer."""
    missing = next((answer for answer in answers if isinstance(answer, Missing)), None)
    if missing is not None:
        return missing
    known = [answer for answer in answers if isinstance(answer, Known)]
    return Known(tuple(dict.fromkeys(one for answer in known for one in answer.value)), known[0].source)


def _read_role(found: Json) -> Role:
    properties = part(found, "properties")
    name, entries = text(properties, "roleName"), parts(properties, "permissions")
    if not name or not entries:
        raise FormatError("role definition: no roleName or permissions")
    for entry in entries:
        if entry.get("actions") is None or not all(texts(entry, "actions")):
            raise FormatError("role definition: permissions without actions, a list of them promised")
        for field in ("actions", "notActions", "dataActions", "notDataActions"):
            texts(entry, field)
    return name, entries
