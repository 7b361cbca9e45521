"""Cloud Monitoring's counters of log entries and of exports: one request for all clusters or sinks of a project."""

import dataclasses
import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping
from typing import Final

from dayseal.clouds.gcp.calls import Ask, Calls, Listed, quoted
from dayseal.clouds.gcp.moments import read_moment, write_moment
from dayseal.clouds.gcp.values import Json, named, part, parts, whole
from dayseal.errors import FormatError
from dayseal.model import Window
from dayseal.model.route import Alarm, Answer, Call, Known, Missing, Reason, read_answer
from dayseal.once import Once

ENTRIES: Final = "logging.googleapis.com/log_entry_count"
EXPORTED: Final = "logging.googleapis.com/exports/log_entry_count"
EXPORT_ERRORS: Final = "logging.googleapis.com/exports/error_count"
_LOGS: Final = ("cloudaudit.googleapis.com/activity", "cloudaudit.googleapis.com/data_access")
_SPELLINGS: Final = tuple(spelled for log in _LOGS for spelled in (log, log.replace("/", "%2F")))
_PERIOD_S: Final = 300
_HOUR_S: Final = 3_600
_WATCHED: Final = ("logging.googleapis.com/exports/", ENTRIES)

_QUOTED: Final = ", ".join(f'"{name}"' for name in _SPELLINGS)
_CLUSTER: Final = ("cluster_name", "location")
_OF_CLUSTERS: Final = (
    f'metric.type = "{ENTRIES}" AND resource.type = "k8s_cluster" AND metric.labels.log = one_of({_QUOTED})'
)

Labels = tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Counters:
    """What one metric of a project counted over a window, by the labels of what it is about."""

    window: Window
    values: Mapping[Labels, float]


@dataclasses.dataclass(frozen=True, slots=True)
class HoursCounted:
    """What one metric of a project counted by the starts of hours, by the labels of what it is about."""

    window: Window
    values: Mapping[Labels, Mapping[dt.datetime, float]]


class Metrics:
    """Reads counters, and the alerting policies on them; each question is asked once a run and project."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._counters: Once[tuple[str, str], Answer[Counters]] = Once()
        self._hourly: Once[str, Answer[HoursCounted]] = Once()
        self._alarms: Once[str, Answer[tuple[Alarm, ...]]] = Once()

    def of_clusters(self, project: str, window: Window) -> Answer[Counters]:
        """Give the audit entries that came in, by `cluster_name` and `location`."""
        return self._counters.get((project, ENTRIES), lambda: self._ask(project, _OF_CLUSTERS, _CLUSTER, window))

    def of_clusters_by_hour(self, project: str, window: Window) -> Answer[HoursCounted]:
        """Give the audit entries that came in by whole hours; `window` begins and ends with one."""
        return self._hourly.get(project, lambda: self._ask_hours(project, window))

    def of_sinks(self, project: str, metric: str, window: Window) -> Answer[Counters]:
        """Give what sinks exported or failed to export, by `destination` and `name`."""
        text = f'metric.type = "{metric}" AND resource.type = "logging_sink"'
        keep = ("destination", "name")
        return self._counters.get((project, metric), lambda: self._ask(project, text, keep, window))

    def alarms(self, project: str) -> Answer[tuple[Alarm, ...]]:
        """Give the project's alerting policies on entries or exports."""
        return self._alarms.get(project, lambda: self._ask_alarms(project))

    def _ask(self, project: str, text: str, keep: tuple[str, ...], window: Window) -> Answer[Counters]:
        listed = self._series(project, text, window, window.seconds)
        if isinstance(listed, Missing):
            return listed
        return listed.answer(lambda found: Counters(window, _values(found, keep)))

    def _ask_hours(self, project: str, window: Window) -> Answer[HoursCounted]:
        listed = self._series(project, _OF_CLUSTERS, window, _HOUR_S)
        if isinstance(listed, Missing):
            return listed
        return listed.answer(lambda found: HoursCounted(window, _hours(found, _CLUSTER)))

    def _series(self, project: str, text: str, window: Window, period_s: float) -> Listed | Missing:
        """Ask for sums over periods that end with the window; a project of which a part kept silent is missing."""
        call = Call("monitoring", "timeSeries.list", project)
        params = {
            "filter": text,
            "interval.startTime": write_moment(window.start),
            "interval.endTime": write_moment(window.end),
            "aggregation.alignmentPeriod": f"{period_s:.0f}s",
            "aggregation.perSeriesAligner": "ALIGN_SUM",
        }
        listed = self._calls.list(Ask(call, f"v3/{quoted(project)}/timeSeries", params))
        gap = read_answer(lambda: bool(listed.items("executionErrors") or listed.names("unreachable")), call)
        if listed.ended is None and isinstance(gap, Missing):
            return gap
        if listed.ended is None and gap == Known(value=True, source=call):
            return Missing(Reason.INCOMPLETE, call, "executionErrors: not every part of the project answered")
        return listed

    def _ask_alarms(self, project: str) -> Answer[tuple[Alarm, ...]]:
        call = Call("monitoring", "alertPolicies.list", project)
        listed = self._calls.list(Ask(call, f"v3/{quoted(project)}/alertPolicies", {"pageSize": 1_000}))
        return listed.answer(
            lambda found: tuple(alarm for item in found.items("alertPolicies") for alarm in _alarms(item))
        )


