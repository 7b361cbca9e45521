"""Ledger check `chain`: a cluster's statements follow each other without a hole, a branch or a wrong link."""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dayseal.checks.wording import FactWriter, count, explain_command
from dayseal.codec import format_day
from dayseal.model import ClusterId, Finding, Verdict

CHECK: Final = "chain"
_MAX_NAMED: Final = 5
_SHORT: Final = 16


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class ChainRow:
    """One statement of a cluster's chain, as verified from the ledger.

    `previous` is the digest it names as the statement before it. `index` is the ledger entry. `day` and
    `revision` are None for an enrolment and for a chain reset, which is a row of its own (`previous` None).
    """

    seq: int
    envelope_sha256: str
    previous: str | None
    index: int
    day: dt.date | None = None
    revision: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ChainView:
    """Everything the ledger holds of one cluster's chain.

    `due_days` are the batch days that need a statement by now; `resets` are the numbers of the rows in
    which root keys let the chain start anew; `unread` says which entries could not be read.
    """

    cluster: ClusterId
    rows: tuple[ChainRow, ...]
    due_days: tuple[dt.date, ...]
    resets: tuple[int, ...] = ()
    unread: tuple[str, ...] = ()


def judge_chain(view: ChainView) -> Finding:
    """Judge whether the statements form one chain from number 0, and each due day has one.

    FAIL: a number missing or used twice, a wrong link, a revision out of turn, or a due day without a
    statement. UNKNOWN instead, when entries could not be read. NOT_APPLICABLE: no statement and none due.
    A hole before a reset is named in the text and is no failure: root keys signed for it.
    """
    if not view.rows and not view.due_days and not view.unread:
        return Finding(CHECK, Verdict.NOT_APPLICABLE, "the ledger holds no statement of this cluster, and none is due")
    faults = (*find_faults(view.rows, view.resets), *_missing_days(view))
    write = FactWriter(CHECK, call="ledger entries of the cluster", resource=view.cluster.text)
    facts = [write.fact("statements", str(len(view.rows))), write.fact("dueDays", str(len(view.due_days)))]
    facts += [write.fact(f"fault.{number}", fault) for number, fault in enumerate(faults[:_MAX_NAMED])]
    fix = explain_command(view.cluster.text)
    if view.unread:
        said = f"{len(view.unread)} of the chain's ledger entries could not be read: {view.unread[0]}"
        return Finding(CHECK, Verdict.UNKNOWN, said, tuple(facts), fix)
    if faults:
        said = f"{count(len(faults), 'fault')}: {'; '.join(faults[:_MAX_NAMED])}; one unbroken chain promised"
        return Finding(CHECK, Verdict.FAIL, said, tuple(facts), fix)
    reset = f", started anew at {', '.join(map(str, sorted(view.resets)))} by root keys" if view.resets else ""
    said = f"{count(len(view.rows), 'statement')} in one chain, {count(len(view.due_days), 'due day')} all there{reset}"
    return Finding(CHECK, Verdict.PASS, said, tuple(facts))


def find_faults(rows: Sequence[ChainRow], resets: Iterable[int] = ()) -> tuple[str, ...]:
    """Give every hole, branch, wrong link and revision out of turn, in order of `seq`, in words."""
    allowed = frozenset(resets)
    ordered = sorted(rows)
    return (*_faults_of_numbers(ordered, allowed), *_faults_of_revisions(ordered))


def _faults_of_numbers(ordered: Sequence[ChainRow], resets: frozenset[int]) -> Iterator[str]:
    if ordered and ordered[0].seq not in {0, *resets}:
        yield f"hole: numbers 0 to {ordered[0].seq - 1} are missing"
    elif ordered and ordered[0].previous is not None:
        yield f"wrong link: number {ordered[0].seq} names a statement before it"
    for row, following in itertools.pairwise(ordered):
        if following.seq == row.seq:
            yield f"branch: number {row.seq} is entry {row.index} and entry {following.index}"
        elif following.seq in resets:
            continue  # root keys signed that the chain starts anew here, whatever came before
        elif following.seq > row.seq + 1:
            yield f"hole: numbers {row.seq + 1} to {following.seq - 1} are missing"
        elif following.previous != row.envelope_sha256:
            named, is_really = (following.previous or "nothing")[:_SHORT], row.envelope_sha256[:_SHORT]
            yield f"wrong link: number {following.seq} names {named}, number {row.seq} is {is_really}"


def _faults_of_revisions(ordered: Sequence[ChainRow]) -> Iterator[str]:
    newest: dict[dt.date, int] = {}
    for row in ordered:
        if row.day is None or row.revision is None:
            continue
        wanted = newest.get(row.day, -1) + 1
        if row.revision != wanted:
            yield f"day {format_day(row.day)}: number {row.seq} is revision {row.revision}, {wanted} promised"
        newest[row.day] = max(row.revision, wanted)


def _missing_days(view: ChainView) -> tuple[str, ...]:
    told = {row.day for row in view.rows if row.day is not None}
    return tuple(f"due day {format_day(day)} has no statement" for day in sorted(set(view.due_days) - told))
