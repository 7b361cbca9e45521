"""What a hostile or broken attestor can put into the inbox, and that it only hurts itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dayseal.clouds.local.guard import FolderGuard
from dayseal.clouds.local.store import FolderStore
from dayseal.codec import sha256_hex
from dayseal.ledger.intake import Limits
from dayseal.ledger.layout import InboxName, attestor_prefix, inbox_object_key, rejected_key
from dayseal.ledger.lookup import open_rejection
from dayseal.testing.keys import Ed25519Signer
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.statements import chain, cluster_day, delegation, enrolment
from dayseal.testing.world import Attestor, World, day_objects, seal, some_cluster

PROD, DEV = some_cluster("prod"), some_cluster("dev", "gke", "project")
DAY = "2026-11-20"
MALLORY = Ed25519Signer("mallory")


@pytest.fixture
def world() -> World:
    """Give a world where an honest attestor enrolled PROD, and MALLORY is delegated for account 666 only."""
    made = World(MemoryStore(), MemoryGuard(), MemoryStore())
    made.create()
    head = made.reader().state().delegations.head
    said = delegation(2, head, MALLORY, accounts=("666",))
    made.inbox.create(InboxName("roots", "delegations", 2).key, made.keys.delegate(said))
    return made


def honest(world: World) -> Attestor:
    """Submit an honest cluster's enrolment and day."""
    attestor = world.attestor()
    attestor.enrol(PROD)
    attestor.seal(PROD, DAY)
    return attestor


def mallory_says(world: World, chain_name: str, seq: int, envelope: bytes) -> str:
    """Put an envelope into Mallory's own inbox; give its key."""
    key = InboxName(attestor_prefix(world.attestor(MALLORY).keyid), chain_name, seq).key
    world.inbox.create(key, envelope)
    return key


def refused(world: World, data: bytes) -> str:
    """Give the reason why these bytes were refused."""
    key = rejected_key(sha256_hex(data))
    reason, kept = open_rejection(world.store.get(key), subject=key)
    assert kept == data
    return reason


ENVELOPES: dict[str, tuple[Callable[[World], bytes], str]] = {
    "garbage": (lambda _: b"\xff\x00 garbage", "Envelope promised"),
    "nothing": (lambda _: b"", "Envelope promised"),
    "deep JSON": (lambda _: b"[" * 60_000, "Envelope promised"),
    "a JSON number of 60,000 digits": (lambda _: b"1" * 60_000, "Envelope promised"),
    "another attestor's chain, signed by herself": (
        lambda _: seal(enrolment(PROD, chain(0, None)), MALLORY),
        "outside the scope",
    ),
    "a forged signature": (
        lambda w: seal(enrolment(PROD, chain(0, None)), MALLORY).replace(
            world_keyid(MALLORY).encode(), world_keyid(w.keys.attestor).encode()
        ),
        "the signature is not by key",
    ),
    "a delegation for herself": (lambda w: w.keys.delegate(delegation(9, None, MALLORY)), "number 9, 3 promised"),
    "a genesis": (lambda w: seal(w.keys.genesis, w.keys.root), "second genesis"),
}


def world_keyid(key: Ed25519Signer) -> str:
    """Give a key's id."""
    return Attestor(MemoryStore(), key).keyid


@pytest.mark.parametrize("case", ENVELOPES)
def test_a_poisoned_envelope_is_refused_with_a_reason_and_blocks_nobody(world: World, case: str) -> None:
    """It sorts first, lies in the same chain, and still the honest statements go through."""
    make, reason = ENVELOPES[case]
    envelope = make(world)
    mallory_says(world, PROD.path, 0, envelope)
    honest(world)
    report = world.recorder().run()
    assert (len(report.admitted), len(report.rejected)) == (3, 1)
    assert reason in report.rejected[0].reason
    if envelope:
        assert reason in refused(world, envelope)


def test_a_copy_of_an_honest_envelope_is_refused_and_the_original_is_not(world: World) -> None:
    """Replays and squatting: only its own name carries an envelope."""
    attestor = honest(world)
    for seq in (0, 1):
        copied = attestor.submitter.submitted(PROD.path, seq)
        assert copied is not None
        mallory_says(world, PROD.path, seq, copied)
    report = world.recorder().run()
    assert (len(report.admitted), len(report.rejected)) == (3, 2)
    assert "it belongs under inbox/" in report.rejected[0].reason
    assert world.reader().state().days(PROD) == (DAY,)


def test_an_envelope_under_anothers_name_is_refused(world: World) -> None:
    """Whoever can write into a foreign inbox can take a name, but not a voice."""
    squatted = InboxName(attestor_prefix(world.attestor().keyid), DEV.path, 0).key
    cluster = some_cluster("hers", account="666")
    world.inbox.create(squatted, seal(enrolment(cluster, chain(0, None)), MALLORY))
    honest(world)
    report = world.recorder().run()
    assert [r.key for r in report.rejected] == [squatted]
    assert "a name that is not its own" in report.rejected[0].reason
    assert len(report.admitted) == 3


def test_two_runs_of_one_attestor_say_one_thing(world: World) -> None:
    """The second run is given the first one's bytes; signing again would make a branch."""
    first = world.attestor().enrol(PROD, day="2026-11-01")
    second = world.attestor().enrol(PROD, day="2026-11-02")
    assert first == second
    assert len(world.recorder().run().admitted) == 2


