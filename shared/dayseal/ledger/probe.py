"""The start-up probe: does the store refuse a second create, does the guard refuse a stale swap?

All the commit protocol promises rests on these two; some stores that look like S3 ignore them. `init` asks, and
every recorder asks again when it starts: stores are moved, and settings of buckets change.

Spec: ARCHITECTURE section 5.
"""

from collections.abc import Callable
from typing import Final

from dayseal.errors import ExistsError, StaleError, TamperError, UnclearError, UsageError
from dayseal.ledger.layout import PROBES
from dayseal.ledger.writes import ATTEMPTS, create_once
from dayseal.ports import HeadGuard, ObjectStore

START: Final = "start"  # the one probe object that every start uses again, so that none are left behind
_FIRST: Final = b"1\n"
_SECOND: Final = b"2\n"


def probe_store(store: ObjectStore, name: str = START) -> None:
    """Create `probe/<name>` (2 bytes, it stays), unless an earlier start did, then once more with other bytes.

    Three requests. No entry, tile or checkpoint is touched, whatever the store does.

    Raises:
        UsageError: the second create was not refused, or changed what the first one wrote.
        UnclearError: no answer; run again.
    """
    key = PROBES + name
    there = create_once(store, key, _FIRST)
    other = _SECOND if there == _FIRST else _FIRST  # a store that was mended since may hold either
    if _refuses(lambda: store.create(key, other), ExistsError) and store.get(key) == there:
        return
    raise UsageError(
        f"ledger store: overwrites what exists ({key}), create-if-absent promised",
        hint="use a store with conditional writes; this one would lose entries",
    )


def probe_guard(guard: HeadGuard) -> None:
    """Try to swap the guard's state for itself under a stale tag; nothing changes either way. Two requests.

    Raises:
        TamperError: there is no guard.
        UsageError: it accepted the stale tag.
        UnclearError: no answer; run again.
    """
    read = guard.read()
    if read is None:
        raise TamperError("head guard: missing, one promised", hint="restore it; never create it anew")
    state, tag = read
    if not _refuses(lambda: guard.swap(_stale(tag), state), StaleError):
        raise UsageError(
            "head guard: accepted a stale tag, compare-and-set promised",
            hint="use a store with conditional writes; two recorders would fork this ledger",
        )


def _refuses(write: Callable[[], None], refusal: type[ExistsError | StaleError]) -> bool:
    # No answer says nothing: what is asked here may be asked again without harm.
    for attempt in range(1, ATTEMPTS + 1):
        try:
            write()
        except refusal:
            return True
        except UnclearError:
            if attempt == ATTEMPTS:
                raise
        else:
            return False
    return False


def _stale(tag: str) -> str:
    # Another tag of the same shape: some stores take only numbers, others only quoted hex.
    for place in range(len(tag) - 1, -1, -1):
        if tag[place].isdecimal():
            return f"{tag[:place]}{(int(tag[place]) + 1) % 10}{tag[place + 1 :]}"
    return tag + "0"
