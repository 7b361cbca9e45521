"""What Firehose writes: CloudWatch envelopes one after the other, with or without something between.

The rule (`eks-cloudwatch-firehose/1`), on the text after gzip and byte order mark:

1. The text is cut before each place where an envelope may start: `{"`, one of messageType, owner,
   logGroup, logStream, subscriptionFilters, policyLevel, logEvents, and `":`.
2. A segment that starts so has as its head the object its brackets delimit (brackets inside strings
   do not count). If the head is an envelope (`envelopes.read_envelope`), each log event of a
   DATA_MESSAGE is a record, a CONTROL_MESSAGE holds none, and the rest of the segment is garbage.
   If not, the whole segment is garbage. So is a segment that starts otherwise.
3. The garbage of each segment is cut into lines at LF. A line of nothing but spaces, tabs and CR is no
   record; every other line is one, without a context, and counts as unparsable.
"""

import dataclasses
from collections.abc import Iterator
from typing import Final

from dayseal.audit.formats.anomalies import AnomalyKind, AnomalyLog
from dayseal.audit.formats.envelopes import MAX_ENVELOPE_BYTES, Envelope, decode_envelope, object_end, read_envelope
from dayseal.audit.formats.lines import LineCutter, Lines, Oversize
from dayseal.audit.formats.shapes import ENVELOPE_START
from dayseal.audit.formats.unpack import Chunk

_START_BYTES: Final = 32  # more than the longest start of an envelope
_SEARCH_BYTES: Final = 1024 * 1024  # how much is gathered before it is searched
_GROWTH: Final = 4
_BLOCK_BYTES: Final = 512 * 1024
_PART_EVENTS: Final = 16_384

Piece = Envelope | Lines | Oversize


def split_firehose(chunks: Iterator[Chunk], log: AnomalyLog) -> Iterator[Piece]:
    """Cut the text of a Firehose object into envelopes and garbage, in order.

    Holds back at most 16 MiB and a chunk.
    """
    cutter = _SegmentCutter(log)
    for data, ends_member in chunks:
        yield from cutter.push(data, whole=ends_member)
    yield from cutter.finish()


class _SegmentCutter:
    """Holds the segment begun (`held` from `at`), but lets garbage through as it comes."""

    def __init__(self, log: AnomalyLog) -> None:
        self._log = log
        self._held = b""
        self._more = bytearray()  # text not looked at yet
        self._at = 0
        self._gone = 0  # bytes of text before `held`
        self._searched = 0  # no segment starts after `at` and before here
        self._garbage: LineCutter | None = None  # the stretch of garbage that goes on at `at`

    def push(self, data: bytes, *, whole: bool) -> Iterator[Piece]:
        """Take more text; `whole` says that an envelope probably ends with it.

        A segment begun is not looked at again before it has grown by a quarter: an object of a million tiny
        gzip members would take hours.
        """
        self._more += data
        held = len(self._held) - self._at
        if len(self._more) * _GROWTH < held or not (whole or held + len(self._more) >= _SEARCH_BYTES):
            return
        self._take_more()
        if whole and ENVELOPE_START.match(self._held) and (envelope := decode_envelope(self._held)):
            # A segment's head is the same wherever the segment ends: what follows it is garbage anyway.
            yield from self._end_garbage()
            yield from _in_parts(envelope)
            self._at = len(self._held)
        elif whole or len(self._held) >= _SEARCH_BYTES:
            yield from self._cut(len(self._held) - _START_BYTES)

    def _cut(self, end: int) -> Iterator[Piece]:
        """Give what can be told; what begins after `end` may not show yet what it is."""
        while self._at < end:
            start = ENVELOPE_START.match(self._held, self._at)
            if not start:
                start = ENVELOPE_START.search(self._held, self._at)
                yield from self._let_through(start.start() if start else end)
                continue
            alike = self._held.find(start[0], max(self._at + 1, self._searched))  # writers start all of them alike
            if alike > 0 and (envelope := decode_envelope(self._held[self._at : alike])):
                yield from self._end_garbage()
                yield from _in_parts(envelope)
                self._at = alike
            elif following := ENVELOPE_START.search(self._held, max(self._at + 1, self._searched)):
                yield from self._segment(following.start())
            elif end - self._at > MAX_ENVELOPE_BYTES:
                yield from self._segment(end)
            else:
                self._searched = end
                return

    def _take_more(self) -> None:
        self._gone += self._at
        self._held = self._held[self._at :] + self._more
        self._searched, self._at = max(0, self._searched - self._at), 0
        self._more.clear()

    def finish(self) -> Iterator[Piece]:
        """Take the end of the text."""
        self._take_more()
        while self._at < len(self._held):
            following = ENVELOPE_START.search(self._held, self._at + 1)
            end = following.start() if following else len(self._held)
            if ENVELOPE_START.match(self._held, self._at):
                yield from self._segment(end)
            else:
                yield from self._let_through(end)
        yield from self._end_garbage()

    def _segment(self, end: int) -> Iterator[Piece]:
        """Give the segment that starts at `at`; the part of it that is garbage may go on after `end`."""
        yield from self._end_garbage()
        segment = self._held[self._at : end]
        size = len(segment)
        envelope = decode_envelope(segment)
        if envelope is None:
            size = object_end(segment)
            envelope = read_envelope(segment[:size]) if size > 0 else None
        if envelope:
            yield from _in_parts(envelope)
            self._at += size
        yield from self._let_through(end)

    def _let_through(self, end: int) -> Iterator[Piece]:
        if self._at < end:
            if self._garbage is None:
                self._garbage = LineCutter(garbage=True)
            for at in range(self._at, end, _BLOCK_BYTES):
                for lines in self._garbage.push(self._held[at : min(end, at + _BLOCK_BYTES)]):
                    self._log.add_once(AnomalyKind.GARBAGE, self._gone + self._at)
                    yield lines
            self._at = end

    def _end_garbage(self) -> Iterator[Piece]:
        if self._garbage:
            for lines in self._garbage.finish():
                self._log.add_once(AnomalyKind.GARBAGE, self._gone + self._at)
                yield lines
            self._garbage = None


def _in_parts(envelope: Envelope) -> Iterator[Envelope]:
    """Give an envelope of very many log events in parts: counting and hashing takes memory for each event."""
    events, records = envelope.events, envelope.records
    if envelope.control or len(events) <= _PART_EVENTS:
        yield envelope
        return
    for at in range(0, len(events), _PART_EVENTS):
        part = slice(at, at + _PART_EVENTS)
        yield dataclasses.replace(envelope, events=events[part], records=records[part])
