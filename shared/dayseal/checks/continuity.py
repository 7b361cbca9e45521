"""Check 9, `continuity`: nothing was switched off between two checks."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final

from dayseal.checks.aks.changes import aks_effect
from dayseal.checks.change_words import ChangeEffect, Effect
from dayseal.checks.eks_changes import eks_effect, streams_of
from dayseal.checks.gke.changes import gke_effect, unseen_archive
from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import FactSheet, Opinion, aws, az, fix_missing, gcloud, name_missing, worst
from dayseal.checks.wording import count
from dayseal.codec import format_time
from dayseal.model import Finding, Verdict
from dayseal.model.route import (
    AksSource,
    Call,
    ChangeTrail,
    ConfigChange,
    DeliveryStream,
    EksSource,
    GkeSource,
    Missing,
    PreviousCheck,
    RouteFacts,
)

CHECK: Final = "continuity"
TRAIL_DELAY: Final = dt.timedelta(minutes=15)  # how late a trail shows an event
TRAIL_END: Final = "trail-end"  # the fact from which the next check goes on
VERSION: Final = "version"  # the facts with which it compares the streams
_MAX_NAMED: Final = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Reduction:
    """A span in which an aspect of logging was reduced; `end` None: it still is, for all the trail shows."""

    start: dt.datetime
    end: dt.datetime | None
    words: str
    event_id: str

    @property
    def text(self) -> str:
        """The span in words."""
        until = f"until {format_time(self.end)}" if self.end is not None else "and not undone since"
        return f"{self.words} at {format_time(self.start)} {until}"


def judge_continuity(facts: RouteFacts, thresholds: RouteThresholds, previous: PreviousCheck | None = None) -> Finding:
    """Judge whether a change since the previous check reduced logging, even one that was undone before this check.

    `previous` None: no earlier check is recorded, and the whole window of the trail is judged. FAIL: a change
    reduced logging. UNKNOWN: otherwise, when the trail cannot be read, does not reach back far enough, a
    change's effect is unclear, or a stream's version moved without a change in the trail.
    """
    sheet = FactSheet(CHECK)
    sheet.add("trail", facts.changes, _show_trail)
    if isinstance(facts.changes, Missing):
        return sheet.unknown("what was changed since the last check")
    trail = facts.changes.value
    since = trail.window.start if previous is None else previous.at
    sheet.write(TRAIL_END, facts.changes.source, format_time(trail.window.end))
    for number, stream in enumerate(_streams(facts)):
        asked = Call("firehose", "DescribeDeliveryStream", stream.arn)
        sheet.write(f"{VERSION}.{number}", asked, stream.version_id)
    found = _effects(facts, thresholds, trail, since)
    for number, (change, effect) in enumerate(found):
        value = (
            f"{format_time(change.at)} {change.name} (event {change.event_id}): {effect.words}: {effect.effect.value}"
        )
        sheet.write(f"change.{number}", facts.changes.source, value)
    opinions = [*_reductions(found, facts), *_unclear(found, facts), *_moved(facts, found, previous)]
    opinions += [*_uncovered(trail, since, facts.asked_at), *_unseen(facts)]
    if not opinions:
        blind = (
            "" if trail.object_level else f"; calls on single objects ({_object_calls(facts)}) are not in this trail"
        )
        first = " (no earlier check is recorded)" if previous is None else ""
        said = f"{count(len(found), 'change')} since {format_time(since)}{first}, none reduced logging{blind}"
        return sheet.finding(Verdict.PASS, said)
    answer = worst(opinions)
    return sheet.finding(answer.verdict, answer.said, answer.fix)


def find_reductions(found: Sequence[tuple[ConfigChange, ChangeEffect]]) -> tuple[Reduction, ...]:
    """Pair each change that reduced an aspect with the next one that restored it; `found` is in order of time."""
    opened: dict[str, Reduction] = {}
    closed: list[Reduction] = []
    for change, effect in found:
        before = opened.get(effect.aspect)
        if effect.effect is Effect.REDUCED and before is None:
            opened[effect.aspect] = Reduction(change.at, None, effect.words, change.event_id)
        elif effect.effect is Effect.RESTORED and before is not None:
            closed.append(dataclasses.replace(opened.pop(effect.aspect), end=change.at))
    return tuple(sorted([*closed, *opened.values()], key=lambda r: (r.start, r.words)))


def name_actors(
    facts: RouteFacts, thresholds: RouteThresholds, previous: PreviousCheck | None = None
) -> tuple[tuple[str, str], ...]:
    """Give who made each change, by event id, in order of time. PERSONAL: for the details, never for a statement."""
    if isinstance(facts.changes, Missing):
        return ()
    trail = facts.changes.value
    since = trail.window.start if previous is None else previous.at
    return tuple((change.event_id, change.actor) for change, _ in _effects(facts, thresholds, trail, since))


def _effects(
    facts: RouteFacts, thresholds: RouteThresholds, trail: ChangeTrail, since: dt.datetime
) -> list[tuple[ConfigChange, ChangeEffect]]:
    mine = sorted((c for c in trail.changes if since <= c.at <= facts.asked_at), key=lambda c: (c.at, c.event_id))
    effect_of = _rules(facts)
    judged = [(change, effect_of(change, facts, thresholds)) for change in mine]
    return [(change, effect) for change, effect in judged if effect is not None]


def _unseen(facts: RouteFacts) -> list[Opinion]:
    """On Google Cloud the archive's own changes stand in its own project, which a refused answer may hide."""
    hidden = unseen_archive(facts) if isinstance(facts.source, GkeSource) else ()
    if not hidden:
        return []
    said = f"changes of the archive were not looked up, its project is not known: {name_missing(hidden)}"
    return [Opinion(Verdict.UNKNOWN, said, fix_missing(hidden))]


