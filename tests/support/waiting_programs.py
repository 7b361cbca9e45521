"""Programs that wait at each question they ask a store or a guard, kept as graphs of answers.

What a program does next follows from what it remembers. So its real code is run only once for each
memory and answer; afterwards a step of it is a look into a dictionary. The code itself is never
changed: it is run from its start, given the known answers, and then goes on alone in a copy of the
world, which shows the questions that follow when nobody interferes.
"""

import dataclasses
import sys
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from dayseal.errors import DaysealError
from dayseal.ports import Signer
from support.asking_ports import Answer, AskingGuard, AskingSigner, AskingStore, Op, Scratch
from support.program_memory import Forgetful, Root, memory_of

_START = Answer(None)


@dataclasses.dataclass(frozen=True, slots=True)
class Ending:
    """How a program ended: with a result, or with the error that stopped it."""

    result: Hashable = None
    error: type[BaseException] | None = None
    text: str = ""


@dataclasses.dataclass(eq=False, slots=True)
class Node:
    """A program that waits for the answer to `op`, or has come to its `ending`. `answers` lead here, newest first."""

    graph: "Graph"
    number: int
    answers: tuple[Answer, ...]
    op: Op | None = None
    ending: Ending | None = None
    steps: dict[Answer, "Step"] = dataclasses.field(default_factory=dict)


class Step(NamedTuple):
    """Where a program waits next, and what it signed on its way there."""

    node: Node
    signed: tuple[bytes, ...]


class Run(Forgetful):
    """One run of a program: its ports answer what is known, and then what a world of its own says."""

    def __init__(self, graph: "Graph", answers: list[Answer], alone: Scratch) -> None:
        self._graph = graph
        self._answers = answers
        self._alone = alone
        self._signed: list[bytes] = []
        self._node = graph.start
        self._answer = _START
        self.store = AskingStore("store", self._ask)
        self.inbox = AskingStore("inbox", self._ask)
        self.guard = AskingGuard(self._ask)

    def signer(self, inner: Signer) -> AskingSigner:
        """Give a signer whose messages are noted."""
        return AskingSigner(inner, self._signed.append)

    def end(self, ending: Ending) -> None:
        """Note how the program ended."""
        self._arrive(None, ending)

    def _ask(self, op: Op) -> Any:  # noqa: ANN401 - whatever the port promises
        self._arrive(op, None)
        self._answer = self._answers.pop() if self._answers else self._alone.perform(op)
        return self._answer.give()

    def _arrive(self, op: Op | None, ending: Ending | None) -> None:
        signed = tuple(self._signed)
        self._signed.clear()
        step = self._node.steps.get(self._answer)
        if step is None:
            memory = memory_of(sys._getframe(2)) if op else None
            node = self._graph.arrived(self._node, self._answer, op, ending, memory)
            step = self._node.steps[self._answer] = Step(node, signed)
        # Whoever came with this memory went on like this. Every run that passes here again asserts that it does too.
        assert (step.node.op, step.node.ending, step.signed) == (op, ending, signed), "more is remembered than was seen"
        self._node = step.node


Program = Callable[[Run], Hashable]


class Graph(Root):
    """All that was seen of one program; `nodes` numbers the places where all programs of a world wait."""

    def __init__(self, program: Program, nodes: list[Node], alone: Scratch) -> None:
        self._program = program
        self._nodes = nodes
        self._known: dict[Hashable, Node] = {}
        self.start = Node(self, -1, ())
        self.runs = 0
        self._run([], alone)

    @property
    def root(self) -> Node:
        """Where the program waits first."""
        return self.start.steps[_START].node

    def step(self, node: Node, answer: Answer, alone: Scratch) -> Step:
        """Give where the program waits after an answer that is new; `alone` is a world for it to go on in."""
        self._run([answer, *node.answers], alone)
        return node.steps[answer]

    def arrived(self, before: Node, answer: Answer, op: Op | None, ending: Ending | None, memory: Hashable) -> Node:
        """Give the node of this memory, or of this ending."""
        key = (op, ending, memory)
        node = self._known.get(key)
        if node is None:
            answers = () if before is self.start else (answer, *before.answers)
            node = self._known[key] = Node(self, len(self._nodes), answers, op, ending)
            self._nodes.append(node)
        return node

    def _run(self, answers: list[Answer], alone: Scratch) -> None:
        self.runs += 1
        run = Run(self, answers, alone)
        try:
            result = self._program(run)
        except DaysealError as exc:
            run.end(Ending(None, type(exc), str(exc)))
        else:
            run.end(Ending(result))
