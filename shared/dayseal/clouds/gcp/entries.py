"""Log entries of a project, folder or organisation, read with Google's own client; Admin Activity is kept 400 days."""

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import grpc
from google.api_core.exceptions import Aborted, GoogleAPIError, ResourceExhausted, ServerError
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud.audit.audit_log_pb2 import AuditLog
from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2Client
from google.cloud.logging_v2.services.logging_service_v2.transports import LoggingServiceV2GrpcTransport
from google.cloud.logging_v2.types import LogEntry
from google.iam.v1.logging.audit_data_pb2 import AuditData
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.json_format import MessageToDict

from dayseal.clouds.gcp.calls import Calls
from dayseal.clouds.gcp.refusals import RefusedError, missing_of
from dayseal.model import Window
from dayseal.model.route import Answer, Call, Known, Missing, Reason
from dayseal.once import Once

ACTIVITY: Final = "cloudaudit.googleapis.com/activity"
SINK_ERRORS: Final = "logging.googleapis.com/sink_error"
_PAGE: Final = 1_000
_MAX_ENTRIES: Final = 100_000
_TIMEOUT_S: Final = 20.0
_PATIENCE_S: Final = 40.0
_TOGETHER: Final = 100  # resources in one request
_NUMBER: Final = re.compile(r"projects/[0-9]+\Z", re.ASCII)
_LASTING: Final = frozenset({Reason.THROTTLED, Reason.TIMED_OUT})  # asking again in halves would only add to it
_TYPE: Final = "type.googleapis.com/"
_AUDIT: Final = f"{_TYPE}{AuditLog.DESCRIPTOR.full_name}"
_DATA: Final = f"{_TYPE}{AuditData.DESCRIPTOR.full_name}"

Json = Mapping[str, Any]


class Entries:
    """Reads entries over one connection, opened when the first are asked for."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._client: Once[None, LoggingServiceV2Client] = Once()

    def read_many(self, parents: Sequence[str], text: str) -> dict[str, Answer[tuple[LogEntry, ...]]]:
        """Give the entries of many resources by their names, up to 100 with one request: 60 a minute are allowed.

        One resource that refuses refuses the whole request, so that is asked again in halves.
        """
        by_number = [name for name in parents if _NUMBER.match(name)]  # their entries are named by the project's id
        found = {name: self.read(name, text) for name in by_number}
        others = [name for name in parents if name not in found]
        for at in range(0, len(others), _TOGETHER):
            found |= self._together(others[at : at + _TOGETHER], text)
        return found

    def read(self, parent: str, text: str) -> Answer[tuple[LogEntry, ...]]:
        """Give a resource's own entries that fit a filter, oldest first; over 100,000 are no answer."""
        return self._read([parent], _call(parent), text)

    def _together(self, parents: list[str], text: str) -> dict[str, Answer[tuple[LogEntry, ...]]]:
        if len(parents) == 1:
            return {parents[0]: self.read(parents[0], text)}
        call = Call("logging", "entries.list", f"{parents[0]} and {len(parents) - 1} more")
        answer = self._read(parents, call, text)
        if isinstance(answer, Missing) and answer.reason in _LASTING:
            return {name: dataclasses.replace(answer, call=_call(name)) for name in parents}
        shares = _shares(answer.value, parents) if isinstance(answer, Known) else None
        if shares is not None:
            return {name: Known(entries, _call(name)) for name, entries in shares.items()}
        half = len(parents) // 2
        return self._together(parents[:half], text) | self._together(parents[half:], text)

    def _read(self, parents: list[str], call: Call, text: str) -> Answer[tuple[LogEntry, ...]]:
        request = {"resource_names": parents, "filter": text, "order_by": "timestamp asc", "page_size": _PAGE}
        found: list[LogEntry] = []
        try:
            client = self._client.get(None, self._open)
            self._calls.heard(call)
            for entry in client.list_log_entries(request=request, retry=self._retry(), timeout=_TIMEOUT_S):
                found.append(entry)
                if len(found) > _MAX_ENTRIES:
                    return Missing(Reason.CONTRADICTORY, call, f"more than {_MAX_ENTRIES} entries")
        except RefusedError as exc:
            return exc.missing
        except (GoogleAPIError, GoogleAuthError) as exc:
            return missing_of(exc, call)
        return Known(tuple(found), call)

    def _retry(self) -> Retry:
        # 60 requests a minute are a project's share, so a refusal for the rate is worth waiting out.
        again = if_exception_type(ResourceExhausted, ServerError, Aborted)
        patience = _PATIENCE_S if self._calls.sessions.access.attempts > 1 else 0.0
        return Retry(predicate=again, initial=0.5, maximum=8.0, multiplier=2.0, timeout=patience)

    def _open(self) -> LoggingServiceV2Client:
        sessions = self._calls.sessions
        if sessions.access.entries_endpoint:
            channel = grpc.insecure_channel(sessions.access.entries_endpoint)
            return LoggingServiceV2Client(transport=LoggingServiceV2GrpcTransport(channel=channel))
        quota = sessions.access.quota_project
        options = {"quota_project_id": quota} if quota else None
        return LoggingServiceV2Client(credentials=sessions.credentials(), client_options=options)


def _call(parent: str) -> Call:
    return Call("logging", "entries.list", parent)


def _shares(entries: Sequence[LogEntry], parents: Sequence[str]) -> dict[str, tuple[LogEntry, ...]] | None:
    """Give each resource its own entries; None when one belongs to nobody who was asked."""
    found: dict[str, list[LogEntry]] = {name: [] for name in parents}
    for entry in entries:
        owner = found.get(entry.log_name.partition("/logs/")[0])
        if owner is None:
            return None
        owner.append(entry)
    return {name: tuple(own) for name, own in found.items()}


def filter_of(log: str, window: Window, more: str = "") -> str:
    """Write a filter for the entries of a log whose time lies in a window."""
    start, end = (moment.isoformat(timespec="microseconds") for moment in (window.start, window.end))
    text = f'log_id("{log}") AND timestamp >= "{start}" AND timestamp < "{end}"'
    return f"{text} AND {more}" if more else text


def audit_payload(entry: LogEntry) -> Json:
    """Give an entry's audit record as the REST API shows it, `{}` where it holds none.

    What lies inside in types we do not know is left as its type's name.
    """
    message: AnyMessage = LogEntry.pb(entry).proto_payload
    if message.type_url != _AUDIT:
        return {}
    record = AuditLog.FromString(message.value)
    said: dict[str, Any] = {}
    if record.HasField("service_data"):
        said["serviceData"] = _service_data(record.service_data)
    record.ClearField("service_data")
    shown: dict[str, Any] = MessageToDict(record)
    return shown | said


def _service_data(message: AnyMessage) -> Json:
    told = MessageToDict(AuditData.FromString(message.value)) if message.type_url == _DATA else {}
    return {"@type": message.type_url, **told}


def compact(value: Json) -> str:
    """Write JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))
