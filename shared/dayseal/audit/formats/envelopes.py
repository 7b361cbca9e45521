"""One CloudWatch Logs subscription envelope: who wrote which log events, and each event's context."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from dayseal.audit.json_text import JsonValue, array_spans, member_spans, parse_json
from dayseal.audit.wire import is_utf8
from dayseal.codec import canonical_json
from dayseal.errors import FormatError

MAX_ENVELOPE_BYTES: Final = 16 * 1024 * 1024
CONTROL: Final = "CONTROL_MESSAGE"
DATA: Final = "DATA_MESSAGE"
_MAX_SAFE: Final = 2**53 - 1  # RFC 8785 has no other integers

_Safe = Annotated[int, msgspec.Meta(ge=-_MAX_SAFE, le=_MAX_SAFE)]


class LogEvent(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One log event as CloudWatch wrote it; its `timestamp` counts milliseconds since 1970."""

    id: str
    timestamp: _Safe
    message: str


class _EnvelopeWire(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    messageType: str  # noqa: N815 - as on the wire
    owner: str
    logGroup: str  # noqa: N815 - as on the wire
    logStream: str  # noqa: N815 - as on the wire
    logEvents: list[LogEvent]  # noqa: N815 - as on the wire
    subscriptionFilters: list[str] = []  # noqa: N815 - as on the wire
    policyLevel: str = ""  # noqa: N815 - as on the wire


@dataclasses.dataclass(frozen=True, slots=True)
class Envelope:
    """The log events of one envelope, in order, and the record of each.

    A record is the event's message, or, where that has no UTF-8 form, the log event's own JSON text.
    """

    control: bool
    owner: str
    log_group: str
    log_stream: str
    events: list[LogEvent]
    records: list[bytes]

    def context(self, event: LogEvent) -> bytes:
        """Give the canonical context of one event's record.

        Format: ledger-formats section 9, object tree.
        """
        return canonical_json(
            {
                "id": event.id,
                "logGroup": self.log_group,
                "logStream": self.log_stream,
                "owner": self.owner,
                "timestamp": event.timestamp,
            }
        )


_decode = msgspec.json.Decoder(_EnvelopeWire).decode
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
_STRINGS: Final = ("messageType", "owner", "logGroup", "logStream")
_MEMBERS: Final = frozenset({*_STRINGS, "logEvents"})
_EVENT_MEMBERS: Final = frozenset({"id", "timestamp", "message"})
_MAX_PARTS: Final = 8_192
_REPLACEMENT = "\\ufffd"  # as long as what it replaces, so positions stay
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]|"', re.DOTALL)


def read_envelope(text: bytes) -> Envelope | None:
    """Read `text` as one envelope, or say None: then it is garbage.

    An envelope is a JSON object of at most `MAX_ENVELOPE_BYTES` with the strings `owner`, `logGroup`,
    `logStream`, `messageType` (`DATA_MESSAGE` or `CONTROL_MESSAGE`) and the array `logEvents` of objects
    with the strings `id`, `message` and the integer `timestamp` (at most 2**53 - 1 either way). Other
    members are ignored. Only a message may hold half a surrogate pair; its record is then the log
    event's own JSON text.
    """
    if len(text) > MAX_ENVELOPE_BYTES:
        return None
    return decode_envelope(text) or read_envelope_slowly(text)


def decode_envelope(text: bytes) -> Envelope | None:
    """Read an envelope that has nothing unusual, fast; None says nothing about what `read_envelope` would say."""
    if len(text) > MAX_ENVELOPE_BYTES or not is_utf8(text):
        return None
    try:
        wire = _decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    if wire.messageType not in (DATA, CONTROL):
        return None
    events = wire.logEvents
    records = [event.message.encode("utf-8") for event in events]
    return Envelope(wire.messageType == CONTROL, wire.owner, wire.logGroup, wire.logStream, events, records)


def read_envelope_slowly(text: bytes) -> Envelope | None:
    """Read an envelope the slow way: the reference for `read_envelope`, which must never differ."""
    try:
        original = text.decode("utf-8").strip(" \t\r\n")
        whole = _mend(original)
        spans = member_spans(whole, _MEMBERS)
        if spans.keys() != _MEMBERS:
            return None
        start, end = spans["logEvents"]
        if original[:start] != whole[:start] or original[end:] != whole[end:]:
            return None
        kind, owner, group, stream = (_scalar(whole, spans[name]) for name in _STRINGS)
        if kind not in (DATA, CONTROL):
            return None
        if not (isinstance(owner, str) and isinstance(group, str) and isinstance(stream, str)):
            return None
        found = _slow_events(original, whole, start)
    except (FormatError, UnicodeDecodeError):
        return None
    return Envelope(kind == CONTROL, owner, group, stream, *found) if found else None


def _mend(text: str) -> str:
    """Replace each escaped half surrogate pair by something as long; a few thousand at a time, to save memory."""
    blocks: list[str] = []
    parts: list[str] = []
    last = 0
    for found in _ESCAPE.finditer(text):
        if found[1]:
            parts += (text[last : found.start()], _REPLACEMENT)
            last = found.end()
            if len(parts) > _MAX_PARTS:
                blocks.append("".join(parts))
                parts.clear()
    return "".join((*blocks, *parts, text[last:]))


def _slow_events(original: str, whole: str, start: int) -> tuple[list[LogEvent], list[bytes]] | None:
    """Read the log events from `start` on; in `whole` half surrogate pairs are replaced, in `original` they are not."""
    events: list[LogEvent] = []
    records: list[bytes] = []
    for first, last in array_spans(whole, start):
        text = whole[first:last]
        spans = member_spans(text, _EVENT_MEMBERS)
        event = _slow_event(text, spans)
        if event is None:
            return None
        if original[first:last] != text:
            low, high = spans["message"]
            if original[first : first + low] != text[:low] or original[first + high : last] != text[high:]:
                return None
            records.append(original[first:last].encode("utf-8"))
        else:
            records.append(event.message.encode("utf-8"))
        events.append(event)
    return events, records


def _slow_event(text: str, spans: Mapping[str, tuple[int, int]]) -> LogEvent | None:
    if spans.keys() != _EVENT_MEMBERS:
        return None
    event_id, timestamp, message = (_scalar(text, spans[name]) for name in ("id", "timestamp", "message"))
    if not isinstance(event_id, str) or not isinstance(message, str):
        return None
    if not isinstance(timestamp, int) or isinstance(timestamp, bool):
        return None
    return LogEvent(event_id, timestamp, message) if abs(timestamp) <= _MAX_SAFE else None


def _scalar(text: str, span: tuple[int, int]) -> JsonValue:
    """Give the value of a span, or None for a container, which may be large and is never what we look for."""
    start, end = span
    return None if text[start] in "{[" else parse_json(text[start:end].encode("utf-8"))


def object_end(text: bytes) -> int:
    """Give the length of the object that `text` starts with, judged by its brackets, or -1 if it does not end."""
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in (b"{", b"["):
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
            if depth == 0:
                return token.end()
        elif mark == b'"':  # a string that does not end
            return -1
    return -1
