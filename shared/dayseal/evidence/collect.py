"""Collects the evidence bundle of one cluster's days from a ledger."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from dayseal.attest.predicates import (
    Chain,
    ChainReset,
    ClusterDay,
    Delegation,
    Enrolment,
    Genesis,
    Inventory,
    Reverification,
    RollCall,
)
from dayseal.codec import format_day, sha256_hex
from dayseal.digest.manifest import open_manifest
from dayseal.errors import DigestError, UsageError
from dayseal.evidence.bundle import BUNDLE_KIND, Blob, BundleClaim, EvidenceBundle
from dayseal.evidence.entries import LoggedEntry, OldHead, StatedEntry
from dayseal.evidence.report import ReportContent, render_readme, render_report
from dayseal.ledger.entry import parse_admitted
from dayseal.ledger.layout import facts_key, manifest_key, rollcall_key, summary_key
from dayseal.ledger.reader import LedgerReader
from dayseal.model import ClusterId, ObjectDescriptor, TreeHead

FetchObject = Callable[[str, ObjectDescriptor], bytes]


def collect_evidence(
    reader: LedgerReader,
    cluster: ClusterId,
    first: dt.date,
    last: dt.date,
    *,
    old_sizes: Sequence[int] = (),
    fetch_object: FetchObject | None = None,
) -> EvidenceBundle:
    """Collect everything that verifies `cluster`'s batch days `first` to `last`, both included.

    `old_sizes` are sizes of checkpoints that somebody kept: the bundle proves growth from each.
    With `fetch_object` (archive URI and descriptor to the stored bytes `[from, to)`) the archived
    objects of the newest revisions are put in.

    Raises:
        UsageError: the ledger never enrolled the cluster, the days are in the wrong order, or an old
            size is larger than the ledger.
        DigestError: an archived object no longer reads as recorded.
        RefutedError, TamperError, NotFoundError: the ledger does not hold what its checkpoint promises.
    """
    if last < first:
        raise UsageError(f"evidence: from {first} to {last}, the first day before the last promised")
    chosen = _choose(_scan(reader, cluster), format_day(first), format_day(last))
    claim = BundleClaim(
        checkpoint_size=reader.tree_head.size,
        cluster=cluster.text,
        first=format_day(first),
        kind=BUNDLE_KIND,
        last=format_day(last),
        with_events=fetch_object is not None,
    )
    content = ReportContent(claim, reader.head().checkpoint, chosen)
    return EvidenceBundle(
        claim=claim,
        checkpoint=reader.checkpoint_bytes,
        entries=tuple(LoggedEntry(s.index, reader.entry(s.index), reader.inclusion(s.index)) for s in chosen),
        old_heads=old_heads(reader, {*old_sizes, *_seen_sizes(chosen, reader.tree_head.size)}),
        blobs=_blobs(reader, chosen, claim, fetch_object),
        readme=render_readme(content),
        report=render_report(content),
    )


def old_heads(reader: LedgerReader, sizes: Iterable[int]) -> tuple[OldHead, ...]:
    """Give the log's heads of these sizes with their consistency paths; 0 needs no proof and is left out.

    Raises:
        UsageError: a size is larger than the ledger.
    """
    found = []
    for size in sorted(set(sizes)):
        if size > reader.tree_head.size:
            raise UsageError(
                f"evidence: growth from {size} entries asked, the ledger has {reader.tree_head.size}",
                hint="the checkpoint you kept is newer than this ledger: somebody shows you an old copy",
            )
        if size > 0:
            found.append(OldHead(TreeHead(size, reader.view.root_at(size)), reader.consistency(size)))
    return tuple(found)


@dataclasses.dataclass(slots=True)
class _Scanned:
    """The ledger's statements that may matter, each kind in log order."""

    roots: list[StatedEntry]
    chain: list[StatedEntry]
    days: list[StatedEntry]
    roll_calls: list[StatedEntry]
    inventories: list[StatedEntry]
    rereads: list[StatedEntry]


