"""Every check with its stable id, its promise, and the controls whose evidence it supports."""

import dataclasses
from collections.abc import Mapping
from typing import Final

from dayseal.errors import UsageError

CHECKS_VERSION: Final = "1"

# The only words for what a check does for a control: it never satisfies one, and nobody is compliant by it.
SUPPORT_PHRASE: Final = "supports the entity's evidence"

STANDARDS: Final = (
    "PCI DSS 4.0.1",
    "PCI container guidance 1.0",
    "CIS (EKS 1.8.0, AKS 1.8, GCP 4.0)",
    "NIST 800-53r5",
    "ISO 27001:2022",
    "SOC 2",
    "DORA RTS 2024/1774",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One check: a stable id, a title, one promise, and whether this version carries it out.

    `number` orders the fourteen checks of a cluster; the ledger's own checks have None. `controls` are
    `standard: ids`, in the order of `STANDARDS`.
    """

    id: str
    number: int | None
    title: str
    promise: str
    implemented: bool
    controls: tuple[str, ...]

    @property
    def page(self) -> str:
        """The check's reference page, relative to the documentation; those not carried out yet share one list."""
        return f"reference/checks/{self.id}.md" if self.implemented else "reference/checks/README.md#not-yet"


_LATER: Final[frozenset[str]] = frozenset()

_CLUSTER_ROWS: Final = (
    ("audit-enabled", "The audit log is switched on", "The API server's audit log is switched on."),
    ("audit-coverage", "What is recorded is enough", "Reads and writes are recorded, not writes alone."),
    ("retention", "Kept long enough", "The stores on the route keep the logs long enough, queryable and in total."),
    ("export-route", "A complete way to the archive", "An unfiltered way leads from the control plane to the archive."),
    ("export-health", "It is delivering now", "Records arrive in the archive now, without delivery errors."),
    ("archive-immutable", "Nobody can change the archive", "The day's objects are locked until their term ends."),
    ("archive-central", "The archive is out of reach", "The cluster's owner cannot write there or change its rules."),
    ("arrival", "The day's records are there", "No silence over the threshold while records were due."),
    ("continuity", "Nothing was switched off in between", "No change reduced logging between two checks."),
    ("monitored", "Something watches the stream", "A detector reads the events for signs of unauthorised access."),
    ("integrity", "Past days still read the same", "Every recorded object that is due reads as it was recorded."),
    ("audit-policy", "What the provider really records", "The events agree with the provider's published policy."),
    ("credential-attribution", "Credentials can be told apart", "Events name the credential that was used."),
    ("clock-skew", "Times agree", "Event times and ingestion times agree within the threshold."),
)

_LEDGER_ROWS: Final = (
    ("chain", "One unbroken chain of statements", "No hole, branch or wrong link, and a statement for each due day."),
    (
        "roll-call",
        "Nobody was left out",
        "The newest roll-call is fresh and agrees with every enrolled cluster's chain.",
    ),
)

# One text for each of STANDARDS, in their order; "" where there is none.
_CONTROLS: Final[Mapping[str, tuple[str, ...]]] = {
    "audit-enabled": ("10.2.1", "7.1", "EKS 2.1.1, AKS 2.1.1", "AU-2, AU-12", "A.8.15", "CC7.2", "12(2)(a),(c)"),
    "audit-coverage": ("10.2.1.1-.7, 10.2.2", "7.1", "EKS 2.1.1", "AU-3, AU-12", "A.8.15", "CC7.2", "12(2)(b)"),
    "retention": ("10.5.1", "", "", "AU-11, AU-4", "A.8.15, A.5.33", "CC7.2", "12(2)(a)"),
    "export-route": ("10.3.3", "7.1", "EKS 2.1.2, GCP 2.2", "AU-4(1), AU-9(2)", "A.8.15", "CC7.2", "12(2)(a)"),
    "export-health": ("10.3.3, 10.7.2", "7.1", "", "AU-5", "A.8.15, A.8.16", "CC7.1", "12(2)(e)"),
    "archive-immutable": ("10.3.2, 10.3.4", "7.1", "GCP 2.3", "AU-9, AU-9(2)", "A.8.15, A.5.33", "CC6.1", "12(2)(d)"),
    "archive-central": ("10.3.1, 10.3.3", "7.1", "", "AU-9(4), AC-6(9)", "A.8.15, A.8.3", "CC6.1, CC6.3", "12(2)(d)"),
    "arrival": ("10.2.1, 10.7.2", "7.1", "", "AU-12, AU-5", "A.8.15", "CC7.2", "12(2)(e)"),
    "continuity": ("10.2.1.6, 10.7.2", "7.1", "", "CM-3, CM-6, AU-12", "A.8.9", "CC7.1, CC8.1", "12(2)(c)"),
    "monitored": ("10.4.1.1", "7.1", "", "AU-6, SI-4", "A.8.16", "CC7.2, CC7.3", ""),
    "integrity": ("10.3.4", "", "AWS 3.2 (CloudTrail only)", "AU-9(3), SI-7", "A.8.15, A.5.28", "CC7.1", "12(2)(d)"),
    "audit-policy": ("10.2.1, 10.2.2", "7.1", "", "AU-3, AU-12", "A.8.15", "CC7.2", "12(2)(b)"),
    "credential-attribution": ("10.2.2", "7.1", "", "AU-3", "A.8.15", "CC6.1", ""),
    "clock-skew": ("10.6.1-10.6.3", "", "", "AU-8", "A.8.17", "", "12(2)(f)"),
}


def _check(number: int | None, check_id: str, title: str, promise: str) -> Check:
    ids = _CONTROLS.get(check_id, ("",) * len(STANDARDS))
    controls = tuple(f"{standard}: {text}" for standard, text in zip(STANDARDS, ids, strict=True) if text)
    return Check(check_id, number, title, promise, check_id not in _LATER, controls)


CHECKS: Final = tuple(_check(number, *row) for number, row in enumerate(_CLUSTER_ROWS, 1))
LEDGER_CHECKS: Final = tuple(_check(None, *row) for row in _LEDGER_ROWS)
_BY_ID: Final[Mapping[str, Check]] = {check.id: check for check in (*CHECKS, *LEDGER_CHECKS)}


def find_check(check_id: str) -> Check:
    """Give the check of that id.

    Raises:
        UsageError: there is none.
    """
    if check_id not in _BY_ID:
        raise UsageError(f"check: {check_id!r}, one of {', '.join(_BY_ID)} promised")
    return _BY_ID[check_id]
