"""The ledger judged as a whole: each cluster's chain, and the newest roll-call."""

import datetime as dt
from collections.abc import Mapping, Sequence

from dayseal.attest.predicates import ChainReset, ClusterDay, Enrolment, RollCall
from dayseal.checks.chain import ChainRow, ChainView, judge_chain
from dayseal.checks.roll_call import CalledRoll, ChainEnd, RollCallView, judge_roll_call
from dayseal.codec import parse_day, parse_time
from dayseal.evidence import days_between, is_enrolled
from dayseal.ledger.entry import parse_admitted
from dayseal.ledger.layout import rollcall_key
from dayseal.ledger.reader import LedgerReader
from dayseal.ledger.rollcall import open_rows
from dayseal.model import ClusterId, Finding

_DAY = dt.timedelta(days=1)


def judge_ledger(ledger: LedgerReader, *, newest_due: dt.date, as_of: dt.datetime) -> tuple[tuple[str, Finding], ...]:
    """Give check `chain` of every cluster, by name, and check `roll-call` of the ledger.

    Every day from a cluster's enrolment until it leaves, or to `newest_due` (the newest frozen day), needs a statement.

    Raises:
        RefutedError: the ledger's own bytes do not hold.
    """
    rows: dict[ClusterId, list[ChainRow]] = {}
    enrolments: dict[ClusterId, list[Enrolment]] = {}
    resets: dict[ClusterId, list[int]] = {}
    ends: dict[str, ChainEnd] = {}
    at_roll_call: tuple[int, RollCall, tuple[ChainEnd, ...]] | None = None
    for index, data in enumerate(ledger.entries()):
        entry = parse_admitted(data, subject=f"entry {index}")
        match entry.statement.predicate:
            case Enrolment() | ClusterDay() as said:
                row = _row(index, entry.envelope_sha256, said)
                rows.setdefault(said.cluster.id, []).append(row)
                ends[said.cluster.id.text] = ChainEnd(said.cluster.id.text, row.seq, row.envelope_sha256)
                if isinstance(said, Enrolment):
                    enrolments.setdefault(said.cluster.id, []).append(said)
                    if said.action == "leave":
                        del ends[said.cluster.id.text]
            case ChainReset() as said:
                rows.setdefault(said.cluster.id, []).append(ChainRow(said.seq, entry.envelope_sha256, None, index))
                resets.setdefault(said.cluster.id, []).append(said.seq)
                ends[said.cluster.id.text] = ChainEnd(said.cluster.id.text, said.seq, entry.envelope_sha256)
            case RollCall() as said:
                at_roll_call = index, said, tuple(ends.values())
            case _:
                pass
    chains = [
        (cluster.name, judge_chain(ChainView(cluster, tuple(rows[cluster]), due, tuple(resets.get(cluster, ())))))
        for cluster, due in _due_days(enrolments, newest_due)
    ]
    return (*chains, (ledger.head().checkpoint.origin, judge_roll_call(_view(ledger, at_roll_call, as_of))))


def _row(index: int, envelope_sha256: str, said: Enrolment | ClusterDay) -> ChainRow:
    chain = said.chain
    if isinstance(said, Enrolment):
        return ChainRow(chain.seq, envelope_sha256, chain.previous_envelope_sha256, index)
    day = parse_day(said.day)
    return ChainRow(chain.seq, envelope_sha256, chain.previous_envelope_sha256, index, day, said.revision)


def _due_days(
    enrolments: Mapping[ClusterId, Sequence[Enrolment]], newest_due: dt.date
) -> list[tuple[ClusterId, tuple[dt.date, ...]]]:
    """Give each cluster's due days: those on which it was enrolled, also when it left since."""
    found = []
    for cluster in sorted(enrolments, key=lambda c: c.text):
        said = enrolments[cluster]
        days = days_between(min(parse_day(e.day) for e in said), newest_due)
        found.append((cluster, tuple(day for day in days if is_enrolled(said, day))))
    return found


def _view(
    ledger: LedgerReader, newest: tuple[int, RollCall, tuple[ChainEnd, ...]] | None, as_of: dt.datetime
) -> RollCallView:
    enrolled = [parse_day(known.since) for known in ledger.state().enrolled()]
    since = dt.datetime.combine(min(enrolled) + _DAY, dt.time(), tzinfo=dt.UTC) if enrolled else None
    origin = ledger.head().checkpoint.origin
    if newest is None:
        return RollCallView(origin, None, (), since, as_of)
    index, said, expected = newest
    key = rollcall_key(said.rows.sha256)
    called = tuple(ChainEnd(r.cluster, r.seq, r.envelope_sha256) for r in open_rows(ledger.object(key), subject=key))
    return RollCallView(origin, CalledRoll(said.number, index, parse_time(said.at), called), expected, since, as_of)
