"""What `doctor` says of one permission, found out by doing what it allows."""

import dataclasses
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol, TypeVar

from dayseal.model.route import Call, Missing, Reason


@dataclasses.dataclass(frozen=True, slots=True)
class Diagnosis:
    """One permission: where it is needed, what for, and what asking showed.

    `state` is `granted`, `missing`, `no answer` (throttled or timed out, so nobody knows), or `not asked` (sealing
    needs it, or nothing here called for it); `detail` is the first refusal.
    """

    action: str
    where: str
    why: str
    state: str
    detail: str = ""


class Listed(Protocol):
    """A permission as a cloud lists it."""

    @property
    def name(self) -> str:
        """What the provider calls it."""
        ...

    @property
    def where(self) -> str:
        """Where it is needed."""
        ...

    @property
    def why(self) -> str:
        """What for."""
        ...


P = TypeVar("P", bound=Listed)


@dataclasses.dataclass(frozen=True, slots=True)
class Tried:
    """What became of doing everything once: the calls made, the misses, and the scopes that stayed silent."""

    heard: Collection[Call]
    refused: Sequence[Missing]
    silent: Sequence[str]

    def diagnoses(
        self, permissions: Sequence[P], needs: Callable[[Call, P], bool], lacks: Callable[[str, P], bool]
    ) -> Iterator[Diagnosis]:
        """Give each permission's state; `needs`: a call takes it; `lacks`: a silent scope says that it is missing."""
        for one in permissions:
            yield Diagnosis(one.name, str(one.where), one.why, *self._state(one, needs, lacks))

    def _state(
        self, permission: P, needs: Callable[[Call, P], bool], lacks: Callable[[str, P], bool]
    ) -> tuple[str, str]:
        mine = [miss for miss in self.refused if needs(miss.call, permission)]
        denied = [miss.text for miss in mine if miss.reason is Reason.DENIED]
        denied += [scope for scope in self.silent if lacks(scope, permission)]
        if denied:
            return "missing", denied[0]
        if mine:
            return "no answer", mine[0].text
        return ("granted" if any(needs(call, permission) for call in self.heard) else "not asked"), ""
