"""One value for each key, made once, however many threads ask."""

import concurrent.futures
import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Once(Generic[K, V]):
    """Remembers what was made for a key, also that making it failed: what is shared is asked once a run."""

    def __init__(self) -> None:
        self._made: dict[K, concurrent.futures.Future[V]] = {}
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Give the value of `key`; the first caller makes it, the others wait for that one.

        Raises:
            Whatever `make` raised, to everyone who asks for that key.
        """
        mine: concurrent.futures.Future[V] = concurrent.futures.Future()
        with self._lock:
            found = self._made.setdefault(key, mine)
        if found is not mine:
            return found.result()
        try:
            mine.set_result(make())
        except BaseException as exc:
            mine.set_exception(exc)  # or those who wait would wait for ever
            raise
        return mine.result()
