"""A clock that stands still until it is told to move."""

import datetime as dt


class FixedClock:
    """Port `Clock`: tells one moment; `advance` moves it."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now

    def now(self) -> dt.datetime:
        """Give the moment."""
        return self._now

    def advance(self, step: dt.timedelta) -> None:
        """Move the clock forward."""
        self._now += step
