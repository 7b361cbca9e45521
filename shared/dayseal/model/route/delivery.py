"""Signs of life of an export: counters, the newest object, what went astray, and the owner's alarms."""

import dataclasses
import datetime as dt

from dayseal.model.route.answers import Answer
from dayseal.model.times import Window


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """One metric over one window; `value` None: the provider has no data points, which is not zero."""

    metric: str
    resource: str
    window: Window
    value: float | None


@dataclasses.dataclass(frozen=True, slots=True)
class HourlyCounts:
    """What one metric counted of one resource, by the starts of whole hours inside the window.

    An hour that is absent has no data points, which is not zero. `own_time`: a record counts in the hour in which it
    was written, by its own time; otherwise nobody says by which time.
    """

    metric: str
    resource: str
    window: Window
    hours: tuple[tuple[dt.datetime, float], ...]
    own_time: bool = False

    def total(self, window: Window) -> float | None:
        """Sum up the hours that begin inside a window, None where none of them has data points."""
        found = [value for hour, value in self.hours if window.start <= hour < window.end]
        return sum(found) if found else None


@dataclasses.dataclass(frozen=True, slots=True)
class FilterCounters:
    """What one filter on the log group counted, and where it leads.

    `own` is False for an account policy, whose counters are those of all its log groups together. `forwarded`
    counts events passed on, over the window of the group's incoming events; `errors` deliveries that failed,
    `retried` deliveries that were held back and tried again.
    """

    name: str
    destination: str
    own: bool
    forwarded: Answer[Reading]
    errors: Answer[Reading]
    retried: Answer[Reading]


@dataclasses.dataclass(frozen=True, slots=True)
class StreamCounters:
    """The share (0 to 1) of one delivery stream's writes that succeeded."""

    arn: str
    success: Answer[Reading]


@dataclasses.dataclass(frozen=True, slots=True)
class NewestObject:
    """The archive object stored last."""

    key: str
    stored_at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Lag:
    """Seconds from event time to object time over the records of one batch, each exact to half a minute."""

    p50: float
    p95: float
    longest: float


@dataclasses.dataclass(frozen=True, slots=True)
class Alarm:
    """One of the owner's own alarms on this route's metrics; `on_missing` is what it makes of missing data."""

    name: str
    metric: str
    on_missing: str
    enabled: bool = True

    @property
    def silent(self) -> bool:
        """Say whether it stays quiet when the data stop coming."""
        return not self.enabled or self.on_missing != "breaching"


@dataclasses.dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """What was asked about deliveries in the last hours.

    `incoming` counts records that reached the log group. `filters` are those on it, `streams` those behind
    them that are known. `astray` counts objects under error prefixes. `newest` None: the archive is empty.
    `counted` are the same records as `incoming` over the last days, for a seal; None: nobody counts them.
    """

    incoming: Answer[Reading]
    filters: tuple[FilterCounters, ...]
    streams: tuple[StreamCounters, ...]
    newest: Answer[NewestObject | None]
    astray: Answer[int]
    alarms: Answer[tuple[Alarm, ...]]
    counted: Answer[HourlyCounts] | None = None
