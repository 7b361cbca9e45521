"""Which clusters are expected now, found with a few reads: from the newest roll-call, and the entries behind it."""

import dataclasses
from collections.abc import Iterator
from typing import Final

from dayseal.attest.predicates import ClusterDay, Enrolment, RollCall
from dayseal.ledger.entry import parse_admitted
from dayseal.ledger.layout import rollcall_key
from dayseal.ledger.reader import LedgerReader
from dayseal.ledger.rollcall import NO_STATEMENT, open_rows
from dayseal.lookup.documents import ClusterRow
from dayseal.merkle import TILE_WIDTH
from dayseal.model import ClusterId


@dataclasses.dataclass(frozen=True, slots=True)
class _Newest:
    day: str | None = None
    status: str = NO_STATEMENT


_NOTHING: Final = _Newest()


def list_expected(reader: LedgerReader) -> tuple[ClusterRow, ...]:
    """Give the clusters enrolled now, by their text, each with its newest day.

    The log is read backwards to the newest roll-call, which is a day of entries; without any, to its start.

    Raises:
        RefutedError, TamperError: the ledger does not hold what its checkpoint promises.
        NotFoundError: the roll-call's rows are gone.
    """
    enrolled: dict[str, bool] = {}  # by the newest enrolment behind the roll-call
    newest: dict[str, _Newest] = {}
    for _, data in _backwards(reader):
        match parse_admitted(data, subject="entry").statement.predicate:
            case ClusterDay() as said:
                text = said.cluster.id.text
                _note(newest, text, _Newest(said.day, said.status))
            case Enrolment() as said:
                enrolled.setdefault(said.cluster.id.text, said.action == "enter")
            case RollCall() as said:
                key = rollcall_key(said.rows.sha256)
                for row in open_rows(reader.object(key), subject=key):
                    enrolled.setdefault(row.cluster, True)
                    _note(newest, row.cluster, _Newest(row.day, row.status))
                break
            case _:
                pass
    expected = sorted(text for text, entered in enrolled.items() if entered)
    return tuple(_row(ClusterId.parse(text), newest.get(text, _NOTHING)) for text in expected)


def _note(newest: dict[str, _Newest], text: str, found: _Newest) -> None:
    # Read backwards: of one day the first one seen is its newest revision, and an older day may come in late.
    if (found.day or "") > (newest.get(text, _NOTHING).day or ""):
        newest[text] = found


def _row(cluster: ClusterId, newest: _Newest) -> ClusterRow:
    return ClusterRow(cluster.path, cluster.text, cluster.name, newest.day, newest.status)


def _backwards(reader: LedgerReader) -> Iterator[tuple[int, bytes]]:
    size = reader.tree_head.size
    for number in range(-(-size // TILE_WIDTH) - 1, -1, -1):
        first = number * TILE_WIDTH
        entries = list(reader.entries(first, min(first + TILE_WIDTH, size)))
        for place in range(len(entries) - 1, -1, -1):
            yield first + place, entries[place]
