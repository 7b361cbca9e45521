"""Programs that stop at each question they ask a store or a guard, kept as trees of answers.

What a program does next follows from the answers it had so far. So each program is run only once for
every sequence of answers; afterwards a step of it is a look into a dictionary. The real code is
never changed: it is run from its start, given the known answers, and then goes on alone in a copy of
the world, which shows the questions that follow when nobody interferes.
"""

import dataclasses
import sys
from collections.abc import Callable, Hashable, Iterator
from typing import Any, NamedTuple

from dayseal.errors import DaysealError, UnclearError
from dayseal.model import GuardState
from dayseal.ports import Signer
from dayseal.testing.memory import MemoryGuard, MemoryStore
from support.program_memory import Forgetful, Root, memory_of

class Op(NamedTuple):
    """A question or a durable write: of port `store`, `inbox` or `guard`."""

    port: str
    method: str
    args: tuple[Any, ...]

    @property
    def writes(self) -> bool:
        """Whether it may change the world."""
        return self.method in {"create", "replace", "swap"}

    def __str__(self) -> str:
        """Name it as a person would."""
        named = self.args[0] if self.port != "guard" else self.args[-1].commit if self.args else ""
        return f"{self.method} {self.port} {named}"


class Answer(NamedTuple):
    """What the world said: a value, or one of our errors."""

    value: Any
    error: type[DaysealError] | None = None
    text: str = ""

    def give(self) -> Any:  # noqa: ANN401 - whatever the port promises
        """Give the value, or raise the error, as the port would."""
        if self.error is not None:
            raise self.error(self.text)
        return iter(self.value) if isinstance(self.value, list) else self.value


NO_ANSWER = Answer(None, UnclearError, "no answer")


@dataclasses.dataclass(frozen=True, slots=True)
class Ending:
    """How a program ended: with a result, or with the error that stopped it."""

    result: Hashable = None
    error: type[BaseException] | None = None
    text: str = ""


class Node:
    """A program that waits for an answer to `op`, or has come to its `ending`; `signed` is all it signed so far."""

    __slots__ = ("answer", "before", "children", "ending", "number", "op", "signed", "tree")

    def __init__(self, tree: "Tree", before: "Node | None", answer: Answer | None, number: int) -> None:
        self.tree = tree
        self.before = before
        self.answer = answer
        self.number = number
        self.op: Op | None = None
        self.ending: Ending | None = None
        self.signed: tuple[bytes, ...] = ()
        self.children: dict[Answer, Node] = {}

    def answers(self) -> list[Answer]:
        """Give the answers that lead here, the newest first."""
        found = []
        node = self
        while node.before is not None and node.answer is not None:
            found.append(node.answer)
            node = node.before
        return found


class Scratch(NamedTuple):
    """A world to try things in."""

    store: MemoryStore
    guard: MemoryGuard
    inbox: MemoryStore

    def perform(self, op: Op) -> Answer:
        """Do it here; the answer can be compared and kept."""
        target = self.store if op.port == "store" else self.inbox if op.port == "inbox" else self.guard
        try:
            value = getattr(target, op.method)(*op.args)
        except DaysealError as exc:
            return Answer(None, type(exc), str(exc))
        return Answer(tuple(value) if op.method == "keys" else value)


