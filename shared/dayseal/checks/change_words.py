"""The words for what a configuration change did to a route, and a careful look into its request."""

import dataclasses
import enum
import json
from collections.abc import Mapping

from dayseal.checks.route_terms import RouteThresholds
from dayseal.model.route import ConfigChange, RouteFacts


class Effect(enum.StrEnum):
    """What a change did to its aspect of the route; `unclear` where its request does not say."""

    REDUCED = "reduced"
    RESTORED = "restored"
    NEUTRAL = "neutral"
    UNCLEAR = "unclear"


@dataclasses.dataclass(frozen=True, slots=True)
class ChangeEffect:
    """What a change did to which aspect (`audit log`, `lock`, `filter x`), in words."""

    aspect: str
    effect: Effect
    words: str


@dataclasses.dataclass(frozen=True, slots=True)
class RouteView:
    """A change beside the route it may have touched."""

    change: ConfigChange
    facts: RouteFacts
    thresholds: RouteThresholds
    request: Mapping[str, object]

    def says(self, *path: str) -> object:
        """Give what the request holds at a path, else None; a step's first letter may be upper case."""
        value: object = self.request
        for step in path:
            if not isinstance(value, Mapping):
                return None
            value = value.get(step, value.get(step[:1].upper() + step[1:]))
        return value

    def text(self, *path: str) -> str:
        """Give a text of the request, `""` where there is none."""
        value = self.says(*path)
        return value if isinstance(value, str) else ""

    def number(self, *path: str) -> int | None:
        """Give a whole number of the request, also one written as text."""
        value = self.says(*path)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


def parse_request(parameters: str) -> Mapping[str, object] | None:
    """Read a request's JSON, None where it is no object."""
    try:
        request = json.loads(parameters) if parameters else {}
    except (ValueError, RecursionError):
        return None
    return request if isinstance(request, dict) else None
