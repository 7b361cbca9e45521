"""Explores every way in which recorders, failing writes and an adversary can follow one another.

A state is what lies in the store, what the guard holds, which unanswered writes are still on their
way, where each program waits, and what is left of the two budgets. From each state every step is
taken: each program's next question, answered; each durable write, unanswered, which may then land at
once (KEPT), later, or never (LOST); each thing that the adversary may do. Equal states are visited once.

A program that crashes is one that takes no further step. So every crash is here without a step of
its own: the rules are asked in every state, and one of them is that a fresh run, alone, repairs it.

One reduction is made: a question whose answer nothing can change any more is asked as soon as it comes
up, and no other order is tried. That is so for the inbox (nobody writes to it here), for the list of
refusals (nobody refuses here), and for an object that is there and that nobody replaces or rolls back.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol

from dayseal.errors import ExistsError
from dayseal.ledger.layout import CHECKPOINT, REJECTED
from support.asking_ports import NO_ANSWER, Answer, Op
from support.explored_places import Places
from support.waiting_programs import Graph, Node, Step

_NOTHING: Final = -1
_HONEST: Final[frozenset[str]] = frozenset()
_ACTS: Final = {"marker": 1, "rollback": 2, "guard": 4}
_BITS: Final = 24  # more than enough states of anything

Label = tuple[object, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Bounds:
    """How much may go wrong in one history: so many unanswered writes, and so many moves of the adversary.

    A move is a delete `marker` on any one key, the `guard` deleted, or a `rollback` of the store: to one of
    the states given as `older`, and with `anywhere` to any state that was passed since, too.
    """

    unanswered: int = 0
    moves: int = 0
    kinds: frozenset[str] = frozenset(_ACTS)
    anywhere: bool = True

    @property
    def rolls_back(self) -> bool:
        """Whether the store may be rolled back."""
        return self.moves > 0 and "rollback" in self.kinds


class Moment(NamedTuple):
    """One state, by numbers. `won` is the newest state that the guard ever held, also when it is gone."""

    store: int
    guard: int
    won: int
    copy: int  # the store that the adversary has a copy of, to roll back to
    late: tuple[int, ...]  # writes that nobody answered and that have not landed
    actors: tuple[int, ...]  # where the programs wait, sorted: who is who does not matter
    unanswered: int  # still allowed
    moves: int  # still allowed
    acted: frozenset[str]  # what the adversary did


class Rules(Protocol):
    """What must hold. Each method raises AssertionError where it does not."""

    def check_guard(self, before: int, after: int, store: int) -> None:
        """The guard was moved."""

    def check_signed(self, message: bytes, won: int) -> None:
        """A program signed this."""

    def check_ending(self, node: Node, after: Moment) -> None:
        """A program ended."""

    def check_state(self, moment: Moment) -> None:
        """This state was reached."""


class Explorer:
    """Walks through every state within the bounds."""

    def __init__(self, places: Places, bounds: Bounds, rules: Rules) -> None:
        self._places = places
        self._bounds = bounds
        self._rules = rules
        self._ops: list[Op] = []
        self._op_numbers: dict[Op, int] = {}

    def explore(self, store: int, guard: int, graphs: Sequence[Graph], older: Sequence[int] = ()) -> int:
        """Visit every state that can be reached from here, and give how many there are.

        `older` are earlier states of the store, which the adversary can roll it back to.
        """
        actors = tuple(sorted(graph.root.number for graph in graphs))
        bounds = self._bounds
        none = Moment(store, guard, guard, _NOTHING, (), actors, bounds.unanswered, bounds.moves, _HONEST)
        seen: set[int] = set()
        for start in (none, *(none._replace(copy=copy) for copy in older if bounds.rolls_back)):
            self._walk(start, seen)
        return len(seen)

    def _walk(self, start: Moment, seen: set[int]) -> None:
        path: list[tuple[Label, Iterator[tuple[Label, Moment]]]] = [((), iter([(("start",), start)]))]
        check = self._rules.check_state
        try:
            while path:
                step = next(path[-1][1], None)
                if step is None:
                    path.pop()
                elif (packed := _packed(step[1])) not in seen:
                    seen.add(packed)
                    path.append((step[0], self._steps(step[1])))
                    check(step[1])
        except AssertionError as exc:
            exc.add_note("\n".join(" ".join(map(str, label)) for label, _ in path[1:]))
            raise

    def _steps(self, moment: Moment) -> Iterator[tuple[Label, Moment]]:
        waiting: list[tuple[Node, Op, tuple[Answer, int, int]]] = []
        settled = False
        for number in dict.fromkeys(moment.actors):
            node = self._places.nodes[number]
            if node.op is not None:
                answered = self._places.apply(moment.store, moment.guard, node.op)
                settled = self._is_settled(moment, node.op, answered[0])
                if settled:
                    waiting.clear()
                waiting.append((node, node.op, answered))
                if settled:
                    break
        for node, op, answered in waiting:
            yield ("program", node.number, op), self._answered(moment, node, *answered)
            if moment.unanswered and op.writes:
                yield ("program", node.number, op, "unanswered"), self._unanswered(moment, node, op)
        if not settled:
            for late in dict.fromkeys(moment.late):
                yield ("landed", self._ops[late]), self._landed(moment, late)
            if moment.moves:
                yield from self._moves(moment)

    def _is_settled(self, moment: Moment, op: Op, answer: Answer) -> bool:
        if op.port == "inbox" or (op.method == "keys" and op.args[0] == REJECTED):
            return True
        if op.port == "guard" or op.args[0] == CHECKPOINT:
            return False
        if op.method == "create":  # a marker on top would let it create once more
            marked = moment.moves and "marker" in self._bounds.kinds
            there = answer.error is ExistsError and not marked
        else:
            there = op.method == "get" and answer.error is None
        return there and (moment.copy == _NOTHING or self._places.apply(moment.copy, moment.guard, op)[0] == answer)

    def _answered(self, moment: Moment, node: Node, answer: Answer, store: int, guard: int) -> Moment:
        step = node.steps.get(answer) or node.graph.step(node, answer, self._places.scratch(store, guard))
        won = self._won(moment, store, guard)
        actors = _moved(moment.actors, node, step.node)
        _, _, _, copy, late, _, unanswered, moves, acted = moment
        after = Moment(store, guard, won, copy, late, actors, unanswered, moves, acted)
        self._check(after, step)
        return after

    def _unanswered(self, moment: Moment, node: Node, op: Op) -> Moment:
        step = node.steps.get(NO_ANSWER)
        if step is None:
            step = node.graph.step(node, NO_ANSWER, self._places.scratch(moment.store, moment.guard))
        if op not in self._op_numbers:
            self._op_numbers[op] = len(self._ops)
            self._ops.append(op)
        late = tuple(sorted((*moment.late, self._op_numbers[op])))
        actors = _moved(moment.actors, node, step.node)
        after = moment._replace(actors=actors, late=late, unanswered=moment.unanswered - 1)
        self._check(after, step)
        return after

    def _landed(self, moment: Moment, late: int) -> Moment:
        _, store, guard = self._places.apply(moment.store, moment.guard, self._ops[late])
        left = list(moment.late)
        left.remove(late)
        return moment._replace(store=store, guard=guard, won=self._won(moment, store, guard), late=tuple(left))

    def _won(self, moment: Moment, store: int, guard: int) -> int:
        if guard == moment.guard:
            return moment.won
        self._rules.check_guard(moment.won, guard, store)
        return guard

    def _check(self, after: Moment, step: Step) -> None:
        for message in step.signed:
            self._rules.check_signed(message, after.won)
        if step.node.ending is not None:
            self._rules.check_ending(step.node, after)

    def _moves(self, moment: Moment) -> Iterator[tuple[Label, Moment]]:
        kinds, left = self._bounds.kinds, moment.moves - 1
        if "marker" in kinds:
            acted = moment.acted | {"marker"}
            for key, marked in self._places.marked(moment.store):
                yield ("marker on", key), moment._replace(store=marked, moves=left, acted=acted)
        if "guard" in kinds and self._places.guard(moment.guard) is not None:
            gone = self._places.enter_guard(None)
            yield ("guard deleted",), moment._replace(guard=gone, moves=left, acted=moment.acted | {"guard"})
        if moment.copy not in (_NOTHING, moment.store):
            acted = moment.acted | {"rollback"}
            yield ("store rolled back",), moment._replace(store=moment.copy, copy=_NOTHING, moves=left, acted=acted)
        if moment.copy == _NOTHING and "rollback" in kinds and self._bounds.anywhere:
            yield ("store copied",), moment._replace(copy=moment.store)


def _moved(actors: tuple[int, ...], before: Node, after: Node) -> tuple[int, ...]:
    left = list(actors)
    left[left.index(before.number)] = after.number
    left.sort()
    return tuple(left)


def _packed(moment: Moment) -> int:
    # A state as one number: exact, and a fraction of the memory.
    store, guard, won, copy, late, actors, unanswered, moves, acted = moment
    packed = len(late) | moves << 4 | unanswered << 8
    for act in acted:
        packed |= _ACTS[act] << 12
    packed = packed | store << 24 | guard << 48 | won << 72 | copy + 1 << 96
    place = 120
    for number in (*late, *actors):
        packed |= number << place
        place += _BITS
    return packed
