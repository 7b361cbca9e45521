"""The parsed events of one source, side by side, until they are counted."""

import operator
from collections.abc import Mapping, Sequence

from dayseal.audit.event_times import event_time_us
from dayseal.digest.book import TallyBook
from dayseal.digest.counter import Batch, Counted
from dayseal.digest.patterns import Pattern
from dayseal.digest.rows import Identity
from dayseal.digest.sightings import Sighting
from dayseal.digest.tally_keys import SplitPart
from dayseal.digest.trace import Trace
from dayseal.model import ClusterHint

Times = Sequence[int | None]


class Columns:
    """What the events of one source have; each list has one item for each event."""

    def __init__(self) -> None:
        self._identities: list[Counted] = []
        self._times: list[bytes] = []
        self._renews: list[bool] = []
        self._ingested: list[int | None] = []  # or the same as text, where the records themselves say it
        self._ingested_texts: list[bytes] = []
        self._marked = 0
        self._skipped = 0
        self._drifting: list[tuple[Identity, bytes]] = []  # with their event times
        self._splits: list[SplitPart] = []
        self._traces: list[Trace] = []
        self.sampled: list[bytes] = []  # leaf hashes

    def add_parsed(self, sightings: Sequence[Sighting], ingested: Times) -> None:
        """Take records that were parsed; `ingested` runs parallel to them."""
        self._identities += [sighting.identity for sighting in sightings]
        self._times += [sighting.time.encode("utf-8") for sighting in sightings]
        self._renews += [sighting.renews for sighting in sightings]
        self._ingested += ingested
        self._ingested_texts += [sighting.ingested.encode("utf-8") for sighting in sightings]
        if odd := [sighting for sighting in sightings if sighting.odd]:
            self._marked += sum([sighting.marked for sighting in odd])
            self._skipped += sum([sighting.skipped for sighting in odd])
            self._drifting += [(one.identity, one.time.encode("utf-8")) for one in odd if one.drifts]
            self._splits += [sighting.split for sighting in odd if sighting.split]
            self._traces += [sighting.trace for sighting in odd if sighting.trace]

    def add_known(
        self, patterns: Sequence[Pattern[Sighting]], values: Sequence[tuple[bytes, ...]], ingested: Times
    ) -> None:
        """Take records whose pattern is known, with the values of its spans; `ingested` may be empty."""
        kinds = set(patterns)
        self._identities += patterns
        times = _pick(patterns, values, {kind: kind.time_at for kind in kinds})
        self._times += times
        if all(kind.meaning.renews for kind in kinds):
            self._renews += [True] * len(patterns)
        else:
            self._renews += [pattern.meaning.renews for pattern in patterns]
        self._ingested += ingested or [None] * len(patterns)
        self._ingested_texts += _pick(patterns, values, {kind: kind.received_at for kind in kinds})
        if any(kind.meaning.odd for kind in kinds):
            meanings = [pattern.meaning for pattern in patterns]
            self._marked += sum([meaning.marked for meaning in meanings])
            self._skipped += sum([meaning.skipped for meaning in meanings])
            pairs = zip(meanings, times, strict=True)
            self._drifting += [(meaning.identity, time) for meaning, time in pairs if meaning.drifts]

    def count(self, book: TallyBook, hint: ClusterHint | None, stream: str) -> None:
        """Count what was taken."""
        counter = book.counter(hint)
        counter.marked += self._marked
        counter.skipped_bodies += self._skipped
        if self._drifting:
            counter.drift.add(*zip(*self._drifting, strict=True))
        counter.splits.add_all(self._splits)
        for trace in self._traces:
            counter.traces.add(trace)
        counter.copies.add(self.sampled)
        ingested: Times = self._ingested
        if any(self._ingested_texts):
            texts = self._ingested_texts
            ingested = book.clock.read_all(texts) or [event_time_us(text.decode("utf-8")) for text in texts]
        elif all(time is None for time in ingested):
            ingested = ()
        counter.add(Batch(self._identities, self._times, self._renews, stream, ingested))


def _pick(
    patterns: Sequence[Pattern[Sighting]], values: Sequence[tuple[bytes, ...]], places: Mapping[Pattern[Sighting], int]
) -> list[bytes]:
    """Give of each record's values the one at its pattern's place, or nothing where the place is -1."""
    kinds = {*places.values()}
    if kinds == {-1}:
        return [b""] * len(patterns)
    if len(kinds) == 1:
        return list(map(operator.itemgetter(*kinds), values))
    pairs = zip(map(places.__getitem__, patterns), values, strict=True)
    return [spans[place] if place >= 0 else b"" for place, spans in pairs]
