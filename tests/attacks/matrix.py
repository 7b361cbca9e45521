"""Every attack against every tool, and the table of it."""

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import Final

from attacks.attack import Attack, leave_as_it_is
from attacks.forged import FORGERIES
from attacks.grounds import told_site
from attacks.on_archive import ARCHIVE_ATTACKS
from attacks.on_days import DAY_ATTACKS
from attacks.on_ledger import LEDGER_ATTACKS
from attacks.tools import TOOLS, Outcome, Sign, run_tool

NOTHING: Final = Attack("nothing", "nothing was done", leave_as_it_is, lawful=True)
ATTACKS: Final = (NOTHING, *ARCHIVE_ATTACKS, *DAY_ATTACKS, *FORGERIES, *LEDGER_ATTACKS)
_MAX_CHARS: Final = 150
_IDENTIFIER: Final = re.compile(r"[0-9a-f]{16,}")  # differs with every release
_CONTAINED: Final = {"verify --since": "verify", "fsck --other": "fsck"}  # what the second finds, the first does too


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One attack, and what each tool says, in the order of `TOOLS`."""

    attack: Attack
    outcomes: dict[str, Outcome]

    def by(self, sign: Sign) -> tuple[str, ...]:
        """Give the tools that give this sign."""
        return tuple(tool for tool, outcome in self.outcomes.items() if outcome.sign is sign)

    @property
    def first(self) -> tuple[str, str]:
        """The tool with the worst to say, and its words; both empty when all are silent."""
        speaking = (tool for sign in Sign if sign is not Sign.SILENT for tool in self.by(sign))  # worst sign first
        return next(((tool, self.outcomes[tool].message) for tool in speaking), ("", ""))


def run_matrix() -> Iterator[Row]:
    """Do each attack to a fresh site and run each tool on what is left of it."""
    for attack in ATTACKS:
        site = told_site(attack.told).copy()
        attack.act(site)
        yield Row(attack, {tool: run_tool(tool, site) for tool in TOOLS})


def render_table(rows: Iterable[Row]) -> str:
    """Write the matrix as Markdown: attack, who finds it, and what the first of them says."""
    lines = ["| what was done | found by | what the first of them says |", "|---|---|---|"]
    lines += [
        f"| {_cell(row.attack.says)} | {_finders(row)} | {_said(row)} |" for row in rows if row.attack is not NOTHING
    ]
    return "\n".join([*lines, ""])


def render_all(rows: Iterable[Row]) -> str:
    """Write the matrix as plain text, with what every tool says in full."""
    lines = []
    for row in rows:
        lines.append(f"{row.attack.id}: {row.attack.says}{' (lawful)' if row.attack.lawful else ''}")
        lines += [f"    {tool:15} {said.sign:12} {said.message}".rstrip() for tool, said in row.outcomes.items()]
    return "\n".join([*lines, ""])


def _finders(row: Row) -> str:
    if row.attack.lawful:
        return "nobody: it is lawful"
    words = {Sign.REFUTED: "", Sign.OPEN: "cannot tell: ", Sign.NOTICED: "named, not refuted, by "}
    told = [f"{before}{_names(row.by(sign))}" for sign, before in words.items() if row.by(sign)]
    return "; ".join(told) or "nobody"


def _names(tools: tuple[str, ...]) -> str:
    return ", ".join(f"`{tool}`" for tool in tools if _CONTAINED.get(tool) not in tools)


def _said(row: Row) -> str:
    tool, message = row.first
    text = _IDENTIFIER.sub("…", message)
    text = text if len(text) <= _MAX_CHARS else f"{text[:_MAX_CHARS].rpartition(' ')[0]} …"
    said = f"`{tool}`: {_cell(text)}" if tool else ""
    return f"{said}. Why not refuted: {_cell(row.attack.undetected)}" if row.attack.undetected else said


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
