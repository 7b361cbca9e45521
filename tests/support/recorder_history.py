"""A small history for the explorer: a ledger, an inbox with work in it, and the programs that meet there."""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Final

from dayseal.errors import UsageError
from dayseal.ledger.commit import Committer
from dayseal.ledger.fsck import check_ledger
from dayseal.ledger.intake import Limits
from dayseal.ledger.layout import INBOX
from dayseal.ledger.reader import LedgerReader
from dayseal.ledger.recorder import Recorder
from dayseal.model import TreeHead
from dayseal.testing.clock import FixedClock
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.world import ORIGIN, World, some_cluster
from support.program_memory import Forgetful
from support.waiting_programs import Program, Run

CALLED: Final = "called"  # what the program of a roll-call gives
DAY: Final = dt.date(2026, 11, 22)


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """What a reader saw."""

    head: TreeHead
    entries: tuple[bytes, ...]


class History(Forgetful):
    """A ledger of three entries, and what `fill` submits to its recorders; `older` is its store before and then."""

    def __init__(self, fill: Callable[[World], object]) -> None:
        self.store, self.inbox, guard = MemoryStore(), MemoryStore(), MemoryGuard()
        self.world = World(self.store, guard, self.inbox)
        self.world.create()
        self.guard = guard.state
        self.older = (MemoryStore(), self.store.copy())
        fill(self.world)
        self.submitted = frozenset(self.inbox.get(key) for key in self.inbox.keys(INBOX) if "/objects/" not in key)

    def recorder(self, batch: int = 30, committer: type[Committer] = Committer, *, probes: bool = False) -> Program:
        """Give the program of a recorder that admits all there is, so many entries a commit.

        What the start-up probe asks changes nothing that the others look at: it is left out without `probes`.
        """

        def program(run: Run) -> None:
            self._recorder(run, committer, batch=batch, probes=probes).run()

        return program

    def roll_call(self, committer: type[Committer] = Committer, *, later_s: int = 0) -> Program:
        """Give the program of a recorder, whose clock may be ahead, that calls the roll unless that is done."""

        def program(run: Run) -> str:
            recorder = self._recorder(run, committer, later_s=later_s)
            with contextlib.suppress(UsageError):
                recorder.roll_call(DAY)
            return CALLED

        return program

    def reader(self) -> Program:
        """Give the program that reads and replays a whole log; its result is the head and the entries."""

        def program(run: Run) -> object:
            reader = LedgerReader(run.store, self.world.policy)
            entries = tuple(reader.entries())
            reader.state()
            return Reading(reader.tree_head, entries)

        return program

    def fsck(self) -> Program:
        """Give the program that checks a ledger; its result is the problems, by kind and key."""

        def program(run: Run) -> object:
            report = check_ledger(run.store, run.guard, self.world.policy)
            return frozenset((problem.kind, problem.key) for problem in report.problems)

        return program

    def _recorder(
        self, run: Run, committer: type[Committer], *, batch: int = 30, probes: bool = False, later_s: int = 0
    ) -> Recorder:
        recorder = Recorder(
            run.store,
            run.guard,
            run.inbox,
            origin=ORIGIN,
            log=run.signer(self.world.keys.log),
            policy=self.world.policy,
            clock=FixedClock(self.world.clock.now() + dt.timedelta(seconds=later_s)),
            limits=Limits(batch=batch),
        )
        recorder._probed = not probes
        recorder._committer.__class__ = committer
        return recorder


def one_enrolment(world: World) -> None:
    """Submit one entry, without objects."""
    world.attestor().enrol(some_cluster())


def enrolment_and_day(world: World) -> None:
    """Submit two entries of one chain, the second with three objects and a look-up file."""
    attestor = world.attestor()
    attestor.enrol(some_cluster())
    attestor.seal(some_cluster(), "2026-11-20")
