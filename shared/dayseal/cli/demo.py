"""`dayseal demo`: the whole job in half a minute, without a cloud account."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from dayseal.cli.output import print_line, print_table


class _StdoutTeller:
    """Prints the story: it is this verb's data."""

    def say(self, text: str) -> None:
        print_line(text)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        print_line("")
        print_table(columns, rows, indent=3)
        print_line("")


def demo(
    into: Annotated[Path, typer.Option("--into", help="A new or empty folder to leave everything in.")] = Path("demo"),
    days: Annotated[int, typer.Option("--days", min=4, max=60, help="How many days the clusters ran.")] = 5,
    events: Annotated[int, typer.Option("--events", min=2000, help="About how many a cluster and day.")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same clock, keys and records.")] = 1,
) -> None:
    """Show the whole job: three clusters sealed, tampered with, caught, proved and verified offline."""
    # No other verb should wait for the generator of logs.
    from dayseal.demo.stage import FIRST_DAY  # noqa: PLC0415 - see above
    from dayseal.demo.story import tell_story  # noqa: PLC0415 - see above

    tell_story(into, days=days, seed=seed, tell=_StdoutTeller(), events_per_day=events)
    print_line(f"Left in {into}: ledger/ (a tlog-tiles log), trust.policy, archive/, evidence.zip, event.proof. Try:")
    print_line(f"   dayseal verify {into}/evidence.zip --trust {into}/trust.policy")
    print_line(f"   dayseal show eks-prod {FIRST_DAY + dt.timedelta(days=days // 2)} --config {into}/dayseal.toml")
