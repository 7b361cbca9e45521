"""What systems and people are told: everything that did not pass, without personal data."""

import dataclasses
import datetime as dt
from typing import Any, Final, Literal

from dayseal.codec import format_day
from dayseal.model.findings import Verdict

About = Literal["cluster-day", "archive", "ledger", "route", "reverification"]
MAX_FINDINGS: Final = 20
MAX_SUMMARY_CHARS: Final = 500


@dataclasses.dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding in short: its check, verdict and summary."""

    check: str
    verdict: Verdict
    summary: str


@dataclasses.dataclass(frozen=True, slots=True)
class Notice:
    """One subject that did not pass, FAIL or UNKNOWN, and the findings behind it, the worst first.

    `subject` is a cluster's text, an archive's address, or the ledger's origin. Keys of archived objects, user
    names and addresses stay out. `run` names the run that found it, `""` for none.
    """

    about: About
    subject: str
    day: dt.date | None
    verdict: Verdict
    findings: tuple[FindingLine, ...]
    run: str = ""

    @property
    def detail(self) -> dict[str, Any]:
        """What a system is told: at most 20 findings, the others counted, a summary at most 500 characters.

        Format: docs/formats/events.md.
        """
        return {
            "version": "1",
            "about": self.about,
            "subject": self.subject,
            "day": None if self.day is None else format_day(self.day),
            "verdict": self.verdict.text,
            "findings": [
                {"check": line.check, "verdict": line.verdict.text, "summary": line.summary[:MAX_SUMMARY_CHARS]}
                for line in self.findings[:MAX_FINDINGS]
            ],
            "leftOff": max(0, len(self.findings) - MAX_FINDINGS),
            "run": self.run or None,
        }