def _scan(reader: LedgerReader, cluster: ClusterId) -> _Scanned:
    found = _Scanned([], [], [], [], [], [])
    for index, data in enumerate(reader.entries()):
        entry = parse_admitted(data, subject=f"entry {index}")
        stated = StatedEntry(index, entry.envelope_sha256, entry.statement)
        match entry.statement.predicate:
            case Genesis() | Delegation():
                found.roots.append(stated)
            case Enrolment() | ChainReset() as said if said.cluster.id == cluster:
                found.chain.append(stated)
            case ClusterDay() as said if said.cluster.id == cluster:
                found.days.append(stated)
            case RollCall():
                found.roll_calls.append(stated)
            case Inventory():
                found.inventories.append(stated)
            case Reverification():
                found.rereads.append(stated)
            case _:
                pass  # another cluster's statement
    if not found.chain:
        raise UsageError(f"cluster {cluster.text}: never enrolled in this ledger", hint="`dayseal show` lists clusters")
    return found


def _choose(found: _Scanned, first: str, last: str) -> tuple[StatedEntry, ...]:
    # From the statement before the first needed one to the newest: later revisions and the end of the
    # chain must show, so nothing behind the range is left out.
    days = [(s, s.statement.predicate) for s in found.days if isinstance(s.statement.predicate, ClusterDay)]
    starts = [number for number, (_, said) in enumerate(days) if said.day >= first]
    chain = [s for s, _ in days[max(0, (starts[0] if starts else len(days)) - 1) :]]
    manifests = {said.archive.manifest.sha256 for _, said in days if first <= said.day <= last}
    calls = [(s, s.statement.predicate) for s in found.roll_calls if isinstance(s.statement.predicate, RollCall)]
    called = [s for s, said in calls if first <= said.day <= last or s is calls[-1][0]]
    named = {i.envelope_sha256 for i in calls[-1][1].inventories} if calls else set()
    inventories = [s for s in found.inventories if s.envelope_sha256 in named]
    rereads = [s for s in found.rereads if _names_any(s, manifests)]
    everything = [*found.roots, *found.chain, *chain, *called, *inventories, *rereads]
    return tuple(sorted(everything, key=lambda stated: stated.index))


def _names_any(stated: StatedEntry, manifests: set[str]) -> bool:
    said = stated.statement.predicate
    return isinstance(said, Reverification) and any(day.manifest in manifests for day in said.days)


def _seen_sizes(chosen: Sequence[StatedEntry], size: int) -> set[int]:
    # An attestor that saw more entries than there are saw another log: nothing grew from that, and V7 says so.
    chains = (getattr(s.statement.predicate, "chain", None) for s in chosen)
    return {chain.seen_head.size for chain in chains if isinstance(chain, Chain) and chain.seen_head.size <= size}


def _blobs(
    reader: LedgerReader, chosen: Sequence[StatedEntry], claim: BundleClaim, fetch: FetchObject | None
) -> tuple[Blob, ...]:
    blobs: dict[str, Blob] = {}
    newest: dict[str, ClusterDay] = {}
    for stated in chosen:
        said = stated.statement.predicate
        if isinstance(said, RollCall):
            _add(blobs, Blob("rollcalls", said.rows.sha256, reader.object(rollcall_key(said.rows.sha256))))
        if isinstance(said, ClusterDay) and claim.first <= said.day <= claim.last:
            newest[said.day] = said
            manifest, facts, summary = said.archive.manifest.sha256, said.facts.sha256, said.summary.sha256
            _add(blobs, Blob("manifests", manifest, reader.object(manifest_key(manifest))))
            _add(blobs, Blob("facts", facts, reader.object(facts_key(facts))))
            _add(blobs, Blob("summaries", summary, reader.object(summary_key(summary))))
    if fetch is not None:
        for said in newest.values():
            manifest_blob = blobs[f"manifests/{said.archive.manifest.sha256}.jsonl"]
            for descriptor in open_manifest(manifest_blob.data).descriptors:
                _add(blobs, Blob("objects", descriptor.sha256, _fetch(fetch, said.archive.uri, descriptor)))
    return tuple(sorted(blobs.values()))


def _add(blobs: dict[str, Blob], blob: Blob) -> None:
    blobs[blob.name] = blob


def _fetch(fetch: FetchObject, archive_uri: str, descriptor: ObjectDescriptor) -> bytes:
    data = fetch(archive_uri, descriptor)
    if sha256_hex(data) != descriptor.sha256:
        raise DigestError(descriptor.key, expected=descriptor.sha256, actual=sha256_hex(data), source="the manifest")
    return data
