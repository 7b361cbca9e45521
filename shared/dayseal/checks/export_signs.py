"""A cluster's own signs of delivery: in a shared archive every other sign may be another cluster's."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import Opinion
from dayseal.checks.ways import Reach, Way, ways_of
from dayseal.codec import format_time
from dayseal.model import Verdict
from dayseal.model.route import ArchiveFacts, FilterCounters, Known, Missing, Reading, RouteFacts, StreamCounters

_TO_ARCHIVE = frozenset({Reach.ARCHIVE, Reach.DECLARED})
_PERHAPS = frozenset({Reach.HIDDEN, Reach.OPAQUE})


@dataclasses.dataclass(frozen=True, slots=True)
class OwnSigns:
    """What was counted on the ways that lead to the archive, and on `others`, which decide nothing.

    `hidden` are the answers that would say where a way leads; `perhaps` says that a way beside `ways` may lead
    there too.
    """

    ways: tuple[tuple[Way, FilterCounters], ...]
    others: tuple[FilterCounters, ...]
    streams: tuple[StreamCounters, ...]
    other_streams: tuple[StreamCounters, ...]
    hidden: tuple[Missing, ...]
    perhaps: bool


def own_signs(facts: RouteFacts, thresholds: RouteThresholds) -> OwnSigns:
    """Sort what was counted by where it leads."""
    ways = {(way.filter.name, way.own): way for way in ways_of(facts, thresholds)}
    pairs = [(ways.get((found.name, found.own)), found) for found in facts.delivery.filters]
    mine = tuple((way, found) for way, found in pairs if way is not None and way.reach in _TO_ARCHIVE)
    leading = {way.filter.destination for way, _ in mine}
    arns = {
        answer.stream.value.arn
        for answer in facts.eks.streams
        if answer.destination in leading and isinstance(answer.stream, Known) and answer.stream.value is not None
    }
    unseen = {way.filter.destination for way in ways.values() if way.reach is Reach.HIDDEN}
    answers = [a.stream for a in facts.eks.streams if a.destination in unseen]
    hidden = [a for a in (facts.eks.filters, facts.eks.account_policies, *answers) if isinstance(a, Missing)]
    return OwnSigns(
        ways=mine,
        others=tuple(found for way, found in pairs if way is None or way.reach not in _TO_ARCHIVE),
        streams=tuple(s for s in facts.delivery.streams if s.arn in arns),
        other_streams=tuple(s for s in facts.delivery.streams if s.arn not in arns),
        hidden=tuple(hidden),
        perhaps=bool(hidden) or any(way.reach in _PERHAPS for way in ways.values()),
    )


def judge_forwarding(facts: RouteFacts, archive: ArchiveFacts, signs: OwnSigns) -> Opinion:
    """Judge whether this cluster's own records went on towards the archive.

    FAIL: records came in, and every way counted that it passed none on. UNKNOWN: no way is known, none came
    in, a way has no counter, or only an account policy's, which speaks for all its log groups together.
    """
    if not signs.ways:
        said = f"no way of this cluster's is known to lead to {archive.uri}, so what arrives there may be others'"
        return Opinion(Verdict.UNKNOWN, said)
    incoming = facts.delivery.incoming
    if not isinstance(incoming, Known):
        return Opinion(Verdict.UNKNOWN, "")
    came = incoming.value.value
    if not came:
        zero = "" if came is None else " (0)"
        said = f"no record came in by {incoming.value.metric}{zero}, so nothing shows whether the export works"
        return Opinion(Verdict.UNKNOWN, said)
    own = [(way, found, _value(found.forwarded)) for way, found in signs.ways if way.own]
    if any(value is not None and value > 0 for _, _, value in own):
        return Opinion(Verdict.PASS, "")
    if any(isinstance(found.forwarded, Missing) for _, found, _ in own):
        return Opinion(Verdict.UNKNOWN, "")
    shared = [found.name for way, found in signs.ways if not way.own]
    if shared:
        said = f"the counters of account policy {shared[0]} are those of all its log groups together"
        return Opinion(Verdict.UNKNOWN, f"{said}: nothing shows that this cluster's records went on")
    names = ", ".join(found.name for _, found, _ in own)
    if not signs.perhaps and all(value == 0 and not _is_new(way, incoming.value) for way, _, value in own):
        since = format_time(incoming.value.window.start)
        said = f"{came:.0f} records came in and filter {names} passed none of them on since {since}"
        return Opinion(Verdict.FAIL, f"{said}, all promised")
    said = f"{came:.0f} records came in, and ForwardedLogEvents of filter {names} shows none that went on"
    return Opinion(Verdict.UNKNOWN, said)


def judge_errors(signs: OwnSigns) -> list[Opinion]:
    """Judge the errors counted on the ways to the archive; an account policy's may be another cluster's."""
    found = [_fault(counted.errors.value, way) for way, counted in signs.ways if isinstance(counted.errors, Known)]
    found += [
        Opinion(Verdict.FAIL, f"{reading.metric} of {reading.resource} is 0: no write succeeded, 1 promised")
        for reading in _readings(signs.streams)
        if reading.value == 0
    ]
    return found


def note_others(signs: OwnSigns) -> list[str]:
    """Say what went wrong on ways that do not lead to the archive."""
    told = [
        f"{c.errors.value.metric} of filter {c.name} is {c.errors.value.value:.0f} (it does not lead to the archive)"
        for c in signs.others
        if isinstance(c.errors, Known) and c.errors.value.value
    ]
    return told + [
        f"{reading.metric} of {reading.resource} is 0 (it does not lead to the archive)"
        for reading in _readings(signs.other_streams)
        if reading.value == 0
    ]


def _fault(reading: Reading, way: Way) -> Opinion:
    if not reading.value:  # no data points: the provider counts errors only when there are some
        return Opinion(Verdict.PASS, "")
    since = format_time(reading.window.start)
    said = f"{reading.metric} of {reading.resource} is {reading.value:.0f} since {since}, 0 promised"
    if way.own:
        return Opinion(Verdict.FAIL, said)
    return Opinion(Verdict.UNKNOWN, f"{said}; whose records these were is not counted")


def _is_new(way: Way, incoming: Reading) -> bool:
    """Say whether the filter may be younger than records that came in; one without a date counts as old."""
    made: dt.datetime | None = way.filter.created_at
    return made is not None and made > incoming.window.start


def _value(answer: Known[Reading] | Missing) -> float | None:
    return answer.value.value if isinstance(answer, Known) else None


def _readings(streams: Sequence[StreamCounters]) -> list[Reading]:
    return [found.success.value for found in streams if isinstance(found.success, Known)]
