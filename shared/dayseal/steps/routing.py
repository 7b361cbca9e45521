"""Step 6 for a cluster's route: every check that asks a provider's configuration, over one set of facts."""

import datetime as dt

from dayseal.checks.archive_central import judge_archive_central
from dayseal.checks.archive_immutable import judge_archive_immutable
from dayseal.checks.audit_coverage import judge_audit_coverage
from dayseal.checks.audit_enabled import judge_audit_enabled
from dayseal.checks.continuity import judge_continuity
from dayseal.checks.export_health import judge_export_health
from dayseal.checks.export_route import judge_export_route
from dayseal.checks.monitored import judge_monitored
from dayseal.checks.retention import judge_retention
from dayseal.checks.route_terms import Declared, Grade, RouteThresholds
from dayseal.digest.tally import Tally
from dayseal.model import Finding
from dayseal.model.route import BatchObjects, Lag, PreviousCheck, RouteFacts
from dayseal.settings import Settings


def route_thresholds(settings: Settings) -> RouteThresholds:
    """Give what the settings promise of a route.

    Raises:
        UsageError: the numbers contradict each other.
    """

    def declared(kind: str) -> tuple[Declared, ...]:
        return tuple(Declared(d.resource, d.says) for d in settings.declared if d.kind == kind)

    return RouteThresholds(
        hot_days=settings.retention.hot_days,
        total_days=settings.retention.total_days,
        coverage_minimum=Grade(settings.coverage.minimum),
        accept_governance=settings.lock.accept_governance,
        newest_object_seconds=settings.export.newest_object_seconds,
        destinations=declared("destination"),
        watchers=declared("watcher"),
    )


def judge_route(
    facts: RouteFacts,
    thresholds: RouteThresholds,
    day: dt.date,
    *,
    tally: Tally | None = None,
    objects: BatchObjects | None = None,
    lag: Lag | None = None,
    previous: PreviousCheck | None = None,
) -> tuple[Finding, ...]:
    """Run checks 1 to 7, 9 and 10; `day` is the day whose logs are kept and locked.

    `tally`, `objects` and `lag` are the batch's when one was digested; `previous` is the check before this one.
    """
    return (
        judge_audit_enabled(facts),
        judge_audit_coverage(facts, thresholds, tally),
        judge_retention(facts, thresholds, day),
        judge_export_route(facts, thresholds, day),
        judge_export_health(facts, thresholds, lag),
        judge_archive_immutable(facts, thresholds, day, objects),
        judge_archive_central(facts),
        judge_continuity(facts, thresholds, previous),
        judge_monitored(facts, thresholds),
    )
