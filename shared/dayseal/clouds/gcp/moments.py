"""Moments as Google writes them: RFC 3339, with up to nine digits of a second."""

import datetime as dt

from dayseal.errors import FormatError


def read_moment(text: str) -> dt.datetime:
    """Read a moment; what is finer than a microsecond is dropped.

    Raises:
        FormatError: it is none, or has no time zone.
    """
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as exc:
        raise FormatError(f"time: {text[:40]!r}, RFC 3339 promised") from exc
    if moment.tzinfo is None:
        raise FormatError(f"time: {text[:40]!r} without a time zone")
    return moment.astimezone(dt.UTC)


def maybe_moment(text: str | None) -> dt.datetime | None:
    """Read a moment that may be absent; raises as `read_moment` does."""
    return read_moment(text) if text else None


def write_moment(moment: dt.datetime) -> str:
    """Write a moment as filters and intervals take it."""
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
