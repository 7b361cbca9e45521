"""The machine's clock: the one place that asks what time it is."""

import dataclasses
import datetime as dt


@dataclasses.dataclass(frozen=True, slots=True)
class SystemClock:
    """Port `Clock` on the machine's own time."""

    def now(self) -> dt.datetime:
        """Give the present moment in UTC."""
        return dt.datetime.now(dt.UTC)
