"""Two and three recorders, writes that nobody answers and an adversary, in every order there is.

What must hold is in `support.ledger_rules`, how the orders are found in `support.explorer`. A case names
who meets and the bounds: how many writes stay unanswered and how many moves the adversary makes in one
history. `states` is the least number of different states that must be seen: a little under
today's number, so that nobody sees less without noticing.
"""

import dataclasses
from collections.abc import Callable, Sequence

import pytest

from dayseal.testing.world import World
from support.explorer import Bounds
from support.exploring import READER, explore
from support.recorder_history import History, enrolment_and_day, one_enrolment
from support.waiting_programs import Program

Actors = Callable[[History], Sequence[Program | str]]


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """One space of states."""

    name: str
    actors: Actors
    bounds: Bounds
    states: int
    fill: Callable[[World], object] = one_enrolment
    emptied: bool = True  # a rollback may leave nothing at all


def two(history: History) -> Sequence[Program]:
    """Two that contend for one place with different entries: an enrolment, and a roll-call of nobody."""
    return [history.recorder(), history.roll_call()]


def two_alike(history: History) -> Sequence[Program]:
    """Two that would commit the same."""
    return [history.recorder()] * 2


def three(history: History) -> Sequence[Program]:
    """Two that would commit the same, and one that would not."""
    recorder = history.recorder()
    return [recorder, recorder, history.roll_call()]


def three_alike(history: History) -> Sequence[Program]:
    """Three that would commit the same."""
    return [history.recorder()] * 3


def two_batches(history: History) -> Sequence[Program]:
    """One that commits entry by entry, and one that commits all at once."""
    return [history.recorder(1), history.recorder()]


def two_probing(history: History) -> Sequence[Program]:
    """Two that probe their stores first, as all do when they start."""
    return [history.recorder(probes=True)] * 2


def two_roll_calls(history: History) -> Sequence[Program]:
    """Two that call the roll of one day, by clocks that differ."""
    return [history.roll_call(), history.roll_call(later_s=1)]


def two_and_reader(history: History) -> Sequence[Program | str]:
    """Two, and somebody who reads the log meanwhile."""
    recorder = history.recorder()
    return [recorder, recorder, READER]


MARKER, GONE = frozenset({"marker"}), frozenset({"guard", "rollback"})
GUARD, ROLLBACK = frozenset({"guard"}), frozenset({"rollback"})
CASES = [
    Case("two, two writes unanswered", two, Bounds(2), 110_000),
    Case("two in other batches, one write unanswered", two_batches, Bounds(1), 90_000, enrolment_and_day),
    Case("two probing, one write unanswered", two_probing, Bounds(1), 6_000),
    Case("two roll-calls, one write unanswered", two_roll_calls, Bounds(1), 8_000),
    Case("two alike, a write given up", two_alike, Bounds(3), 60_000),
    Case("two and a reader, one write unanswered", two_and_reader, Bounds(1), 12_000),
    Case("two and a reader, rolled back", two_and_reader, Bounds(0, 1, ROLLBACK), 100_000),
    Case("two, delete markers", two, Bounds(0, 1, MARKER), 27_000),
    Case("two, one write unanswered, guard deleted or rolled back", two, Bounds(1, 1, GONE, anywhere=False), 590_000),
    Case("three alike, one write unanswered, guard deleted", three_alike, Bounds(1, 1, GUARD), 210_000),
    Case("three alike, guard deleted or rolled back", three_alike, Bounds(0, 1, GONE, anywhere=False), 700_000),
    Case("three alike, delete markers", three_alike, Bounds(0, 1, MARKER, anywhere=False), 230_000),
    Case("three, guard deleted", three, Bounds(0, 1, GUARD), 185_000),
]
SLOW = [
    Case("two in other batches, adversary", two_batches, Bounds(0, 1), 4_500_000, enrolment_and_day),
    Case("two, one write unanswered, rolled back", two, Bounds(1, 1, ROLLBACK), 1_600_000),
    Case("three, one write unanswered", three, Bounds(1), 1_350_000),
    Case("three, rolled back", three, Bounds(0, 1, ROLLBACK, anywhere=False), 3_300_000, emptied=False),
    Case("two alike, two moves", two_alike, Bounds(0, 2), 1_150_000),
]


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case.name) for case in CASES]
    + [pytest.param(case, id=case.name, marks=pytest.mark.slow) for case in SLOW],
)
def test_no_order_of_steps_breaks_a_rule(case: Case, record_property: Callable[[str, object], None]) -> None:
    """Nothing lost, doubled, moved or forked; repaired by the next run, or stopped and named."""
    explored = explore(case.fill, case.actors, case.bounds, emptied=case.emptied)
    record_property("states", explored.states)
    assert explored.states >= case.states
    alarms = "\n".join(explored.alarms)
    for kind, alarm in (("guard", "head guard: missing"), ("rollback", "missing, the head guard promises it")):
        assert (alarm in alarms) == (case.bounds.moves > 0 and kind in case.bounds.kinds)
