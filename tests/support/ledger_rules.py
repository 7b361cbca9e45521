"""What must hold in every state that recorders, failing writes and an adversary can bring a ledger into.

    (1) the guard only ever moves to a commit that grows its log, by entries that are new
    (2) only a head that the guard holds or held is signed, so never two roots of one size
    (3) a run that ends well left nothing in the inbox; a false alarm is never raised
    (4) a reader sees a log that the guard holds or held, whole; or, after the adversary, a clear error
    (5) a fresh run, alone, makes everything whole; or, after the adversary, stops by name, having done nothing
    (6) what the adversary did and nobody can mend is named by fsck

A run that is stopped is one that crashed, as far as these rules go: see `support.explorer`.
"""

import collections
import dataclasses
import re
from typing import Final

from dayseal.attest.predicates import ClusterDay, RollCall
from dayseal.codec import parse_day
from dayseal.errors import DaysealError, TamperError, UnclearError
from dayseal.ledger.commitfile import parse_commit
from dayseal.ledger.entry import parse_admitted
from dayseal.ledger.fsck import ProblemKind, check_ledger
from dayseal.ledger.layout import CHECKPOINT, attestation_key, checkpoint_key
from dayseal.ledger.objects import objects_of
from dayseal.merkle import edge_tile, leaf_hash, root_of
from dayseal.model import GuardState
from dayseal.notes import parse_checkpoint_text
from dayseal.testing.memory import MemoryGuard, MemoryStore
from support.explored_places import Places
from support.explorer import Moment
from support.recorder_history import CALLED, History, Reading
from support.waiting_programs import Ending, Graph, Node

