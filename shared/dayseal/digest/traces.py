"""What a pass remembers of people and addresses until a day is judged. PERSONAL: it leaves only in details."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from dayseal.digest.bounded import Bounded, bound_values, key_hash, merge_counts, series_hash

USES: Final = 4_096
WINDOWS: Final = 2_048
EXAMPLES: Final = 5  # of each detection
ITEMS: Final = 20  # the largest threshold of a burst


class Use(NamedTuple):
    """One credential in one hour from one address by one program. Whose series must stay whole comes first in `whole`.

    `whole` is the credential (service accounts: there are too many of them) or the user (everybody else).
    """

    whole: str
    credential: str
    user: str
    user_class: str
    hour: int
    source: str
    program: str


class BurstWindow(NamedTuple):
    """What one subject did towards a burst in one window (number since 1970)."""

    subject: str
    burst: str
    window: int


class Example(NamedTuple):
    """One event behind a sign: when (as in its record), and in words."""

    time: str
    text: str


Examples = Mapping[str, tuple[Example, ...]]
Items = tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Traces:
    """Users, addresses and examples behind the counts of a tally.

    `tokens` are uses of service accounts' tokens, `named` those of everybody else's credentials; past its bound each is
    a sample of whole series. `windows` holds, of each window, up to 20 different things. `examples` are at most five of
    each detection.
    """

    tokens: Bounded[Use, int]
    named: Bounded[Use, int]
    windows: Bounded[BurstWindow, Items]
    examples: Examples


NO_TRACES: Final = Traces(Bounded(USES, {}), Bounded(USES, {}), Bounded(WINDOWS, {}), {})


def merge_traces(a: Traces, b: Traces) -> Traces:
    """Add two. Associative and commutative."""
    if NO_TRACES in (a, b):
        return a if b == NO_TRACES else b
    return Traces(
        tokens=merge_counts(a.tokens, b.tokens, order=series_hash),
        named=merge_counts(a.named, b.named, order=series_hash),
        windows=bound_windows((*a.windows.kept.items(), *b.windows.kept.items()), rest=a.windows.rest + b.windows.rest),
        examples=merge_examples(a.examples, b.examples),
    )


def bound_windows(windows: Iterable[tuple[BurstWindow, Items]], *, rest: int = 0) -> Bounded[BurstWindow, Items]:
    """Keep as many windows as are kept; a window may come more than once. `rest` counts the things of the others."""
    return bound_values(windows, bound=WINDOWS, rest=rest, add=join_items, events=len)


def join_items(a: Items, b: Items) -> Items:
    """Give the smallest of the different things in both."""
    return tuple(sorted({*a, *b})[:ITEMS])


def merge_examples(a: Examples, b: Examples) -> Examples:
    """Keep the same few of each detection, however they were found."""
    return {
        detection: choose_examples((*a.get(detection, ()), *b.get(detection, ()))) for detection in sorted({*a, *b})
    }


def choose_examples(examples: Iterable[Example]) -> tuple[Example, ...]:
    """Give the few with the smallest hashes, in order of time."""
    return tuple(sorted(sorted({*examples}, key=key_hash)[:EXAMPLES]))
