"""Decimals, hex digests, days and times in text, one spelling each."""

import datetime as dt
import hashlib
import re

from dayseal.errors import FormatError

_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,18})\Z", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}\Z", re.ASCII)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z\Z", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)


def parse_decimal(text: str, *, subject: str = "number") -> int:
    """Read a non-negative decimal of at most 19 digits: no sign, no leading zero, ASCII only.

    Raises:
        FormatError: anything else.
    """
    if not _DECIMAL.match(text):
        raise FormatError(f"{subject}: {text[:40]!r}, a plain decimal promised")
    return int(text)


def parse_sha256_hex(text: str, *, subject: str = "digest") -> bytes:
    """Read 64 lower-case hex digits into 32 bytes.

    Raises:
        FormatError: anything else.
    """
    if not _SHA256.match(text):
        raise FormatError(f"{subject}: {text[:80]!r}, 64 lower-case hex digits promised")
    return bytes.fromhex(text)


def sha256_hex(data: bytes) -> str:
    """Give the SHA-256 of `data` as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def format_time(moment: dt.datetime) -> str:
    """Write a time zone aware moment as `2026-11-22T06:00:00Z`; parts of a second are dropped."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_time(text: str, *, subject: str = "time") -> dt.datetime:
    """Read `2026-11-22T06:00:00Z`, the one spelling `format_time` writes.

    Raises:
        FormatError: another spelling, or no such moment.
    """
    if not _TIME.match(text):
        raise FormatError(f"{subject}: {text[:40]!r}, a time like 2026-11-22T06:00:00Z promised")
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError as exc:
        raise FormatError(f"{subject}: {text!r} is no moment ({exc})") from exc


def format_day(day: dt.date) -> str:
    """Write a UTC day as `2026-11-22`."""
    return day.isoformat()


def parse_day(text: str, *, subject: str = "day") -> dt.date:
    """Read a UTC day written `2026-11-22`.

    Raises:
        FormatError: another spelling, or no such day.
    """
    if not _DAY.match(text):
        raise FormatError(f"{subject}: {text[:40]!r}, a day like 2026-11-22 promised")
    try:
        return dt.date.fromisoformat(text)
    except ValueError as exc:
        raise FormatError(f"{subject}: {text!r} is no day ({exc})") from exc
