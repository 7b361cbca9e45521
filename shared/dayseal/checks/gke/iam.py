"""Who may do what in a Cloud Storage bucket, by the bindings of its IAM policy and of those further up.

Custom roles, groups and conditions are not looked into: what hangs on one is not certain. Deny policies and
principal access boundaries are not looked at; they can only take rights away.

Source: Cloud Storage, "IAM roles for Cloud Storage"; IAM, "Principal identifiers".
"""

import dataclasses
import enum
import json
from collections.abc import Mapping, Sequence
from typing import Final

from dayseal.errors import FormatError
from dayseal.model.route import Answer, ArchiveFacts, Call, Known, Missing, Reason

PUBLIC: Final = ("allUsers", "allAuthenticatedUsers")
_STORAGE: Final = "roles/storage."
_CUSTOM: Final = ("projects/", "organizations/")


class Right(enum.Enum):
    """What a role lets its holders do in the archive."""

    READ = "read"
    CREATE = "create"
    DELETE = "delete"
    CHANGE = "change"


_ROLES: Final[Mapping[str, frozenset[Right]]] = {
    "roles/storage.objectViewer": frozenset({Right.READ}),
    "roles/storage.objectCreator": frozenset({Right.CREATE}),
    "roles/storage.objectUser": frozenset({Right.READ, Right.CREATE, Right.DELETE}),
    "roles/storage.objectAdmin": frozenset({Right.READ, Right.CREATE, Right.DELETE}),
    "roles/storage.admin": frozenset(Right),
    "roles/storage.bucketViewer": frozenset(),
    "roles/storage.insightsCollectorService": frozenset(),
    "roles/storage.legacyObjectReader": frozenset({Right.READ}),
    "roles/storage.legacyObjectOwner": frozenset({Right.READ, Right.CHANGE}),
    "roles/storage.legacyBucketReader": frozenset(),
    "roles/storage.legacyBucketWriter": frozenset({Right.CREATE, Right.DELETE}),
    "roles/storage.legacyBucketOwner": frozenset({Right.CREATE, Right.DELETE, Right.CHANGE}),
    "roles/logging.bucketWriter": frozenset(),
    "roles/viewer": frozenset(),
    "roles/browser": frozenset(),
    # The basic roles may create and delete buckets; what more they may is for the bucket's own policy to say.
    "roles/editor": frozenset({Right.DELETE}),
    "roles/owner": frozenset({Right.DELETE, Right.CHANGE}),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Grant:
    """One member's role in the policy of one resource; `condition` is its text, `""` without one."""

    member: str
    role: str
    scope: str
    condition: str = ""

    def gives(self, right: Right) -> bool | None:
        """Say whether the role gives a right; None for roles that are not looked into."""
        if self.role in _ROLES:
            return right in _ROLES[self.role]
        return None if self.role.startswith((_STORAGE, *_CUSTOM)) else False

    @property
    def words(self) -> str:
        """The grant in words."""
        condition = f", on condition {self.condition[:120]}" if self.condition else ""
        return f"{self.member} ({self.role.removeprefix('roles/')} on {self.scope}{condition})"


@dataclasses.dataclass(frozen=True, slots=True)
class Grants:
    """All grants that were seen, and the answers that may hide more."""

    seen: tuple[Grant, ...]
    hidden: tuple[Missing, ...]


def read_grants(archive: ArchiveFacts) -> Grants:
    """Read who holds what on the archive, by its own policy and those it inherits.

    Raises:
        FormatError: a policy cannot be read.
    """
    seen: list[Grant] = []
    hidden: list[Missing] = []
    own = f"bucket {archive.name}"
    answers: list[tuple[str, Answer[str | None]]] = [(own, archive.policy)]
    if isinstance(archive.inherited, Known):
        answers += [(above.scope, Known(above.policy, archive.inherited.source)) for above in archive.inherited.value]
    elif archive.inherited is not None:
        hidden.append(archive.inherited)
    else:
        hidden.append(_unasked(archive))
    for scope, answer in answers:
        if isinstance(answer, Missing):
            hidden.append(answer)
        elif answer.value is not None:
            seen += parse_bindings(answer.value, scope)
    return Grants(tuple(seen), tuple(hidden))


def parse_bindings(text: str, scope: str) -> tuple[Grant, ...]:
    """Read the bindings of an IAM policy.

    Raises:
        FormatError: it is no policy with bindings of members to roles.
    """
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise FormatError(f"IAM policy of {scope}: no JSON, a policy promised") from exc
    bindings = policy.get("bindings", []) if isinstance(policy, dict) else None
    if not isinstance(bindings, list):
        raise FormatError(f"IAM policy of {scope}: no bindings, a list of them promised")
    grants: list[Grant] = []
    for binding in bindings:
        role = binding.get("role") if isinstance(binding, dict) else None
        members = binding.get("members", []) if isinstance(binding, dict) else None
        if not isinstance(role, str) or not isinstance(members, list) or not all(isinstance(m, str) for m in members):
            raise FormatError(f"IAM policy of {scope}: a binding without role or members")
        condition = binding.get("condition")
        said = "" if condition is None else json.dumps(condition, separators=(",", ":"))
        grants += [Grant(member, role, scope, said) for member in members]
    return tuple(grants)


def may_write(grants: Grants, writer: str) -> bool | None:
    """Say whether a sink's writer may create objects; None where that hangs on what is not looked into, or hidden."""
    doubt = bool(grants.hidden)
    for grant in grants.seen:
        right = grant.gives(Right.CREATE)
        if right is False:
            continue
        if grant.member.casefold() == writer.casefold() or grant.member in PUBLIC:
            if right and not grant.condition:
                return True
            doubt = True
        doubt = doubt or grant.member.startswith(("group:", "domain:", "principalSet:"))
    return None if doubt else False


def of_project(member: str, names: Sequence[str]) -> bool | None:
    """Say whether a member belongs to a project (its id or number); None where its name does not tell.

    People, groups and domains belong to no project. A service account's address names its own, except the
    default and Google's own agents', which name its number.
    """
    kind, _, name = member.partition(":")
    if member in PUBLIC:
        return True
    if kind in {"projectOwner", "projectEditor", "projectViewer"}:
        return name in names
    if kind != "serviceAccount":
        return None if kind == "principalSet" else False
    local, _, domain = name.partition("@")
    numbered = local.removeprefix("service-").partition("-")[0]
    return domain.partition(".")[0] in names or numbered in names or local in names


def _unasked(archive: ArchiveFacts) -> Missing:
    answer = archive.policy
    call = answer.source if isinstance(answer, Known) else answer.call
    return Missing(Reason.NOT_ASKED, Call(call.service, call.operation, f"what {archive.name} inherits"))
