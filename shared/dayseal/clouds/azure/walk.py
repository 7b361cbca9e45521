"""Finding a day's blobs in a container that keeps years, in few listings."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Final

_YEAR: Final = re.compile(r"y=[0-9]{4}/\Z", re.ASCII)
_MONTH: Final = re.compile(r"m=[0-9]{2}/\Z", re.ASCII)
_DAY: Final = re.compile(r"d=[0-9]{2}/\Z", re.ASCII)
_PARTS: Final = (_YEAR, _MONTH, _DAY)


def day_folders(root: str, day: dt.date, folders: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    """Give the folders that hold a day, as diagnostic settings write them: `resourceId=.../y=2026/m=11/d=22/`.

    Other years, months and days are passed by, and whatever is no date is walked through. `folders(prefix)` gives
    the folders directly below a prefix; it is asked once of each folder that is not a day's.
    """
    wanted = (f"y={day:%Y}/", f"m={day:%m}/", f"d={day:%d}/")
    found: list[str] = []
    pending: list[tuple[str, int]] = [(root, 0)]  # and how many parts of the date lie behind us
    while pending:
        at, depth = pending.pop()
        if depth == len(wanted):
            found.append(at)
            continue
        for folder in folders(at):
            name = folder.removeprefix(at)
            if not _PARTS[depth].match(name):
                pending.append((folder, 0))
            elif name == wanted[depth]:
                pending.append((folder, depth + 1))
    return tuple(sorted(found))
