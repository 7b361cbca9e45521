"""The ports of the workflow, answered from what other tasks of the run found."""

import dataclasses
import functools
import itertools
from collections.abc import Mapping, Sequence

from dayseal.checks.comparison import Observed, Reading, RecordedObject, group_recorded
from dayseal.digest.objects import ObjectDigest
from dayseal.digest.parallel import UnreadableObject
from dayseal.errors import NotFoundError
from dayseal.model import ArchiveObject, ClusterId, Fact, Listing
from dayseal.model.route import RouteFacts
from dayseal.ports import Clock, LockReader
from dayseal.runs.documents import ShardResult, digest_of
from dayseal.runs.store import RunStore
from dayseal.runs.unasked import unasked_route


@dataclasses.dataclass(frozen=True, slots=True)
class FoundBefore:
    """Port `Discovered`, as the discovery task wrote it down."""

    clusters: tuple[ClusterId, ...]
    calls: tuple[Fact, ...]
    silent: tuple[str, ...]


class StoredDiscovery:
    """Port `Discovery`: what the run's discovery task found."""

    def __init__(self, run: RunStore) -> None:
        self._run = run

    def discover(self) -> FoundBefore:
        """Give it.

        Raises:
            NotFoundError: that task gave no result.
        """
        found = self._run.the_run()
        return FoundBefore(tuple(map(ClusterId.parse, found.clusters)), found.calls, found.silent)


class StoredProbe:
    """Port `RouteProbe`: what the run's check tasks were told; where one gave no result, every fact is missing."""

    def __init__(self, run: RunStore, clock: Clock) -> None:
        self._run = run
        self._clock = clock

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Give everything that was asked about each cluster, in the order given."""
        known, reasons = self._answers()
        now = self._clock.now()
        return tuple(
            known.get(c) or unasked_route(c, now, reasons.get(c.text, "it came into scope while the run went on"))
            for c in clusters
        )

    def _answers(self) -> tuple[dict[ClusterId, RouteFacts], dict[str, str]]:
        known: dict[ClusterId, RouteFacts] = {}
        reasons: dict[str, str] = {}
        for number, texts in enumerate(self._run.the_run().places):
            routes = self._run.routes(number)
            if routes is None:
                reasons |= dict.fromkeys(texts, _why(self._run, f"check/{number}", "the task that asks"))
            else:
                known |= {route.cluster: route for route in routes}
        return known, reasons


class StoredReadings:
    """`Earlier`, answered from the shards' results; what a shard that gave no result holds is unreadable."""

    def __init__(self, run: RunStore) -> None:
        self._run = run
        self._read = functools.cache(self._collect)

    def digest(self, archive: str, found: ArchiveObject) -> ObjectDigest | UnreadableObject | None:
        """Give what digesting an object gave; None: no shard holds it, as it is listed now."""
        told = self._read(archive).digests.get((found.key, found.version))
        return None if told is None or _size(told) != found.size else told

    def observed(self, archive: str, item: RecordedObject) -> Observed | None:
        """Give what reading a recorded object again showed, where all its recorded ranges were read."""
        seen = self._read(archive).observed.get((item.key, item.version))
        return seen if seen is None or not seen.digests or len(seen.digests) == len(item.descriptors) else None

    def locked(self, archive: str) -> Mapping[tuple[str, str], ArchiveObject]:
        """Give the objects whose locks were looked at, by key and version."""
        return self._read(archive).locked

    def _collect(self, archive: str) -> "_Told":
        told = _Told({}, {}, {})
        plan = self._run.plan(archive)
        for shard in range(0 if plan is None else plan.shards):
            result = self._run.result(archive, shard)
            if result is None:
                told.missed(self._run, archive, shard)
            else:
                told.add(result)
        return told


@dataclasses.dataclass(frozen=True, slots=True)
class _Told:
    digests: dict[tuple[str, str], ObjectDigest | UnreadableObject]
    observed: dict[tuple[str, str], Observed]
    locked: dict[tuple[str, str], ArchiveObject]

    def add(self, result: ShardResult) -> None:
        for row in result.digests:
            self.digests[row.descriptor.key, row.descriptor.version] = digest_of(row)
        for failed in result.unreadable:
            self.digests.setdefault((failed.found.key, failed.found.version), failed)
        self.observed.update({(seen.key, seen.version): seen for seen in result.observed})
        self.locked.update({(found.key, found.version): found for found in result.locked})

    def missed(self, run: RunStore, archive: str, shard: int) -> None:
        reason = _why(run, f"digest/{archive}/{shard}", f"the task that reads shard {shard}")
        try:
            document = run.shard(archive, shard)
        except NotFoundError:
            return
        for found in document.fresh:
            self.digests.setdefault((found.key, found.version), UnreadableObject(found, reason))
        for item in group_recorded(document.recorded):
            seen = Observed(item.key, item.version, 0, reading=Reading.UNREADABLE, reason=reason)
            self.observed.setdefault((item.key, item.version), seen)


class StoredLocks:
    """Port `LockReader`: the locks that shards looked at; only what no shard holds is asked again."""

    def __init__(self, inner: LockReader, readings: StoredReadings, archive: str) -> None:
        self._inner = inner
        self._readings = readings
        self._archive = archive

    def with_locks(self, listing: Listing) -> Listing:
        """Give the same listing with each object's lock; raises as the port does."""
        known = self._readings.locked(self._archive)
        left = tuple(found for found in listing.objects if (found.key, found.version) not in known)
        asked = self._inner.with_locks(dataclasses.replace(listing, objects=left)) if left else Listing(())
        every = itertools.chain(asked.objects, known.values())
        locks = {(found.key, found.version): found for found in every}
        objects = tuple(locks.get((found.key, found.version), found) for found in listing.objects)
        return dataclasses.replace(listing, objects=objects)


def _size(told: ObjectDigest | UnreadableObject) -> int:
    return told.size if isinstance(told, ObjectDigest) else told.found.size


def _why(run: RunStore, task: str, who: str) -> str:
    failure = run.failure(task)
    return f"{who} gave no result" + ("" if failure is None else f" ({failure.error})")
