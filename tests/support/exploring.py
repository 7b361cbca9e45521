"""One call that explores a history, and says how much it saw."""

import collections
import dataclasses
from collections.abc import Callable, Sequence

from dayseal.ledger.writes import ATTEMPTS
from dayseal.testing.world import World
from support.explored_places import Places
from support.explorer import Bounds, Explorer
from support.ledger_rules import LedgerRules
from support.recorder_history import History
from support.waiting_programs import Graph, Program

READER = "reader"


@dataclasses.dataclass(frozen=True, slots=True)
class Explored:
    """How many states there are, how many contents of the store are among them, and what stopped fresh runs."""

    states: int
    stores: int
    alarms: collections.Counter[str]


def explore(
    fill: Callable[[World], object],
    actors: Callable[[History], Sequence[Program | str]],
    bounds: Bounds,
    *,
    emptied: bool = True,
) -> Explored:
    """Let programs, and readers as well, meet on a ledger of three entries with what `fill` submits in its inbox.

    Where the store may be rolled back, that is to what it was at the start; with `emptied` to nothing, too.

    Raises:
        AssertionError: a rule is broken; its notes tell the way there, a step a line.
    """
    history = History(fill)
    places = Places(history.inbox)
    store, guard = places.enter_store(history.store), places.enter_guard(history.guard)
    rules = LedgerRules(history, places, store, guard, gives_up=bounds.unanswered >= ATTEMPTS)
    graphs: dict[Program | str, Graph] = {READER: rules.reader}
    chosen = actors(history)
    for program in chosen:
        if callable(program) and program not in graphs:
            graphs[program] = places.plant(program, store, guard)
    older = [places.enter_store(earlier) for earlier in history.older[0 if emptied else 1 :]]
    states = Explorer(places, bounds, rules).explore(store, guard, [graphs[program] for program in chosen], older)
    return Explored(states, len(places), rules.alarms)
