"""Every durable write of a small history fails in every way, and nothing comes of it.

The history: create a ledger, submit two clusters' days with an early one among them, record in small
commits, grant a second attestor, record again, call the roll. For every durable write, whichever port
it goes to, and each fault, the run is cut off there (or has to cope with no answer), then everybody
simply starts again.
"""

import datetime as dt
from collections.abc import Collection

import pytest

from dayseal.codec import sha256_hex
from dayseal.errors import UnclearError, UsageError
from dayseal.ledger.fsck import ProblemKind, check_ledger
from dayseal.ledger.inbox import submit_delegation
from dayseal.ledger.intake import Limits
from dayseal.model import TreeHead
from dayseal.notes import parse_checkpoint
from dayseal.testing.faults import Crash, Fault, FaultPlan, FaultyGuard, FaultyStore
from dayseal.testing.keys import Ed25519Signer
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.statements import delegation
from dayseal.testing.world import World, some_cluster

PROD, DEV = some_cluster("prod"), some_cluster("dev", "gke", "project")
SECOND = Ed25519Signer("second attestor")
DAY = dt.date(2026, 11, 22)
REPAIRABLE = {
    ProblemKind.COMMIT_WITHOUT_TILES,
    ProblemKind.CHECKPOINT_ROLLED_BACK,
    ProblemKind.CHECKPOINT_MISSING,
    ProblemKind.ATTESTATION_MISSING,
}


class History:
    """A world whose stores survive every crash, and the signed roots that anybody ever saw in it."""

    def __init__(self) -> None:
        self.store, self.guard, self.inbox = MemoryStore(), MemoryGuard(), MemoryStore()
        self.real = World(self.store, self.guard, self.inbox)
        self.signed: dict[int, bytes] = {}
        self.entries: list[bytes] = []

    def run(self, plan: FaultPlan) -> None:
        """Play the whole history from the start, as every participant would after a crash."""
        world = World(FaultyStore(self.store, plan), FaultyGuard(self.guard, plan), FaultyStore(self.inbox, plan))
        try:
            world.create()
        except UsageError:  # an earlier run came further
            assert self.real.reader().tree_head.size > 3
        attestor = world.attestor()
        for cluster, days in ((PROD, ("2026-11-20", "2026-11-21")), (DEV, ("2026-11-20",))):
            attestor.enrol(cluster)
            for day in days:
                attestor.seal(cluster, day)
        recorder = world.recorder(Limits(batch=3))
        recorder.run()
        recorders = self.real.reader().state().delegations.entries[1].envelope_sha256
        submit_delegation(world.inbox, 2, world.keys.delegate(delegation(2, recorders, SECOND)))
        world.attestor(SECOND).inventory(PROD)
        attestor.seal(PROD, "2026-11-21", revision=1)
        recorder.run()
        try:
            recorder.roll_call(DAY)
        except UsageError:  # a run that was cut off had called it
            assert self.real.reader().state().roll_call is not None

    def look(self, repairable: Collection[ProblemKind] = REPAIRABLE) -> None:
        """Check what must hold at every moment for anybody who reads."""
        kept = [self.store.get(key) for key in self.store.keys("checkpoint")]
        for head in (parse_checkpoint(data).head for data in kept):
            assert self.signed.setdefault(head.size, head.root) == head.root, "two signed roots of one size"
        if not kept:
            return
        entries = list(self.real.reader().entries())
        shorter = min(len(entries), len(self.entries))
        assert entries[:shorter] == self.entries[:shorter], "an entry was lost or moved"
        assert len({sha256_hex(entry) for entry in entries}) == len(entries), "an entry was admitted twice"
        self.entries = max(entries, self.entries, key=len)
        report = check_ledger(self.store, self.guard, self.real.policy, versions=self.store)
        assert {problem.kind for problem in report.problems} <= set(repairable)

    def finish(self) -> TreeHead:
        """Let everybody start again without faults; nothing may be left to repair."""
        self.run(FaultPlan())
        self.look(repairable=set())
        return self.real.reader().tree_head


def complete() -> tuple[TreeHead, int, list[bytes]]:
    """Play the history undisturbed; give the head, the number of durable writes and the entries."""
    history, plan = History(), FaultPlan()
    history.run(plan)
    return history.real.reader().tree_head, len(plan.log), list(history.real.reader().entries())


HEAD, WRITES, ENTRIES = complete()


@pytest.mark.parametrize(
    ("fault", "times"), [(Fault.CRASH_BEFORE, 1), (Fault.CRASH_AFTER, 1), (Fault.LOST, 2), (Fault.KEPT, 2)]
)
def test_any_single_failure_changes_nothing_in_the_end(fault: Fault, times: int) -> None:
    """Which write fails, how, and whether the retry fails too: the log ends with the same entries."""
    for at in range(WRITES):
        history = History()
        try:
            history.run(FaultPlan(at, fault, times=times))
        except (Crash, UnclearError):
            history.look()
        head = history.finish()
        assert head.size == HEAD.size, f"write {at}: {fault}"
        assert sorted(history.real.reader().entries()) == sorted(ENTRIES), f"write {at}: {fault}"


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.KEPT])
def test_a_store_that_stops_answering_stops_the_run_and_no_more(fault: Fault) -> None:
    """From some write on nobody answers; when the store is back everything goes on."""
    for at in range(WRITES):
        history = History()
        with pytest.raises(UnclearError):
            history.run(FaultPlan(at, fault, times=10_000))
        history.look()
        assert history.finish().size == HEAD.size, f"write {at}: {fault}"


def test_one_unanswered_write_is_survived_in_the_same_run() -> None:
    """A single lost answer is everyday life: it must not even stop the run."""
    for fault in (Fault.LOST, Fault.KEPT):
        for at in range(WRITES):
            history = History()
            history.run(FaultPlan(at, fault))
            history.look()
            assert history.entries == ENTRIES, f"write {at}: {fault}"


def test_the_explorer_reaches_every_kind_of_write() -> None:
    """An explorer that skips a step would prove nothing about it."""
    history, plan = History(), FaultPlan()
    history.run(plan)
    kinds = {what.split(" ")[1].split("/")[0] for what in plan.log}
    assert kinds == {
        "attestations",
        "checkpoint",
        "checkpoints",
        "commits",
        "facts",
        "guard",
        "inbox",
        "manifests",
        "probe",
        "rollcalls",
        "summaries",
        "tile",
    }
    assert "create guard" in plan.log
    assert "swap guard" in plan.log
