"""The words findings share: facts with their call, and the commands a reader can run."""

import dataclasses
import datetime as dt
import shlex

from dayseal.codec import format_day
from dayseal.model import ClusterId, Fact


@dataclasses.dataclass(frozen=True, slots=True)
class FactWriter:
    """Writes the facts of one check, all from one call about one resource."""

    check: str
    call: str
    resource: str

    def fact(self, field: str, value: str) -> Fact:
        """Give the fact `<check>.<field>`."""
        return Fact(id=f"{self.check}.{field}", call=self.call, resource=self.resource, field=field, value=value)


def show_command(cluster: ClusterId, day: dt.date) -> str:
    """Give the command that shows one cluster's day."""
    return f"dayseal show {shlex.quote(cluster.text)} {format_day(day)}"


def explain_command(cluster: str) -> str:
    """Give the command that explains one cluster's state; `cluster` is its text."""
    return f"dayseal explain {shlex.quote(cluster)}"


def reverify_command(day: dt.date) -> str:
    """Give the command that reads one batch day again."""
    return f"dayseal reverify --day {format_day(day)}"


def count(number: int, noun: str, plural: str = "s") -> str:
    """Write a number with its noun: `1 object`, `3 objects`; `plural` is what many of them end in."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}{plural}"
