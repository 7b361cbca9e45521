"""The attestor's side of the inbox."""

import pytest

from dayseal.attest.keys import keyid_of
from dayseal.codec import sha256_hex
from dayseal.errors import TamperError, UnclearError
from dayseal.ledger.inbox import Submitter
from dayseal.ledger.layout import inbox_object_key
from dayseal.testing.faults import Crash, Fault, FaultPlan, FaultyStore
from dayseal.testing.keys import P256Signer
from dayseal.testing.memory import MemoryStore

KEYID = keyid_of(P256Signer("attestor").spki)
OBJECTS = {sha256_hex(data): data for data in (b"manifest", b"summary", b"facts")}
CHAIN = "prod-0123456789abcdef"


def test_objects_are_there_before_the_envelope_is() -> None:
    """The recorder must never see an envelope whose objects are still on their way."""
    plan = FaultPlan()
    Submitter(FaultyStore(MemoryStore(), plan), KEYID).submit(b"envelope", CHAIN, 3, OBJECTS)
    assert [what.split("/")[2] for what in plan.log] == ["objects", "objects", "objects", CHAIN]


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("at", range(4))
def test_submitting_again_after_any_failure_ends_the_same(at: int, fault: Fault) -> None:
    """Signatures are random: the bytes that were stored first are the ones that count."""
    inbox = MemoryStore()
    try:
        first = Submitter(FaultyStore(inbox, FaultPlan(at, fault)), KEYID).submit(b"first", CHAIN, 0, OBJECTS)
    except Crash:
        first = Submitter(inbox, KEYID).submitted(CHAIN, 0) or b"second"
    assert Submitter(inbox, KEYID).submit(b"second", CHAIN, 0, OBJECTS) == first
    assert Submitter(inbox, KEYID).submitted(CHAIN, 0) == first
    assert len(list(inbox.keys(""))) == 4


def test_a_store_that_never_answers_is_said_to_be_unclear() -> None:
    """The attestor must know that it does not know."""
    inbox = FaultyStore(MemoryStore(), FaultPlan(0, Fault.LOST, times=10))
    with pytest.raises(UnclearError):
        Submitter(inbox, KEYID).submit(b"envelope", CHAIN, 0, OBJECTS)


def test_an_object_name_taken_by_other_bytes_is_tampering() -> None:
    """Nobody but this attestor writes there."""
    inbox = MemoryStore()
    inbox.create(inbox_object_key(KEYID[:16], next(iter(OBJECTS))), b"other")
    with pytest.raises(TamperError):
        Submitter(inbox, KEYID).submit(b"envelope", CHAIN, 0, OBJECTS)
    assert Submitter(inbox, KEYID).submitted(CHAIN, 0) is None
