"""What the checks of a route are measured against: the settings' numbers, terms in days, and grades."""

import dataclasses
import datetime as dt
import enum
from typing import Final

from dayseal.errors import UsageError

_YEAR_DAYS: Final = 365


class Grade(enum.StrEnum):
    """How much of what happens is recorded."""

    FULL = "full"
    WRITES_ONLY = "writes-only"
    NONE = "none"


@dataclasses.dataclass(frozen=True, slots=True)
class Declared:
    """What the settings say lies behind a resource dayseal cannot look into: declared, never proven."""

    resource: str
    says: str


@dataclasses.dataclass(frozen=True, slots=True)
class RouteThresholds:
    """What was promised of a route: days kept, the lowest grade, the newest object's greatest age.

    `destinations` declare what lies behind export destinations, `watchers` who else watches the stream.
    """

    hot_days: int = 92
    total_days: int = 365
    coverage_minimum: Grade = Grade.FULL
    accept_governance: bool = False
    newest_object_seconds: int = 3600
    destinations: tuple[Declared, ...] = ()
    watchers: tuple[Declared, ...] = ()

    def __post_init__(self) -> None:
        if self.hot_days < 1 or self.total_days < self.hot_days:
            raise UsageError(
                f"retention: hot {self.hot_days}, total {self.total_days} days; 1 <= hot <= total promised"
            )
        if self.coverage_minimum is Grade.NONE:
            raise UsageError("coverage.minimum: none, full or writes-only promised")
        if self.newest_object_seconds < 1:
            raise UsageError(f"newest_object_seconds: {self.newest_object_seconds}, at least 1 promised")

    def declared_destination(self, resource: str) -> Declared | None:
        """Give what the settings say lies behind a destination, None when they do not name it."""
        return next((item for item in self.destinations if item.resource == resource), None)


def term_days(day: dt.date, total_days: int) -> int:
    """Give how many days logs of `day` must be kept: whole years are calendar years, so 366 over a 29 February.

    Source: checks.md, check 3: 365 days, 366 in a window that holds 29 February.
    """
    if total_days % _YEAR_DAYS:
        return total_days
    year = day.year + total_days // _YEAR_DAYS
    if (day.month, day.day) == (2, 29):
        return (dt.date(year, 3, 1) - day).days
    return (day.replace(year=year) - day).days


def format_days(days: int | None) -> str:
    """Write a term: `92 days`, or `without end` for None."""
    return "without end" if days is None else f"{days} days"
