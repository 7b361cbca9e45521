"""What a function says, as lines of JSON that Cloud Logging reads: its log, its counts, and what did not pass.

Spec: Cloud Logging documentation, "Structured logging": `severity` and `message` are read, the rest is jsonPayload.
"""

import json
from collections.abc import Sequence
from typing import Any, Final, TextIO

from dayseal.codec import format_day
from dayseal.model import Notice, Verdict
from dayseal.model.outcomes import Outcome

_SEVERITY: Final = {Verdict.FAIL: "ERROR", Verdict.UNKNOWN: "WARNING"}


class LogLines:
    """Port `Notifier`, and where a function says what it did; `stream` is its standard output.

    A notice is a line of severity ERROR (FAIL) or WARNING (UNKNOWN) with `Notice.detail` in `notice`.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def tell(self, title: str, notices: Sequence[Notice]) -> None:
        """Write each notice as a line; see the port."""
        for notice in notices:
            where = notice.subject if notice.day is None else f"{notice.subject} {format_day(notice.day)}"
            text = f"{title}: {notice.verdict.text} {where}"
            self._write(_SEVERITY.get(notice.verdict, "NOTICE"), text, {"notice": notice.detail})

    def publish(self, what: str, outcome: Outcome) -> dict[str, Any]:
        """Write what a function did and counted, one line each, and give its answer.

        A function that fails counts nothing: a count that is missing is what the alerts look for.
        """
        self._write("INFO", what, {"answer": outcome.answer})
        for count in outcome.counts:
            text = f"{count.name} {count.value:g}"
            self._write("INFO", text, {"metric": count.name, "value": count.value, "unit": count.unit})
        return outcome.answer

    def fail(self, what: str, error: Exception) -> None:
        """Write why a function broke off."""
        hint = getattr(error, "hint", "")
        self._write("ERROR", f"{what}: {error}", {"error": type(error).__name__, **({"hint": hint} if hint else {})})

    def _write(self, severity: str, message: str, more: dict[str, Any]) -> None:
        self._stream.write(json.dumps({"severity": severity, "message": message, **more}, ensure_ascii=True) + "\n")
        self._stream.flush()
