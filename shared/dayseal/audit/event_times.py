"""Event times in text to microseconds since 1970, one by one and in bulk."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Final

MINUTE_US: Final = 60_000_000
HOUR_US: Final = 60 * MINUTE_US

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})\Z", re.ASCII
)
END_US: Final = (2**53 - 1) // MINUTE_US * MINUTE_US  # in the year 2255: RFC 8785 has no larger integers
_MAX_MINUTES_KEPT: Final = 20_000

# In bulk: with every digit a 0, a time must look like one of these.
_DIGITS: Final = bytes.maketrans(b"123456789", b"000000000")
_REGULAR: Final = frozenset(b"0000-00-00T00:00:00." + b"0" * digits + b"Z" for digits in (6, 7, 8, 9))


def event_time_us(text: str) -> int | None:
    """Read an RFC 3339 time (`T` and `Z` in upper case, at most 9 fraction digits) into microseconds, or give None.

    Digits beyond microseconds are cut off. A leap second is no time, nor is one before 1970 or in
    the far future (from 2255-06-05T23:47Z).
    """
    match = _TIME.match(text)
    if not match:
        return None
    seconds, fraction, zone = match.groups(default="")
    try:
        since = dt.datetime.fromisoformat(seconds + ("+00:00" if zone == "Z" else zone)) - _EPOCH
    except (ValueError, OverflowError):
        return None
    us = since // _MICROSECOND + int(fraction[:6].ljust(6, "0"))
    return us if 0 <= us < END_US else None


class EventClock:
    """Reads many times at once, given as ASCII text; it remembers the minutes it met."""

    def __init__(self) -> None:
        self._minutes: dict[bytes, int] = {}

    def read_span(self, texts: Sequence[bytes]) -> tuple[int, int] | None:
        """Give the first and last of some times that all lie in one minute, or None if they do not or one is unusual.

        Cheaper than `read_all`: most times are not looked at one by one.
        """
        first, last = min(texts), max(texts)
        if first[:16] != last[:16] or not _look_regular(texts):
            return None
        both = self._read([first, last])
        return None if both is None else (both[0], both[1])

    def read_seconds(self, texts: Sequence[bytes]) -> list[float]:
        """Give the seconds within their minutes, of times that `read_span` took."""
        return list(map(float, [text[17:26] for text in texts]))

    def read_all(self, texts: Sequence[bytes]) -> list[int] | None:
        """Read times as `event_time_us` does, or give None when one of them is unusual."""
        return self._read(texts) if _look_regular(texts) else None

    def _read(self, texts: Sequence[bytes]) -> list[int] | None:
        minutes = self._minutes
        if len(minutes) > _MAX_MINUTES_KEPT:
            minutes.clear()
        for minute in {text[:16] for text in texts}.difference(minutes):
            start = event_time_us(minute.decode("ascii") + ":00Z")
            if start is None:
                return None
            minutes[minute] = start
        seconds = [int(text[17:19] + text[20:26]) for text in texts]
        if max(seconds) >= MINUTE_US:
            return None
        return [minutes[text[:16]] + us for text, us in zip(texts, seconds, strict=True)]


def _look_regular(texts: Sequence[bytes]) -> bool:
    joined = b"\n".join(texts).translate(_DIGITS)
    first = texts[0].translate(_DIGITS) if texts else b""
    if first in _REGULAR and joined == b"\n".join([first] * len(texts)):
        return True  # as they mostly are: all alike
    shapes = joined.split(b"\n")
    return len(shapes) == len(texts) and _REGULAR.issuperset(shapes)
