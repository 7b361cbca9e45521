"""fsck names what is wrong with a ledger, each by its own name."""

import datetime as dt
from collections.abc import Callable

import msgspec
import pytest

from dayseal.attest.predicates import SeenHead
from dayseal.codec import sha256_hex
from dayseal.ledger.fsck import FsckReport, ProblemKind, check_ledger
from dayseal.ledger.intake import Limits
from dayseal.ledger.layout import attestation_key, checkpoint_key, facts_key, manifest_key, summary_key
from dayseal.model import GuardState, TreeHead
from dayseal.testing.faults import Crash, Fault, FaultPlan, FaultyStore
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.statements import chain, inventory
from dayseal.testing.world import World, day_objects, seal, some_cluster

CLUSTER = some_cluster()
FIRST = dt.date(2026, 1, 1)
OBJECTS = day_objects(CLUSTER, FIRST.isoformat())


class Ledger:
    """A ledger whose parts a test may spoil."""

    def __init__(self, days: int = 8) -> None:
        self.store, self.guard, self.inbox = MemoryStore(), MemoryGuard(), MemoryStore()
        self.world = World(self.store, self.guard, self.inbox)
        self.world.create()
        self.attestor = self.world.attestor()
        self.attestor.enrol(CLUSTER)
        for number in range(days):
            self.attestor.seal(CLUSTER, (FIRST + dt.timedelta(days=number)).isoformat())
        recorder = self.world.recorder(Limits(batch=5 if days < 100 else 90))
        recorder.run()
        recorder.roll_call(FIRST)

    def fsck(self, other: bytes | None = None) -> FsckReport:
        """Check the ledger with everything there is."""
        return check_ledger(self.store, self.guard, self.world.policy, versions=self.store, other_checkpoint=other)

    def flip(self, key: str, at: int = 100) -> None:
        """Change one bit of an object."""
        data = bytearray(self.store.get(key))
        data[at % len(data)] ^= 1
        self.store.overwrite(key, bytes(data))

    def sealed_more(self) -> None:
        """Record one more day."""
        self.attestor.seal(CLUSTER, "2026-12-24")
        self.world.recorder().run()


@pytest.fixture
def ledger() -> Ledger:
    """Give a ledger of 13 entries in 4 commits, the last one a roll-call."""
    return Ledger()


def test_an_honest_ledger_has_no_problems(ledger: Ledger) -> None:
    """False alarms teach people to look away."""
    report = ledger.fsck()
    assert (report.problems, report.notes, report.entries) == ((), (), 13)
    assert report.head == ledger.world.reader().tree_head


def roll_back(ledger: Ledger) -> None:
    """Put the whole store back to where it was before the newest commit; the guard stays."""
    kept = ledger.store.copy()
    ledger.sealed_more()
    ledger.store = kept


def roll_guard_back(ledger: Ledger) -> None:
    """Put the guard back to where it was before the newest commit."""
    kept = ledger.guard.state
    ledger.sealed_more()
    ledger.guard.state = kept


def cut_off(ledger: Ledger) -> None:
    """Die after the guard was swapped, before any tile."""
    ledger.attestor.seal(CLUSTER, "2026-12-24")
    counting = FaultPlan()
    World(FaultyStore(ledger.store.copy(), counting), MemoryGuard(ledger.guard.state), ledger.inbox).recorder().run()
    at = next(n for n, what in enumerate(counting.log) if "tile" in what)
    plan = FaultPlan(at, Fault.CRASH_BEFORE)
    with pytest.raises(Crash):
        World(FaultyStore(ledger.store, plan), ledger.guard, ledger.inbox).recorder().run()


def old_checkpoint(ledger: Ledger) -> None:
    """Show readers an older checkpoint."""
    ledger.store.overwrite("checkpoint", ledger.store.get(checkpoint_key(1)))


