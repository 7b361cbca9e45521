"""What sinks could not deliver for want of a bucket or a right: Logging writes that down beside the sink."""

import datetime as dt
from collections.abc import Sequence

from google.cloud.logging_v2.types import LogEntry

from dayseal.clouds.gcp.entries import SINK_ERRORS, Entries, filter_of
from dayseal.clouds.gcp.moments import read_moment
from dayseal.errors import FormatError
from dayseal.model import Window
from dayseal.model.route import Answer, Call, Known, Missing, SinkError, read_answer
from dayseal.once import Once


class SinkErrors:
    """Reads the errors of sinks, of each project, folder and organisation once a run."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._loaded: dict[str, Answer[tuple[LogEntry, ...]]] = {}
        self._answers: Once[str, Answer[tuple[SinkError, ...]]] = Once()

    def load(self, parents: Sequence[str], window: Window) -> None:
        """Ask many resources ahead with few requests; before anything is answered from several threads."""
        wanted = [name for name in dict.fromkeys(parents) if name not in self._loaded]
        self._loaded |= self._entries.read_many(wanted, filter_of(SINK_ERRORS, window))

    def answer(self, parents: Sequence[str], window: Window) -> Answer[tuple[SinkError, ...]]:
        """Give the errors in a window; errors speak for themselves, none do only when every resource answered."""
        answers = [self._answers.get(name, lambda name=name: self._ask(name, window)) for name in parents]  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        found = [error for answer in answers if isinstance(answer, Known) for error in answer.value]
        missing = next((answer for answer in answers if isinstance(answer, Missing)), None)
        if missing is not None and not found:
            return missing
        named = ", ".join(answer.source.resource for answer in answers if isinstance(answer, Known))
        return Known(tuple(sorted(found, key=_order)), Call("logging", "entries.list", named or "no resource"))

    def _ask(self, parent: str, window: Window) -> Answer[tuple[SinkError, ...]]:
        found = self._loaded.get(parent) or self._entries.read(parent, filter_of(SINK_ERRORS, window))
        if isinstance(found, Missing):
            return found
        return read_answer(lambda: tuple(map(_error, found.value)), found.source)


def _error(entry: LogEntry) -> SinkError:
    labels: dict[str, str] = dict(entry.labels)
    sink = labels.get("sink_id") or dict(entry.resource.labels).get("name")
    # A project that others send their logs to holds their entries too: the log's name says whose sink it is.
    owner = entry.log_name.partition("/logs/")[0]
    if not sink or not owner or entry.timestamp is None:
        raise FormatError("sink error: no sink or no time is named")
    at: dt.datetime = read_moment(entry.timestamp.isoformat())
    return SinkError(f"{owner}/sinks/{sink}", at, labels.get("error_code") or "no code")


def _order(error: SinkError) -> tuple[dt.datetime, str, str]:
    return error.at, error.sink, error.code
