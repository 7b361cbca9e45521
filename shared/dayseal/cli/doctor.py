"""`dayseal doctor`: which permissions are needed, which are missing, and whether submissions got stuck."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
import typer

from dayseal.cli.alarms import overdue_rows, say_overdue
from dayseal.cli.options import ConfigOption, FormatOption, settings_of
from dayseal.cli.output import (
    EXIT_FAILED,
    EXIT_OK,
    EXIT_UNKNOWN,
    Format,
    print_json,
    print_line,
    print_table,
    report_error,
    say,
    worst_exit,
)
from dayseal.errors import DaysealError
from dayseal.settings import Settings
from dayseal.steps.pending import Overdue
from dayseal.wiring import Diagnosis, diagnose, diagnose_all, overdue_of, this_machine


def doctor(
    *,
    provider: Annotated[
        str | None, typer.Option("--provider", help="aws, gcp or azure. [default: as the settings say]")
    ] = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Name every permission needed and the missing ones, and what was submitted in vain.

    Exit 1: a submission is in no checkpoint after a day; 3: something is missing, or could not be asked.
    """
    settings = settings_of(config)
    clock = this_machine().clock
    rows, silent = diagnose(settings, provider, clock) if provider else diagnose_all(settings, clock)
    overdue, failed = _overdue(settings)
    if output is Format.JSON:
        permissions = [msgspec.to_builtins(row) for row in rows]
        print_json({"permissions": permissions, "silentScopes": list(silent), "overdue": overdue_rows(overdue)})
    else:
        _print_rows(rows, silent)
    say_overdue(overdue)
    missing = bool(silent) or any(row.state in ("missing", "no answer") for row in rows)
    raise typer.Exit(worst_exit(EXIT_FAILED if overdue else EXIT_OK, EXIT_UNKNOWN if missing else EXIT_OK, failed))


def _overdue(settings: Settings) -> tuple[tuple[Overdue, ...], int]:
    try:
        return overdue_of(settings, this_machine().clock), EXIT_OK
    except DaysealError as error:  # a ledger that cannot be read must not hide which permission is missing
        return (), report_error(error)


def _print_rows(rows: Sequence[Diagnosis], silent: Sequence[str]) -> None:
    if rows:
        print_table(("permission", "where", "what for", "state"), [(r.action, r.where, r.why, r.state) for r in rows])
    else:
        print_line("no provider in the settings: there are no permissions to ask about")
    for row in rows:
        if row.detail:
            say(f"{row.state} {row.action}: {row.detail}")
    for scope in silent:
        say(f"did not answer: {scope}")
