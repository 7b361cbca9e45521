"""Which changes can have touched a cluster's route, from the Activity Log of every subscription that it crosses."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from dayseal.clouds.azure.activity import CLUSTERS, ActivityLog, KeptActivity, reach_of
from dayseal.clouds.azure.activity_events import Operation
from dayseal.clouds.azure.operations import read_change
from dayseal.clouds.azure.places import parse_resource
from dayseal.model import Window
from dayseal.model.route import Answer, Call, ChangeTrail, ConfigChange, Known, Missing, Reason
from dayseal.once import Once

_SETTINGS: Final = "microsoft.insights"
_TABLES: Final = "microsoft.operationalinsights"


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class TrailPlace:
    """What is looked for: a subscription's operations of one resource provider, or those in a resource group."""

    subscription: str
    provider: str = ""
    group: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Since:
    """From when on changes are looked up: of each subscription by itself, and `everywhere`; None: all there is."""

    everywhere: dt.datetime | None = None
    subscriptions: Mapping[str, dt.datetime | None] = dataclasses.field(default_factory=dict)

    def of(self, subscription: str) -> dt.datetime | None:
        """Give that of one subscription, named in lower case."""
        return self.subscriptions.get(subscription.casefold(), self.everywhere)


ALL_THERE_IS: Final = Since()


def trail_places(cluster: str, account: str, workspaces: Sequence[str]) -> tuple[TrailPlace, ...]:
    """Give where a route can be changed.

    `cluster` and `account` are resource ids, the archive's account `""` where none is known; so are the workspaces.
    """
    found: list[TrailPlace] = []
    here, store = parse_resource(cluster), parse_resource(account)
    if here is not None:
        found += (TrailPlace(here.subscription, provider) for provider in (_SETTINGS, CLUSTERS))
    if store is not None:
        # Rights to the account are changed here too; of a whole subscription they come with what policies say all day.
        found.append(TrailPlace(store.subscription, group=store.group))
    spaces = (parse_resource(workspace) for workspace in workspaces)
    found += (TrailPlace(space.subscription, _TABLES) for space in spaces if space is not None)
    return tuple(dict.fromkeys(found))


class Trails:
    """Looks changes up by name (`names` in lower case), in each subscription once a run.

    `since` says from when on. `kept` tells of before the Activity Log's reach, where that is asked for; None: nobody
    does.
    """

    def __init__(
        self, log: ActivityLog, names: Sequence[str], *, since: Since = ALL_THERE_IS, kept: KeptActivity | None = None
    ) -> None:
        self._log = log
        self._names = tuple(names)
        self._since = since
        self._kept = kept
        self._answers: Once[TrailPlace, Answer[tuple[dt.datetime, list[ConfigChange]]]] = Once()

    @staticmethod
    def nobody(resource: str) -> Missing:
        """Give the answer of a run that does not look for changes."""
        return Missing(Reason.NOT_ASKED, _call(resource), "changes are not looked up here")

    def answer(self, places: Sequence[TrailPlace], now: dt.datetime) -> Answer[ChangeTrail]:
        """Give what was changed in all of the places; one that refuses leaves no trail."""
        starts: list[dt.datetime] = []
        found: dict[str, ConfigChange] = {}
        for place in places:
            answer = self._listed(place, now)
            if isinstance(answer, Missing):
                return answer
            start, changes = answer.value
            starts.append(start)
            found |= {change.event_id: change for change in changes}
        ordered = tuple(sorted(found.values(), key=lambda change: (change.at, change.event_id)))
        resource = ", ".join(dict.fromkeys(f"/subscriptions/{place.subscription}" for place in places))
        window = Window(max(starts, default=now), now)
        return Known(ChangeTrail(window, self._names, ordered), _call(resource or "no subscription"))

    def _listed(self, place: TrailPlace, now: dt.datetime) -> Answer[tuple[dt.datetime, list[ConfigChange]]]:
        return self._answers.get(place, lambda: self._one(place, now))

    def _one(self, place: TrailPlace, now: dt.datetime) -> Answer[tuple[dt.datetime, list[ConfigChange]]]:
        reach, since = reach_of(now), self._since.of(place.subscription)
        start = min(max(since or reach, reach), now)
        # The cluster's own operations are needed for all of the reach, whatever was checked before.
        listed_from = reach if place.provider == CLUSTERS else start
        answer = self._operations(place, Window(listed_from, now))
        if isinstance(answer, Missing):
            return answer
        earlier: Sequence[Operation] = ()
        if since is not None and since < reach and self._kept is not None:
            told = self._kept.operations(place.subscription, Window(since, reach))
            if told is not None:
                start, earlier = told
        changes = [read_change(one) for one in (*earlier, *answer.value) if self._is_wanted(one, start)]
        return Known((start, changes), answer.source)

    def _operations(self, place: TrailPlace, window: Window) -> Answer[tuple[Operation, ...]]:
        if place.group:
            return self._log.in_group(place.subscription, place.group, window)
        return self._log.operations(place.subscription, place.provider, window)

    def _is_wanted(self, operation: Operation, start: dt.datetime) -> bool:
        return operation.first.operation.casefold() in self._names and operation.last.at >= start


def _call(resource: str) -> Call:
    return Call("insights", "eventtypes.list", resource)
