"""Finding a day's objects in a bucket that keeps years, in few listings."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Final

_YEAR: Final = re.compile(r"[0-9]{4}/\Z", re.ASCII)
_PART: Final = re.compile(r"[0-9]{2}/\Z", re.ASCII)


def day_folders(root: str, day: dt.date, folders: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    """Give the folders that hold a day, as sinks write them: `LOG_ID/YYYY/MM/DD/`.

    Other years, months and days are passed by, and whatever is no date is walked through. `folders(prefix)` gives
    the folders directly below a prefix; it is asked once of each folder that is not a day's.
    """
    wanted = (f"{day:%Y}/", f"{day:%m}/", f"{day:%d}/")
    found: list[str] = []
    pending: list[tuple[str, int]] = [(root, 0)]  # and how many parts of the date lie behind us
    while pending:
        at, depth = pending.pop()
        if depth == len(wanted):
            found.append(at)
            continue
        for folder in folders(at):
            name = folder.removeprefix(at)
            if not (_PART if depth else _YEAR).match(name):
                pending.append((folder, 0))
            elif name == wanted[depth]:
                pending.append((folder, depth + 1))
    return tuple(sorted(found))
