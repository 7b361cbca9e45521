"""Counts by key that stay small: only the keys with the smallest hashes are kept, the rest summed.

Which keys are kept depends on the keys alone, not on their counts or order. So a key that one
worker dropped can never be among the kept ones of the whole, and merging is associative and
commutative.
"""

import dataclasses
import hashlib
import heapq
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Generic, NamedTuple, TypeVar

from dayseal.codec import canonical_json

Key = str | int | tuple[str | int, ...]
K = TypeVar("K", bound=Key)
V = TypeVar("V")

MAX_TEXT: Final = 300  # characters; a longer text is counted under its hash


class MinuteCell(NamedTuple):
    """The events of one minute: how many, and the first and last event time in microseconds since 1970."""

    events: int
    first_us: int
    last_us: int


@dataclasses.dataclass(frozen=True, slots=True)
class Bounded(Generic[K, V]):
    """At most `bound` keys with their values; `rest` sums the events of all other keys.

    Kept are the keys with the smallest SHA-256 of their canonical JSON (a tuple is an array).
    """

    bound: int
    kept: Mapping[K, V]
    rest: int = 0


def key_hash(key: Key) -> bytes:
    """Give what orders the keys: SHA-256 of the canonical JSON of `key`."""
    return hashlib.sha256(canonical_json(list(key) if isinstance(key, tuple) else key)).digest()


def bound_counts(counts: Iterable[tuple[K, int]], *, bound: int, rest: int = 0) -> Bounded[K, int]:
    """Keep `bound` of the counts; a key may come more than once."""
    return _bound(counts, bound, rest, add=_add_counts, events=_count)


def bound_cells(cells: Iterable[tuple[K, MinuteCell]], *, bound: int, rest: int = 0) -> Bounded[K, MinuteCell]:
    """Keep `bound` of the minute cells; a key may come more than once."""
    return _bound(cells, bound, rest, add=add_cells, events=_cell_events)


def merge_counts(a: Bounded[K, int], b: Bounded[K, int]) -> Bounded[K, int]:
    """Add two bounded counts of the same bound."""
    return bound_counts((*a.kept.items(), *b.kept.items()), bound=a.bound, rest=a.rest + b.rest)


def merge_cells(a: Bounded[K, MinuteCell], b: Bounded[K, MinuteCell]) -> Bounded[K, MinuteCell]:
    """Add two bounded tables of minute cells of the same bound."""
    return bound_cells((*a.kept.items(), *b.kept.items()), bound=a.bound, rest=a.rest + b.rest)


def add_cells(a: MinuteCell, b: MinuteCell) -> MinuteCell:
    """Join what two workers saw of one minute."""
    return MinuteCell(a.events + b.events, min(a.first_us, b.first_us), max(a.last_us, b.last_us))


def short(text: str) -> str:
    """Give `text`, or a fixed-size stand-in for one of more than `MAX_TEXT` characters."""
    if len(text) <= MAX_TEXT:
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _bound(
    items: Iterable[tuple[K, V]],
    bound: int,
    rest: int,
    *,
    add: Callable[[V, V], V],
    events: Callable[[V], int],
) -> Bounded[K, V]:
    summed: dict[K, V] = {}
    for key, value in items:
        known = summed.get(key)
        summed[key] = value if known is None else add(known, value)
    if len(summed) > bound:
        kept = heapq.nsmallest(bound, summed, key=key_hash)
        rest += sum(map(events, summed.values())) - sum(events(summed[key]) for key in kept)
        summed = {key: summed[key] for key in kept}
    return Bounded(bound, {key: summed[key] for key in sorted(summed)}, rest)


def _add_counts(a: int, b: int) -> int:
    return a + b


def _count(value: int) -> int:
    return value


def _cell_events(cell: MinuteCell) -> int:
    return cell.events