def forked_guard(ledger: Ledger) -> None:
    """Let the guard say another root of the same size."""
    state = ledger.guard.state
    assert state is not None
    ledger.guard.state = GuardState(state.g, TreeHead(state.head.size, bytes(32)), state.commit)


def row_key(ledger: Ledger) -> str:
    """Give the key of the roll-call's rows."""
    return next(iter(ledger.store.keys("rollcalls/")))


FILE = attestation_key(CLUSTER, FIRST, 0)
MANIFEST, SUMMARY, FACTS = (
    name(sha256_hex(data)) for name, data in zip((manifest_key, summary_key, facts_key), OBJECTS, strict=True)
)
Kind = ProblemKind
CASES: dict[str, tuple[Callable[[Ledger], None], set[ProblemKind]]] = {
    "altered tile": (lambda w: w.flip("tile/0/000.p/13"), {Kind.TILE_ALTERED}),
    "altered old partial tile": (lambda w: w.flip("tile/0/000.p/3", 0), {Kind.TILE_ALTERED}),
    "altered old partial bundle": (lambda w: w.flip("tile/entries/000.p/8", 9000), {Kind.ENTRY_ALTERED}),
    "tile of no known name": (lambda w: w.store.create("tile/9/xyz", b""), {Kind.TILE_ALTERED}),
    "missing tile": (lambda w: w.store.forget("tile/0/000.p/13"), {Kind.TILE_MISSING}),
    "missing bundle": (lambda w: w.store.forget("tile/entries/000.p/3"), {Kind.TILE_MISSING}),
    "altered entry": (lambda w: w.flip("tile/entries/000.p/13", 9000), {Kind.ENTRY_ALTERED}),
    "rolled-back checkpoint": (old_checkpoint, {Kind.CHECKPOINT_ROLLED_BACK}),
    "missing checkpoint": (lambda w: w.store.forget("checkpoint"), {Kind.CHECKPOINT_MISSING}),
    "missing kept checkpoint": (lambda w: w.store.forget(checkpoint_key(1)), {Kind.CHECKPOINT_MISSING}),
    "altered checkpoint": (lambda w: w.flip("checkpoint", 25), {Kind.CHECKPOINT_INVALID}),
    "commit without tiles": (cut_off, {Kind.COMMIT_WITHOUT_TILES}),
    "missing commit": (lambda w: w.store.forget(list(w.store.keys("commits/"))[1]), {Kind.COMMIT_MISSING}),
    "altered commit": (lambda w: w.flip(list(w.store.keys("commits/"))[1], 9000), {Kind.COMMIT_ALTERED}),
    "guard missing": (lambda w: setattr(w.guard, "state", None), {Kind.GUARD_MISSING}),
    "guard ahead": (roll_back, {Kind.GUARD_AHEAD}),
    "guard behind": (roll_guard_back, {Kind.GUARD_BEHIND}),
    "guard of a fork": (forked_guard, {Kind.CHECKPOINT_FORKED}),
    "second version": (lambda w: w.store.put_version("tile/0/000.p/13", b"x"), {Kind.SECOND_VERSION}),
    "delete marker": (lambda w: w.store.put_marker(MANIFEST), {Kind.DELETE_MARKER}),
    "missing look-up file": (lambda w: w.store.forget(FILE), {Kind.ATTESTATION_MISSING}),
    "altered look-up file": (lambda w: w.flip(FILE), {Kind.ATTESTATION_ALTERED}),
    "look-up file of nothing": (
        lambda w: w.store.create(attestation_key(CLUSTER, FIRST, 1), b"{}"),
        {Kind.ATTESTATION_ALTERED},
    ),
    "missing manifest": (lambda w: w.store.forget(MANIFEST), {Kind.OBJECT_MISSING}),
    "altered manifest": (lambda w: w.flip(MANIFEST), {Kind.OBJECT_ALTERED}),
    "altered summary": (lambda w: w.flip(SUMMARY), {Kind.OBJECT_ALTERED}),
    "missing facts": (lambda w: w.store.forget(FACTS), {Kind.OBJECT_MISSING}),
    "altered roll-call rows": (lambda w: w.flip(row_key(w)), {Kind.OBJECT_ALTERED}),
    "missing roll-call rows": (lambda w: w.store.forget(row_key(w)), {Kind.OBJECT_MISSING}),
}


