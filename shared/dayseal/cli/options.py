"""Options that several verbs share, and how their values are read."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from dayseal.cli.output import Format
from dayseal.codec import parse_day, parse_time
from dayseal.errors import AccessError, FormatError, UsageError
from dayseal.notes import parse_checkpoint
from dayseal.settings import Settings, find_settings, read_days, read_settings
from dayseal.wiring import this_machine

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Settings file or its folder. [default: $DAYSEAL_CONFIG, ./dayseal.toml]"),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How data is printed.")]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="The moment or day asked about. [default: now]")]
SinceOption = Annotated[
    Path | None, typer.Option("--since", help="A checkpoint the auditor kept: the file then proves growth from it.")
]
OutOption = Annotated[Path, typer.Option("-o", "--out", help="File to write; an existing one is refused.")]
DayText = Annotated[str, typer.Argument(metavar="DAY", help="A UTC day, like 2026-11-22.")]
ClusterText = Annotated[str, typer.Argument(metavar="CLUSTER", help="A cluster: any unambiguous part of its name.")]


def settings_of(config: Path | None) -> Settings:
    """Read the settings a verb was given or finds.

    Raises:
        UsageError: there are none, or they make no sense.
    """
    return read_settings(find_settings(config))


def day_of(text: str) -> dt.date:
    """Read a day from the command line.

    Raises:
        UsageError: it is none.
    """
    return read_days(text)


def moment_of(text: str | None) -> dt.datetime:
    """Read a moment or a day (its start) from the command line; without one, now.

    Raises:
        UsageError: it is neither.
    """
    if text is None:
        return this_machine().clock.now()
    try:
        return parse_time(text) if "T" in text else dt.datetime.combine(parse_day(text), dt.time(), tzinfo=dt.UTC)
    except FormatError as exc:
        said = f"--as-of {text}: a day like 2026-11-22 or a time like 2026-11-22T06:00:00Z promised"
        raise UsageError(said) from exc


def write_new(path: Path, data: bytes) -> None:
    """Write a new file whole.

    Raises:
        UsageError: it exists already, or its folder does not.
    """
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as exc:
        raise UsageError(
            f"{path}: exists already, a new file promised", hint="choose another name, or remove it"
        ) from exc
    except OSError as exc:
        raise UsageError(f"{path}: cannot be written ({exc.strerror})") from exc


def old_sizes(since: Path | None) -> tuple[int, ...]:
    """Give the size of a kept checkpoint, as what it claims; nothing without one.

    Raises:
        AccessError: it cannot be read.
        FormatError: it is no checkpoint.
    """
    if since is None:
        return ()
    try:
        return (parse_checkpoint(since.read_bytes()).head.size,)
    except OSError as exc:
        raise AccessError(f"{since}: cannot be read ({exc.strerror})") from exc
