"""Writing into a store that may answer late, twice or not at all.

Every object of a ledger but `checkpoint` is written once, under a name that its content decides or
that only one writer uses. So "it exists" is settled by comparing, and "no answer" by trying again.
"""

import contextlib
from typing import Final

from dayseal.errors import ExistsError, NotFoundError, TamperError, UnclearError
from dayseal.ports import ObjectStore

ATTEMPTS: Final = 3


def create_once(store: ObjectStore, key: str, data: bytes) -> bytes:
    """Create the object, or find it there already; give the bytes that lie there now.

    Raises:
        UnclearError: three attempts got no answer.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            store.create(key, data)
        except ExistsError:
            with contextlib.suppress(NotFoundError):  # expired since: try again
                return store.get(key)
        except UnclearError:
            if attempt == ATTEMPTS:
                raise
        else:
            return data
    raise UnclearError(f"{key}: exists and is not found, one of both promised")


def create_same(store: ObjectStore, key: str, data: bytes) -> None:
    """Create the object so that exactly these bytes lie there in the end.

    Raises:
        TamperError: other bytes lie there.
        UnclearError: three attempts got no answer.
    """
    if create_once(store, key, data) != data:
        raise TamperError(f"{key}: holds other bytes than an honest recorder writes", hint="run dayseal ledger fsck")


def replace_surely(store: ObjectStore, key: str, data: bytes) -> None:
    """Replace the object, trying again when no answer comes.

    Raises:
        UnclearError: three attempts got no answer.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            store.replace(key, data)
        except UnclearError:
            if attempt == ATTEMPTS:
                raise
        else:
            return


def get_or_none(store: ObjectStore, key: str) -> bytes | None:
    """Give an object's bytes, None when there is none."""
    try:
        return store.get(key)
    except NotFoundError:
        return None
