"""What was read again, and whether it still read the same."""

from typing import Literal

from dayseal.attest.predicates.shared import Chain
from dayseal.codec import Wire


class ChangedObject(Wire):
    """An object that no longer reads as recorded; `now` is None when it is gone."""

    key: str
    version: str
    recorded: str
    now: str | None


class ReverifiedDay(Wire):
    """One manifest re-digested: counts, and the objects that differ (capped at 50, the rest counted)."""

    archive: str
    day: str
    manifest: str
    checked: int
    same: int
    grown: int
    expired: int
    unreadable: int
    changed: tuple[ChangedObject, ...]
    vanished: tuple[ChangedObject, ...]
    left_off: int


class Reverification(Wire):
    """What was re-digested, chosen how (`seed` or an auditor's `nonce`), with what result."""

    selection: Literal["all", "day", "sample"]
    seed: str
    nonce: str
    budget_bytes: int | None
    days: tuple[ReverifiedDay, ...]
    verdict: Literal["PASS", "FAIL", "UNKNOWN"]
    chain: Chain
    at: str
