"""Signs of life of one cluster's export, from counters that were read for all clusters together."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from dayseal.clouds.aws.arrivals import Inlet
from dayseal.clouds.aws.metrics import Dimensions, Metrics, Query, recent
from dayseal.clouds.aws.places import ArchivePlace, Place, place_of_arn
from dayseal.clouds.aws.shared_facts import SharedFacts
from dayseal.model import ClusterId
from dayseal.model.route import (
    Alarm,
    Answer,
    Call,
    DeliveryFacts,
    DeliveryStream,
    EksSource,
    Known,
    Missing,
    NewestObject,
    PolicyKind,
    Reading,
    Reason,
)

_ONE_HOUR: Final = 1
_ONE_DAY: Final = 24
_FORWARDED: Final = "ForwardedLogEvents"
_ERRORS: Final = "DeliveryErrors"
_THROTTLED: Final = "DeliveryThrottling"
_SUCCESS: Final = "DeliveryToS3.Success"

Planned = Query | Known[Reading] | Missing


@dataclasses.dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """The counters one cluster's delivery facts need; what needs no request is answered already."""

    incoming: Planned
    forwarded: tuple[Planned, ...]
    errors: tuple[Planned, ...]
    retried: tuple[Planned, ...]
    success: tuple[Planned, ...]

    @property
    def queries(self) -> tuple[Query, ...]:
        """The counters still to be read."""
        everything = (self.incoming, *self.forwarded, *self.errors, *self.retried, *self.success)
        return tuple(one for one in everything if isinstance(one, Query))


def plan_delivery(cluster: ClusterId, source: EksSource, metrics: Metrics, now: dt.datetime) -> DeliveryPlan:
    """Say which counters to read: records in during the last hour, errors during the last day."""
    place, group = Place(cluster.account, cluster.location), source.log_group_name
    hour, day = recent(now, _ONE_HOUR), recent(now, _ONE_DAY)
    filters = _filter_names(source)

    def of_filters(metric: str, hours: int) -> tuple[Planned, ...]:
        if not filters:
            return ()
        listed = metrics.of_filters(place, metric)
        if isinstance(listed, Missing):
            return (listed,)
        window = hour if hours == _ONE_HOUR else day
        found: list[Planned] = []
        for name in filters:
            words = f"filter {name} of {group}"
            dimensions = _dimensions_of(listed.value, group, name)
            found.append(
                Known(Reading(metric, words, window, None), listed.source)
                if dimensions is None
                else Query(place, "AWS/Logs", metric, dimensions, "Sum", window, words)
            )
        return tuple(found)

    return DeliveryPlan(
        incoming=Query(place, "AWS/Logs", "IncomingLogEvents", (("LogGroupName", group),), "Sum", hour, group),
        forwarded=of_filters(_FORWARDED, _ONE_HOUR),
        errors=of_filters(_ERRORS, _ONE_DAY),
        retried=of_filters(_THROTTLED, _ONE_DAY),
        success=tuple(
            Query(home, "AWS/Firehose", _SUCCESS, (("DeliveryStreamName", name),), "Average", day, f"stream {name}")
            for home, name in _stream_homes(source)
        ),
    )


def delivery_facts(
    plan: DeliveryPlan,
    readings: Mapping[Query, Answer[Reading]],
    newest: Answer[NewestObject | None],
    astray: Answer[int],
    alarms: Answer[tuple[Alarm, ...]],
) -> DeliveryFacts:
    """Join what was read with the plan; nobody measured a lag here."""

    def read(planned: Planned) -> Answer[Reading]:
        return readings[planned] if isinstance(planned, Query) else planned

    return DeliveryFacts(
        incoming=read(plan.incoming),
        forwarded=tuple(map(read, plan.forwarded)),
        errors=tuple(map(read, plan.errors)),
        retried=tuple(map(read, plan.retried)),
        success=tuple(map(read, plan.success)),
        newest=newest,
        astray=astray,
        alarms=alarms,
    )


def alarms_of(place: Place, source: EksSource, shared: SharedFacts) -> Answer[tuple[Alarm, ...]]:
    """Give the owner's alarms on this log group and on its streams."""
    found = shared.alarms(place)
    if isinstance(found, Missing):
        return found
    watched = {source.log_group_name, *(name for _, name in _stream_homes(source))}
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


def _filter_names(source: EksSource) -> tuple[str, ...]:
    own = [way.name for way in source.filters.value] if isinstance(source.filters, Known) else []
    policies = source.account_policies.value if isinstance(source.account_policies, Known) else ()
    return tuple(dict.fromkeys([*own, *(p.name for p in policies if p.kind is PolicyKind.SUBSCRIPTION)]))


def _dimensions_of(listed: Sequence[Dimensions], group: str, name: str) -> Dimensions | None:
    """Find a filter's counter: of the log group, or of an account policy, which names no group."""
    for dimensions in listed:
        said = dict(dimensions)
        if said.get("FilterName") == name and said.get("LogGroupName", group) == group:
            return dimensions
    return None


def _stream_homes(source: EksSource) -> tuple[tuple[Place, str], ...]:
    arns = dict.fromkeys(stream.arn for stream in known_streams(source))
    homes = ((place_of_arn(arn), arn.rpartition("/")[2]) for arn in arns)
    return tuple((place, name) for place, name in homes if place is not None)
