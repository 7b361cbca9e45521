"""The daily roll-call: every enrolled cluster with its newest statement, as rows under one root.

The rows are a ledger object of their own, `rollcalls/<sha256>.jsonl`: one canonical JSON line for
each cluster, sorted by the cluster's text.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.attest.predicates import RollCall, RollCallRow, Sha256
from dayseal.attest.statement import Statement
from dayseal.codec import encode_document, format_day, format_time, open_document, sha256_hex
from dayseal.errors import ChainError, FormatError, UsageError
from dayseal.ledger.layout import rollcall_key
from dayseal.ledger.state import LedgerState
from dayseal.merkle import leaf_hash, root_of

NO_STATEMENT: Final = "NO_STATEMENT"


def make_rows(state: LedgerState) -> tuple[RollCallRow, ...]:
    """Give a row for each enrolled cluster; without any statement its day is None, its status NO_STATEMENT."""
    return tuple(
        RollCallRow(
            cluster=c.cluster.text,
            seq=c.chain.seq,
            envelope_sha256=c.chain.envelope_sha256,
            day=c.newest.day if c.newest else None,
            status=c.newest.status if c.newest else NO_STATEMENT,
        )
        for c in state.enrolled()
    )


def encode_rows(rows: Sequence[RollCallRow]) -> bytes:
    """Encode rows, one line each."""
    return b"".join(encode_document(row) + b"\n" for row in rows)


def open_rows(data: bytes, *, subject: str) -> tuple[RollCallRow, ...]:
    """Read rows: canonical, sorted, every cluster once.

    Raises:
        FormatError: anything that `encode_rows` of sorted rows would not have written.
    """
    lines = data.split(b"\n")
    if lines.pop() != b"":
        raise FormatError(f"{subject}: does not end with a line feed")
    rows = tuple(open_document(line, RollCallRow, subject=subject) for line in lines)
    names = [row.cluster for row in rows]
    if names != sorted(set(names)):
        raise FormatError(f"{subject}: rows are not sorted, or a cluster stands twice")
    return rows


def rows_root(data: bytes) -> bytes:
    """Give the RFC 6962 root over the lines of encoded rows, without their line feeds."""
    return root_of(leaf_hash(line) for line in data.split(b"\n")[:-1])


def make_roll_call(state: LedgerState, day: dt.date, at: dt.datetime) -> tuple[Statement, bytes]:
    """Give the roll-call of `day` that comes next in `state`, and its encoded rows.

    Raises:
        UsageError: `day` has its roll-call already, or a later day has.
    """
    last = state.roll_call
    if last and format_day(day) <= last.day:
        raise UsageError(f"roll-call of {day}: {last.day} is done already, a later day promised")
    data = encode_rows(make_rows(state))
    said = RollCall(
        number=last.number + 1 if last else 0,
        previous_envelope_sha256=last.envelope_sha256 if last else None,
        day=format_day(day),
        enrolled=len(state.enrolled()),
        rows_root=rows_root(data).hex(),
        rows=Sha256(sha256=sha256_hex(data)),
        delegations=state.delegations.count,
        delegation_head=state.delegations.head,
        inventories=state.inventories,
        at=format_time(at),
    )
    return Statement(rollcall_key(said.rows.sha256), said.rows.sha256, said), data


def check_rows(said: RollCall, data: bytes, state: LedgerState) -> tuple[RollCallRow, ...]:
    """Prove that a roll-call's rows are what `state`, replayed up to the roll-call, says; give them.

    Raises:
        ChainError: a row, the root, or the latest inventories differ.
        FormatError: the rows are malformed.
    """
    subject = f"roll-call {said.number}"
    rows = open_rows(data, subject=subject)
    if sha256_hex(data) != said.rows.sha256 or rows_root(data).hex() != said.rows_root:
        raise ChainError(f"{subject}: its rows are not the ones it names")
    for row, promised in zip(rows, make_rows(state), strict=False):
        if row != promised:
            found = f"{row.cluster} is at {row.seq} ({row.status})"
            known = f"{promised.cluster} is at {promised.seq} ({promised.status})"
            raise ChainError(f"{subject}: says {found}, the entries say {known}")
    if len(rows) != len(state.enrolled()):
        raise ChainError(f"{subject}: {len(rows)} rows, {len(state.enrolled())} clusters are enrolled")
    if said.inventories != state.inventories:
        raise ChainError(f"{subject}: its inventories are not the newest ones before it")
    return rows
