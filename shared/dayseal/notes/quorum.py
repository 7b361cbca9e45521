"""Which sets of witnesses are enough: groups of witnesses, and the quorum they form."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Final

from dayseal.errors import FormatError
from dayseal.notes.keys import VerifierKey

NO_QUORUM: Final = "none"


@dataclasses.dataclass(frozen=True, slots=True)
class Witness:
    """A witness key, and the name the policy gives it (not the key's own name)."""

    name: str
    key: VerifierKey


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """Witnesses and earlier groups, of which at least `need` must have cosigned.

    Raises:
        FormatError: `need` is not between 1 and the number of members.
    """

    name: str
    need: int
    members: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= self.need <= len(self.members):
            raise FormatError(f"group {self.name}: needs {self.need} of {len(self.members)} members")

    @property
    def text(self) -> str:
        """The group as a policy line."""
        count = {1: "any", len(self.members): "all"}.get(self.need, str(self.need))
        return f"group {self.name} {count} {' '.join(self.members)}"


def check_quorum(witnesses: Sequence[Witness], groups: Sequence[Group], quorum: str) -> None:
    """Require that groups and quorum rest on names defined before them, and that nobody counts twice.

    Spec: C2SP tlog-policy.

    Raises:
        FormatError: a name is defined twice, is a member twice, or is defined too late or never.
    """
    defined = {witness.name for witness in witnesses}
    for group in groups:
        for member in group.members:
            if member not in defined:
                raise FormatError(f"group {group.name}: member {member} is not defined before it")
        defined.add(group.name)
    require_once((*(w.name for w in witnesses), *(g.name for g in groups), NO_QUORUM), "name")
    require_once((member for group in groups for member in group.members), "group member")
    if quorum != NO_QUORUM and quorum not in defined:
        raise FormatError(f"quorum: {quorum} is not defined before it")


def makes_quorum(cosigned: Iterable[str], witnesses: Sequence[Witness], groups: Sequence[Group], quorum: str) -> bool:
    """Say whether the witnesses named `cosigned` make the quorum; other names count for nothing."""
    met = {witness.name for witness in witnesses}.intersection(cosigned)
    for group in groups:
        if sum(member in met for member in group.members) >= group.need:
            met.add(group.name)
    return quorum == NO_QUORUM or quorum in met


def require_once(values: Iterable[object], what: str) -> None:
    """Require that no value comes twice; `what` names them in the message.

    Raises:
        FormatError: one does.
    """
    seen: set[object] = set()
    for value in values:
        if value in seen:
            shown = value.hex()[:16] if isinstance(value, bytes) else str(value)[:80]
            raise FormatError(f"trust policy: {what} {shown} twice, once promised")
        seen.add(value)
