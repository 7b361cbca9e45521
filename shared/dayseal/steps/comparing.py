"""Step 5: what became of the recorded objects, what is new, and which cluster each record belongs to."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Final

from dayseal.checks.comparison import BatchComparison, BatchTerms, compare_batch
from dayseal.checks.integrity import IntegrityView, judge_integrity
from dayseal.codec import parse_time
from dayseal.digest.manifest import Manifest, extend_manifest, first_manifest
from dayseal.ledger.reader import RecordedDay
from dayseal.model import ClusterId, Finding
from dayseal.model.route import Lag
from dayseal.steps.claims import Claims, claim_records
from dayseal.steps.lags import measure_lags
from dayseal.steps.parts import Parts
from dayseal.steps.promises import BatchPromise
from dayseal.steps.reading import BatchReading

MAX_TERM_DAYS: Final = 36_500  # as the settings allow; a statement is somebody's word


@dataclasses.dataclass(frozen=True, slots=True)
class Compared:
    """A batch after comparison: the manifest as it is now, the claims on what was added, and check `integrity`.

    `lags` is how long what was added took from event to object, by cluster.
    """

    reading: BatchReading
    source: RecordedDay | None
    comparison: BatchComparison
    manifest: Manifest
    claims: Claims
    integrity: Finding
    lags: Mapping[ClusterId, Lag]


def compare(
    parts: Parts,
    reading: BatchReading,
    source: RecordedDay | None,
    clusters: tuple[ClusterId, ...],
    *,
    others: tuple[ClusterId, ...] = (),
) -> Compared:
    """Compare a batch with the ledger and extend its manifest by what is new, late or grown.

    `clusters` are the archive's; `others` may claim records that name them.

    Raises:
        FormatError: the new descriptors cannot extend the recorded manifest.
    """
    batch = reading.batch
    now = parts.clock.now()
    comparison = compare_batch(
        batch.recorded.descriptors,
        reading.observed,
        terms=terms_of(parts, batch.day, batch.promise, sealed=source is not None, complete=batch.listing.complete),
        now=now,
        lost=[(one.key, one.version, one.size) for one in reading.gone],
    )
    added = [d.descriptor for d in reading.digests]
    manifest = extend_manifest(batch.recorded, added) if source is not None else first_manifest(added)
    # Only a plain folder's records may name clusters by themselves; elsewhere discovery does.
    adopt = None if parts.settings.clusters or parts.probe is not None else batch.archive.name
    claims = claim_records(reading.digests, clusters, adopt=adopt, others=others)
    return Compared(
        reading=reading,
        source=source,
        comparison=comparison,
        manifest=manifest,
        claims=claims,
        integrity=judge_integrity(integrity_view(batch.archive.reader.uri, batch.day, comparison, source)),
        lags=measure_lags(reading.digests, batch.listing.objects, dict(claims.owners)),
    )


def terms_of(
    parts: Parts, day: dt.date, promise: BatchPromise, *, sealed: bool = True, complete: bool = True
) -> BatchTerms:
    """Give what was promised of a batch: how long its objects must be there."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
    total_days = promise.total_days_under(parts.settings)
    return BatchTerms(
        sealed=sealed,
        keep_until=midnight + dt.timedelta(days=min(total_days, MAX_TERM_DAYS)),
        locked_until=promise.locked_until,
        listed_completely=complete,
    )


def integrity_view(uri: str, day: dt.date, comparison: BatchComparison, source: RecordedDay | None) -> IntegrityView:
    """Give check `integrity` what it needs."""
    if source is None:
        return IntegrityView(uri, day, comparison)
    return IntegrityView(uri, day, comparison, source.index, parse_time(source.predicate.checked_at))
