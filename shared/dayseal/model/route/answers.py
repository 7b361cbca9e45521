"""What a provider's API answered, or why it did not: a missing fact is never an empty list."""

import dataclasses
import enum
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from dayseal.errors import FormatError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_MAX_SAID: Final = 200  # characters


class Reason(enum.StrEnum):
    """Why a fact is missing. "There is none" is no reason but an answer: `Known(None)` or `Known(())`."""

    DENIED = "denied"
    THROTTLED = "throttled"
    TIMED_OUT = "timed-out"
    NOT_FOUND = "not-found"  # what the call was about does not exist, so its answer says nothing
    DISABLED_REGION = "disabled-region"
    CONTRADICTORY = "contradictory"
    INCOMPLETE = "incomplete"  # a listing that says it may have left this out
    NOT_ASKED = "not-asked"


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Call:
    """One API call: service and operation as the provider's tools write them, and what it was about.

    `resource` is an ARN, a resource id or a path, with its Region or location where the id has none.
    """

    service: str
    operation: str
    resource: str

    def __post_init__(self) -> None:
        if not (self.service and self.operation and self.resource):
            raise FormatError(f"call: {self}, service, operation and resource promised")

    @property
    def text(self) -> str:
        """The call as `service:Operation`."""
        return f"{self.service}:{self.operation}"


@dataclasses.dataclass(frozen=True, slots=True)
class Known(Generic[T_co]):
    """A value, and the call that gave it. `Known(None)` and `Known(())` say that there is none."""

    value: T_co
    source: Call


@dataclasses.dataclass(frozen=True, slots=True)
class Missing:
    """A value nobody could get: why, by which call, in the provider's words, for want of which permission.

    `detail` is the error's code or first line, without personal data.
    """

    reason: Reason
    call: Call
    detail: str = ""
    permission: str = ""

    def __post_init__(self) -> None:
        if self.reason is Reason.DENIED and not self.permission:
            raise FormatError(f"missing fact: {self.call.text} was denied, the permission it needs promised")

    @property
    def text(self) -> str:
        """The miss in words: `eks:DescribeCluster on prod: denied (AccessDeniedException)`."""
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.call.text} on {self.call.resource}: {self.reason.value}{detail}"


Answer = Known[T_co] | Missing


def read_answer(read: Callable[[], T], call: Call) -> Answer[T]:
    """Give what `read` makes of a provider's answer; one without what its service promises is a contradiction."""
    try:
        return Known(read(), call)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, FormatError) as exc:
        said = f"the answer cannot be read: {type(exc).__name__} {exc}"
        return Missing(Reason.CONTRADICTORY, call, said[:_MAX_SAID])
