"""The functions on Google Cloud that look after what was sealed: reading again, and a longer retention."""

import dataclasses
import datetime as dt

from dayseal.checks.lock_extension import covered_until
from dayseal.checks.term_extension import plan_term
from dayseal.clouds.gcp.bucket_term import GcsTerm
from dayseal.clouds.gcp.credentials import open_credentials
from dayseal.codec import parse_day
from dayseal.errors import UsageError
from dayseal.ledger.reader import LedgerReader
from dayseal.model import FindingLine, Notice, Verdict
from dayseal.model.outcomes import Count, Outcome
from dayseal.wiring.functions_again import read_again
from dayseal.wiring.functions_clock import deadline_of
from dayseal.wiring.functions_gcp import open_lines
from dayseal.wiring.functions_source import open_station
from dayseal.wiring.gcs import GCS_SCHEME, split_gcs


def reverify() -> Outcome:
    """Read a sample of recorded objects again, at most `DAYSEAL_REVERIFY_BYTES` of them, and attest the result.

    Raises:
        OutOfTimeError: the budget is too large for the time there is.
    """
    station = open_station()
    parts = station.attestor(deadline_of(station.surroundings.clock, "reading again"))
    workers = max(1, station.settings.seal.workers)
    return read_again(station, dataclasses.replace(parts, workers=workers), open_lines())


def extend() -> Outcome:
    """Make the ledger bucket's retention long enough for what the ledger speaks of, and tell if it is not locked.

    Nothing is locked here: that cannot be undone, and whoever deploys decides it.

    Raises:
        UsageError: the ledger is not in Cloud Storage.
    """
    station = open_station()
    place, origin = station.settings.ledger.path, station.settings.ledger.origin
    if not place.startswith(GCS_SCHEME):
        raise UsageError(f"ledger {place}: its retention is not Cloud Storage's")
    bucket = GcsTerm(open_credentials(), split_gcs(place)[0])
    found, newest = bucket.read(), _newest_day(station.reader())
    longer = None
    if newest is not None:
        longer = plan_term(found, covered=covered_until(newest, station.settings.retention.total_days))
    if longer is not None:
        bucket.extend(longer)
    if not found.locked:
        said = f"{place}: its retention policy is not locked, whoever administers the bucket can shorten it"
        note = Notice("ledger", origin, None, Verdict.FAIL, (FindingLine("lock", Verdict.FAIL, said),))
        open_lines().tell(f"dayseal: locks of {origin}", (note,))
    days = None if longer is None else longer.days
    counts = (Count("LocksExtended", int(longer is not None)), Count("LocksMissing", int(not found.locked)))
    return Outcome({"days": days, "locked": found.locked}, counts)


def _newest_day(ledger: LedgerReader) -> dt.date | None:
    days = [known.newest.day for known in ledger.state().clusters() if known.newest is not None]
    return parse_day(max(days)) if days else None
