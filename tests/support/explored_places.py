"""Every state that a ledger's store and guard can be in, each kept once and known by a number."""

from collections.abc import Hashable

from dayseal.model import GuardState
from dayseal.testing.memory import MemoryGuard, MemoryStore
from support.asking_ports import Answer, Op, Scratch
from support.waiting_programs import Graph, Node, Program


class Places:
    """The states seen so far. What an operation does to one is tried once, on the fakes, and remembered."""

    def __init__(self, inbox: MemoryStore) -> None:
        self._inbox = inbox
        self._stores: list[MemoryStore] = []
        self._store_numbers: dict[Hashable, int] = {}
        self._guards: list[GuardState | None] = []
        self._guard_numbers: dict[GuardState | None, int] = {}
        self._known: dict[tuple[str, int, Op], tuple[Answer, int]] = {}
        self._markers: dict[int, tuple[str, ...]] = {}
        self._marked: dict[int, tuple[tuple[str, int], ...]] = {}
        self.nodes: list[Node] = []  # all the places where programs wait

    def __len__(self) -> int:
        """How many different contents the ledger's store had."""
        return len(self._stores)

    def enter_store(self, store: MemoryStore) -> int:
        """Give the number of this content."""
        seen = _content(store)
        if seen not in self._store_numbers:
            self._store_numbers[seen] = len(self._stores)
            self._stores.append(store)
        return self._store_numbers[seen]

    def enter_guard(self, state: GuardState | None) -> int:
        """Give the number of this state of the guard; None when there is no guard."""
        if state not in self._guard_numbers:
            self._guard_numbers[state] = len(self._guards)
            self._guards.append(state)
        return self._guard_numbers[state]

    def store(self, number: int) -> MemoryStore:
        """Give the content of that number; it must not be changed."""
        return self._stores[number]

    def guard(self, number: int) -> GuardState | None:
        """Give the guard's state of that number."""
        return self._guards[number]

    def scratch(self, store: int, guard: int) -> Scratch:
        """Give a copy of this world to try things in."""
        return Scratch(self._stores[store].copy(), MemoryGuard(self._guards[guard]), self._inbox)

    def apply(self, store: int, guard: int, op: Op) -> tuple[Answer, int, int]:
        """Give the answer to an operation, and the store and the guard after it."""
        on = guard if op.port == "guard" else store
        known = self._known.get((op.port, on, op))
        if known is None:
            known = self._known[op.port, on, op] = self._try(store, guard, op)
        return (known[0], store, known[1]) if op.port == "guard" else (known[0], known[1], guard)

    def plant(self, program: Program, store: int, guard: int) -> Graph:
        """Give the graph of a program, which is tried here first."""
        return Graph(program, self.nodes, self.scratch(store, guard))

    def marked(self, store: int) -> tuple[tuple[str, int], ...]:
        """Give every key that can be read, and the store with a delete marker on it."""
        if store not in self._marked:
            keys = tuple(self._stores[store].keys(""))
            self._marked[store] = tuple((key, self._mark(store, key)) for key in keys)
        return self._marked[store]

    def markers(self, store: int) -> tuple[str, ...]:
        """Give the keys that bear a delete marker, on top or below."""
        if store not in self._markers:
            self._markers[store] = tuple({v.key: 0 for v in self._stores[store].versions("") if v.marker})
        return self._markers[store]

    def held(self, store: int) -> frozenset[str]:
        """Give the keys under which bytes lie, whatever lies on top of them."""
        return frozenset(v.key for v in self._stores[store].versions("") if not v.marker)

    def _mark(self, store: int, key: str) -> int:
        marked = self._stores[store].copy()
        marked.put_marker(key)
        return self.enter_store(marked)

    def _try(self, store: int, guard: int, op: Op) -> tuple[Answer, int]:
        if not op.writes:
            return Scratch(self._stores[store], MemoryGuard(self._guards[guard]), self._inbox).perform(op), (
                guard if op.port == "guard" else store
            )
        world = self.scratch(store, guard)
        answer = world.perform(op)
        if op.port == "guard":
            return answer, self.enter_guard(world.guard.state)
        return answer, self.enter_store(world.store)


def _content(store: MemoryStore) -> Hashable:
    # Of what is replaced, only the newest version can be read; that there was a marker stays visible.
    return frozenset(
        (key, (None in held, held[-1]) if key in store._replaced else tuple(held))
        for key, held in store._versions.items()
    )
