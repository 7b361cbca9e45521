"""What the recorder admits, in which order, and what it leaves for the next run."""

import datetime as dt

import pytest

from dayseal.attest.predicates import ChainReset, ClusterRef
from dayseal.codec import sha256_hex
from dayseal.ledger.inbox import submit_delegation, submit_reset
from dayseal.ledger.intake import Limits
from dayseal.ledger.layout import attestation_key, attestor_prefix, manifest_key
from dayseal.ledger.lookup import open_attestation
from dayseal.testing.faults import FaultPlan, FaultyGuard, FaultyStore
from dayseal.testing.keys import Ed25519Signer
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.statements import AT, chain, cluster_day, delegation
from dayseal.testing.world import Attestor, World, day_objects, seal, some_cluster

PROD, DEV = some_cluster("prod"), some_cluster("dev", "gke", "project")
DAYS = ("2026-11-20", "2026-11-21", "2026-11-22")


@pytest.fixture
def world() -> World:
    """Give a world with a new ledger."""
    made = World(MemoryStore(), MemoryGuard(), MemoryStore())
    made.create()
    return made


def sealed_world(world: World) -> Attestor:
    """Submit two clusters' enrolments and days."""
    attestor = world.attestor()
    for cluster in (PROD, DEV):
        attestor.enrol(cluster)
        for day in DAYS:
            attestor.seal(cluster, day)
    return attestor


def test_everything_in_turn_is_admitted_in_one_run(world: World) -> None:
    """Chains keep their order, all of them move on."""
    sealed_world(world)
    report = world.recorder().run()
    assert (len(report.admitted), report.rejected, report.held) == (8, (), ())
    assert report.head.size == 11
    state = world.reader().state()
    assert [state.days(cluster) for cluster in (PROD, DEV)] == [DAYS, DAYS]


def test_a_second_run_has_nothing_to_do(world: World) -> None:
    """The inbox keeps what was admitted for weeks."""
    sealed_world(world)
    first = world.recorder().run()
    again = world.recorder().run()
    assert (again.admitted, again.rejected, again.held, again.head) == ((), (), (), first.head)


def test_many_entries_go_into_one_commit(world: World) -> None:
    """A commit costs five requests and its tiles, however many entries it has."""
    sealed_world(world)
    world.recorder(Limits(batch=3)).run()
    assert [key.split("-")[1] for key in world.store.keys("commits/")] == ["3", "6", "9", "11"]


def test_a_commit_costs_five_requests_its_tiles_and_nothing_else(world: World) -> None:
    """Requests cost money and time; objects and look-up files come on top of a commit."""
    plan = FaultPlan()
    counted = World(FaultyStore(world.store, plan), FaultyGuard(world.guard, plan), world.inbox)
    recorder = counted.recorder(Limits(batch=4))
    recorder.run()
    started = len(plan.log)  # the start-up probe
    sealed_world(world)
    recorder.run()
    log = plan.log[started:]
    commit = [what for what in log if "manifests" not in what and "summaries" not in what and "facts" not in what]
    writes = [what.split("-")[0].split(" ")[1] for what in commit if "attestations" not in what]
    one = ["tile/entries/000.p/7", "tile/0/000.p/7", "checkpoints/00000001", "checkpoint"]
    assert writes[:6] == ["commits/00000001", "guard", *one]
    assert len(writes) == 12


def test_an_early_number_waits_for_the_one_before_it(world: World) -> None:
    """Another cloud's inbox may be slow; nothing is lost by coming early."""
    attestor = sealed_world(world)
    late = f"inbox/{attestor_prefix(attestor.keyid)}/{PROD.path}/00000001.json"
    assert isinstance(world.inbox, MemoryStore)
    kept = world.inbox.get(late)
    world.inbox.forget(late)
    report = world.recorder().run()
    assert [h.key[-8:-5] for h in report.held] == ["002", "003"]
    assert "early: number 2, the chain needs 1 next" in report.held[0].reason
    assert len(report.admitted) == 5
    world.inbox.create(late, kept)
    assert [a.key[-8:-5] for a in world.recorder().run().admitted] == ["001", "002", "003"]


