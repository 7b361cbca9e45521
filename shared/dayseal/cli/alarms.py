"""How verbs tell of what an attestor submitted in vain."""

from collections.abc import Sequence

from dayseal.cli.output import say
from dayseal.codec import format_time
from dayseal.steps.pending import Overdue


def say_overdue(found: Sequence[Overdue]) -> None:
    """Say each alarm in one line."""
    for one in found:
        say(f"ALARM: {one.text}")


def overdue_rows(found: Sequence[Overdue]) -> list[dict[str, str]]:
    """Give alarms as JSON data."""
    return [{"key": one.name.key, "signedAt": format_time(one.at), "reason": one.reason} for one in found]
