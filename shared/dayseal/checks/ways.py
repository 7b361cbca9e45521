"""Where the ways out of a log group lead, as far as that is known."""

import dataclasses
import enum

from dayseal.checks.log_selection import account_filters
from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.stream_target import writes_into
from dayseal.model.route import Known, Missing, Reason, RouteFacts, SubscriptionFilter


class Reach(enum.Enum):
    """What lies at the end of a way."""

    ARCHIVE = "the archive"
    DECLARED = "what the settings declare"
    OPAQUE = "something that cannot be looked into"
    HIDDEN = "what a call did not tell"
    ELSEWHERE = "another bucket, or nothing"


@dataclasses.dataclass(frozen=True, slots=True)
class Way:
    """One way out of the log group; `own` is False for an account policy's, `sure` if it is certain to be one."""

    filter: SubscriptionFilter
    reach: Reach
    own: bool
    sure: bool = True


def ways_of(facts: RouteFacts, thresholds: RouteThresholds) -> tuple[Way, ...]:
    """Give the log group's own filters, then the account policies' that cover it or may; what was refused is left out.

    A policy that cannot be decided keeps its name and leads to what is not told.
    """
    source = facts.eks
    own = source.filters.value if isinstance(source.filters, Known) else ()
    shared, unsure = account_filters(source)
    return (
        *(Way(way, reach_of(way.destination, facts, thresholds), own=True) for way in own),
        *(Way(way, reach_of(way.destination, facts, thresholds), own=False) for way in shared),
        *(Way(SubscriptionFilter(policy.name, "", ""), Reach.HIDDEN, own=False, sure=False) for policy in unsure),
    )


def reach_of(destination: str, facts: RouteFacts, thresholds: RouteThresholds) -> Reach:
    """Say where a destination leads."""
    if thresholds.declared_destination(destination) is not None:
        return Reach.DECLARED
    if service_of(destination) not in {"firehose", "logs"}:
        return Reach.OPAQUE
    answer = next((a.stream for a in facts.eks.streams if a.destination == destination), None)
    if answer is None:
        return Reach.HIDDEN
    if isinstance(answer, Missing):
        # A logical destination may stand before something that is no Firehose stream: nobody asks about that.
        return Reach.OPAQUE if answer.reason is Reason.NOT_ASKED else Reach.HIDDEN
    if answer.value is None:
        return Reach.ELSEWHERE
    if answer.value.bucket is None:
        return Reach.OPAQUE
    archive = facts.archive
    if archive is None or writes_into(answer.value, archive) is False:
        return Reach.ELSEWHERE
    return Reach.ARCHIVE


def service_of(arn: str) -> str:
    """Give the service an ARN names, `""` where it is none."""
    return [*arn.split(":"), "", "", ""][2]
