"""What a function says, as lines of JSON that Application Insights keeps: its log, its counts, and what did not pass.

A line becomes the `Message` of a row of AppTraces, which is cut after 32,768 characters; its level becomes the row's
`SeverityLevel`, 1 for information, 2 for a warning, 3 for an error.
"""

import json
import logging
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, Final

from dayseal.codec import format_day
from dayseal.model import Notice, Verdict
from dayseal.model.outcomes import Outcome

_LEVEL: Final = MappingProxyType({Verdict.FAIL: logging.ERROR, Verdict.UNKNOWN: logging.WARNING})


class LogLines:
    """Port `Notifier`, and where a function says what it did; the host hands on what `logger` hears.

    A notice is a line of level ERROR (FAIL) or WARNING (UNKNOWN) with `Notice.detail` in `notice`.
    """

    def __init__(self, logger: logging.Logger) -> None:
        logger.setLevel(logging.INFO)
        self._logger = logger

    def tell(self, title: str, notices: Sequence[Notice]) -> None:
        """Write each notice as a line; see the port."""
        for notice in notices:
            where = notice.subject if notice.day is None else f"{notice.subject} {format_day(notice.day)}"
            text = f"{title}: {notice.verdict.text} {where}"
            self._write(_LEVEL.get(notice.verdict, logging.INFO), text, {"notice": notice.detail})

    def publish(self, what: str, outcome: Outcome) -> dict[str, Any]:
        """Write what a function did and counted, one line each, and give its answer.

        A function that fails counts nothing: a count that is missing is what the alerts look for.
        """
        self._write(logging.INFO, what, {"answer": outcome.answer})
        for count in outcome.counts:
            text = f"{count.name} {count.value:g}"
            self._write(logging.INFO, text, {"metric": count.name, "value": count.value, "unit": count.unit})
        return outcome.answer

    def fail(self, what: str, error: Exception) -> None:
        """Write why a function broke off."""
        hint = getattr(error, "hint", "")
        told = {"error": type(error).__name__, **({"hint": hint} if hint else {})}
        self._write(logging.ERROR, f"{what}: {error}", told)

    def _write(self, level: int, message: str, more: dict[str, Any]) -> None:
        # Escaped, a letter beyond ASCII would take six of the characters that a row has.
        line = json.dumps({"message": message, **more}, ensure_ascii=False)
        self._logger.log(level, "%s", line.encode("utf-8", "replace").decode())
