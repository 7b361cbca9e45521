"""CloudWatch counters of many clusters in few requests."""

import concurrent.futures
import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from dayseal.clouds.aws.calls import Calls
from dayseal.clouds.aws.places import Place
from dayseal.model import Window
from dayseal.model.route import Answer, Call, Known, Reading
from dayseal.once import Once

_MAX_QUERIES: Final = 500  # in one GetMetricData request
_PERIOD_S: Final = 300

Dimensions = tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Query:
    """One counter over one window; `statistic` is Sum, or Average for a share. `resource` is for people."""

    place: Place
    namespace: str
    metric: str
    dimensions: Dimensions
    statistic: str
    window: Window
    resource: str


class Metrics:
    """Reads counters; a filter's counters are found by listing them, since AWS alone knows their dimensions."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._listed: Once[tuple[Place, str], Answer[tuple[Dimensions, ...]]] = Once()

    def of_filters(self, place: Place, metric: str) -> Answer[tuple[Dimensions, ...]]:
        """Give the dimensions under which a metric of CloudWatch Logs was counted in the last two weeks."""
        return self._listed.get((place, metric), lambda: self._list(place, metric))

    def read(self, queries: Iterable[Query], threads: int) -> Mapping[Query, Answer[Reading]]:
        """Read all counters, up to 500 with one request; a metric without data points reads None, which is not zero."""
        batches: list[tuple[Query, ...]] = []
        wanted = sorted(set(queries), key=lambda q: (q.place, q.window, q))
        for _, group in itertools.groupby(wanted, key=lambda q: (q.place, q.window)):
            same = list(group)
            batches += [tuple(same[at : at + _MAX_QUERIES]) for at in range(0, len(same), _MAX_QUERIES)]
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            return dict(itertools.chain.from_iterable(pool.map(self._read, batches)))

    def _list(self, place: Place, metric: str) -> Answer[tuple[Dimensions, ...]]:
        call = Call("cloudwatch", "ListMetrics", f"AWS/Logs {metric} of {place.text}")
        listed = self._calls.list(place, call, "Metrics", Namespace="AWS/Logs", MetricName=metric)
        return listed.answer(lambda items: tuple(sorted(map(_dimensions, items))))

    def _read(self, batch: tuple[Query, ...]) -> list[tuple[Query, Answer[Reading]]]:
        place, window = batch[0].place, batch[0].window
        call = Call("cloudwatch", "GetMetricData", place.text)
        listed = self._calls.list(
            place,
            call,
            "MetricDataResults",
            MetricDataQueries=[_request(f"m{number}", query) for number, query in enumerate(batch)],
            StartTime=window.start,
            EndTime=window.end,
        )
        answer = listed.answer(_values)
        if not isinstance(answer, Known):
            return [(query, answer) for query in batch]
        readings = (
            Reading(query.metric, query.resource, window, _joined(query, answer.value.get(f"m{number}", ())))
            for number, query in enumerate(batch)
        )
        return [(query, Known(reading, call)) for query, reading in zip(batch, readings, strict=True)]


def recent(now: dt.datetime, hours: int) -> Window:
    """Give the last hours, from and to a whole period, so that no data point is cut."""
    end = now - dt.timedelta(seconds=now.second + now.minute % (_PERIOD_S // 60) * 60, microseconds=now.microsecond)
    return Window(end - dt.timedelta(hours=hours), end)


def _request(name: str, query: Query) -> dict[str, Any]:
    dimensions = [{"Name": key, "Value": value} for key, value in query.dimensions]
    metric = {"Namespace": query.namespace, "MetricName": query.metric, "Dimensions": dimensions}
    period = _PERIOD_S if query.window.seconds <= 2 * 3600 else 3600
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period, "Stat": query.statistic}, "ReturnData": True}


def _values(items: tuple[Any, ...]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for item in items:  # one metric may come in several pages
        found.setdefault(item["Id"], []).extend(item["Values"])
    return found


def _joined(query: Query, values: Sequence[float]) -> float | None:
    if not values:
        return None
    return sum(values) / len(values) if query.statistic == "Average" else sum(values)


def _dimensions(item: Any) -> Dimensions:  # noqa: ANN401 - botocore's answer
    return tuple((dimension["Name"], dimension["Value"]) for dimension in item["Dimensions"])
