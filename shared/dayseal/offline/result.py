"""What offline verification gives back: nine steps, each with what it proved and what it could not show."""

import dataclasses
import datetime as dt
import enum
from collections.abc import Sequence
from typing import Final

from dayseal.evidence import DayRow, DayStatus
from dayseal.model import ClusterId, ObjectDescriptor, Verdict

TITLES: Final = (
    "trust policy",
    "checkpoint",
    "consistency",
    "inclusion",
    "delegations",
    "signatures and statements",
    "chains, days and roll-calls",
    "manifests and day roots",
    "events",
)


class FreshnessState(enum.StrEnum):
    """What is known of how new a checkpoint is.

    PROVEN: witnesses cosigned it shortly before the moment asked about, or later. STALE: they did, but
    long before. SINCE: it is not older than a checkpoint the verifier kept. UNPROVEN: nothing shows it.
    """

    PROVEN = "PROVEN"
    STALE = "STALE"
    SINCE = "SINCE"
    UNPROVEN = "UNPROVEN"


@dataclasses.dataclass(frozen=True, slots=True)
class Freshness:
    """How new the checkpoint is, and on what that rests."""

    state: FreshnessState
    text: str


UNKNOWN_FRESHNESS: Final = Freshness(FreshnessState.UNPROVEN, "the checkpoint was not reached")


@dataclasses.dataclass(frozen=True, slots=True)
class VerifiedStep:
    """One of V1 to V9: `proved` holds, given `rests_on`; `not_shown` stays open; `problems` were found.

    FAIL: refuted, or a promise not kept. UNKNOWN: could not be shown, or not reached.
    """

    number: int
    verdict: Verdict
    proved: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    not_shown: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    hint: str = ""

    @property
    def title(self) -> str:
        """The step's name."""
        return TITLES[self.number - 1]


@dataclasses.dataclass(frozen=True, slots=True)
class Verification:
    """All nine steps in order, and how new the checkpoint is."""

    steps: tuple[VerifiedStep, ...]
    freshness: Freshness

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the steps: FAIL is refuted, UNKNOWN could not be shown, PASS holds."""
        return max((step.verdict for step in self.steps), key=lambda verdict: verdict.rank)

    @property
    def problems(self) -> tuple[str, ...]:
        """Every problem found, as `V7: <what is, what was promised>`."""
        return tuple(f"V{step.number}: {text}" for step in self.steps for text in step.problems)


@dataclasses.dataclass(frozen=True, slots=True)
class VerifiedEvent:
    """A record that was proved to lie in an archived object of a recorded day."""

    cluster: ClusterId
    day: dt.date
    entry_index: int
    revision: int
    archive_uri: str
    descriptor: ObjectDescriptor
    record_index: int
    context: bytes
    record: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class EventVerification:
    """An event proof's verification; `event` is None unless all nine steps were reached and none refuted."""

    verification: Verification
    event: VerifiedEvent | None


@dataclasses.dataclass(frozen=True, slots=True)
class BundleVerification:
    """A bundle's verification; `days` are empty unless V7 was reached and not refuted.

    The verification's verdict is about the evidence. What the statements say of the days, good or
    bad, is in `days`: evidence of a bad day can be perfect.
    """

    verification: Verification
    cluster: ClusterId
    first: dt.date
    last: dt.date
    with_events: bool
    days: tuple[DayRow, ...]

    @property
    def missing_days(self) -> tuple[dt.date, ...]:
        """The enrolled days of which the log shows no statement."""
        return tuple(row.day for row in self.days if row.status is DayStatus.MISSING)

    @property
    def days_verdict(self) -> Verdict:
        """The worst verdict of the days; NOT_APPLICABLE when there are none."""
        return max((row.verdict for row in self.days), key=lambda v: v.rank, default=Verdict.NOT_APPLICABLE)


def finish_steps(done: Sequence[VerifiedStep]) -> tuple[VerifiedStep, ...]:
    """Fill up to nine: steps after the last one done were not reached."""
    reached = len(done)
    rest = (
        VerifiedStep(number, Verdict.UNKNOWN, not_shown=(f"not reached: V{reached} was refuted",))
        for number in range(reached + 1, len(TITLES) + 1)
    )
    return (*done, *rest)