@pytest.mark.parametrize("case", CASES)
def test_each_problem_has_its_name(ledger: Ledger, case: str) -> None:
    """An operator at night must know what happened, and nothing else must be blamed."""
    spoil, kinds = CASES[case]
    spoil(ledger)
    report = ledger.fsck()
    assert {problem.kind for problem in report.problems} == kinds
    assert all(problem.key and problem.message for problem in report.problems)


def test_a_cut_off_run_is_clean_again_after_the_next_one(ledger: Ledger) -> None:
    """What fsck calls repairable must be repaired by itself."""
    cut_off(ledger)
    ledger.world.recorder().run()
    assert ledger.fsck().problems == ()


def test_two_checkpoints_of_one_size_show_a_fork(ledger: Ledger) -> None:
    """The one lie that only a second reader's checkpoint can show."""
    other = Ledger()
    other.sealed_more()
    ledger.attestor.seal(CLUSTER, "2026-12-25")
    ledger.world.recorder().run()
    report = ledger.fsck(other.store.get("checkpoint"))
    assert {problem.kind for problem in report.problems} == {Kind.CHECKPOINT_FORKED}
    assert ledger.fsck(ledger.store.get(checkpoint_key(1))).problems == ()


def test_a_newer_checkpoint_from_elsewhere_shows_a_rollback(ledger: Ledger) -> None:
    """Without a guard, an auditor's own checkpoint tells the same."""
    kept = ledger.store.copy()
    ledger.sealed_more()
    newer = ledger.store.get("checkpoint")
    report = check_ledger(kept, None, ledger.world.policy, other_checkpoint=newer)
    assert [problem.kind for problem in report.problems] == [Kind.CHECKPOINT_ROLLED_BACK]


def test_an_orphan_commit_is_only_a_note(ledger: Ledger) -> None:
    """Whoever loses a race leaves one."""
    ledger.store.create("commits/00000009-99-0123456789abcdef", b"?")
    report = ledger.fsck()
    assert report.problems == ()
    assert report.notes == ("commits/00000009-99-0123456789abcdef: orphan of a lost race or a crash, harmless",)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("tile/0/000", Kind.TILE_ALTERED),
        ("tile/entries/000", Kind.ENTRY_ALTERED),
        ("tile/1/000.p/1", Kind.TILE_ALTERED),
        ("tile/0/001.p/49", Kind.TILE_ALTERED),
    ],
)
def test_the_altered_one_of_two_copies_is_named(key: str, kind: ProblemKind) -> None:
    """Bundles and tiles say the same thing twice; the root decides which one was altered."""
    large = Ledger(300)
    large.flip(key)
    report = large.fsck()
    assert [(problem.kind, problem.key) for problem in report.problems] == [(kind, key)]


def test_an_attestor_that_was_shown_another_head_exposes_the_fork(ledger: Ledger) -> None:
    """Each statement writes down the newest head its attestor saw."""
    place = msgspec.structs.replace(chain(0, None), seen_head=SeenHead(size=3, root="ab" * 32))
    ledger.attestor.submitter.submit(seal(inventory(place), ledger.attestor.key), "~inventory", 0, {})
    ledger.world.recorder().run()
    assert [problem.kind for problem in ledger.fsck().problems] == [Kind.SEEN_HEAD_FORKED]


def test_an_empty_place_is_no_ledger() -> None:
    """There is nothing to check, and that is said."""
    report = check_ledger(MemoryStore(), None, Ledger(0).world.policy)
    assert [problem.kind for problem in report.problems] == [Kind.CHECKPOINT_MISSING]
    assert report.head is None
