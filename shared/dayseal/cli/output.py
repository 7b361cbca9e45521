"""Data on stdout, talk on stderr; tables for people, stable JSON for programs."""

import enum
import sys
from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dayseal.errors import (
    AccessError,
    DaysealError,
    FormatError,
    OutOfTimeError,
    RefutedError,
    StoreError,
    TamperError,
    UsageError,
)
from dayseal.model import Verdict

PIPE_WIDTH = 110

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_MISUSE = 2
EXIT_UNKNOWN = 3
EXIT_INTERRUPTED = 130


class Format(enum.StrEnum):
    """How a command prints its data."""

    TABLE = "table"
    JSON = "json"


def stdout_console() -> Console:
    """Give the console for data: the terminal's width, or a fixed one into a pipe."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False, soft_wrap=False)


def stderr_console() -> Console:
    """Give the console for talk."""
    return Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """Tell the person something in one line; never data. What keys and records may hold is made visible."""
    stderr_console().print(_visible(text).replace("\n", "\\n"), markup=False, soft_wrap=True)


def print_line(text: str) -> None:
    """Print one line of data; control characters are made visible: archived keys may drive a terminal."""
    sys.stdout.write(_visible(text) + "\n")


def print_text(text: str) -> None:
    """Print a text as it is: one that was verified byte for byte."""
    sys.stdout.write(text + "\n")


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON value is what this prints
    """Print a document as indented JSON with sorted keys."""
    document = msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2)  # ten times as fast as json
    sys.stdout.write(document.decode() + "\n")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, indent: int = 0) -> None:
    """Print a plain table; control characters in cells are made visible."""
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(_visible(cell)) for cell in row))
    console = stdout_console()
    with console.capture() as captured:
        console.print(Padding(table, (0, 0, 0, indent)))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """Give the exit code for some verdicts: FAIL before UNKNOWN before everything else."""
    if Verdict.FAIL in verdicts:
        return EXIT_FAILED
    return EXIT_UNKNOWN if Verdict.UNKNOWN in verdicts else EXIT_OK


def worst_exit(*codes: int) -> int:
    """Give the exit code that counts most: misuse, then FAIL, then UNKNOWN."""
    return next(code for code in (EXIT_MISUSE, EXIT_FAILED, EXIT_UNKNOWN, EXIT_OK) if code in codes)


def report_error(error: DaysealError) -> int:
    """Say what went wrong on stderr and give the exit code for it."""
    for number, line in enumerate(str(error).split("\n")):
        say(line if number else f"error: {line}")
    if error.hint:
        say(f"  hint: {error.hint}")
    match error:
        case UsageError():
            return EXIT_MISUSE
        case RefutedError() | TamperError() | FormatError():
            return EXIT_FAILED
        case AccessError() | OutOfTimeError() | StoreError():
            return EXIT_UNKNOWN
        case _:
            return EXIT_UNKNOWN


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text)
