"""What Azure role assignments allow: actions with wildcards, what a role takes back, and what is left open."""

import dataclasses
import enum
import re
from collections.abc import Sequence
from typing import Final

from dayseal.model.route import RoleAssignment

_STORAGE: Final = "Microsoft.Storage/storageAccounts"
_CONTAINERS: Final = f"{_STORAGE}/blobServices/containers"
_BLOBS: Final = f"{_CONTAINERS}/blobs"
_ASSIGN: Final = "Microsoft.Authorization/roleAssignments/write"


@dataclasses.dataclass(frozen=True, slots=True)
class _Needs:
    """Any one of these gives a right; `keys` are those that only work while account keys do."""

    actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


_KEYS: Final = (f"{_STORAGE}/listKeys/action", f"{_STORAGE}/regenerateKey/action", f"{_STORAGE}/ListAccountSas/action")


class Right(enum.StrEnum):
    """What somebody may do to an archive."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"
    CHANGE = "change"


_NEEDS: Final = {
    Right.READ: _Needs(data_actions=(f"{_BLOBS}/read",), keys=_KEYS),
    Right.WRITE: _Needs(data_actions=(f"{_BLOBS}/write", f"{_BLOBS}/add/action"), keys=_KEYS),
    Right.DELETE: _Needs(actions=(f"{_CONTAINERS}/delete",), data_actions=(f"{_BLOBS}/delete",), keys=_KEYS),
    Right.CHANGE: _Needs(
        actions=(
            f"{_STORAGE}/write",
            f"{_STORAGE}/delete",
            f"{_STORAGE}/managementPolicies/write",
            f"{_CONTAINERS}/write",
            f"{_CONTAINERS}/immutabilityPolicies/write",
            f"{_CONTAINERS}/immutabilityPolicies/delete",
            f"{_CONTAINERS}/clearLegalHold/action",
            _ASSIGN,
        )
    ),
}
_OVER_CLUSTER: Final = (
    "Microsoft.ContainerService/managedClusters/write",
    "Microsoft.ContainerService/managedClusters/delete",
    "Microsoft.Insights/diagnosticSettings/write",
    "Microsoft.Insights/diagnosticSettings/delete",
    _ASSIGN,
)


def gives(assignment: RoleAssignment, right: Right, *, keys_work: bool | None = True) -> bool | None:
    """Say whether an assignment gives a right to the archive.

    None where a condition, an unread role, or whether account keys work (`keys_work` None) decides.
    """
    needs = _NEEDS[right]
    found = _given(assignment, (*needs.actions, *(needs.keys if keys_work else ())), needs.data_actions)
    by_keys = keys_work is None and found is False and _given(assignment, needs.keys, ()) is not False
    return None if by_keys else found


def rules_cluster(assignment: RoleAssignment) -> bool | None:
    """Say whether an assignment lets its holder change the cluster or its diagnostic settings."""
    return _given(assignment, _OVER_CLUSTER, ())


def within(scope: str, subscription: str) -> bool:
    """Say whether a scope is a subscription or lies in it, not above it."""
    top = f"/subscriptions/{subscription}".casefold()
    return scope.casefold() == top or scope.casefold().startswith(f"{top}/")


def words(assignment: RoleAssignment) -> str:
    """Name an assignment; a user is left out by name, findings go into the ledger."""
    who = "a user" if assignment.kind.casefold() == "user" else f"{assignment.kind} {assignment.principal}"
    return f"{who} ({assignment.role} at {assignment.scope})"


def _given(assignment: RoleAssignment, actions: Sequence[str], data_actions: Sequence[str]) -> bool | None:
    if assignment.actions is None:
        return None
    held = [action for action in actions if _allows(action, assignment.actions, assignment.not_actions)]
    if any(action != _ASSIGN for action in held):
        return True  # Azure lets a condition narrow data actions and the giving of roles, nothing else
    data = any(_allows(a, assignment.data_actions, assignment.not_data_actions) for a in data_actions)
    return None if (held or data) and assignment.condition else bool(held) or data


def _allows(action: str, allowed: Sequence[str], taken: Sequence[str]) -> bool:
    return any(_covers(p, action) for p in allowed) and not any(_covers(p, action) for p in taken)


def _covers(pattern: str, action: str) -> bool:
    parts = (re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(".*".join(parts), action, re.IGNORECASE) is not None
