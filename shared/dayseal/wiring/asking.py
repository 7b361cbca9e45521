"""How a cloud is asked, whichever it is."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from dayseal.model import ClusterId
from dayseal.model.route import Call, RouteFacts
from dayseal.ports import Discovered

JudgedUntil = Callable[[Sequence[ClusterId]], Mapping[ClusterId, dt.datetime]]


def _never(_: Sequence[ClusterId]) -> Mapping[ClusterId, dt.datetime]:
    return {}


def _nothing(_: Call) -> None:
    return None


@dataclasses.dataclass(frozen=True, slots=True)
class Asking:
    """Whether `changes` are looked up too, and for which clusters only from when on (`judged_until`).

    `checking` keeps clusters that could not be described, so that a check names them; a seal must not. `trying`
    looks a few kinds of changes up instead of all: enough to know whether it may. `heard` is told of each call
    before it is made, by many threads.
    """

    changes: bool
    checking: bool = False
    trying: bool = False
    judged_until: JudgedUntil = _never
    heard: Callable[[Call], None] = _nothing


class Provider(Protocol):
    """A cloud that can be asked: for its clusters, and about their routes."""

    def discover(self) -> Discovered:
        """Find the clusters in scope."""
        ...

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Ask about the clusters' routes."""
        ...
