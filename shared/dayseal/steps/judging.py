"""Step 6: run the checks that need no cloud over what the steps before found."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from dayseal.attest.predicates import EventDay, Gap
from dayseal.checks.arrival import ArrivalResult, ArrivalThresholds, EventDayView, judge_arrival
from dayseal.checks.audit_policy import PolicyView, judge_audit_policy
from dayseal.checks.clock_skew import ClockThresholds, ClockView, judge_clock_skew, promises_ingestion_time
from dayseal.checks.credential_attribution import (
    CredentialThresholds,
    CredentialView,
    judge_credential_attribution,
)
from dayseal.checks.due_spans import Due, DueSpans
from dayseal.checks.exceptions import MarkedFinding, mark_exceptions
from dayseal.checks.lease_pace import lease_rates
from dayseal.checks.orphans import estimate_orphans
from dayseal.checks.route_due import due_spans
from dayseal.checks.silence import Silence
from dayseal.codec import format_day, format_time
from dayseal.digest.tally import Tally, merge_all
from dayseal.model import ClusterId, Finding, Window, day_window
from dayseal.model.route import RouteFacts
from dayseal.settings import Settings

_DAY: Final = dt.timedelta(days=1)
_PACE_DAYS: Final = 7


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """One cluster's findings for a batch (accepted exceptions beside them), its event days, and its day's gaps."""

    findings: tuple[MarkedFinding, ...]
    event_days: tuple[EventDay, ...]
    gaps: tuple[Gap, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class ClusterBatches:
    """The tallies of a cluster's sealed batches around `day`, the one being sealed included.

    `due_since` is the cluster's first expected day; `unread` says what of these batches could not be read. `route`
    tells of operations that explain a silence, None: nobody asked.
    """

    cluster: ClusterId
    day: dt.date
    tallies: Mapping[dt.date, Tally]
    due_since: dt.date
    unread: tuple[str, ...]
    splitters: tuple[str, ...]
    route: RouteFacts | None = None


def judge(batches: ClusterBatches, others: Sequence[Finding], settings: Settings, *, today: dt.date) -> Judged:
    """Judge the batch's own event day (provisional until two more batches are sealed), and the one that is final now.

    `others` are findings made elsewhere: `integrity`, and those of the route. An accepted exception that covers
    a finding on `today` stands beside it; the verdict stays.
    """
    own = _arrival(batches, batches.day, settings)
    days = [_event_day(batches.day, own)]
    earlier = batches.day - 2 * _DAY
    if earlier >= batches.due_since:
        days.append(_event_day(earlier, _arrival(batches, earlier, settings)))
    clock = judge_clock_skew(
        ClockView(
            cluster=batches.cluster,
            day=batches.day,
            tally=batches.tallies[batches.day],
            promises_ingestion_time=promises_ingestion_time(batches.splitters),
        ),
        ClockThresholds(skew_seconds=settings.arrival.skew_seconds),
    )
    earlier_tallies = [(d, tally) for d, tally in batches.tallies.items() if d < batches.day and tally.events]
    policy = judge_audit_policy(
        PolicyView(
            cluster=batches.cluster,
            day=batches.day,
            tally=batches.tallies[batches.day],
            before=max(earlier_tallies, key=lambda item: item[0], default=None),
        )
    )
    credentials = judge_credential_attribution(
        CredentialView(batches.cluster, batches.day, batches.tallies),
        CredentialThresholds(identified_percent=settings.coverage.identified_percent),
    )
    findings = (own.finding, *others, policy, credentials, clock)
    return Judged(
        findings=mark_exceptions(findings, settings.exceptions, cluster=batches.cluster, on=today),
        event_days=tuple(sorted(days, key=lambda d: d.day)),
        gaps=tuple(_gap(g) for g in own.gaps),
    )


def _arrival(batches: ClusterBatches, day: dt.date, settings: Settings) -> ArrivalResult:
    spans = _spans(batches, day)
    near = [d for d in (day - _DAY, day, day + _DAY, day + 2 * _DAY) if d in batches.tallies]
    view = EventDayView(
        cluster=batches.cluster,
        day=day,
        tally=merge_all(batches.tallies[d] for d in near),
        batches=tuple(near),
        final=day + 2 * _DAY in batches.tallies,
        due=spans.due,
        explained=spans.explained,
        unread=(*batches.unread, *spans.unread),
        history=lease_rates(tally for d, tally in batches.tallies.items() if day - _PACE_DAYS * _DAY <= d < day),
        orphans=estimate_orphans(day, batches.tallies),
        counted=None if batches.route is None else batches.route.delivery.counted,
    )
    return judge_arrival(view, ArrivalThresholds(silence_seconds=settings.arrival.silence_seconds))


def _spans(batches: ClusterBatches, day: dt.date) -> DueSpans:
    """The cluster is due from its enrolment on; neighbouring days too, for a silence may cross midnight."""
    start = max(day - _DAY, batches.due_since)
    span = Window(day_window(start).start, day_window(day + _DAY).end)
    return due_spans(batches.route, Due(span, f"enrolled since {format_day(batches.due_since)}"))


def _event_day(day: dt.date, result: ArrivalResult) -> EventDay:
    return EventDay(
        day=format_day(day),
        state=result.state,
        verdict=result.finding.verdict.text,
        summary=result.finding.summary,
        events=result.events,
        outages=tuple(_gap(g) for g in result.gaps if g.kind.value != "edge"),
        loss_estimate=result.loss_estimate,
    )


def _gap(silence: Silence) -> Gap:
    return Gap(
        start=format_time(silence.window.start),
        end=format_time(silence.window.end),
        kind=silence.kind.value,
    )
