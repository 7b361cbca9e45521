"""Check 14, `clock-skew`: the times in the records agree with the times they were taken in."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Final

from dayseal.checks.wording import FactWriter, show_command
from dayseal.codec import format_day
from dayseal.digest.tally import Skew, Tally
from dayseal.errors import UsageError
from dayseal.model import ClusterId, Fact, Finding, Verdict

CHECK: Final = "clock-skew"
_MICROSECONDS: Final = 1_000_000
_PERCENT: Final = 100
_WITH_INGESTION_TIME: Final = ("eks-cloudwatch-", "gke-sink-")  # aks-diagnostic lines carry none to rely on


@dataclasses.dataclass(frozen=True, slots=True)
class ClockThresholds:
    """How far an event may lie after its own ingestion, and how many records may be over an hour late."""

    skew_seconds: int = 60
    late_percent: int = 1

    def __post_init__(self) -> None:
        if self.skew_seconds < 1 or not 0 <= self.late_percent <= _PERCENT:
            raise UsageError(f"clock thresholds: {self}, seconds from 1 and percent from 0 to 100 promised")


@dataclasses.dataclass(frozen=True, slots=True)
class ClockView:
    """One cluster's batch: its tally, and whether its shapes promise an ingestion time in every record."""

    cluster: ClusterId
    day: dt.date
    tally: Tally
    promises_ingestion_time: bool


def promises_ingestion_time(splitters: Iterable[str]) -> bool:
    """Say whether records cut by one of these splitters (`name/version`) carry the time they were taken in."""
    return any(name.startswith(_WITH_INGESTION_TIME) for name in splitters)


def judge_clock_skew(view: ClockView, thresholds: ClockThresholds) -> Finding:
    """Judge the differences between ingestion time and event time of the records of one batch.

    FAIL: a record was ingested more than `skew_seconds` before it happened (some clock is wrong), or
    more than `late_percent` of the records came over an hour late (clock or delivery: the records
    cannot tell which). Without ingestion times: UNKNOWN where the shape promises them, else
    NOT_APPLICABLE.
    """
    skew = view.tally.skew
    if skew is None:
        return _without_times(view)
    early = -skew.min_us / _MICROSECONDS
    facts = _facts_of(view, skew)
    fix = show_command(view.cluster, view.day)
    if early > thresholds.skew_seconds:
        said = f"a record was ingested {early:.1f} s before it happened, at most {thresholds.skew_seconds} s promised"
        return Finding(CHECK, Verdict.FAIL, f"{said} (batch {format_day(view.day)})", facts, fix)
    if skew.late_over_1h * _PERCENT > thresholds.late_percent * view.tally.events:
        said = (
            f"{skew.late_over_1h} of {view.tally.events} records were ingested over an hour after they happened, "
            f"at most {thresholds.late_percent} % promised: a clock is wrong or delivery is slow"
        )
        return Finding(CHECK, Verdict.FAIL, f"{said} (batch {format_day(view.day)})", facts, fix)
    said = (
        f"ingestion lies {skew.min_us / _MICROSECONDS:.1f} to {skew.max_us / _MICROSECONDS:.1f} s after the event; "
        "a clock that both times share is not excluded"
    )
    return Finding(CHECK, Verdict.PASS, said, facts)


def _without_times(view: ClockView) -> Finding:
    if not view.tally.events:
        return Finding(CHECK, Verdict.NOT_APPLICABLE, "no records in this batch")
    if view.promises_ingestion_time:
        said = f"none of {view.tally.events} records has an ingestion time, its shape promises one"
        return Finding(CHECK, Verdict.UNKNOWN, said, fix=show_command(view.cluster, view.day))
    return Finding(CHECK, Verdict.NOT_APPLICABLE, "the archive's record shape carries no ingestion time")


def _facts_of(view: ClockView, skew: Skew) -> tuple[Fact, ...]:
    write = FactWriter(CHECK, call=f"tally of batch {format_day(view.day)}", resource=view.cluster.text)
    return (
        write.fact("minSeconds", f"{skew.min_us / _MICROSECONDS:.3f}"),
        write.fact("maxSeconds", f"{skew.max_us / _MICROSECONDS:.3f}"),
        write.fact("lateOverOneHour", str(skew.late_over_1h)),
        write.fact("records", str(view.tally.events)),
    )
