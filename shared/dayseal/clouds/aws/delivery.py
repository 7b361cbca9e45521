"""Signs of life of one cluster's export, from counters that were read for all clusters together."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from dayseal.clouds.aws.arrivals import Inlet
from dayseal.clouds.aws.metrics import Dimensions, Metrics, Query, recent
from dayseal.clouds.aws.places import ArchivePlace, Place, place_of_arn
from dayseal.clouds.aws.shared_facts import SharedFacts
from dayseal.clouds.aws.source import target_of
from dayseal.model import ClusterId, Window
from dayseal.model.route import (
    Alarm,
    Answer,
    Call,
    DeliveryFacts,
    DeliveryStream,
    EksSource,
    FilterCounters,
    Known,
    Missing,
    NewestObject,
    PolicyKind,
    Reading,
    Reason,
    StreamCounters,
)

_ONE_HOUR: Final = 1
_ONE_DAY: Final = 24
_FORWARDED: Final = "ForwardedLogEvents"
_ERRORS: Final = "DeliveryErrors"
_THROTTLED: Final = "DeliveryThrottling"
_SUCCESS: Final = "DeliveryToS3.Success"

Planned = Query | Known[Reading] | Missing


@dataclasses.dataclass(frozen=True, slots=True)
class FilterPlan:
    """The counters of one filter; `own` is False for an account policy."""

    name: str
    destination: str
    own: bool
    forwarded: Planned
    errors: Planned
    retried: Planned


@dataclasses.dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """The counters one cluster's delivery facts need; what needs no request is answered already."""

    incoming: Planned
    filters: tuple[FilterPlan, ...]
    success: tuple[tuple[str, Planned], ...]

    @property
    def queries(self) -> tuple[Query, ...]:
        """The counters still to be read."""
        counters = (counter for plan in self.filters for counter in (plan.forwarded, plan.errors, plan.retried))
        everything = (self.incoming, *counters, *(planned for _, planned in self.success))
        return tuple(one for one in everything if isinstance(one, Query))


def plan_delivery(cluster: ClusterId, source: EksSource, metrics: Metrics, now: dt.datetime) -> DeliveryPlan:
    """Say which counters to read: records in during the last hour, errors during the last day."""
    place, group = Place(cluster.account, cluster.location), source.log_group_name
    hour, day = recent(now, _ONE_HOUR), recent(now, _ONE_DAY)

    def counter(metric: str, window: Window, name: str, *, own: bool) -> Planned:
        listed = metrics.of_filters(place, metric)
        if isinstance(listed, Missing):
            return listed
        words = f"filter {name} of {group}" if own else f"account policy {name}"
        dimensions = _dimensions_of(listed.value, group if own else "", name)
        if dimensions is None:
            return Known(Reading(metric, words, window, None), listed.source)
        return Query(place, "AWS/Logs", metric, dimensions, "Sum", window, words)

    return DeliveryPlan(
        incoming=Query(place, "AWS/Logs", "IncomingLogEvents", (("LogGroupName", group),), "Sum", hour, group),
        filters=tuple(
            FilterPlan(
                name,
                destination,
                own,
                forwarded=counter(_FORWARDED, hour, name, own=own),
                errors=counter(_ERRORS, day, name, own=own),
                retried=counter(_THROTTLED, day, name, own=own),
            )
            for name, destination, own in _filters(source)
        ),
        success=tuple(
            (
                arn,
                Query(
                    home, "AWS/Firehose", _SUCCESS, (("DeliveryStreamName", name),), "Average", day, f"stream {name}"
                ),
            )
            for arn, home, name in _stream_homes(source)
        ),
    )


