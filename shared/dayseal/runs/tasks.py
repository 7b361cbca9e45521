"""The tasks of a run before it is sealed: steps 1 to 4 of the workflow, cut so that many can run at once.

Each may be repeated, or run twice at once: what the first one wrote counts.
"""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from dayseal.codec import format_day
from dayseal.digest.manifest import Manifest
from dayseal.digest.objects import ObjectDigest
from dayseal.digest.parallel import MIN_SHARD_BYTES, UnreadableObject, digest_all, plan_shards
from dayseal.errors import AccessError, UsageError
from dayseal.ledger.reader import LedgerReader
from dayseal.model import ArchiveObject, ClusterId, Listing, ObjectDescriptor
from dayseal.model.route import RouteFacts
from dayseal.ports import Discovery, RouteProbe
from dayseal.runs.documents import PlanDocument, RunDocument, ShardDocument, ShardItem, ShardResult, row_of
from dayseal.runs.store import RunStore
from dayseal.steps.discovering import ROUTED_PROVIDERS, enrolled_in
from dayseal.steps.parts import Archive
from dayseal.steps.reading import observe, split_batch
from dayseal.steps.recorded import JudgedUntil, recorded_manifest

PLACE_CLUSTERS: Final = 50


def discover_run(
    run: RunStore, discovery: Discovery, ledger: LedgerReader, archives: Sequence[str], day: dt.date
) -> RunDocument:
    """Find the clusters (step 1) and cut the asking into places: at most 50 clusters of one account and Region."""
    found = discovery.discover()
    in_scope = {*found.clusters, *(cluster for cluster, _ in enrolled_in(ledger))}
    asked = sorted(c for c in in_scope if c.provider in ROUTED_PROVIDERS)
    judged = JudgedUntil(lambda: ledger)(asked)
    return run.put_run(
        RunDocument(
            run=run.run,
            day=format_day(day),
            clusters=tuple(cluster.text for cluster in found.clusters),
            calls=found.calls,
            silent=found.silent,
            places=tuple(_places(asked)),
            judged=tuple(sorted((cluster.text, moment) for cluster, moment in judged.items())),
            archives=tuple(archives),
        )
    )


def ask_routes(run: RunStore, probe: RouteProbe, place: int) -> tuple[RouteFacts, ...]:
    """Ask about the routes of one place's clusters (step 2).

    Raises:
        UsageError: the run has no such place.
    """
    known = run.routes(place)
    if known is not None:
        return known
    places = run.the_run().places
    if not 0 <= place < len(places):
        raise UsageError(f"run {run.run}: place {place}, {len(places)} places promised")
    return run.put_routes(place, probe.probe_all([ClusterId.parse(text) for text in places[place]]))


def judged_before(run: RunStore, clusters: Sequence[ClusterId]) -> dict[ClusterId, dt.datetime]:
    """Give until when clusters were judged before this run, as discovery read it in the ledger."""
    known = dict(run.the_run().judged)
    return {cluster: known[cluster.text] for cluster in clusters if cluster.text in known}


def plan_archive(
    run: RunStore, ledger: LedgerReader, archive: Archive, day: dt.date, *, min_bytes: int = MIN_SHARD_BYTES
) -> tuple[PlanDocument, str]:
    """List an archive (step 3) and cut its batch into shards of at least `min_bytes`; also give the key of their list.

    What the ledger knows is hashed again, what is new is digested: both are shared out.

    Raises:
        AccessError: the listing failed.
    """
    clusters = [known.cluster for known in ledger.state().clusters()]
    recorded, _ = recorded_manifest(ledger, clusters, archive.reader.uri, day)
    shards = plan_shards(_to_read(archive.reader.list_day(day), recorded), min_bytes=min_bytes)
    of_object: dict[tuple[str, str], list[ObjectDescriptor]] = {}
    for descriptor in recorded.descriptors:
        of_object.setdefault((descriptor.key, descriptor.version), []).append(descriptor)
    for number, objects in enumerate(shards):
        document = ShardDocument(
            fresh=tuple(o for o in objects if (o.key, o.version) not in of_object),
            recorded=tuple(d for o in objects for d in of_object.get((o.key, o.version), ())),
        )
        run.put_shard(archive.name, number, document)
    # A crash here leaves shards without a plan: the repeated task finds them there.
    size = sum(found.size for objects in shards for found in objects)
    plan = run.put_plan(PlanDocument(archive=archive.name, shards=len(shards), bytes=size))
    items = (ShardItem(run=run.run, day=format_day(day), archive=archive.name, shard=n) for n in range(plan.shards))
    return plan, run.put_items(archive.name, tuple(items))


def digest_shard(run: RunStore, archive: Archive, shard: int) -> ShardResult:
    """Read one shard (step 4), in this process; objects that cannot be read are part of the result.

    Raises:
        NotFoundError: there is no such shard.
        OutOfTimeError: as the archive says; nothing is written down then.
    """
    known = run.result(archive.name, shard)
    if known is not None:
        return known
    document = run.shard(archive.name, shard)
    recorded, _ = split_batch(Listing(()), Manifest(document.recorded))
    results = digest_all(archive.reader, document.fresh, workers=1, own=archive.own)
    observed = tuple(observe(archive.reader, item, hidden=False) for item in recorded)
    locked, missing = _locks(archive, document)
    result = ShardResult(
        digests=tuple(row_of(r) for r in results if isinstance(r, ObjectDigest)),
        unreadable=tuple(r for r in results if isinstance(r, UnreadableObject)),
        observed=observed,
        locked=locked,
        locks_missing=missing,
    )
    return run.put_result(archive.name, shard, result)


def _places(clusters: Sequence[ClusterId]) -> Iterator[tuple[str, ...]]:
    for _, group in itertools.groupby(clusters, key=lambda c: (c.provider, c.account, c.location)):
        texts = [cluster.text for cluster in group]
        for start in range(0, len(texts), PLACE_CLUSTERS):
            yield tuple(texts[start : start + PLACE_CLUSTERS])


def _to_read(listing: Listing, recorded: Manifest) -> tuple[ArchiveObject, ...]:
    """Give what is listed, and what is recorded and not listed any more: that it is gone is an answer too."""
    known, _ = split_batch(listing, recorded)
    listed = {(found.key, found.version) for found in listing.objects}
    epoch = dt.datetime.fromtimestamp(0, dt.UTC)
    gone = [ArchiveObject(i.key, i.version, i.end, epoch) for i in known if (i.key, i.version) not in listed]
    return tuple(sorted((*listing.objects, *gone)))


def _locks(archive: Archive, document: ShardDocument) -> tuple[tuple[ArchiveObject, ...], str]:
    if archive.locks is None:
        return (), ""
    epoch = dt.datetime.fromtimestamp(0, dt.UTC)
    names = dict.fromkeys((d.key, d.version) for d in document.recorded)
    every = (*document.fresh, *(ArchiveObject(key, version, 0, epoch) for key, version in names))
    try:
        return archive.locks.with_locks(Listing(every)).objects, ""
    except AccessError as exc:
        return (), str(exc)
