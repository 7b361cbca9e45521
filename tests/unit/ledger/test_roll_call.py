"""The daily roll-call."""

import datetime as dt

import msgspec
import pytest

from dayseal.attest.dsse import parse_envelope
from dayseal.attest.predicates import RollCall
from dayseal.attest.statement import open_statement
from dayseal.errors import ChainError, FormatError, TrustError, UsageError
from dayseal.ledger.inbox import submit_delegation
from dayseal.ledger.layout import rollcall_key
from dayseal.ledger.rollcall import check_rows, encode_rows, make_rows, open_rows
from dayseal.ledger.state import LedgerState
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.statements import delegation
from dayseal.testing.world import World, some_cluster

PROD, DEV = some_cluster("prod"), some_cluster("dev", "gke", "project")
DAY = dt.date(2026, 11, 22)


@pytest.fixture
def world() -> World:
    """Give a world whose ledger knows two clusters, one of them without a statement."""
    made = World(MemoryStore(), MemoryGuard(), MemoryStore())
    made.create()
    attestor = made.attestor()
    attestor.enrol(PROD)
    attestor.enrol(DEV)
    attestor.inventory(PROD, DEV)
    attestor.seal(PROD, "2026-11-21")
    made.recorder().run()
    return made


def said_at(world: World, index: int) -> RollCall:
    """Give the roll-call at an entry."""
    payload = parse_envelope(world.reader().entry(index), subject="entry").payload
    said = open_statement(payload, subject="entry").predicate
    assert isinstance(said, RollCall)
    return said


def state_before(world: World) -> LedgerState:
    """Give the ledger's state before any roll-call."""
    return world.reader().state()


def test_a_roll_call_names_every_enrolled_cluster(world: World) -> None:
    """A cluster that was dropped from the ledger must be missed."""
    before = state_before(world)
    index = world.recorder().roll_call(DAY).index
    said = said_at(world, index)
    rows = check_rows(said, world.reader().object(rollcall_key(said.rows.sha256)), before)
    assert [(r.cluster, r.seq, r.day, r.status) for r in rows] == [
        (PROD.text, 1, "2026-11-21", "SEALED"),
        (DEV.text, 0, None, "NO_STATEMENT"),
    ]
    assert (said.number, said.enrolled, said.delegations, len(said.inventories)) == (0, 2, 2, 1)
    roll_call = world.reader().state().roll_call
    assert roll_call is not None
    assert (roll_call.day, roll_call.index) == ("2026-11-22", index)


def test_roll_calls_form_a_chain_of_days(world: World) -> None:
    """One a day, in order, none twice."""
    recorder = world.recorder()
    recorder.roll_call(DAY)
    for day in (DAY, DAY - dt.timedelta(days=1)):
        with pytest.raises(UsageError, match="done already"):
            recorder.roll_call(day)
    assert said_at(world, recorder.roll_call(DAY + dt.timedelta(days=1)).index).number == 1


def test_rows_that_differ_from_the_entries_are_refused(world: World) -> None:
    """The rows are an object of their own; nothing about them is taken on trust."""
    state = state_before(world)
    said = said_at(world, world.recorder().roll_call(DAY).index)
    rows = make_rows(state)
    for wrong in (rows[:1], rows[::-1], (rows[0], msgspec.structs.replace(rows[1], seq=7))):
        with pytest.raises((ChainError, FormatError)):
            check_rows(said, encode_rows(wrong), state)
    assert check_rows(said, encode_rows(rows), state) == rows


@pytest.mark.parametrize("data", [b"{}\n", b"x", b"\n", b"[]\n"])
def test_malformed_rows_are_refused(data: bytes) -> None:
    """Rows are canonical JSON lines, each ended by a line feed."""
    with pytest.raises(FormatError):
        open_rows(data, subject="rows")


def test_no_rows_are_no_bytes() -> None:
    """A ledger without clusters still has its roll-call."""
    assert open_rows(encode_rows(()), subject="rows") == ()


def test_trust_is_checked_before_the_roll_call_is_committed(world: World) -> None:
    """A revoked recorder key must stop at the recorder, not at the verifier."""
    head = world.reader().state().delegations.head
    revoked = delegation(2, head, world.keys.log, action="revoke", role="recorder")
    submit_delegation(world.inbox, 2, world.keys.delegate(revoked))
    recorder = world.recorder()
    size = recorder.run().head.size
    with pytest.raises(TrustError, match="revoked"):
        recorder.roll_call(DAY)
    assert recorder.run().head.size == size
