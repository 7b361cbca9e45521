"""All tallies of one object, by the cluster its records name."""

from collections.abc import Hashable
from typing import Final

from dayseal.audit.event_times import EventClock
from dayseal.audit.formats.shapes import Shape
from dayseal.audit.wire import LabelsWire
from dayseal.digest.counter import TallyCounter
from dayseal.digest.hints import aks_hint, gke_hint
from dayseal.digest.patterns import PatternBook
from dayseal.digest.policies import OwnPolicy, PolicyJudge, judge_of
from dayseal.digest.sightings import Sighting
from dayseal.digest.tables import SAMPLED
from dayseal.digest.tally import Tally
from dayseal.model import ClusterHint

MAX_HINTS: Final = 512  # records of further clusters count as unattributed


class PatternShelf:
    """Patterns and judgements of each shape, to be used for many objects; what they save, they do not change.

    With `own` everything is judged by that policy, whoever's shape it has.
    """

    def __init__(self, own: OwnPolicy | None = None) -> None:
        self._own = None if own is None else own.judge()
        self._books: dict[Shape, PatternBook[Sighting]] = {}
        self._judges: dict[Shape, PolicyJudge | None] = {}

    def book(self, shape: Shape) -> PatternBook[Sighting]:
        """Give the patterns of one shape."""
        found = self._books.get(shape)
        if found is None:
            found = self._books[shape] = PatternBook(b"resourceName" if shape is Shape.GKE else b"requestURI")
        return found

    def judge(self, shape: Shape) -> PolicyJudge | None:
        """Give the judge of one shape; None where its provider is not known."""
        if self._own is not None:
            return self._own
        if shape not in self._judges:
            self._judges[shape] = judge_of(shape)
        return self._judges[shape]


class TallyBook:
    """Keeps one counter for each cluster hint of an object; None stands for records that name no cluster.

    `foreign` counts records of other logs than the audit log, `control` CloudWatch's probes.
    """

    def __init__(self, shape: Shape, shelf: PatternShelf) -> None:
        self.shape = shape
        self.clock = EventClock()
        self.foreign = 0
        self.control = 0
        self.patterns = shelf.book(shape)
        self.judge = shelf.judge(shape)
        self._counters: dict[ClusterHint | None, TallyCounter] = {}

    def counter(self, hint: ClusterHint | None) -> TallyCounter:
        """Give the counter of one cluster."""
        found = self._counters.get(hint)
        if found is None:
            if hint is not None and len(self._counters) >= MAX_HINTS:
                return self.counter(None)
            found = self._counters[hint] = TallyCounter(
                self.clock, policy="" if self.judge is None else self.judge.name
            )
        return found

    @property
    def sample_limit(self) -> bytes:
        """The leaf hash from which on no cluster's sample takes a record."""
        return max([counter.copies.limit for counter in self._counters.values()], default=SAMPLED)

    def place(self, source: Hashable) -> tuple[ClusterHint | None, str]:
        """Give the cluster hint and the log stream of a source, as this shape's records name it."""
        if isinstance(source, LabelsWire):
            return gke_hint(source), ""
        if isinstance(source, tuple):
            resource_id, pod = source
            return aks_hint(resource_id), pod
        return None, ""

    def freeze(self) -> tuple[tuple[ClusterHint | None, Tally], ...]:
        """Give the tallies, unattributed first, then by hint."""
        ordered = sorted(self._counters.items(), key=lambda item: "" if item[0] is None else item[0].text)
        return tuple((hint, counter.freeze()) for hint, counter in ordered)
