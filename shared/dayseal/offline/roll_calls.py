"""V7, the roll-calls: what the recorder counted each day agrees with the statements shown."""

import dataclasses
from collections.abc import Callable, Sequence

from dayseal.attest.predicates import ClusterDay, Enrolment, Inventory, RollCall, RollCallRow
from dayseal.codec import sha256_hex
from dayseal.errors import ChainError, DigestError
from dayseal.evidence import StatedEntry
from dayseal.ledger.rollcall import open_rows, rows_root
from dayseal.model import ClusterId
from dayseal.offline.chains import Link


@dataclasses.dataclass(frozen=True, slots=True)
class Called:
    """One roll-call, and the rows it names, verified against it."""

    index: int
    envelope_sha256: str
    roll_call: RollCall
    rows: tuple[RollCallRow, ...]

    def row_of(self, cluster: ClusterId) -> RollCallRow | None:
        """Give the cluster's row, None when it was not called."""
        return next((row for row in self.rows if row.cluster == cluster.text), None)


def open_roll_calls(
    entries: Sequence[StatedEntry], rows_of: Callable[[str], bytes | None], first: str, last: str
) -> tuple[Called, ...]:
    """Give every roll-call with its rows, in log order; those of days `first` to `last` without a hole.

    Raises:
        ChainError: a roll-call is missing, comes twice or is linked wrongly; rows are missing.
        DigestError: the rows are not the ones named.
        FormatError: rows are not sorted, or none of ours.
    """
    called: list[Called] = []
    for stated in entries:
        said = stated.statement.predicate
        if isinstance(said, RollCall):
            found = Called(stated.index, stated.envelope_sha256, said, _open_rows(said, rows_of(said.rows.sha256)))
            if called:
                _check_next(called[-1], found, first, last)
            called.append(found)
    return tuple(called)


def compare_with_chain(called: Sequence[Called], links: Sequence[Link], cluster: ClusterId, first: str) -> None:
    """Require that each roll-call's row of `cluster` is the newest statement shown before it.

    The day and status of a row are compared from day `first` on, where every statement is shown.

    Raises:
        ChainError: they disagree: a statement was left out, or the recorder called another one.
    """
    for call in called:
        before = [link for link in links if link.index < call.index]
        row = call.row_of(cluster)
        subject = f"roll-call {call.roll_call.number} of {call.roll_call.day}"
        actions = [link.said.action for link in before if isinstance(link.said, Enrolment)]
        enrolled = bool(actions) and actions[-1] == "enter"
        if enrolled != (row is not None):
            said, shown = ("called", "not enrolled") if row else ("did not call", "enrolled")
            raise ChainError(f"{subject}: {said} {cluster.name}, which the statements show as {shown}")
        if row is None:
            continue
        newest = before[-1]
        if (row.seq, row.envelope_sha256) != (newest.seq, newest.envelope_sha256):
            raise ChainError(
                f"{subject}: the newest statement of {cluster.name} was number {row.seq} ({row.envelope_sha256[:16]}), "
                f"number {newest.seq} ({newest.envelope_sha256[:16]}) is shown: they disagree"
            )
        _compare_day(row, before, subject, first)


def check_inventories(called: Sequence[Called], entries: Sequence[StatedEntry], cluster: ClusterId) -> tuple[str, ...]:
    """Say of each inventory that the newest roll-call names whether it lists the cluster.

    Raises:
        ChainError: one that it names is not here.
    """
    shown = {e.envelope_sha256: e.statement.predicate for e in entries}
    told = []
    for named in called[-1].roll_call.inventories if called else ():
        found = shown.get(named.envelope_sha256)
        if not isinstance(found, Inventory):
            raise ChainError(f"inventory {named.envelope_sha256[:16]}: named by the newest roll-call, left out here")
        if cluster.text in found.clusters:
            told.append(f"attestor {named.attestor[:16]} still found the cluster at {found.at}")
        elif not found.clusters_left_off:
            told.append(f"attestor {named.attestor[:16]} did not find the cluster at {found.at}")
    return tuple(told)


def _open_rows(said: RollCall, data: bytes | None) -> tuple[RollCallRow, ...]:
    subject = f"rows of roll-call {said.number}"
    if data is None:
        raise ChainError(f"{subject}: left out, rollcalls/{said.rows.sha256}.jsonl promised")
    if sha256_hex(data) != said.rows.sha256:
        raise DigestError(subject, expected=said.rows.sha256, actual=sha256_hex(data), source="the roll-call")
    rows = open_rows(data, subject=subject)
    if rows_root(data).hex() != said.rows_root or len(rows) != said.enrolled:
        raise ChainError(f"{subject}: {len(rows)} rows under another root, {said.enrolled} rows promised")
    return rows


def _check_next(before: Called, found: Called, first: str, last: str) -> None:
    number, known = found.roll_call.number, before.roll_call.number
    if number <= known or found.roll_call.day <= before.roll_call.day:
        raise ChainError(f"roll-call {number} at entry {found.index}: after number {known}, it branches")
    if number == known + 1:
        if found.roll_call.previous_envelope_sha256 != before.envelope_sha256:
            raise ChainError(f"roll-call {number}: does not follow the roll-call {known} shown")
    elif first <= found.roll_call.day <= last and first <= before.roll_call.day:
        raise ChainError(f"roll-call {number}: follows number {known}, number {known + 1} promised: a hole")


def _compare_day(row: RollCallRow, before: Sequence[Link], subject: str, first: str) -> None:
    # Days before `first` may have statements that are not shown, so only later ones can be compared.
    days = [link.said for link in before if isinstance(link.said, ClusterDay) and link.said.day >= first]
    newest = max(days, key=lambda said: (said.day, said.revision), default=None)
    shown = f"{newest.day} {newest.status}" if newest else "none"
    called = f"{row.day} {row.status}" if row.day is not None and row.day >= first else "none"
    if called != shown:
        raise ChainError(f"{subject}: newest day {called}, {shown} is shown: they disagree")
