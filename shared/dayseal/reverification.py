"""Reading recorded days again: the second path through the steps, in a few lines.

What the ledger recorded decides what is read, never a listing.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence

from dayseal.codec import parse_day
from dayseal.ledger.reader import LedgerReader
from dayseal.model import Verdict
from dayseal.steps.chains import Chains
from dayseal.steps.parts import Archive, Parts
from dayseal.steps.recorded import recorded_manifest
from dayseal.steps.reverifying import RecordedManifest, Reread, Selection, attest_reverification, reread, sample


@dataclasses.dataclass(frozen=True, slots=True)
class ReverifyReport:
    """What was read again, how it was chosen, and the worst verdict."""

    selection: Selection
    rereads: tuple[Reread, ...]
    verdict: Verdict


def reverify_archives(parts: Parts, selection: Selection, *, only: dt.date | None) -> ReverifyReport:
    """Read recorded batches again (all, one day, or a sample), record the result as an entry, and give it.

    With nothing recorded nothing is attested, and the verdict is UNKNOWN.

    Raises:
        RefutedError: the ledger's own bytes do not hold.
    """
    parts.recorder.run()
    ledger = parts.open_reader()
    days = tuple(recorded_days(ledger, parts.archives, only))
    if selection.kind == "sample" and days:
        days = sample(days, seed=selection.nonce or selection.seed, budget_bytes=selection.budget_bytes or 0)
    parts.progress.expect(sum(d.end - d.start for day in days for d in day.chosen))
    rereads = tuple(reread(parts, day) for day in days)
    if not rereads:
        return ReverifyReport(selection, (), Verdict.UNKNOWN)
    verdict = attest_reverification(parts, Chains(parts, ledger), rereads, selection)
    parts.recorder.run()
    return ReverifyReport(selection, rereads, verdict)


def recorded_days(
    ledger: LedgerReader, archives: Sequence[Archive], only: dt.date | None
) -> Iterator[RecordedManifest]:
    """Give every recorded (archive, batch day), by archive, then day; `only` keeps one day."""
    clusters = [c.cluster for c in ledger.state().clusters()]
    days = {parse_day(text) for cluster in clusters for text in ledger.state().days(cluster)}
    for archive in archives:
        for day in sorted(days if only is None else days & {only}):
            manifest, source = recorded_manifest(ledger, clusters, archive.reader.uri, day)
            if source is not None and manifest.descriptors:
                yield RecordedManifest(archive, day, manifest, manifest.descriptors, source)