def test_two_attestors_of_one_cluster_cannot_both_take_a_number(world: World) -> None:
    """One is admitted, the other refused by name; which one is decided by their key ids, not by luck."""
    other = Ed25519Signer("other")
    state = world.recorder()
    state.run()
    said = delegation(3, world.reader().state().delegations.head, other)
    world.inbox.create(InboxName("roots", "delegations", 3).key, world.keys.delegate(said))
    for key in (world.keys.attestor, other):
        world.attestor(key).enrol(PROD)
    report = world.recorder().run()
    assert (len(report.admitted), len(report.rejected)) == (2, 1)
    assert "number 0, 1 promised" in report.rejected[0].reason
    winner = min(world_keyid(world.keys.attestor), world_keyid(other))
    assert report.admitted[1].key.split("/")[1] == attestor_prefix(winner)


def test_an_oversized_envelope_is_refused_unread(world: World) -> None:
    """A gigabyte in the inbox must not fill the recorder's memory."""
    key = mallory_says(world, PROD.path, 0, b"x" * 70_000)
    honest(world)
    report = world.recorder().run()
    assert "70000 bytes, at most 65536 promised" in report.rejected[0].reason
    reason, kept = open_rejection(world.store.get(rejected_key(sha256_hex(key.encode()))), subject="rejected")
    assert (kept, reason) == (b"", report.rejected[0].reason)
    assert len(report.admitted) == 3


def test_a_wrong_object_refuses_its_statement_only(world: World) -> None:
    """What lies under a digest must have it."""
    attestor = honest(world)
    objects = day_objects(PROD, DAY, 1)
    wrong = inbox_object_key(attestor_prefix(attestor.keyid), sha256_hex(objects[2]))
    world.inbox.create(wrong, b"something else")
    last = sha256_hex(attestor.submitter.submitted(PROD.path, 1) or b"")
    said = seal(cluster_day(PROD, DAY, chain(2, last), objects, revision=1), attestor.key)
    for data in objects[:2]:
        world.inbox.create(inbox_object_key(attestor_prefix(attestor.keyid), sha256_hex(data)), data)
    world.inbox.create(InboxName(attestor_prefix(attestor.keyid), PROD.path, 2).key, said)
    report = world.recorder().run()
    assert (len(report.admitted), len(report.rejected)) == (3, 1)
    assert "its name says" in report.rejected[0].reason


def test_a_revoked_key_is_refused(world: World) -> None:
    """From the revocation's index on, whoever holds the key."""
    honest(world)
    world.recorder().run()
    state = world.reader().state()
    said = delegation(3, state.delegations.head, world.keys.attestor, action="revoke", from_index=state.size + 1)
    world.inbox.create(InboxName("roots", "delegations", 3).key, world.keys.delegate(said))
    known = state.cluster(PROD)
    assert known is not None
    objects = day_objects(PROD, "2026-11-21")
    place = chain(known.chain.seq + 1, known.chain.envelope_sha256)
    late = seal(cluster_day(PROD, "2026-11-21", place, objects), world.keys.attestor)
    world.attestor().submitter.submit(late, PROD.path, 2, {sha256_hex(o): o for o in objects})
    report = world.recorder().run()
    assert (len(report.admitted), len(report.rejected)) == (1, 1)
    assert "revoked from entry" in report.rejected[0].reason


def test_an_attestor_that_floods_the_inbox_uses_up_its_own_quota_only(world: World) -> None:
    """The rest of the flood waits; the honest attestor does not."""
    for number in range(20):
        mallory_says(world, f"junk{number}", 0, b"junk %d" % number)
    honest(world)
    report = world.recorder(Limits(quota=5)).run()
    assert (len(report.admitted), len(report.rejected), len(report.held)) == (3, 5, 15)
    assert "quota" in report.held[0].reason


def test_names_that_are_no_names_are_refused(world: World) -> None:
    """Unread, and without harm."""
    for key in ("inbox/x", "inbox/0123456789abcdef/prod/1.json", "inbox/ABCDEF/prod/00000000.json"):
        world.inbox.create(key, b"?")
    honest(world)
    report = world.recorder().run()
    assert (len(report.admitted), len(report.rejected)) == (3, 3)
    assert all("no name that an attestor may use" in r.reason for r in report.rejected)


def test_links_and_pipes_in_an_inbox_folder_are_refused(tmp_path: Path) -> None:
    """A shared folder lets its writers place anything; the recorder must neither follow nor hang."""
    parts = FolderStore(tmp_path / "ledger"), FolderGuard(tmp_path / "guard"), FolderStore(tmp_path / "inbox")
    world = World(*parts)
    world.create()
    attestor = honest(world)
    chains = tmp_path / "inbox" / "inbox" / attestor_prefix(attestor.keyid)
    (chains / DEV.path).mkdir()
    (chains / DEV.path / "00000000.json").symlink_to("/etc/passwd")
    report = world.recorder().run()
    assert (len(report.admitted), len(report.rejected)) == (2, 1)
    assert "a plain file promised" in report.rejected[0].reason
