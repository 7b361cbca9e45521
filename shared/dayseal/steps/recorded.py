"""What the ledger already says of a batch: step 5 compares with it, step 6 looks at the neighbours."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Final

from dayseal.checks import continuity
from dayseal.codec import format_day, open_document, parse_day, parse_time
from dayseal.digest.manifest import EMPTY_MANIFEST, Manifest, open_manifest
from dayseal.digest.tally import Tally, open_tally
from dayseal.ledger.layout import facts_key, manifest_key, summary_key
from dayseal.ledger.reader import LedgerReader, RecordedDay
from dayseal.model import ClusterId, Fact
from dayseal.model.route import PreviousCheck
from dayseal.steps.documents import FactsDocument

_PACE_DAYS: Final = 9
_JUDGED_DAYS: Final = 3
_DAYS_BACK: Final = 8  # further back a trail that could not be read since is asked from its beginning


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
    """Give the tallies of the sealed batches from nine days before to two days after, `day` left out.

    Seven days before the event day that becomes final now are what the pace of its leases is told from. Also says which
    of the batches from three days before on were recorded as unreadable.
    """
    tallies: dict[dt.date, Tally] = {}
    unread: list[str] = []
    for offset in (*range(-_PACE_DAYS, 0), 1, 2):
        near = day + dt.timedelta(days=offset)
        said = newest_statement(ledger, cluster, near)
        if said is None:
            continue
        tallies[near] = recorded_tally(ledger, said)
        if said.predicate.archive.unreadable and offset >= -_JUDGED_DAYS:
            unread.append(f"batch {format_day(near)} holds {said.predicate.archive.unreadable} unreadable objects")
    return tallies, tuple(unread)


def previous_check(ledger: LedgerReader, cluster: ClusterId) -> PreviousCheck | None:
    """Give how far a cluster's changes were judged, None where the ledger does not say.

    That is the end of the last trail that could be read, less the time a trail may take to show an event: an event
    in between is judged twice rather than never. Neither the moment of that check nor of its statement would do.
    """
    known = ledger.state().cluster(cluster)
    if known is None or known.newest is None:
        return None
    newest = parse_day(known.newest.day)
    for back in range(_DAYS_BACK):
        said = newest_statement(ledger, cluster, newest - dt.timedelta(days=back))
        seen = None if said is None else _previous_of(_facts(ledger, said))
        if seen is not None:
            return seen
    return None


class JudgedUntil:
    """Says from when on a cluster's changes are still to be judged, out of the ledger as it is when it is asked."""

    def __init__(self, open_reader: Callable[[], LedgerReader]) -> None:
        self._open_reader = open_reader

    def __call__(self, clusters: Iterable[ClusterId]) -> dict[ClusterId, dt.datetime]:
        """Give that of each cluster the ledger knows it of."""
        ledger = self._open_reader()
        found = ((cluster, previous_check(ledger, cluster)) for cluster in clusters)
        return {cluster: previous.at for cluster, previous in found if previous is not None}


def _facts(ledger: LedgerReader, said: RecordedDay) -> tuple[Fact, ...]:
    key = facts_key(said.predicate.facts.sha256)
    return open_document(ledger.object(key), FactsDocument, subject=key).facts


def _previous_of(facts: Iterable[Fact]) -> PreviousCheck | None:
    ends = [fact.value for fact in facts if fact.id == f"{continuity.CHECK}.{continuity.TRAIL_END}"]
    if not ends:
        return None
    start = f"{continuity.CHECK}.{continuity.VERSION}."
    versions = tuple((fact.resource, fact.value) for fact in facts if fact.id.startswith(start))
    return PreviousCheck(min(map(parse_time, ends)) - continuity.TRAIL_DELAY, versions)