def _reductions(found: Sequence[tuple[ConfigChange, ChangeEffect]], facts: RouteFacts) -> list[Opinion]:
    spans = find_reductions(found)
    if not spans:
        return []
    told = "; ".join(span.text for span in spans[:_MAX_NAMED])
    more = f"; and {len(spans) - _MAX_NAMED} more" if len(spans) > _MAX_NAMED else ""
    said = f"{count(len(spans), 'change')} reduced logging: {told}{more}; none promised"
    return [Opinion(Verdict.FAIL, said, _lookup(facts, spans[0].event_id))]


def _unclear(found: Sequence[tuple[ConfigChange, ChangeEffect]], facts: RouteFacts) -> list[Opinion]:
    doubtful = [(change, effect) for change, effect in found if effect.effect is Effect.UNCLEAR]
    return [
        Opinion(
            Verdict.UNKNOWN,
            f"{effect.words} at {format_time(change.at)}: what that meant cannot be told from the trail",
            _lookup(facts, change.event_id),
        )
        for change, effect in doubtful[:_MAX_NAMED]
    ]


def _moved(
    facts: RouteFacts, found: Sequence[tuple[ConfigChange, ChangeEffect]], previous: PreviousCheck | None
) -> list[Opinion]:
    """A stream counts its own changes: a version that moved tells of one even where the trail does not."""
    before = dict(previous.stream_versions) if previous is not None else {}
    told = {effect.aspect for _, effect in found}
    opinions = []
    for stream in _streams(facts):
        name, old = stream.arn.rpartition("/")[2], before.get(stream.arn, stream.version_id)
        if old != stream.version_id and f"stream {name}" not in told:
            said = (
                f"version of stream {name} moved from {old} to {stream.version_id}, and the trail shows no change of it"
            )
            fix = aws("firehose describe-delivery-stream", region=facts.cluster.location, delivery_stream_name=name)
            opinions.append(Opinion(Verdict.UNKNOWN, said, fix))
    return opinions


def _uncovered(trail: ChangeTrail, since: dt.datetime, until: dt.datetime) -> list[Opinion]:
    gaps = []
    if trail.window.start > since:
        gaps.append(f"{format_time(since)} to {format_time(trail.window.start)}")
    if trail.window.end + TRAIL_DELAY < until:
        gaps.append(f"{format_time(trail.window.end)} to {format_time(until)}")
    if not gaps:
        return []
    said = f"the trail does not show {' and '.join(gaps)}, all since the last check promised"
    return [Opinion(Verdict.UNKNOWN, said, "name a trail's bucket in the settings, then: dayseal check")]


def _rules(facts: RouteFacts) -> Callable[[ConfigChange, RouteFacts, RouteThresholds], ChangeEffect | None]:
    if isinstance(facts.source, AksSource):
        return aks_effect
    return gke_effect if isinstance(facts.source, GkeSource) else eks_effect


def _streams(facts: RouteFacts) -> tuple[DeliveryStream, ...]:
    return streams_of(facts) if isinstance(facts.source, EksSource) else ()


def _lookup(facts: RouteFacts, event_id: str) -> str:
    if isinstance(facts.source, GkeSource):
        entry = f'insertId="{event_id}"'
        return gcloud("logging read", entry, project=facts.cluster.account, freshness="400d")
    if isinstance(facts.source, AksSource):
        query = f"[?eventDataId=='{event_id}']"
        return az("monitor activity-log list", subscription=facts.cluster.account, offset="90d", query=query)
    attribute = f"AttributeKey=EventId,AttributeValue={event_id}"
    return aws("cloudtrail lookup-events", region=facts.cluster.location, lookup_attributes=attribute)


def _object_calls(facts: RouteFacts) -> str:
    if isinstance(facts.source, AksSource):
        return "Delete Blob, Put Blob"
    gcs = isinstance(facts.source, GkeSource)
    return "storage.objects.delete, storage.objects.update" if gcs else "DeleteObject, PutObjectRetention"


def _show_trail(trail: ChangeTrail) -> str:
    window = f"{format_time(trail.window.start)}/{format_time(trail.window.end)}"
    return f"{len(trail.changes)} events in {window} of {len(trail.names)} names"
