"""What can happen in a cluster: one request to its API server, before it is given a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Body = Mapping[str, object]

READS: Final = frozenset({"get", "list", "watch"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who sends requests; `stream` (0 or 1) is the API server the connection sticks to.

    `reason` is the authorizer's words; `extra` the user's extra keys. A text may hold slots (`<<name>>`).
    """

    username: str
    groups: tuple[str, ...]
    agent: str
    ip: str
    reason: str = ""
    uid: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    stream: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Act:
    """One kind of request, with slots (`<<name>>`) where each event has its own value.

    `path` is set for requests that name no resource. `failure` is (reason, message) when `code` is
    400 or above. `note` holds annotations beside the authorizer's. Bodies follow from the level
    the provider's policy gives: `Request` may have `request`, `RequestResponse` both.
    """

    actor: Actor
    verb: str
    resource: str = ""
    group: str = ""
    version: str = "v1"
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""
    query: str = ""
    level: str = "Metadata"
    stage: str = "ResponseComplete"
    code: int = 200
    failure: tuple[str, str] = ("", "")
    request: Body | str | None = None
    response: Body | str | None = None
    note: tuple[tuple[str, str], ...] = ()
    object_uid: str = ""

    @property
    def is_read(self) -> bool:
        """Whether the verb only reads (which includes `exec` over WebSocket)."""
        return self.verb in READS

    @property
    def uri(self) -> str:
        """The request URI; a create names no object."""
        if self.path:
            return self.path
        parts = ["/apis/" + self.group if self.group else "/api", self.version]
        if self.namespace:
            parts += ["namespaces", self.namespace]
        parts.append(self.resource)
        if self.name and (self.verb != "create" or self.subresource):
            parts.append(self.name)
        if self.subresource:
            parts.append(self.subresource)
        return "/".join(parts) + ("?" + self.query if self.query else "")


@dataclass(frozen=True, slots=True)
class Habit:
    """An act and how often it happens relative to the others of its level, by day and by night."""

    act: Act
    by_day: float
    by_night: float


@dataclass(frozen=True, slots=True)
class Flow:
    """Acts that follow each other and share their slots; each step is (milliseconds after the first, act).

    With `one_request` the steps are stages of one request: they share audit id and arrival too.
    """

    steps: tuple[tuple[int, Act], ...]
    one_request: bool = False

    def count(self, level: str) -> int:
        """Give the number of steps of one level."""
        return sum(1 for _, act in self.steps if act.level == level)
