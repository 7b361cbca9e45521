"""The attestor's own alarm: what it submitted and no checkpoint covers after a day."""

import datetime as dt

import pytest

from dayseal.attest.keys import keyid_of
from dayseal.codec import parse_time
from dayseal.ledger.inbox import Submitter
from dayseal.ledger.layout import REVERIFICATION_CHAIN, InboxName, attestor_prefix
from dayseal.ports import Signer
from dayseal.steps.pending import DEADLINE, Overdue, find_overdue
from dayseal.testing.keys import P256Signer
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.statements import AT
from dayseal.testing.world import World, some_cluster

PROD = some_cluster("prod")
DUE = parse_time(AT) + DEADLINE
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def world() -> World:
    """A new ledger."""
    world = World(MemoryStore(), MemoryGuard(), MemoryStore())
    world.create()
    return world


def overdue(world: World, key: Signer | None = None, now: dt.datetime = DUE) -> tuple[Overdue, ...]:
    """Ask for the alarm of an attestor."""
    key = key or world.keys.attestor
    return find_overdue(world.reader(), Submitter(world.inbox, keyid_of(key.spki)), key.spki, now)


def test_what_a_checkpoint_covers_is_no_alarm(world: World) -> None:
    """An alarm that always rings is switched off."""
    attestor = world.attestor()
    attestor.enrol(PROD)
    attestor.seal(PROD, "2026-11-20")
    attestor.inventory(PROD)
    world.recorder().run()
    assert overdue(world) == ()


def test_what_nobody_took_is_an_alarm_a_day_later_and_not_before(world: World) -> None:
    """A recorder that stands still shows nowhere else."""
    attestor = world.attestor()
    attestor.enrol(PROD)
    attestor.inventory(PROD)
    assert overdue(world, now=DUE - SECOND) == ()
    found = overdue(world)
    assert [(o.name.chain, o.name.seq) for o in found] == [(PROD.path, 0), ("~inventory", 0)]
    assert [o.reason for o in found] == ["no recorder has taken it"] * 2
    assert found[0].text == (
        f"{PROD.path} number 0, signed at {AT}, is in no checkpoint after 24 hours: no recorder has taken it"
    )


def test_a_rejected_submission_is_told_with_the_recorders_reason(world: World) -> None:
    """Whoever signs must learn why nobody believes it, every day until it is mended."""
    stranger = P256Signer("stranger")
    world.attestor(stranger).enrol(PROD)
    for _ in range(2):
        world.recorder().run()
        (found,) = overdue(world, stranger)
        assert found.reason.startswith("the recorder refused it: ")
        assert "no delegation names it" in found.reason


def test_a_held_submission_says_which_number_its_chain_needs(world: World) -> None:
    """One that was lost on its way holds up all that come behind it."""
    attestor = world.attestor()
    for day in ("2026-11-20", "2026-11-21"):
        if day == "2026-11-20":
            attestor.enrol(PROD)
        attestor.seal(PROD, day)
    assert isinstance(world.inbox, MemoryStore)
    world.inbox.forget(InboxName(attestor_prefix(attestor.keyid), PROD.path, 1).key)
    report = world.recorder().run()
    assert [o.reason for o in overdue(world)] == ["its chain needs number 1 first"]
    submitter = Submitter(world.inbox, attestor.keyid)
    (found,) = find_overdue(world.reader(), submitter, attestor.key.spki, DUE, held=report.held)
    assert found.reason == "the recorder waits with it: early: number 2, the chain needs 1 next"


def test_a_submission_that_its_chain_passed_by_stays_an_alarm(world: World) -> None:
    """Two attestors of one cluster: the slower one's word is nowhere."""
    world.attestor().enrol(PROD)
    world.recorder().run()
    slow = world.attestor()
    slow.key = P256Signer("slow")
    slow.submitter = Submitter(world.inbox, keyid_of(slow.key.spki))
    slow.enrol(PROD)
    (found,) = overdue(world, slow.key)
    assert found.reason.startswith("its chain went on without it and needs number 1 next")


@pytest.mark.parametrize("data", [b"", b"{}", bytes(100_000)], ids=["empty", "json", "large"])
def test_what_others_put_into_the_inbox_is_not_the_attestors_own(world: World, data: bytes) -> None:
    """An intruder must not make somebody ring an alarm over nothing, nor keep it from ringing."""
    attestor = world.attestor()
    prefix = attestor_prefix(attestor.keyid)
    world.inbox.create(InboxName(prefix, REVERIFICATION_CHAIN, 0).key, data)
    world.inbox.create(f"inbox/{prefix}/junk", data)
    attestor.inventory(PROD)
    assert [o.name.chain for o in overdue(world)] == ["~inventory"]