def test_a_missing_object_holds_only_its_own_chain(world: World) -> None:
    """Objects and envelopes may arrive in any order."""
    attestor = sealed_world(world)
    summary = sha256_hex(day_objects(PROD, DAYS[0])[1])
    path = f"inbox/{attestor_prefix(attestor.keyid)}/objects/{summary}"
    assert isinstance(world.inbox, MemoryStore)
    kept = world.inbox.get(path)
    world.inbox.forget(path)
    report = world.recorder().run()
    assert [h.key.split("/")[2] for h in report.held] == [PROD.path] * 3
    assert len(report.admitted) == 5
    world.inbox.create(path, kept)
    assert len(world.recorder().run().admitted) == 3


def test_objects_are_in_the_ledger_before_the_entry_is(world: World) -> None:
    """An entry whose manifest is lost proves nothing."""
    sealed_world(world)
    plan = FaultPlan()
    World(FaultyStore(world.store, plan), world.guard, world.inbox).recorder().run()
    key = manifest_key(sha256_hex(day_objects(PROD, DAYS[0])[0]))
    assert plan.log.index(f"create {key}") < next(n for n, what in enumerate(plan.log) if "commits/" in what)
    assert world.store.get(key) == day_objects(PROD, DAYS[0])[0]


def test_look_up_files_hold_envelope_and_index(world: World) -> None:
    """Finding a day costs one GET."""
    sealed_world(world)
    world.recorder().run()
    day = dt.date(2026, 11, 21)
    key = attestation_key(PROD, day, 0)
    filed = open_attestation(world.store.get(key), subject=key)
    assert world.reader().entry(filed.index) == filed.envelope
    assert world.reader().day(PROD, day)[0].envelope == filed.envelope


def test_look_up_files_that_a_crash_lost_are_written_by_the_next_run(world: World) -> None:
    """They only repeat the log, so they may always be made again."""
    sealed_world(world)
    world.recorder().run()
    assert isinstance(world.store, MemoryStore)
    lost = list(world.store.keys("attestations/"))[2:]
    for key in lost:
        world.store.forget(key)
    world.recorder().run()
    assert set(lost) <= set(world.store.keys("attestations/"))


def test_a_delegation_in_the_inbox_counts_in_the_same_run(world: World) -> None:
    """Root keys go first: what they grant, others wait for."""
    key = Ed25519Signer("second attestor")
    head = world.reader().state().delegations.head
    submit_delegation(world.inbox, 2, world.keys.delegate(delegation(2, head, key)))
    world.attestor(key).enrol(PROD)
    report = world.recorder().run()
    assert (len(report.admitted), report.rejected) == (2, ())


def test_a_key_delegated_late_is_admitted_late(world: World) -> None:
    """A refusal is judged again in each run: the order in which people set things up must not matter."""
    key = Ed25519Signer("second attestor")
    head = world.reader().state().delegations.head
    world.attestor(key).enrol(PROD)
    assert len(world.recorder().run().rejected) == 1
    assert world.recorder().run().rejected == ()
    submit_delegation(world.inbox, 2, world.keys.delegate(delegation(2, head, key)))
    assert len(world.recorder().run().admitted) == 2


def test_a_chain_reset_frees_a_chain(world: World) -> None:
    """Numbers that were lost for good must not stop a cluster for ever."""
    attestor = world.attestor()
    attestor.enrol(PROD)
    world.recorder().run()
    said = cluster_day(PROD, DAYS[0], chain(5, "0" * 64), day_objects(PROD, DAYS[0]))
    from_lost = seal(said, world.keys.attestor)
    objects = {sha256_hex(data): data for data in day_objects(PROD, DAYS[0])}
    attestor.submitter.submit(from_lost, PROD.path, 5, objects)
    assert len(world.recorder().run().held) == 1
    reset = seal(ChainReset(cluster=ClusterRef.of(PROD), seq=5, reason="lost", at=AT), world.keys.root)
    submit_reset(world.inbox, PROD, 5, reset)
    report = world.recorder().run()
    assert [a.envelope_sha256 for a in report.admitted] == [sha256_hex(reset)]
    assert "number 5, 6 promised" in report.rejected[0].reason
    after = cluster_day(PROD, DAYS[0], chain(6, sha256_hex(reset)), day_objects(PROD, DAYS[0]))
    attestor.submitter.submit(seal(after, world.keys.attestor), PROD.path, 6, objects)
    assert len(world.recorder().run().admitted) == 1