def recent(now: dt.datetime, hours: int) -> Window:
    """Give the last hours, from and to a whole period, so that no data point is cut."""
    end = now - dt.timedelta(seconds=now.second + now.minute % (_PERIOD_S // 60) * 60, microseconds=now.microsecond)
    return Window(end - dt.timedelta(hours=hours), end)


def recent_days(now: dt.datetime, days: int) -> Window:
    """Give the last full hours, from a midnight so many days back."""
    end = now.replace(minute=0, second=0, microsecond=0)
    return Window(end.replace(hour=0) - dt.timedelta(days=days), end)


def _values(listed: Listed, keep: tuple[str, ...]) -> dict[Labels, float]:
    found: dict[Labels, float] = {}
    for key, _, value in _points(listed, keep):
        found[key] = found.get(key, 0.0) + value
    return found


def _hours(listed: Listed, keep: tuple[str, ...]) -> dict[Labels, dict[dt.datetime, float]]:
    found: dict[Labels, dict[dt.datetime, float]] = {}
    for key, end, value in _points(listed, keep):
        hour = read_moment(end) - dt.timedelta(seconds=_HOUR_S)
        if (hour.minute, hour.second, hour.microsecond) != (0, 0, 0):
            raise FormatError(f"a point ends at {hour:%H:%M:%S}, whole hours promised")
        hours = found.setdefault(key, {})
        hours[hour] = hours.get(hour, 0.0) + value
    return found


def _points(listed: Listed, keep: tuple[str, ...]) -> Iterator[tuple[Labels, str, float]]:
    """Give each point once: the labels of what was counted, when its period ended, its value."""
    seen: dict[tuple[str, str], float] = {}
    for item in listed.items("timeSeries"):
        points = parts(item, "points")
        if not points:
            raise FormatError("a time series without points, one at least promised")
        series = json.dumps([item.get("metric"), item.get("resource")], sort_keys=True)
        for point in points:
            end, value = named(part(point, "interval"), "endTime"), _number(part(point, "value"))
            if (series, end) not in seen:
                yield _labels(item, keep), end, value
            elif seen[series, end] != value:
                raise FormatError(f"two values at {end[:40]}, one promised")
            seen[series, end] = value


def _labels(item: Json, keep: tuple[str, ...]) -> Labels:
    labels = part(part(item, "resource"), "labels")
    return tuple((name, named(labels, name)) for name in keep)


def _number(value: Json) -> float:
    """Counters count in whole numbers; sums of some are written as 7.0 too."""
    counted = whole(value, "int64Value")
    if counted is not None:
        return float(counted)
    said = value["doubleValue"]
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said < math.inf:
        raise FormatError(f"doubleValue: {str(said)[:40]!r}, a number from 0 on promised")
    return float(said)


def _alarms(policy: Json) -> list[Alarm]:
    enabled = policy.get("enabled", True) is not False
    name = str(policy.get("displayName") or policy["name"])
    found = []
    for condition in policy.get("conditions") or ():
        absent, threshold = condition.get("conditionAbsent"), condition.get("conditionThreshold")
        text = str((absent or threshold or {}).get("filter") or "")
        metric = next((metric for metric in _WATCHED if metric in text), "")
        if metric:
            missing = str((threshold or {}).get("evaluationMissingData") or "")
            breaches = absent is not None or missing == "EVALUATION_MISSING_DATA_ACTIVE"
            found.append(Alarm(name, metric, "breaching" if breaches else missing or "missing", enabled))
    return found
