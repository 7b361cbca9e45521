"""Reading recorded days again: the second path through the steps, in a few lines.

What the ledger recorded decides what is read, never a listing.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence

from dayseal.codec import parse_day
from dayseal.errors import AccessError, DaysealError, FormatError, RefutedError, StoreError, TamperError
from dayseal.ledger.layout import REVERIFICATION_CHAIN
from dayseal.ledger.reader import LedgerReader
from dayseal.model import Verdict
from dayseal.steps.chains import Chains
from dayseal.steps.parts import Archive, Parts
from dayseal.steps.promises import recorded_promise
from dayseal.steps.recorded import recorded_manifest
from dayseal.steps.reverifying import (
    RecordedManifest,
    Reread,
    Selection,
    attest_reverification,
    judge_rereads,
    reread,
    sample,
)


@dataclasses.dataclass(frozen=True, slots=True)
class ReverifyReport:
    """What was read again, how it was chosen, and the worst verdict; `blocked` says why that could not be recorded."""

    selection: Selection
    rereads: tuple[Reread, ...]
    verdict: Verdict
    blocked: DaysealError | None = None


def reverify_archives(parts: Parts, selection: Selection, *, only: dt.date | None) -> ReverifyReport:
    """Read recorded batches again (all, one day, or a sample), record the result as an entry, and give it.

    With nothing recorded nothing is attested, and the verdict is UNKNOWN. What keeps the result from being recorded
    is given back beside it.

    Raises:
        RefutedError: the ledger's own bytes do not hold.
    """
    parts.record()
    ledger = parts.open_reader()
    days = tuple(recorded_days(ledger, parts.archives, only))
    if selection.kind == "sample" and days:
        days = sample(days, seed=selection.nonce or selection.seed, budget_bytes=selection.budget_bytes or 0)
    parts.progress.expect(sum(d.end - d.start for day in days for d in day.chosen))
    rereads = tuple(reread(parts, day) for day in days)
    if not rereads:
        return ReverifyReport(selection, (), Verdict.UNKNOWN)
    blocked = _record(parts, ledger, rereads, selection)
    return ReverifyReport(selection, rereads, judge_rereads(rereads), blocked)


def _record(parts: Parts, ledger: LedgerReader, rereads: Sequence[Reread], selection: Selection) -> DaysealError | None:
    # Whoever takes a place in the inbox must not keep from being told what was found.
    try:
        attest_reverification(parts, Chains(parts, ledger), rereads, selection)
        recorded = parts.record()
    except (TamperError, RefutedError, FormatError, AccessError, StoreError) as exc:
        return exc
    refused = [one for one in recorded.rejected if REVERIFICATION_CHAIN in one.key] if recorded else []
    return TamperError(f"inbox: the recorder refused {refused[0].key}: {refused[0].reason}") if refused else None


def recorded_days(
    ledger: LedgerReader, archives: Sequence[Archive], only: dt.date | None
) -> Iterator[RecordedManifest]:
    """Give every recorded (archive, batch day), by archive, then day; `only` keeps one day."""
    clusters = [c.cluster for c in ledger.state().clusters()]
    days = {parse_day(text) for cluster in clusters for text in ledger.state().days(cluster)}
    for archive in archives:
        for day in sorted(days if only is None else days & {only}):
            manifest, source = recorded_manifest(ledger, clusters, archive.reader.uri, day)
            promise = recorded_promise(ledger, clusters, archive.reader.uri, day, manifest)
            if source is not None and (manifest.descriptors or promise.unread):
                yield RecordedManifest(archive, day, manifest, manifest.descriptors, source, promise)
