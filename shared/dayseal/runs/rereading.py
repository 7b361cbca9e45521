"""How long ago recorded days were last read again, as the ledger says."""

import datetime as dt
from typing import Final

from dayseal.attest.predicates import Genesis, Reverification
from dayseal.codec import parse_time
from dayseal.ledger.entry import parse_admitted
from dayseal.ledger.reader import LedgerReader
from dayseal.merkle import TILE_WIDTH
from dayseal.model.outcomes import Count

NAME: Final = "ReverifyAge"


def reread_age(ledger: LedgerReader, now: dt.datetime) -> tuple[Count, ...]:
    """Count the seconds since the newest re-verification, before the first one since the ledger's founding.

    The log is read backwards to it: weeks of entries, not years.
    """
    size = ledger.tree_head.size
    for start in range((size - 1) // TILE_WIDTH * TILE_WIDTH, -1, -TILE_WIDTH):
        for data in reversed(list(ledger.entries(start, min(start + TILE_WIDTH, size)))):
            said = parse_admitted(data, subject="entry").statement.predicate
            if isinstance(said, Reverification | Genesis):
                age = (now - parse_time(said.at, subject="entry")).total_seconds()
                return (Count(NAME, max(0.0, age), "Seconds"),)
    return ()
