"""What an evidence function makes, whichever cloud it runs in: one bundle of a cluster's days."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Final

from dayseal.bundling import bundle_days
from dayseal.codec import parse_day
from dayseal.errors import UsageError
from dayseal.ledger.reader import LedgerReader
from dayseal.lookup.jobs import JobRequest, Kind
from dayseal.model import ClusterId
from dayseal.settings import Settings
from dayseal.wiring.workspace import archives_of

MAX_EVENT_BYTES: Final = 1 << 30  # archived bytes in one bundle, which is built in memory


@dataclasses.dataclass(frozen=True, slots=True)
class BundleMaker:
    """Makes bundles; the settings are read where a bundle holds events, whose archives they name."""

    settings: Callable[[], Settings]

    def __call__(self, reader: LedgerReader, cluster: ClusterId, request: JobRequest, kind: Kind) -> bytes:
        """Give a bundle's bytes.

        Raises:
            UsageError: its events are too many for one bundle, or as `bundle_days`.
        """
        first, last = parse_day(request.first), parse_day(request.last)
        archives = None
        if kind is Kind.EVENTS:
            _require_small(reader, cluster, first, last)
            archives = archives_of(self.settings())
        return bundle_days(reader, cluster, first, last, old_sizes=request.since, archives=archives)


def _require_small(reader: LedgerReader, cluster: ClusterId, first: dt.date, last: dt.date) -> None:
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    size = sum(found[-1].predicate.archive.bytes for day in days if (found := reader.day(cluster, day)))
    if size > MAX_EVENT_BYTES:
        raise UsageError(f"{first} to {last}: {size} archived bytes, at most {MAX_EVENT_BYTES} in one bundle promised")
