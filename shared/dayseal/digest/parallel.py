"""Step 4: many objects at once, over processes."""

import concurrent.futures
import dataclasses
import functools
import multiprocessing
import multiprocessing.context
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Final

from dayseal.digest.book import PatternShelf
from dayseal.digest.objects import ObjectDigest, digest_object
from dayseal.digest.policies import OwnPolicy
from dayseal.errors import AccessError, NotFoundError
from dayseal.model import ArchiveObject
from dayseal.ports import ArchiveReader

MIN_SHARD_BYTES: Final = 256 * 1024 * 1024
_RUNS_PER_WORKER: Final = 4
_RUN_BYTES: Final = 32 * 1024 * 1024  # and progress is told at least that often
_MAX_RUN: Final = 256  # objects
_THREADS: Final = Path("/proc/self/task")  # on Linux: also those that no Python code started


@dataclasses.dataclass(frozen=True, slots=True)
class UnreadableObject:
    """An object that was listed and could not be read; `reason` is one line."""

    found: ArchiveObject
    reason: str


def digest_all(
    reader: ArchiveReader,
    objects: Sequence[ArchiveObject],
    *,
    workers: int,
    progress: Callable[[int], None] | None = None,
    own: OwnPolicy | None = None,
) -> tuple[ObjectDigest | UnreadableObject, ...]:
    """Digest whole objects, in `workers` processes at once; results come in the order of `objects`.

    The results do not depend on `workers`; 1 stays in this process. `reader` is pickled for the
    others. `progress` is told the stored size of each object that is done, `own` judges in a provider's place.
    """
    runs = _plan_runs(objects, workers)
    if workers <= 1 or len(runs) <= 1:
        shelf = PatternShelf(own)
        return tuple(_told(_digest_one(reader, found, shelf), found, progress) for found in objects)
    results: dict[int, ObjectDigest | UnreadableObject] = {}
    with concurrent.futures.ProcessPoolExecutor(min(workers, len(runs)), mp_context=_context()) as pool:
        waiting = {pool.submit(_digest_run, reader, [objects[at] for at in run], own): run for run in runs}
        for done in concurrent.futures.as_completed(waiting):
            run = waiting[done]
            try:
                found = done.result()
            except BrokenProcessPool:
                found = [UnreadableObject(objects[at], "a worker process was killed while it was read") for at in run]
            for at, result in zip(run, found, strict=True):
                results[at] = _told(result, objects[at], progress)
    return tuple(results[at] for at in range(len(objects)))


def plan_shards(
    objects: Sequence[ArchiveObject], *, min_bytes: int = MIN_SHARD_BYTES
) -> tuple[tuple[ArchiveObject, ...], ...]:
    """Cut `objects` into runs of at least `min_bytes` stored bytes each (a short last run joins the one before)."""
    shards: list[list[ArchiveObject]] = []
    size = min_bytes
    for found in objects:
        if size >= min_bytes:
            shards.append([])
            size = 0
        shards[-1].append(found)
        size += found.size
    if len(shards) > 1 and size < min_bytes:
        shards[-2].extend(shards.pop())
    return tuple(tuple(shard) for shard in shards)


def _plan_runs(objects: Sequence[ArchiveObject], workers: int) -> list[list[int]]:
    """Put objects into runs for one worker at a time: the largest objects first, small ones many to a run.

    A run of small objects amortises what its worker learns; several runs a worker keep all of them busy.
    """
    share = max(1, sum(found.size for found in objects) // (max(1, workers) * _RUNS_PER_WORKER))
    runs: list[list[int]] = []
    room = 0
    for at in sorted(range(len(objects)), key=lambda at: -objects[at].size):
        if room <= 0 or len(runs[-1]) >= _MAX_RUN:
            runs.append([])
            room = min(share, _RUN_BYTES)
        runs[-1].append(at)
        room -= objects[at].size
    return runs


def _digest_run(
    reader: ArchiveReader, run: Sequence[ArchiveObject], own: OwnPolicy | None
) -> list[ObjectDigest | UnreadableObject]:
    shelf = _worker_shelf(own)
    return [_digest_one(reader, found, shelf) for found in run]


@functools.cache
def _worker_shelf(own: OwnPolicy | None) -> PatternShelf:
    """Give this process's patterns: learning them anew takes about 3 ms a run."""
    return PatternShelf(own)


def _digest_one(reader: ArchiveReader, found: ArchiveObject, shelf: PatternShelf) -> ObjectDigest | UnreadableObject:
    try:
        with reader.open(found, 0, found.size) as source:
            return digest_object(source, key=found.key, version=found.version, start=0, end=found.size, shelf=shelf)
    except (AccessError, NotFoundError) as exc:
        return UnreadableObject(found, str(exc))


def _context() -> multiprocessing.context.BaseContext:
    """Choose how workers start: a fork takes a hundredth of a second, but is only safe from the one thread there is.

    Another thread (a progress bar's, a cloud client's) may hold a lock that a fork would inherit for ever.
    """
    methods = multiprocessing.get_all_start_methods()
    if _THREADS.is_dir() and len(list(_THREADS.iterdir())) == 1 and "fork" in methods:
        return multiprocessing.get_context("fork")
    if "forkserver" not in methods:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _told(
    result: ObjectDigest | UnreadableObject, found: ArchiveObject, progress: Callable[[int], None] | None
) -> ObjectDigest | UnreadableObject:
    if progress:
        progress(found.size)
    return result
