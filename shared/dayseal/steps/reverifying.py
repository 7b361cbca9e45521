"""Re-verification: read recorded batches again, and state what became of them."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Literal

from dayseal.attest.predicates import ChangedObject, Reverification, ReverifiedDay
from dayseal.attest.statement import Statement
from dayseal.checks.comparison import BatchComparison, ObjectChange, Observed, compare_batch, group_recorded
from dayseal.checks.integrity import judge_integrity
from dayseal.codec import format_day, format_time, sha256_hex
from dayseal.digest.manifest import Manifest
from dayseal.errors import AccessError
from dayseal.ledger.layout import REVERIFICATION_CHAIN
from dayseal.ledger.reader import RecordedDay
from dayseal.model import Finding, Listing, ObjectDescriptor, Verdict
from dayseal.steps.chains import Chains
from dayseal.steps.comparing import Compared, integrity_view, terms_of
from dayseal.steps.parts import Archive, Parts
from dayseal.steps.promises import NOTHING_PROMISED, BatchPromise, look_for_unread
from dayseal.steps.reading import observe

MAX_LISTED = 50


@dataclasses.dataclass(frozen=True, slots=True)
class Selection:
    """How the objects were chosen: everything, one day, or a sample by a seed (ours or an auditor's nonce)."""

    kind: Literal["all", "day", "sample"]
    seed: str = ""
    nonce: str = ""
    budget_bytes: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class RecordedManifest:
    """One archive's recorded batch: the descriptors chosen out of its manifest, and what was promised of it."""

    archive: Archive
    day: dt.date
    manifest: Manifest
    chosen: tuple[ObjectDescriptor, ...]
    source: RecordedDay
    promise: BatchPromise = NOTHING_PROMISED


@dataclasses.dataclass(frozen=True, slots=True)
class Reread:
    """What reading one recorded batch again showed."""

    recorded: RecordedManifest
    comparison: BatchComparison
    finding: Finding


def reread(parts: Parts, recorded: RecordedManifest) -> Reread:
    """Hash the chosen objects of a recorded batch again and judge check `integrity`.

    What is read is what the ledger recorded; the listing only shows what lies over it or was added beside it.
    """
    reader = recorded.archive.reader
    listing, unlisted = _listing(recorded)
    known = {(d.key, d.version) for d in recorded.manifest.descriptors}
    observed = [Observed(o.key, o.version, o.size) for o in listing.objects if (o.key, o.version) not in known]
    for item in group_recorded(recorded.chosen):
        observed.append(observe(reader, item, hidden=item.key in listing.delete_markers))
        parts.progress.done(sum(d.end - d.start for d in item.descriptors))
    gone, _ = look_for_unread(reader, recorded.promise.unread, listing.objects, recorded.day)
    comparison = compare_batch(
        recorded.chosen,
        observed,
        terms=terms_of(parts, recorded.day, recorded.promise),
        now=parts.clock.now(),
        lost=[(one.key, one.version, one.size) for one in gone],
    )
    view = integrity_view(reader.uri, recorded.day, comparison, recorded.source)
    return Reread(recorded, comparison, judge_integrity(dataclasses.replace(view, unlisted=unlisted)))


def sample(days: Sequence[RecordedManifest], *, seed: str, budget_bytes: int) -> tuple[RecordedManifest, ...]:
    """Choose stored versions in the order of SHA-256(seed, archive, day, key, version) until the budget is spent.

    Whoever knows the seed can repeat the choice; nobody who does not can foresee it. At least one is chosen.
    """
    order = sorted(
        (hashlib.sha256("\0".join((seed, d.archive.name, format_day(d.day), i.key, i.version)).encode()).digest(), n, i)
        for n, d in enumerate(days)
        for i in group_recorded(d.chosen)
    )
    chosen: dict[int, list[ObjectDescriptor]] = {}
    spent = 0
    for _, number, item in order:
        size = sum(d.end - d.start for d in item.descriptors)
        if chosen and spent + size > budget_bytes:
            break
        spent += size
        chosen.setdefault(number, []).extend(item.descriptors)
    return tuple(dataclasses.replace(days[n], chosen=tuple(chosen[n])) for n in sorted(chosen))


def judge_rereads(rereads: Sequence[Reread]) -> Verdict:
    """Give the worst verdict; UNKNOWN when nothing was read."""
    return max((r.finding.verdict for r in rereads), key=lambda v: v.rank, default=Verdict.UNKNOWN)


def attest_reverification(parts: Parts, chains: Chains, rereads: Sequence[Reread], selection: Selection) -> None:
    """State what was read again, chosen how, with what result."""
    rows = tuple(_row(r.recorded, r.comparison) for r in rereads)
    _submit(parts, chains, rows, selection, _plain(judge_rereads(rereads)))


def attest_differences(parts: Parts, chains: Chains, broken: Sequence[Compared]) -> None:
    """State the objects that a seal found changed or vanished."""
    rows = []
    for one in broken:
        batch = one.reading.batch
        if one.source is not None:
            day = RecordedManifest(batch.archive, batch.day, batch.recorded, batch.recorded.descriptors, one.source)
            rows.append(_row(day, one.comparison))
    _submit(parts, chains, tuple(rows), Selection("day"), "FAIL")


def _submit(
    parts: Parts,
    chains: Chains,
    rows: tuple[ReverifiedDay, ...],
    selection: Selection,
    verdict: Literal["PASS", "FAIL", "UNKNOWN"],
) -> None:
    chain = chains.next(REVERIFICATION_CHAIN)
    predicate = Reverification(
        selection=selection.kind,
        seed=selection.seed,
        nonce=selection.nonce,
        budget_bytes=selection.budget_bytes,
        days=rows,
        verdict=verdict,
        chain=chain,
        at=format_time(parts.clock.now()),
    )
    digest = sha256_hex("\n".join(row.manifest for row in rows).encode())
    chains.submit(REVERIFICATION_CHAIN, Statement("reverification", digest, predicate), chain, {})


def _listing(recorded: RecordedManifest) -> tuple[Listing, str]:
    # Objects are read by name, so a listing that is denied must not keep anybody from reading them.
    try:
        listing = recorded.archive.reader.list_day(recorded.day)
    except AccessError as exc:
        return Listing(()), str(exc)
    return listing, "" if listing.complete else "the listing was cut short"


def _plain(verdict: Verdict) -> Literal["PASS", "FAIL", "UNKNOWN"]:
    match verdict:
        case Verdict.FAIL:
            return "FAIL"
        case Verdict.UNKNOWN:
            return "UNKNOWN"
        case _:
            return "PASS"


def _row(recorded: RecordedManifest, found: BatchComparison) -> ReverifiedDay:
    changed = [_changed(c) for c in (*found.changed, *found.hidden)]
    vanished = [_changed(c) for c in found.vanished]
    return ReverifiedDay(
        archive=recorded.archive.reader.uri,
        day=format_day(recorded.day),
        manifest=recorded.manifest.sha256,
        checked=found.recorded,
        same=len(found.unchanged),
        grown=len(found.grown),
        expired=len(found.expired),
        unreadable=len(found.unreadable),
        changed=tuple(changed[:MAX_LISTED]),
        vanished=tuple(vanished[:MAX_LISTED]),
        left_off=max(0, len(changed) - MAX_LISTED) + max(0, len(vanished) - MAX_LISTED),
    )


def _changed(change: ObjectChange) -> ChangedObject:
    return ChangedObject(key=change.key, version=change.version, recorded=change.recorded, now=change.now)