class AskingStore(Forgetful):
    """An `ObjectStore` that asks."""

    def __init__(self, port: str, ask: Callable[[Op], Any]) -> None:
        self._port = port
        self._ask = ask

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Ask for an object; nothing in these worlds is large."""
        data: bytes = self._ask(Op(self._port, "get", (key,)))
        assert max_bytes is None or len(data) <= max_bytes
        return data

    def keys(self, prefix: str) -> Iterator[str]:
        """Ask for the keys, at once."""
        return iter(self._ask(Op(self._port, "keys", (prefix,))))

    def create(self, key: str, data: bytes) -> None:
        """Ask to create."""
        self._ask(Op(self._port, "create", (key, data)))

    def replace(self, key: str, data: bytes) -> None:
        """Ask to replace."""
        self._ask(Op(self._port, "replace", (key, data)))


class AskingGuard(Forgetful):
    """A `HeadGuard` that asks."""

    def __init__(self, ask: Callable[[Op], Any]) -> None:
        self._ask = ask

    def read(self) -> tuple[GuardState, str] | None:
        """Ask for the state."""
        found: tuple[GuardState, str] | None = self._ask(Op("guard", "read", ()))
        return found

    def create(self, state: GuardState) -> None:
        """Ask to create."""
        self._ask(Op("guard", "create", (state,)))

    def swap(self, tag: str, state: GuardState) -> None:
        """Ask to swap."""
        self._ask(Op("guard", "swap", (tag, state)))


class AskingSigner(Forgetful):
    """A `Signer` that tells what it signs."""

    def __init__(self, inner: Signer, tell: Callable[[bytes], None]) -> None:
        self._inner = inner
        self._tell = tell
        self.spki = inner.spki

    def sign(self, message: bytes) -> bytes:
        """Sign, and tell."""
        self._tell(message)
        return self._inner.sign(message)


class Run(Forgetful):
    """One run of a program: first the answers it is given, then those of a world of its own."""

    def __init__(
        self, root: Node, answers: list[Answer], alone: Scratch, new_node: Callable[[Node, Answer], Node],
        arrived: dict[Hashable, Node],
    ) -> None:
        self._answers = answers
        self._alone = alone
        self._new_node = new_node
        self._arrived = arrived
        self._signed: list[bytes] = []
        self.node = root
        self.store = AskingStore("store", self.ask)
        self.inbox = AskingStore("inbox", self.ask)
        self.guard = AskingGuard(self.ask)

    def signer(self, inner: Signer) -> AskingSigner:
        """Give a signer whose messages are noted."""
        return AskingSigner(inner, self._signed.append)

    def ask(self, op: Op) -> Any:  # noqa: ANN401 - whatever the port promises
        """Wait for the answer."""
        signed = tuple(self._signed)
        if self.node.op is None and self.node.ending is None:
            self._arrive(op, signed)
        node = self.node
        assert (node.op, node.signed) == (op, signed), "the same answers led to another question"
        answer = self._answers.pop() if self._answers else self._alone.perform(op)
        if answer not in node.children:
            node.children[answer] = self._new_node(node, answer)
        self.node = node.children[answer]
        return answer.give()

    def end(self, ending: Ending) -> None:
        """Note how the program ended."""
        node, signed = self.node, tuple(self._signed)
        if node.op is None and node.ending is None:
            node.ending, node.signed = ending, signed
        assert (node.ending, node.signed) == (ending, signed), "the same answers led to another end"

    def _arrive(self, op: Op, signed: tuple[bytes, ...]) -> None:
        # Whoever comes here with the same memory goes on alike; a later run the other way asserts that it does.
        node = self.node
        known = self._arrived.setdefault((op, signed, memory_of(sys._getframe(2))), node)
        if known is node:
            node.op, node.signed = op, signed
        elif node.before is not None and node.answer is not None:
            node.before.children[node.answer] = self.node = known


Program = Callable[[Run], Hashable]


class Tree(Root):
    """All that was seen of one program; `nodes` numbers the nodes of all trees of a world."""

    def __init__(self, program: Program, nodes: list[Node], alone: Scratch) -> None:
        self._program = program
        self._nodes = nodes
        self._arrived: dict[Hashable, Node] = {}
        self.runs = 0
        self.root = self._new_node(None, None)
        self._run([], alone)

    def child(self, node: Node, answer: Answer, alone: Scratch) -> Node:
        """Give where the program waits after this answer; `alone` is the world it may try to go on in."""
        found = node.children.get(answer)
        if found is not None:
            return found
        self._run([answer, *node.answers()], alone)
        return node.children[answer]

    def _run(self, answers: list[Answer], alone: Scratch) -> None:
        self.runs += 1
        run = Run(self.root, answers, alone, self._new_node, self._arrived)
        try:
            result = self._program(run)
        except DaysealError as exc:
            run.end(Ending(None, type(exc), str(exc)))
        else:
            run.end(Ending(result))

    def _new_node(self, before: Node | None, answer: Answer | None) -> Node:
        node = Node(self, before, answer, len(self._nodes))
        self._nodes.append(node)
        return node

