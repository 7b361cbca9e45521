"""How much a cluster's configuration records, as its provider's side found it."""

import dataclasses

from dayseal.checks.route_terms import Grade
from dayseal.model.route import Call


@dataclasses.dataclass(frozen=True, slots=True)
class Coverage:
    """A grade, the call it stands on, and its words; `least` says that something unread may change it.

    `holes` say what is left out, `advice` what would be better, `fix` is the command for the next grade.
    """

    grade: Grade
    source: Call
    fix: str
    holes: str = ""
    advice: str = ""
    least: bool = False
