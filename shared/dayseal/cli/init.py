"""`dayseal init`: a new workspace."""

from pathlib import Path
from typing import Annotated

import typer

from dayseal.cli.output import print_line, say
from dayseal.wiring import create_workspace, this_machine


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    origin: Annotated[
        str | None, typer.Option(help="The log's name, e.g. audit.example.com/ledger. [default: dayseal.local/<8 hex>]")
    ] = None,
) -> None:
    """Make a workspace: settings, keys, trust policy and an empty ledger."""
    chosen = create_workspace(folder, origin=origin, surroundings=this_machine())
    print_line(f"workspace {folder} with log {chosen}")
    say("demo trust level: root, log and attestor keys all lie on this machine")
    say(f"next: dayseal seal --config {folder}/dayseal.toml --archive LOGS --day DAY")
