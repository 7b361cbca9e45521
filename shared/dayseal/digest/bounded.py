"""Counts by key that stay small: only the keys with the smallest hashes are kept, the rest summed.

Which keys are kept depends on the keys alone, not on their counts or order. So a key that one
worker dropped can never be among the kept ones of the whole, and merging is associative and
commutative.
"""

import dataclasses
import hashlib
import heapq
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Generic, NamedTuple, TypeVar

from dayseal.codec import canonical_json

Key = str | int | tuple[str | int, ...]
K = TypeVar("K", bound=Key)
V = TypeVar("V")
Order = Callable[[Any], bytes]  # of the keys of one table

MAX_TEXT: Final = 300  # characters; a longer text is counted under its hash


class MinuteCell(NamedTuple):
    """The events of one minute or kind: how many, and the first and last event time in microseconds since 1970."""

    events: int
    first_us: int
    last_us: int


@dataclasses.dataclass(frozen=True, slots=True)
class Bounded(Generic[K, V]):
    """At most `bound` keys with their values; `rest` sums the events of all other keys.

    Kept are the keys that come first in the table's order: mostly that of the SHA-256 of their canonical JSON (a tuple
    is an array).
    """

    bound: int
    kept: Mapping[K, V]
    rest: int = 0


def key_hash(key: Key) -> bytes:
    """Give what orders the keys: SHA-256 of the canonical JSON of `key`."""
    return hashlib.sha256(canonical_json(list(key) if isinstance(key, tuple) else key)).digest()


def series_hash(key: tuple[str | int, ...]) -> bytes:
    """Order keys by the hash of their first part, then by the others: all series but the last kept one are whole."""
    return key_hash(key[0]) + canonical_json(list(key[1:]))


def bound_counts(
    counts: Iterable[tuple[K, int]], *, bound: int, rest: int = 0, order: Order = key_hash
) -> Bounded[K, int]:
    """Keep `bound` of the counts; a key may come more than once."""
    return _bound(counts, bound, rest, add=_add_counts, events=_count, order=order)


def bound_cells(cells: Iterable[tuple[K, MinuteCell]], *, bound: int, rest: int = 0) -> Bounded[K, MinuteCell]:
    """Keep `bound` of the cells; a key may come more than once."""
    return _bound(cells, bound, rest, add=add_cells, events=_cell_events, order=key_hash)


def bound_values(
    values: Iterable[tuple[K, V]], *, bound: int, rest: int, add: Callable[[V, V], V], events: Callable[[V], int]
) -> Bounded[K, V]:
    """Keep `bound` of values of any kind; a key may come more than once. `events` says what of one goes into `rest`."""
    return _bound(values, bound, rest, add=add, events=events, order=key_hash)


def bound_sample(counts: Iterable[tuple[str, int]], *, bound: int) -> Bounded[str, int]:
    """Keep the `bound` smallest keys, which are hashes already; a key may come more than once. Nothing is summed."""
    return Bounded(bound, _bound(counts, bound, 0, add=_add_counts, events=_count, order=str.encode).kept)


def merge_counts(a: Bounded[K, int], b: Bounded[K, int], *, order: Order = key_hash) -> Bounded[K, int]:
    """Add two bounded counts of the same bound and order."""
    return bound_counts((*a.kept.items(), *b.kept.items()), bound=a.bound, rest=a.rest + b.rest, order=order)


def merge_samples(a: Bounded[str, int], b: Bounded[str, int]) -> Bounded[str, int]:
    """Add two samples of the same bound."""
    return bound_sample((*a.kept.items(), *b.kept.items()), bound=a.bound)


def merge_cells(a: Bounded[K, MinuteCell], b: Bounded[K, MinuteCell]) -> Bounded[K, MinuteCell]:
    """Add two bounded tables of cells of the same bound."""
    return bound_cells((*a.kept.items(), *b.kept.items()), bound=a.bound, rest=a.rest + b.rest)


def add_cells(a: MinuteCell, b: MinuteCell) -> MinuteCell:
    """Join what two workers saw of one minute, or of one kind of event."""
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
    order: Order,
) -> Bounded[K, V]:
    summed: dict[K, V] = {}
    for key, value in items:
        known = summed.get(key)
        summed[key] = value if known is None else add(known, value)
    if len(summed) > bound:
        kept = heapq.nsmallest(bound, summed, key=order)
        rest += sum(map(events, summed.values())) - sum(events(summed[key]) for key in kept)
        summed = {key: summed[key] for key in kept}
    return Bounded(bound, {key: summed[key] for key in sorted(summed)}, rest)


def _add_counts(a: int, b: int) -> int:
    return a + b


def _count(value: int) -> int:
    return value


def _cell_events(cell: MinuteCell) -> int:
    return cell.events
