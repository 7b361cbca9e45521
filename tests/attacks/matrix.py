"""Every attack against every tool."""

import dataclasses
from collections.abc import Iterator
from typing import Final

from attacks.attack import Attack, leave_as_it_is
from attacks.forged import FORGERIES
from attacks.on_archive import ARCHIVE_ATTACKS
from attacks.on_days import DAY_ATTACKS
from attacks.on_ledger import LEDGER_ATTACKS
from attacks.grounds import told_site
from attacks.tools import TOOLS, Outcome, Sign, run_tool

NOTHING: Final = Attack("nothing", "nothing was done", leave_as_it_is, lawful=True)
ATTACKS: Final = (NOTHING, *ARCHIVE_ATTACKS, *DAY_ATTACKS, *FORGERIES, *LEDGER_ATTACKS)


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One attack, and what each tool says, in the order of `TOOLS`."""

    attack: Attack
    outcomes: tuple[tuple[str, Outcome], ...]

    def by(self, sign: Sign) -> tuple[str, ...]:
        """Give the tools that give this sign."""
        return tuple(tool for tool, outcome in self.outcomes if outcome.sign is sign)


def run_matrix() -> Iterator[Row]:
    """Do each attack to a fresh site and run each tool on what is left of it."""
    for attack in ATTACKS:
        site = told_site(attack.told).copy()
        attack.act(site)
        yield Row(attack, tuple((tool, run_tool(tool, site)) for tool in TOOLS))
