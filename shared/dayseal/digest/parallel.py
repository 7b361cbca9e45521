"""Step 4: many objects at once, over processes."""

import concurrent.futures
import dataclasses
import multiprocessing
import multiprocessing.context
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import Final

from dayseal.digest.objects import ObjectDigest, digest_object
from dayseal.errors import AccessError, NotFoundError
from dayseal.model import ArchiveObject
from dayseal.ports import ArchiveReader


MIN_SHARD_BYTES: Final = 256 * 1024 * 1024


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
) -> tuple[ObjectDigest | UnreadableObject, ...]:
    """Digest whole objects, in `workers` processes at once; results come in the order of `objects`.

    The results do not depend on `workers`; 1 stays in this process. `reader` is pickled for the
    others. `progress` is told the stored size of each object that is done.
    """
    if workers <= 1 or len(objects) <= 1:
        return tuple(_told(digest_one(reader, found), found, progress) for found in objects)
    by_size = sorted(range(len(objects)), key=lambda at: -objects[at].size)  # the largest must not come last
    results: dict[int, ObjectDigest | UnreadableObject] = {}
    with concurrent.futures.ProcessPoolExecutor(min(workers, len(objects)), mp_context=_context()) as pool:
        waiting = {pool.submit(digest_one, reader, objects[at]): at for at in by_size}
        for done in concurrent.futures.as_completed(waiting):
            at = waiting[done]
            try:
                result = done.result()
            except BrokenProcessPool:
                result = UnreadableObject(objects[at], "a worker process was killed while it was read")
            results[at] = _told(result, objects[at], progress)
    return tuple(results[at] for at in range(len(objects)))


def digest_one(reader: ArchiveReader, found: ArchiveObject) -> ObjectDigest | UnreadableObject:
    """Digest one whole object, or say why it cannot be read."""
    try:
        with reader.open(found, 0, found.size) as source:
            return digest_object(source, key=found.key, version=found.version, start=0, end=found.size)
    except (AccessError, NotFoundError) as exc:
        return UnreadableObject(found, str(exc))


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


def _context() -> multiprocessing.context.BaseContext:
    # A fork of this process could inherit a lock that another thread (a progress bar's) holds.
    if "forkserver" not in multiprocessing.get_all_start_methods():
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
