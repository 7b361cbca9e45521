"""Clouds that are asked at the same time, each about its own clusters; none that fails hides another."""

import concurrent.futures
import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeVar

from dayseal.clouds.local.discover import LocalDiscovered
from dayseal.errors import AccessError, DaysealError, UsageError
from dayseal.model import ClusterId
from dayseal.model.route import RouteFacts
from dayseal.ports import Clock, Discovered
from dayseal.runs.unasked import unasked_route
from dayseal.wiring.asking import Provider

T = TypeVar("T")

# Which clusters are whose.
CLUSTERS_OF: Final = MappingProxyType({"aws": "eks", "gcp": "gke", "azure": "aks"})


@dataclasses.dataclass(frozen=True, slots=True)
class Cloud:
    """A cloud by its name in the settings, ready to be asked, or why it is not."""

    name: str
    asked: Provider | DaysealError

    def owns(self, cluster: ClusterId) -> bool:
        """Say whether a cluster is this cloud's."""
        return cluster.provider == CLUSTERS_OF[self.name]


class Several:
    """Ports `Discovery` and `RouteProbe` on several clouds; `known` are the clusters that the settings name.

    A cloud that cannot be asked (no credentials, no answer, no package) is a silent scope, and each of its known
    clusters is unknown for that reason. What is no cloud's own trouble, such as a ledger that does not hold, ends all.
    """

    def __init__(self, clouds: Sequence[Cloud], known: Sequence[ClusterId], clock: Clock) -> None:
        self._clouds = tuple(clouds)
        self._known = tuple(known)
        self._clock = clock
        self._failed: Mapping[str, DaysealError] = {}

    def discover(self) -> LocalDiscovered:
        """Join what they find, in the order of the clouds; where a scope stays silent, known clusters stay in scope."""
        answers = ask_all(self._clouds, lambda asked: asked.discover())
        self._failed = {name: found for name, found in answers.items() if isinstance(found, DaysealError)}
        found = {name: one for name, one in answers.items() if not isinstance(one, DaysealError)}
        clusters = {cluster for some in found.values() for cluster in some.clusters}
        silent = tuple(scope for cloud in self._clouds for scope in _silent(cloud.name, answers[cloud.name]))
        for cloud in self._clouds:
            if _silent(cloud.name, answers[cloud.name]):
                clusters |= {cluster for cluster in self._known if cloud.owns(cluster)}
        calls = tuple(call for cloud in self._clouds if cloud.name in found for call in found[cloud.name].calls)
        return LocalDiscovered(tuple(sorted(clusters)), calls, silent)

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Join what they say, in the order of the clusters; one whose discovery failed is not asked again."""
        clouds = [dataclasses.replace(one, asked=self._failed.get(one.name, one.asked)) for one in self._clouds]
        answers = ask_all(clouds, lambda asked: asked.probe_all(clusters))
        said: dict[ClusterId, RouteFacts] = {}
        for cloud in clouds:
            answer = answers[cloud.name]
            if isinstance(answer, DaysealError):
                said |= {one: self._unasked(one, answer) for one in clusters if cloud.owns(one)}
            else:
                said |= {route.cluster: route for route in answer}
        return tuple(said[cluster] for cluster in clusters if cluster in said)

    def _unasked(self, cluster: ClusterId, error: DaysealError) -> RouteFacts:
        return unasked_route(cluster, self._clock.now(), str(error))


def ask_all(clouds: Iterable[Cloud], question: Callable[[Provider], T]) -> dict[str, T | DaysealError]:
    """Ask every cloud in a thread of its own; gives each one's answer, or why there is none.

    Raises:
        DaysealError: what is no cloud's own trouble.
    """

    def ask(cloud: Cloud) -> T | DaysealError:
        return cloud.asked if isinstance(cloud.asked, DaysealError) else answer_of(question, cloud.asked)

    named = {cloud.name: cloud for cloud in clouds}
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, len(named))) as threads:
        return dict(zip(named, threads.map(ask, named.values()), strict=True))


def answer_of(question: Callable[[Provider], T], asked: Provider) -> T | DaysealError:
    """Give a cloud's answer, or the error that says why it has none."""
    try:
        return question(asked)
    except (AccessError, UsageError) as error:
        return error


def _silent(name: str, answer: Discovered | DaysealError) -> tuple[str, ...]:
    return (f"{name}: {answer}",) if isinstance(answer, DaysealError) else answer.silent
