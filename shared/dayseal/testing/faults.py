"""Fakes that fail both ways: a chosen write is lost, or kept while its answer is lost, or the run dies.

One plan counts the durable writes of all the ports that share it, so that a test can walk through
every write of a run: `for number in range(writes): run(FaultPlan(number, fault))`.
"""

import enum
from collections.abc import Callable, Iterator

from dayseal.errors import UnclearError
from dayseal.model import GuardState
from dayseal.ports import HeadGuard, ObjectStore


class Crash(Exception):  # noqa: N818 - it is no error of dayseal's: nothing may catch it
    """The process died here."""


class Fault(enum.Enum):
    """What happens to the chosen write."""

    LOST = "the write does not happen, and no answer comes"
    KEPT = "the write happens, and no answer comes"
    CRASH_BEFORE = "the process dies before the write"
    CRASH_AFTER = "the process dies after the write"


class FaultPlan:
    """Strikes durable write number `at` (from 0) with `fault`, `times` in a row; counts all of them.

    Without `at` nothing fails. `log` lists what was written, in order, by port and key.
    """

    def __init__(self, at: int | None = None, fault: Fault = Fault.LOST, *, times: int = 1) -> None:
        self._at = at
        self._fault = fault
        self._times = times
        self._log: list[str] = []

    @property
    def log(self) -> tuple[str, ...]:
        """What was written or tried so far, e.g. `swap guard`, `create tile/0/000.p/3`."""
        return tuple(self._log)

    def write(self, what: str, action: Callable[[], None]) -> None:
        """Do one durable write, unless it is the one to fail.

        Raises:
            Crash: the plan says that the process dies here.
            UnclearError: the plan says that no answer comes.
        """
        struck = self._at is not None and self._at <= len(self._log) < self._at + self._times
        self._log.append(what)
        if not struck:
            action()
            return
        if self._fault is Fault.CRASH_BEFORE:
            raise Crash(f"before: {what}")
        if self._fault in (Fault.KEPT, Fault.CRASH_AFTER):
            action()
        if self._fault is Fault.CRASH_AFTER:
            raise Crash(f"after: {what}")
        raise UnclearError(f"{what}: no answer")


class FaultyStore:
    """An `ObjectStore` whose writes go through a plan."""

    def __init__(self, inner: ObjectStore, plan: FaultPlan) -> None:
        self._inner = inner
        self._plan = plan

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give an object's bytes; see the port."""
        return self._inner.get(key, max_bytes=max_bytes)

    def keys(self, prefix: str) -> Iterator[str]:
        """Give the keys under `prefix`; see the port."""
        return self._inner.keys(prefix)

    def create(self, key: str, data: bytes) -> None:
        """Create the object if it is absent; see the port."""
        self._plan.write(f"create {key}", lambda: self._inner.create(key, data))

    def replace(self, key: str, data: bytes) -> None:
        """Write the object whether or not it exists; see the port."""
        self._plan.write(f"replace {key}", lambda: self._inner.replace(key, data))


class FaultyGuard:
    """A `HeadGuard` whose writes go through a plan; `before_swap` runs first, to let somebody else win."""

    def __init__(self, inner: HeadGuard, plan: FaultPlan, before_swap: Callable[[], None] = lambda: None) -> None:
        self._inner = inner
        self._plan = plan
        self._before_swap = before_swap

    def read(self) -> tuple[GuardState, str] | None:
        """Give the state and its tag; see the port."""
        return self._inner.read()

    def create(self, state: GuardState) -> None:
        """Create the register; see the port."""
        self._plan.write("create guard", lambda: self._inner.create(state))

    def swap(self, tag: str, state: GuardState) -> None:
        """Replace the state if the tag still fits; see the port."""
        self._before_swap()
        self._plan.write("swap guard", lambda: self._inner.swap(tag, state))
