"""Spans of time: UTC, half-open."""

import dataclasses
import datetime as dt

from dayseal.errors import FormatError


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Window:
    """The moments from `start` (included) to `end` (excluded), both time zone aware."""

    start: dt.datetime
    end: dt.datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise FormatError("window: a moment without a time zone, UTC promised")
        if self.end < self.start:
            raise FormatError(f"window: ends {self.end} before it starts {self.start}")

    @property
    def seconds(self) -> float:
        """Its length in seconds."""
        return (self.end - self.start).total_seconds()


def day_window(day: dt.date) -> Window:
    """Give the UTC day as a window."""
    start = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    return Window(start, start + dt.timedelta(days=1))
