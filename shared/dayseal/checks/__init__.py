"""The checks: pure functions, facts in, one finding out. A check never calls anything."""

from dayseal.checks.arrival import ArrivalResult, ArrivalThresholds, EventDayView, judge_arrival
from dayseal.checks.catalogue import CHECKS, CHECKS_VERSION, LEDGER_CHECKS, SUPPORT_PHRASE, Check, find_check
from dayseal.checks.chain import ChainRow, ChainView, find_faults, judge_chain
from dayseal.checks.clock_skew import ClockThresholds, ClockView, judge_clock_skew, promises_ingestion_time
from dayseal.checks.comparison import (
    BatchComparison,
    BatchTerms,
    ObjectChange,
    Observed,
    RangeDigest,
    Reading,
    RecordedObject,
    compare_batch,
    group_recorded,
    range_to_read,
)
from dayseal.checks.delivery_loss import CopiesEstimate, SplitLoss, estimate_copies, find_split_loss
from dayseal.checks.due_spans import Due
from dayseal.checks.exceptions import MarkedFinding, mark_exceptions
from dayseal.checks.heartbeat import Heartbeat, name_heartbeat
from dayseal.checks.integrity import IntegrityView, judge_integrity
from dayseal.checks.lease_pace import LeaseRate, lease_rates
from dayseal.checks.loss import HourLoss, LossEstimate, estimate_loss
from dayseal.checks.roll_call import CalledRoll, ChainEnd, RollCallView, judge_roll_call
from dayseal.checks.silence import Horizon, Silence, SilenceKind, find_silences, hourly_events

__all__ = [
    "CHECKS",
    "CHECKS_VERSION",
    "LEDGER_CHECKS",
    "SUPPORT_PHRASE",
    "ArrivalResult",
    "ArrivalThresholds",
    "BatchComparison",
    "BatchTerms",
    "CalledRoll",
    "ChainEnd",
    "ChainRow",
    "ChainView",
    "Check",
    "ClockThresholds",
    "ClockView",
    "CopiesEstimate",
    "Due",
    "EventDayView",
    "Heartbeat",
    "Horizon",
    "HourLoss",
    "IntegrityView",
    "LeaseRate",
    "LossEstimate",
    "MarkedFinding",
    "ObjectChange",
    "Observed",
    "RangeDigest",
    "Reading",
    "RecordedObject",
    "RollCallView",
    "Silence",
    "SilenceKind",
    "SplitLoss",
    "compare_batch",
    "estimate_copies",
    "estimate_loss",
    "find_check",
    "find_faults",
    "find_silences",
    "find_split_loss",
    "group_recorded",
    "hourly_events",
    "judge_arrival",
    "judge_chain",
    "judge_clock_skew",
    "judge_integrity",
    "judge_roll_call",
    "lease_rates",
    "mark_exceptions",
    "name_heartbeat",
    "promises_ingestion_time",
    "range_to_read",
]
