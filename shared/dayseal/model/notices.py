"""What systems and people are told: everything that did not pass, without personal data."""

import dataclasses
import datetime as dt
from typing import Literal

from dayseal.model.findings import Verdict

About = Literal["cluster-day", "archive", "ledger", "route", "reverification"]


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