def delivery_facts(
    plan: DeliveryPlan,
    readings: Mapping[Query, Answer[Reading]],
    newest: Answer[NewestObject | None],
    astray: Answer[int],
    alarms: Answer[tuple[Alarm, ...]],
) -> DeliveryFacts:
    """Join what was read with the plan."""

    def read(planned: Planned) -> Answer[Reading]:
        return readings[planned] if isinstance(planned, Query) else planned

    return DeliveryFacts(
        incoming=read(plan.incoming),
        filters=tuple(
            FilterCounters(f.name, f.destination, f.own, read(f.forwarded), read(f.errors), read(f.retried))
            for f in plan.filters
        ),
        streams=tuple(StreamCounters(arn, read(planned)) for arn, planned in plan.success),
        newest=newest,
        astray=astray,
        alarms=alarms,
    )


def alarms_of(place: Place, source: EksSource, shared: SharedFacts) -> Answer[tuple[Alarm, ...]]:
    """Give the owner's alarms on this log group and on its streams."""
    found = shared.alarms(place)
    if isinstance(found, Missing):
        return found
    watched = {source.log_group_name, *(name for _, _, name in _stream_homes(source))}
    mine = dict.fromkeys(alarm for name, alarm in found.value if name in watched)
    return Known(tuple(mine), found.source)


def inlets_of(source: EksSource, archive: ArchivePlace) -> tuple[Inlet, ...]:
    """Give the ways into the archive that known streams take; without any, the archive's own prefix."""
    found = [Inlet(s.prefix, s.error_prefix) for s in known_streams(source) if s.bucket == archive.bucket]
    return tuple(dict.fromkeys(found)) or (Inlet(archive.prefix),)


def known_streams(source: EksSource) -> tuple[DeliveryStream, ...]:
    """Give the streams of the route that answered."""
    return tuple(a.stream.value for a in source.streams if isinstance(a.stream, Known) and a.stream.value)


def latest(answers: Sequence[Answer[NewestObject | None]]) -> Answer[NewestObject | None]:
    """Give the newest object over several ways in; one that could not be looked at counts if no other shows any."""
    found = [answer for answer in answers if isinstance(answer, Known) and answer.value is not None]
    if found:
        return max(found, key=lambda a: a.value.stored_at if a.value else dt.datetime.min.replace(tzinfo=dt.UTC))
    return next((answer for answer in answers if isinstance(answer, Missing)), answers[0])


def total(answers: Sequence[Answer[int]]) -> Answer[int]:
    """Give the sum of counts; a count that is missing counts only if the others are zero."""
    known = [answer for answer in answers if isinstance(answer, Known)]
    value = sum(answer.value for answer in known)
    missing = next((answer for answer in answers if isinstance(answer, Missing)), None)
    if missing is not None and not value:
        return missing
    resource = ", ".join(answer.source.resource for answer in known)
    return Known(value, Call("s3", "ListObjectsV2", resource))


def no_archive() -> Missing:
    """Say that an archive's fact was not asked, since no archive is known."""
    return Missing(Reason.NOT_ASKED, Call("s3", "ListObjectsV2", "no archive"), "no archive is known")


def _filters(source: EksSource) -> tuple[tuple[str, str, bool], ...]:
    """Give each filter with its destination, and whether it is the log group's own."""
    own = source.filters.value if isinstance(source.filters, Known) else ()
    policies = source.account_policies.value if isinstance(source.account_policies, Known) else ()
    shared = ((p.name, target_of(p.document), False) for p in policies if p.kind is PolicyKind.SUBSCRIPTION)
    return (*((way.name, way.destination, True) for way in own), *shared)


def _dimensions_of(listed: Sequence[Dimensions], group: str, name: str) -> Dimensions | None:
    """Find a filter's counter: of the log group, or with `""` of an account policy, which names no group.

    The one may have the other's name, and another group's filter may too: neither's counter is taken for it.
    """
    for dimensions in listed:
        said = dict(dimensions)
        if said.get("FilterName") == name and said.get("LogGroupName", "") == group:
            return dimensions
    return None


def _stream_homes(source: EksSource) -> tuple[tuple[str, Place, str], ...]:
    arns = dict.fromkeys(stream.arn for stream in known_streams(source))
    homes = ((arn, place_of_arn(arn), arn.rpartition("/")[2]) for arn in arns)
    return tuple((arn, place, name) for arn, place, name in homes if place is not None)
