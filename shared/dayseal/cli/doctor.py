"""`dayseal doctor`: which permissions are needed, and which are missing."""

from typing import Annotated

import msgspec
import typer

from dayseal.cli.options import ConfigOption, FormatOption, settings_of
from dayseal.cli.output import EXIT_OK, EXIT_UNKNOWN, Format, print_json, print_table, say
from dayseal.wiring import diagnose, this_machine


def doctor(
    *,
    provider: Annotated[str, typer.Option("--provider", help="aws; gcp and azure come later.")] = "aws",
    config: ConfigOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Ask everything once and name every permission needed, and the missing ones. Exit 3: something is missing."""
    rows, silent = diagnose(settings_of(config), provider, this_machine().clock)
    if output is Format.JSON:
        print_json({"permissions": [msgspec.to_builtins(row) for row in rows], "silentScopes": list(silent)})
    else:
        print_table(("permission", "where", "what for", "state"), [(r.action, r.where, r.why, r.state) for r in rows])
        for row in rows:
            if row.detail:
                say(f"missing {row.action}: {row.detail}")
        for scope in silent:
            say(f"did not answer: {scope}")
    raise typer.Exit(EXIT_UNKNOWN if silent or any(row.state == "missing" for row in rows) else EXIT_OK)
