"""Documents as templates: encoded once, then filled for each event without any JSON encoder.

What is filled in (ids, times, decimal numbers, generated names) never needs an escape, so a value is
the same at every depth of JSON inside JSON.
"""

import datetime as dt
import functools
import json
import re
from typing import Final

from dayseal.demo.generator.chance import Chance
from dayseal.demo.generator.schedule import DAY_US, SECOND_US, Event

_SLOT: Final = re.compile(r"<<([a-z_]+)>>")
_EPOCH: Final = dt.date(1970, 1, 1)
_MINUTE_US: Final = 60 * SECOND_US


def go_json(document: object) -> str:
    """Encode as Go does for audit logs: no spaces, keys as given, `&` escaped; slots stay as they are."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).replace("&", "\\u0026")


def json_string(text: str) -> str:
    """Encode a text as a JSON string, quotes included."""
    return json.dumps(text, ensure_ascii=False)


def template(text: str) -> str:
    """Turn a text with slots into a template for the `%` operator with a dictionary."""
    return _SLOT.sub(r"%(\1)s", text.replace("%", "%%"))


def stamp(moment_us: int) -> str:
    """Write a moment (microseconds since the epoch) as RFC 3339 with six digits: `2026-11-22T03:04:05.000006Z`."""
    minutes, rest = divmod(moment_us, _MINUTE_US)
    return f"{_minute_text(minutes)}{rest / SECOND_US:09.6f}Z"


def moment(moment_us: int) -> dt.datetime:
    """Give microseconds since the epoch as a time."""
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=moment_us)


def start_of(day: dt.date) -> int:
    """Give the first microsecond of a UTC day since the epoch."""
    return (day - _EPOCH).days * DAY_US


@functools.lru_cache(maxsize=512)
def _minute_text(minutes: int) -> str:
    days, minute = divmod(minutes, 24 * 60)
    return f"{(_EPOCH + dt.timedelta(days=days)).isoformat()}T{minute // 60:02d}:{minute % 60:02d}:"


class Filler:
    """Gives each event its values: a new audit id, times, and a resource version that only grows."""

    def __init__(self, chance: Chance) -> None:
        self._bits = chance.bits
        self._version = 40_000_000 + chance.below(9_000_000)

    def fill(self, event: Event) -> dict[str, str]:
        """Give the values of all slots an audit event may have; what the event brings along wins."""
        self._version += 7
        digits = f"{self._bits(128):032x}"
        stage = stamp(event.at_us)
        values = {
            "id": f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}",
            "received": stamp(event.received_us),
            "stage": stage,
            "second": stage[:19],
            "rv": str(self._version),
        }
        if event.slots is not None:
            values.update(event.slots)
        return values
