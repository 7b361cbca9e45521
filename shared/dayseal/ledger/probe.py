"""The start-up probe: does the store refuse a second create, does the guard refuse a stale swap?

All the commit protocol promises rests on these two; some stores that look like S3 ignore them.

Spec: ARCHITECTURE section 5.
"""

from dayseal.errors import ExistsError, StaleError, UsageError
from dayseal.ledger.layout import PROBES
from dayseal.ports import HeadGuard, ObjectStore


def probe_store(store: ObjectStore, name: str) -> None:
    """Create `probe/<name>` twice; `name` is random, the object (2 bytes) stays.

    Raises:
        UsageError: the second create was not refused, or changed what the first one wrote.
    """
    key = PROBES + name
    store.create(key, b"1\n")
    try:
        store.create(key, b"2\n")
    except ExistsError:
        if store.get(key) == b"1\n":
            return
    raise UsageError(
        "ledger store: overwrites what exists, create-if-absent promised",
        hint="use a store with conditional writes; this one would lose entries",
    )


def probe_guard(guard: HeadGuard) -> None:
    """Try to swap the guard's state for itself under a stale tag; nothing changes either way.

    Raises:
        UsageError: there is no guard yet, or it accepted the stale tag.
    """
    read = guard.read()
    if read is None:
        raise UsageError("head guard: missing, `init` creates it")
    state, tag = read
    try:
        guard.swap(_stale(tag), state)
    except StaleError:
        return
    raise UsageError(
        "head guard: accepted a stale tag, compare-and-set promised",
        hint="use a store with conditional writes; two recorders would fork this ledger",
    )


def _stale(tag: str) -> str:
    # Another tag of the same shape: some stores take only numbers, others only quoted hex.
    for place in range(len(tag) - 1, -1, -1):
        if tag[place].isdecimal():
            return f"{tag[:place]}{(int(tag[place]) + 1) % 10}{tag[place + 1 :]}"
    return tag + "0"
