"""What the ledger already says of a batch: step 5 compares with it, step 6 looks at the neighbours."""

import datetime as dt
from collections.abc import Iterable

from dayseal.codec import format_day
from dayseal.digest.manifest import EMPTY_MANIFEST, Manifest, open_manifest
from dayseal.digest.tally import Tally, open_tally
from dayseal.ledger.layout import manifest_key, summary_key
from dayseal.ledger.reader import LedgerReader, RecordedDay
from dayseal.model import ClusterId


def newest_statement(ledger: LedgerReader, cluster: ClusterId, day: dt.date) -> RecordedDay | None:
    """Give the newest revision of a cluster's day, None when the ledger has none.

    Raises:
        RefutedError: the ledger's bytes do not lead to its checkpoint.
    """
    found = ledger.day(cluster, day)
    return found[-1] if found else None


def recorded_manifest(
    ledger: LedgerReader, clusters: Iterable[ClusterId], archive_uri: str, day: dt.date
) -> tuple[Manifest, RecordedDay | None]:
    """Give the longest manifest that any of the clusters' statements names for this archive and day.

    Manifests only grow, so the longest holds the others; an empty one means nothing was recorded.

    Raises:
        DigestError: the ledger's manifest is not the one a statement names.
    """
    longest, source = EMPTY_MANIFEST, None
    for cluster in clusters:
        said = newest_statement(ledger, cluster, day)
        if said is None or said.predicate.archive.uri != archive_uri:
            continue
        manifest = open_manifest(ledger.object(manifest_key(said.predicate.archive.manifest.sha256)))
        if source is None or len(manifest.descriptors) > len(longest.descriptors):
            longest, source = manifest, said
    return longest, source


def recorded_tally(ledger: LedgerReader, said: RecordedDay) -> Tally:
    """Give the tally a statement names as its summary.

    Raises:
        DigestError: the ledger's summary is not the one the statement names.
    """
    return open_tally(ledger.object(summary_key(said.predicate.summary.sha256)))


def neighbour_tallies(
    ledger: LedgerReader, cluster: ClusterId, day: dt.date
) -> tuple[dict[dt.date, Tally], tuple[str, ...]]:
    """Give the tallies of the sealed batches from three days before to two days after, `day` left out.

    Also says which of them were recorded as unreadable.
    """
    tallies: dict[dt.date, Tally] = {}
    unread: list[str] = []
    for offset in (-3, -2, -1, 1, 2):
        near = day + dt.timedelta(days=offset)
        said = newest_statement(ledger, cluster, near)
        if said is None:
            continue
        tallies[near] = recorded_tally(ledger, said)
        if said.predicate.archive.unreadable:
            unread.append(f"batch {format_day(near)} holds {said.predicate.archive.unreadable} unreadable objects")
    return tallies, tuple(unread)
