"""How Firehose names objects: prefixes with expressions, dates, and where it puts what it could not deliver.

Source: Amazon Data Firehose Developer Guide, "Understand custom prefixes for Amazon S3 objects".
"""

import datetime as dt
import re
from collections.abc import Callable
from typing import Final

# A prefix without a timestamp expression gets this one.
DEFAULT_LAYOUT: Final = "!{timestamp:yyyy/MM/dd/HH}/"
ERROR_TYPES: Final = ("processing-failed", "decompression-failed", "format-conversion-failed")

_EXPRESSION: Final = re.compile(r"!\{([A-Za-z]+):([^}]*)\}")
_ERROR_TYPE: Final = "!{firehose:error-output-type}"
_FIELDS: Final = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
# Quoted text, a run of one letter (MMM is another field than MM), or anything that is no letter.
_PATTERN: Final = re.compile(r"'([^']*)'|(([A-Za-z])\3*)|[^A-Za-z']+")
_FINER: Final = ("%H", "%M", "%S")


def whole_prefix(prefix: str) -> str:
    """Give the prefix as Firehose evaluates it: one without a timestamp gets `yyyy/MM/dd/HH/` behind it."""
    return prefix if "!{timestamp:" in prefix else f"{prefix}{DEFAULT_LAYOUT}"


def fixed_part(prefix: str) -> str:
    """Give what every key under the prefix starts with, whatever its expressions give."""
    return prefix.partition("!{")[0]


def prefix_at(prefix: str, moment: dt.datetime) -> str:
    """Give what keys of objects that began at `moment` (UTC) start with; it ends before what cannot be told.

    Dynamic partitions and random strings cannot be told, nor timestamp patterns other than
    yyyy, MM, dd, HH, mm, ss with quoted and other text.
    """
    return _evaluate(whole_prefix(prefix), lambda pattern: _format(pattern, moment))


def prefix_of_day(prefix: str, day: dt.date) -> str:
    """Give what keys of objects that began on that day start with, by the dates Firehose writes.

    A folder that is named by hour is cut at the day. An expression we cannot tell gives a shorter prefix:
    more keys, never fewer.
    """
    start = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    return _evaluate(whole_prefix(prefix), lambda pattern: _format(pattern, start, finer=False))


def error_prefixes(prefix: str, error_prefix: str) -> tuple[str, ...] | None:
    """Give what keys of records that could not be delivered start with; None: they cannot be told from the others."""
    told = error_prefix or f"{fixed_part(prefix)}{_ERROR_TYPE}/"
    kinds = ERROR_TYPES if _ERROR_TYPE in told.partition("!{timestamp:")[0] else ("",)
    found = tuple(fixed_part(told.replace(_ERROR_TYPE, kind) if kind else told) for kind in kinds)
    data = fixed_part(prefix)
    # A fixed part that data keys may start with as well separates nothing.
    return None if any(data.startswith(one) for one in found) else tuple(sorted(set(found)))


def _evaluate(prefix: str, timestamp: Callable[[str], tuple[str, bool]]) -> str:
    told, at = "", 0
    for found in _EXPRESSION.finditer(prefix):
        told += prefix[at : found.start()]
        if found[1] != "timestamp":
            return told
        text, whole = timestamp(found[2])
        told += text
        if not whole:
            return told
        at = found.end()
    return told + prefix[at:]


def _format(pattern: str, moment: dt.datetime, *, finer: bool = True) -> tuple[str, bool]:
    """Write a moment by a Java pattern; the second part says whether the pattern was followed to its end."""
    told, at = "", 0
    while at < len(pattern):
        found = _PATTERN.match(pattern, at)
        field = _FIELDS.get(found[2]) if found is not None and found[2] else ""
        if found is None or field is None or (field in _FINER and not finer):
            return told, False
        if field:
            told += moment.strftime(field)
        else:  # two quotes in a row are one quote
            told += (found[1] or "'") if found[0].startswith("'") else found[0]
        at = found.end()
    return told, True
