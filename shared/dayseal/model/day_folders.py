"""Finding a day's objects in a store that keeps years, in few listings."""

import datetime as dt
import enum
from collections.abc import Callable
from typing import Final

_DIGITS: Final = (4, 2, 2)


class DayLayout(enum.Enum):
    """How a day's three folders are called."""

    PLAIN = ("", "", "")  # a sink of Google Cloud: 2026/11/22/
    NAMED = ("y=", "m=", "d=")  # a diagnostic setting of Azure: y=2026/m=11/d=22/


def day_folders(
    root: str, day: dt.date, folders: Callable[[str], tuple[str, ...]], layout: DayLayout
) -> tuple[str, ...]:
    """Give the folders below `root`, at any depth, that hold a day.

    Other years, months and days are passed by, and whatever is no date is walked through. `folders(prefix)` gives
    the folders directly below a prefix; it is asked once of each folder that is not a day's.
    """
    numbers = f"{day:%Y}", f"{day:%m}", f"{day:%d}"
    wanted = [f"{start}{number}/" for start, number in zip(layout.value, numbers, strict=True)]
    found: list[str] = []
    pending: list[tuple[str, int]] = [(root, 0)]  # and how many parts of the date lie behind us
    while pending:
        at, depth = pending.pop()
        if depth == len(wanted):
            found.append(at)
            continue
        for folder in folders(at):
            name = folder.removeprefix(at)
            if not _is_part(name, layout.value[depth], _DIGITS[depth]):
                pending.append((folder, 0))
            elif name == wanted[depth]:
                pending.append((folder, depth + 1))
    return tuple(sorted(found))


def _is_part(name: str, start: str, digits: int) -> bool:
    number = name.removeprefix(start).removesuffix("/")
    return name == f"{start}{number}/" and len(number) == digits and number.isascii() and number.isdigit()
