"""Ports that ask somebody else for every answer, and a small world that can answer them."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from dayseal.errors import DaysealError, UnclearError
from dayseal.model import GuardState
from dayseal.ports import Signer
from dayseal.testing.memory import MemoryGuard, MemoryStore
from support.program_memory import Forgetful


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
        return self.value


NO_ANSWER = Answer(None, UnclearError, "no answer")


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
        """Ask for the keys, all at once."""
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