REPAIRABLE: Final = {
    ProblemKind.COMMIT_WITHOUT_TILES,
    ProblemKind.CHECKPOINT_ROLLED_BACK,
    ProblemKind.CHECKPOINT_MISSING,
    ProblemKind.ATTESTATION_MISSING,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Log:
    """The log as one state of the guard fixes it: entries, heads by size, and the keys that it cannot be without."""

    parent: int  # the guard's state before
    entries: tuple[bytes, ...]
    heads: dict[int, bytes]
    keys: frozenset[str]

    @property
    def roll_calls(self) -> int:
        """How many entries are roll-calls."""
        said = (parse_admitted(entry, subject="entry").statement.predicate for entry in self.entries)
        return sum(isinstance(predicate, RollCall) for predicate in said)


class LedgerRules:
    """The rules for one history; `alarms` counts what stopped the fresh runs, digits aside.

    With `gives_up` so many writes stay unanswered that a run may have to.
    """

    def __init__(self, history: History, places: Places, store: int, guard: int, *, gives_up: bool = False) -> None:
        self._history = history
        self._gives_up = gives_up
        self._places = places
        self._logs = {guard: self._grown(guard, Log(-1, (), {}, frozenset()), places.store(store), guard)}
        self.reader, self._fsck, self._fresh = (
            places.plant(program, store, guard) for program in (history.reader(), history.fsck(), history.recorder())
        )
        self._checked: set[tuple[int, int, int, frozenset[str]]] = set()
        self._named: set[tuple[str, ...]] = set()
        self.alarms: collections.Counter[str] = collections.Counter()

    def check_guard(self, before: int, after: int, store: int) -> None:
        """(1) Ask the rules about a step of the guard."""
        log = self._logs.get(after)
        if log is None:
            log = self._logs[after] = self._grown(after, self._logs[before], self._places.store(store), before)
        assert log.parent == before, "the guard was moved to a commit of another log"

    def check_signed(self, message: bytes, won: int) -> None:
        """(2) Ask the rules about a signature. What the guard held so far is one log: one root for each size."""
        if not message.startswith(b"DSSE"):  # a roll-call
            head = parse_checkpoint_text(message.decode()).head
            root = self._logs[won].heads.get(head.size)
            assert root is None or root == head.root, "two signed roots of one size"
            assert root is not None, "signed what the guard never held"

    def check_ending(self, node: Node, after: Moment) -> None:
        """(3) Ask the rules about how a program ended."""
        ending = node.ending or Ending()
        if node.graph is self.reader:
            self._check_reading(ending, after)
        elif ending.result is CALLED:
            assert self._logs[after.won].roll_calls, "the roll was not called"
        elif ending.error is None:
            self._check_complete(after.won)
        elif ending.error is not UnclearError or not self._gives_up:
            assert ending.error is TamperError, f"stopped by {ending.error}: {ending.text}"
            assert after.acted - {"marker"}, f"false alarm: {ending.text}"

    def check_state(self, moment: Moment) -> None:
        """(4) (5) (6) Ask the rules about what lies in store and guard now."""
        facts = (moment.store, moment.guard, moment.won, moment.acted)
        if facts in self._checked:
            return
        self._checked.add(facts)
        self._check_reading(self._run(self.reader, moment)[0], moment)
        if not moment.acted:
            assert {kind for kind, _ in self._problems(moment)} <= REPAIRABLE
        self._check_fresh(moment)

    def _check_fresh(self, moment: Moment) -> None:
        ending, after = self._run(self._fresh, moment)
        if ending.error is not None:
            self._check_stopped(ending, moment, after)
            return
        assert after.guard == after.won, "went on without its guard"
        self._check_complete(after.won)
        read = self._run(self.reader, after)[0]
        self._check_reading(read, after)
        problems = self._problems(after)
        if not moment.acted - {"marker"}:
            left = {key for _, key in problems} - set(self._places.markers(after.store))
            assert not left, f"left to repair: {left}"
        if not problems:
            lost = self._logs[after.won].keys - self._places.held(after.store)
            assert not lost, f"gone, and fsck says nothing: {sorted(lost)}"
            assert isinstance(read.result, Reading)
            assert read.result.head.size == len(self._logs[after.won].entries), "fsck says nothing of an old checkpoint"
        self._check_markers(after.store)

    def _check_stopped(self, ending: Ending, moment: Moment, after: Moment) -> None:
        assert ending.error is TamperError, f"stopped by {ending.error}: {ending.text}"
        assert moment.acted - {"marker"}, f"false alarm: {ending.text}"
        assert (after.store, after.guard) == (moment.store, moment.guard), "wrote before it stopped"
        if self._places.guard(moment.guard) is None:
            assert ending.text.startswith("head guard: missing"), ending.text
            kinds = {kind for kind, _ in self._problems(moment)}
            assert kinds & {ProblemKind.GUARD_MISSING, ProblemKind.CHECKPOINT_MISSING}, "fsck does not miss the guard"
        self.alarms[re.sub("[0-9]+", "n", ending.text)] += 1

    def _check_markers(self, store: int) -> None:
        marked = self._places.markers(store)
        if marked and marked not in self._named:
            self._named.add(marked)
            lies = self._places.store(store)
            report = check_ledger(lies, MemoryGuard(), self._history.world.policy, versions=lies)
            assert {p.key for p in report.problems if p.kind is ProblemKind.DELETE_MARKER} >= set(marked)

    def _check_complete(self, won: int) -> None:
        left = self._history.submitted - set(self._logs[won].entries)
        assert not left, f"{len(left)} submissions were left in the inbox"

    def _check_reading(self, ending: Ending, moment: Moment) -> None:
        if ending.error is not None:
            hidden = "marker" in moment.acted and not list(self._places.store(moment.store).keys(CHECKPOINT))
            assert "rollback" in moment.acted or hidden, f"no reader can read it: {ending.text}"
            assert issubclass(ending.error, DaysealError)
            return
        assert isinstance(ending.result, Reading)
        head, log = ending.result.head, self._logs[moment.won]
        assert log.heads.get(head.size) == head.root, "a reader sees a head that the guard never held"
        assert ending.result.entries == log.entries[: head.size], "a reader sees other entries"

    def _problems(self, moment: Moment) -> frozenset[tuple[ProblemKind, str]]:
        ending = self._run(self._fsck, moment)[0]
        assert isinstance(ending.result, frozenset), ending.text
        return ending.result

    def _run(self, graph: Graph, moment: Moment) -> tuple[Ending, Moment]:
        """Run a program alone, to its end. One that is stopped must not have signed anything before."""
        node, store, guard, won, signs = graph.root, moment.store, moment.guard, moment.won, False
        while node.op is not None:
            answer, store, guard = self._places.apply(store, guard, node.op)
            if guard not in (won, moment.guard):
                self.check_guard(won, guard, store)
                won = guard
            node, signed = node.steps.get(answer) or graph.step(node, answer, self._places.scratch(store, guard))
            for message in signed:
                self.check_signed(message, won)
            signs = signs or bool(signed)
        ending = node.ending or Ending()
        assert not (signs and ending.error), f"signed before it stopped: {ending.text}"
        return ending, moment._replace(store=store, guard=guard, won=won)

    def _grown(self, guard: int, log: Log, store: MemoryStore, parent: int) -> Log:
        state = self._places.guard(guard)
        assert state is not None
        commit = parse_commit(store.get(state.commit), subject=state.commit)
        entries = (*log.entries, *commit.entries)
        assert (commit.g, commit.old.size) == (len(log.heads), len(log.entries)), "a commit onto another head"
        assert (state.g, state.head) == (commit.g, commit.new), "the guard holds another head than its commit"
        assert root_of(leaf_hash(entry) for entry in entries) == state.head.root, "a root of other entries"
        assert len(set(entries)) == len(entries), "an entry was admitted twice"
        heads = log.heads | {state.head.size: state.head.root}
        return Log(parent, entries, heads, log.keys | _keys_of(state, commit.entries, len(log.entries)))


def _keys_of(state: GuardState, entries: tuple[bytes, ...], first: int) -> frozenset[str]:
    keys = [state.commit, checkpoint_key(state.g), CHECKPOINT]
    if tile := edge_tile(0, state.head.size):
        keys += [tile.path, tile.bundle_path]
    for index, data in enumerate(entries, start=first):
        statement = parse_admitted(data, subject=f"entry {index}").statement
        keys += [key for _, key in objects_of(statement)]
        if isinstance(said := statement.predicate, ClusterDay):
            keys.append(attestation_key(said.cluster.id, parse_day(said.day), said.revision))
    return frozenset(keys)
