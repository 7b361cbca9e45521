"""A Kubernetes audit policy as frozen values."""

import dataclasses
import enum
from typing import Final

import msgspec

NEWEST_MINOR: Final = 37  # of Kubernetes 1.x: the newest whose rules were read
GROUP_WILDCARD_MINOR: Final = 36  # since 1.36 the group "*" means every group


class Level(enum.IntEnum):
    """How much of a request is written; ordered."""

    NONE = 0
    METADATA = 1
    REQUEST = 2
    REQUEST_RESPONSE = 3

    @property
    def text(self) -> str:
        """The word policies and events use."""
        return _LEVEL_TEXTS[self]


_LEVEL_TEXTS: Final = ("None", "Metadata", "Request", "RequestResponse")
LEVELS: Final = {text: Level(number) for number, text in enumerate(_LEVEL_TEXTS)}


class Stage(enum.StrEnum):
    """When in a request's life an event is written."""

    REQUEST_RECEIVED = "RequestReceived"
    RESPONSE_STARTED = "ResponseStarted"
    RESPONSE_COMPLETE = "ResponseComplete"
    PANIC = "Panic"


STAGES: Final = {stage.value: stage for stage in Stage}


@dataclasses.dataclass(frozen=True, slots=True)
class ResourceItem:
    """One entry of a rule's `resources`: kinds of objects in one API group, perhaps by name."""

    group: str = ""
    resources: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """One rule; an empty field asks for nothing. `omit_managed_fields` None means: as the policy says."""

    level: Level
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    resources: tuple[ResourceItem, ...] = ()
    namespaces: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    omit_stages: frozenset[Stage] = frozenset()
    omit_managed_fields: bool | None = None

    @property
    def about_resources(self) -> bool:
        """Whether only requests for resources can match; `urls` is then not looked at."""
        return bool(self.resources or self.namespaces)

    @property
    def about_urls(self) -> bool:
        """Whether only requests for other paths can match."""
        return bool(self.urls) and not self.about_resources


@dataclasses.dataclass(frozen=True, slots=True)
class Policy:
    """Rules in the order in which they are asked, and what holds for all of them."""

    rules: tuple[Rule, ...]
    omit_stages: frozenset[Stage] = frozenset()
    omit_managed_fields: bool = False


class Request(msgspec.Struct, frozen=True, gc=False):
    """What rules see of a request; `user` None means that nobody was authenticated.

    `resource` is empty and `path` is set for a request that is for no resource. `name` is what the path
    or a field selector named, so it is empty for a plain create.
    """

    user: str | None
    groups: tuple[str, ...]
    verb: str
    is_resource: bool
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """What a policy says about a request; `rule` is the index of the rule that decided, None if none matched."""

    level: Level
    omit_stages: frozenset[Stage]
    omit_managed_fields: bool
    rule: int | None


def decisions_of(policy: Policy) -> tuple[Decision, ...]:
    """Give the decision of no rule, then of each rule in order.

    Stages are left out when either the policy or the rule says so; managed fields as the rule says, else the policy.
    """
    decided = [Decision(Level.NONE, policy.omit_stages, policy.omit_managed_fields, None)]
    for index, rule in enumerate(policy.rules):
        own = rule.omit_managed_fields
        omit_managed = policy.omit_managed_fields if own is None else own
        decided.append(Decision(rule.level, policy.omit_stages | rule.omit_stages, omit_managed, index))
    return tuple(decided)
