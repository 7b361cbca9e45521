"""What an attack is: a name, a line, and a function that does it to a site."""

import dataclasses
from collections.abc import Callable

from attacks.grounds import TOLD, Site


@dataclasses.dataclass(frozen=True, slots=True)
class Attack:
    """Something done to archive, ledger or evidence; `lawful` ones must be accused by nobody.

    `told` are the days that the attestor of `prod` sealed before. `undetected` says why no tool refutes it.
    """

    id: str
    says: str
    act: Callable[[Site], None]
    lawful: bool = False
    told: frozenset[int] = TOLD
    undetected: str = ""


def leave_as_it_is(site: Site) -> None:
    """Do nothing more: what was left undone before is the attack."""
