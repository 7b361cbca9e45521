"""Which batch day an archived object belongs to, by the date in its key."""

import datetime as dt
import re
from typing import Final

_LAYOUTS: Final = (
    re.compile(r"(?:\A|/)y=([0-9]{4})/m=([0-9]{2})/d=([0-9]{2})/", re.ASCII),  # Azure diagnostic settings
    re.compile(r"(?:\A|/)([0-9]{4})/([0-9]{2})/([0-9]{2})/", re.ASCII),  # Firehose, Cloud Storage sinks
    re.compile(r"(?<![0-9])([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])", re.ASCII),  # dates in file names
)


def batch_day_of_key(key: str) -> dt.date | None:
    """Give the UTC day a key names, or None when it names none.

    The first of three layouts that fits decides: `y=YYYY/m=MM/d=DD/`, `YYYY/MM/DD/`, `YYYY-MM-DD`; within one
    layout the first real date. So every key belongs to at most one batch day, for ever.
    """
    for layout in _LAYOUTS:
        for found in layout.finditer(key):
            try:
                return dt.date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                continue  # 2026/13/45 is no date; another match may be
    return None
