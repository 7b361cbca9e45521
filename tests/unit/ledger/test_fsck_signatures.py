"""fsck verifies the signature of every entry: whoever holds the log's key and stores holds no attestor's key."""

import msgspec
import pytest

from dayseal.attest.dsse import parse_envelope
from dayseal.attest.keys import keyid_of
from dayseal.errors import FormatError
from dayseal.ledger.commit import Committer
from dayseal.ledger.entry import parse_admitted
from dayseal.ledger.fsck import FsckReport, ProblemKind, check_ledger
from dayseal.ledger.lookup import encode_attestation, open_attestation
from dayseal.ports import Signer
from dayseal.testing.keys import Ed25519Signer, P256Signer
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.statements import chain, inventory
from dayseal.testing.world import ORIGIN, World, seal, some_cluster

STRANGER = Ed25519Signer("stranger")


@pytest.fixture
def world() -> World:
    """A ledger with a cluster and three inventories."""
    world = World(MemoryStore(), MemoryGuard(), MemoryStore())
    world.create()
    attestor = world.attestor()
    attestor.enrol(some_cluster())
    for _ in range(3):
        attestor.inventory()
    world.recorder().run()
    return world


def fsck(world: World) -> FsckReport:
    """Check the ledger."""
    return check_ledger(world.store, world.guard, world.policy)


def append(world: World, *entries: bytes) -> None:
    """Append entries that nobody admitted, as the log's operator can."""
    size = world.reader().tree_head.size
    Committer(world.store, world.guard, origin=ORIGIN, log=world.keys.log).append(entries, onto_size=size)


def next_inventory(world: World, seq: int, previous: str | None, key: Signer = STRANGER) -> bytes:
    """Give an inventory that says it is signed by the attestor, and is signed by `key`."""
    envelope = seal(inventory(chain(seq, previous)), key)
    return envelope.replace(keyid_of(key.spki).encode(), keyid_of(world.keys.attestor.spki).encode())


def newest_digest(world: World) -> str:
    """Give the digest of the log's last entry."""
    return parse_admitted(list(world.reader().entries())[-1], subject="entry").envelope_sha256


def test_a_ledger_that_was_recorded_honestly_has_no_forgery(world: World) -> None:
    """Every kind of signature is verified: roots, attestor, recorder."""
    assert fsck(world).problems == ()


def test_every_forgery_under_a_valid_key_id_is_named(world: World) -> None:
    """The second one follows the first: its chain holds, its signature does not."""
    first = next_inventory(world, 3, newest_digest(world))
    append(world, first)
    append(world, next_inventory(world, 4, newest_digest(world)))
    report = fsck(world)
    assert [(p.kind, p.key) for p in report.problems] == [
        (ProblemKind.ENTRY_FORGED, "entry 7"),
        (ProblemKind.ENTRY_FORGED, "entry 8"),
    ]
    assert "the signature is not by key" in report.problems[0].message
    assert report.notes == ()


def test_a_forgery_behind_the_end_of_the_replay_is_named_too(world: World) -> None:
    """One broken link must not cover what comes after it."""
    append(world, seal(inventory(chain(9, None)), world.keys.attestor))
    append(world, next_inventory(world, 10, newest_digest(world)), seal(inventory(chain(11, None)), STRANGER))
    report = fsck(world)
    assert [(p.kind, p.key) for p in report.problems] == [
        (ProblemKind.ENTRY_REFUSED, "entry 7"),
        (ProblemKind.ENTRY_FORGED, "entry 8"),
    ]
    assert report.notes[0].startswith("the replay ends at entry 7: behind it chains and delegations are not checked")


def test_a_second_spelling_of_an_envelope_is_named(world: World) -> None:
    """Its signature covers the payload alone, so only the strict reading sees it."""
    envelope = seal(inventory(chain(3, newest_digest(world))), world.keys.attestor)
    append(world, envelope.replace(b'"payload"', b'"p\\u0061yload"'))
    (found,) = fsck(world).problems
    assert found.kind is ProblemKind.ENTRY_REFUSED
    assert "not canonical JSON" in found.message


@pytest.mark.parametrize("key", [P256Signer("a"), Ed25519Signer("b")])
def test_envelopes_read_the_same_both_ways(key: Signer) -> None:
    """Plain ones are read fast, others strictly; what is accepted must not depend on it."""
    envelope = seal(inventory(chain(0, None)), key)
    assert [keyid for keyid, _ in parse_envelope(envelope, subject="e").signatures] == [keyid_of(key.spki)]
    plain = msgspec.json.decode(envelope)
    assert msgspec.json.encode(plain) == envelope
    for other in (envelope + b"\n", b" " + envelope, envelope.replace(b'":"', b'": "', 1)):
        with pytest.raises(FormatError, match="not canonical JSON"):
            parse_envelope(other, subject="e")


@pytest.mark.parametrize("envelope", [b"", b"\x00\xff" * 99])
def test_a_look_up_file_is_canonical_json(envelope: bytes) -> None:
    """It is written down directly and read strictly."""
    filed = open_attestation(encode_attestation(7, envelope), subject="file")
    assert (filed.index, filed.envelope) == (7, envelope)
