"""Recognising records that repeat: most of an audit log is leases renewed every few seconds.

A pattern is learned from a record that was parsed. It knows the spans of the record that hold the
values of a few members (audit id, times, resource version, ...), each inside a JSON string and made
of harmless characters only. Another record that equals it everywhere else, and has nothing but
harmless characters in those spans, is the same JSON but for those strings: it parses, and it means
the same but for its times. So it need not be parsed.

Harmless are ASCII letters, digits and `-:.+_`: none of them can end a string, start an escape or
break UTF-8, and none of the members is one that decides where an event is counted.
"""

import itertools
import re
import struct
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

M = TypeVar("M")
Times = tuple[bytes, bytes]

_MAX_PATTERNS: Final = 4_096  # then all are forgotten
_MAX_ALIKE: Final = 4  # patterns that one window may stand for
_WINDOW: Final = 128  # bytes from the marker on: what about
_MIN_USES: Final = 4
_TRIALS: Final = 256  # patterns learned before their use is judged: later ones must have paid for themselves
_MAX_RECORD: Final = 8_192  # longer records rarely repeat

_HARMLESS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:.+_"
_NAMES: Final = (
    b"auditID|resourceVersion|stageTimestamp|requestReceivedTimestamp|timestamp|receiveTimestamp|time|insertId|id"
)
_SPAN: Final = re.compile(
    rb'"(' + _NAMES + rb')":"([-:.+_A-Za-z0-9]+)"|\\"(' + _NAMES + rb')\\":\\"([-:.+_A-Za-z0-9]+)\\"'
)


class Pattern(Generic[M]):
    """What one kind of repeating record looks like, and what it means."""

    __slots__ = ("fixed", "fixed_of", "meaning", "received_at", "size", "time_at", "values_of")

    def __init__(
        self, record: bytes, spans: Sequence[tuple[int, int]], meaning: M, time_at: int, received_at: int
    ) -> None:
        edges = [0, *(edge for span in spans for edge in span), len(record)]
        sizes = [b - a for a, b in itertools.pairwise(edges)]
        # Of a record of this size; an unpacked structure takes half as long as slices.
        self.fixed_of: Callable[[bytes], tuple[bytes, ...]] = _unpacker(sizes, "sx")
        self.values_of: Callable[[bytes], tuple[bytes, ...]] = _unpacker(sizes, "xs")
        self.size = len(record)
        self.fixed = self.fixed_of(record)
        self.meaning = meaning
        self.time_at = time_at  # which of the spans is the event's time
        self.received_at = received_at  # which one the time of ingestion, or -1


class PatternBook(Generic[M]):
    """The patterns learned from one object. `marker` starts the part that tells records apart."""

    def __init__(self, marker: bytes) -> None:
        self._marker = marker
        self._table: dict[bytes, list[Pattern[M]]] = {}
        self._size = 0
        self._at = 0  # where the marker was last
        self._learned = 0
        self._hits = 0

    def match_all(self, records: Sequence[bytes]) -> tuple[list[Pattern[M] | None], list[tuple[bytes, ...]]]:
        """Give each record's pattern, or None, and the values of the spans of those that have one.

        All records must be ASCII.
        """
        found: list[Pattern[M] | None] = []
        values: list[tuple[bytes, ...]] = []
        marker, at, alike_at = self._marker, self._at, self._table.get
        for record in records:
            alike = alike_at(record[at : at + _WINDOW])
            if alike is None and not record.startswith(marker, at):
                at = record.find(marker)
                alike = alike_at(record[at : at + _WINDOW])
            for pattern in alike or ():
                if len(record) == pattern.size and pattern.fixed_of(record) == pattern.fixed:
                    found.append(pattern)
                    values.append(pattern.values_of(record))
                    break
            else:
                found.append(None)
        self._at = at
        if b"".join(itertools.chain.from_iterable(values)).translate(None, _HARMLESS):
            return [None] * len(records), []  # a value that is not harmless: parse them all
        self._hits += len(values)
        return found, values

    def learn(self, record: bytes, meaning: M, times: Times, reread: Callable[[bytes], Times | None]) -> None:
        """Learn the pattern of a parsed ASCII record of this meaning, if it has one.

        `times` are its event time and time of ingestion (or nothing) as text, `reread` parses a record and
        gives them. It is asked whether they are in the spans that hold them: it must give back whatever
        harmless text is put there.
        """
        at = record.find(self._marker)
        wasted = self._learned > _TRIALS and self._hits < _MIN_USES * self._learned
        if at < 0 or wasted or len(record) > _MAX_RECORD:
            return
        spans = [match.span(2) if match[2] else match.span(4) for match in _SPAN.finditer(record)]
        texts = [record[a:b] for a, b in spans]
        places = [texts.index(text) if text and texts.count(text) == 1 else -1 for text in times]
        if places[0] < 0 or (times[1] and places[1] < 0):
            return  # it cannot be told which span is the time
        probe = record
        for place in places:
            if place >= 0:
                a, b = spans[place]
                probe = probe[:a] + b"x" * (b - a) + probe[b:]
        if reread(probe) != tuple(b"x" * len(text) for text in times):
            return  # the times are somewhere else, and only look the same
        if self._size >= _MAX_PATTERNS:
            self._table.clear()
            self._size = 0
        alike = self._table.setdefault(record[at : at + _WINDOW], [])
        alike.insert(0, Pattern(record, spans, meaning, *places))
        del alike[_MAX_ALIKE:]
        self._size += 1
        self._learned += 1


def _unpacker(sizes: Sequence[int], codes: str) -> Callable[[bytes], tuple[bytes, ...]]:
    """Cut bytes into parts of these sizes; `codes` says by turns which are given (`s`) and which left out (`x`)."""
    layout = "".join(f"{size}{codes[i % 2]}" for i, size in enumerate(sizes))
    return struct.Struct(layout).unpack
