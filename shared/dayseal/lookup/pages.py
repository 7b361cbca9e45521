"""Paging: a cursor is where the last page ended, in a form that promises nothing to who reads it."""

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from dayseal.errors import UsageError

_T = TypeVar("_T")
_CURSOR: Final = re.compile(r"(?:[0-9a-f]{2}){1,900}\Z", re.ASCII)


def cut_page(
    items: Sequence[_T], key: Callable[[_T], str], *, limit: int, cursor: str | None
) -> tuple[tuple[_T, ...], str | None]:
    """Give at most `limit` of the items behind the cursor, and the cursor of the next page (None: no more).

    `items` are sorted by `key`. What is added while somebody pages shifts nothing: a cursor names a place.

    Raises:
        UsageError: the cursor is none of ours.
    """
    after = "" if cursor is None else _open_cursor(cursor)
    behind = [item for item in items if key(item) > after]
    page = tuple(behind[:limit])
    return page, (key(page[-1]).encode().hex() if len(behind) > limit else None)


def _open_cursor(cursor: str) -> str:
    if not _CURSOR.match(cursor):
        raise UsageError("cursor: not one that an earlier page gave")
    try:
        return bytes.fromhex(cursor).decode()
    except UnicodeDecodeError as exc:
        raise UsageError("cursor: not one that an earlier page gave") from exc
